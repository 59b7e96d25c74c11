"""Training of the swaps: how much likelier the true assignment of visits is than one with two links swapped."""

from __future__ import annotations

import copy
import math
import time

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from assoc_synth.ctgan.assignment.model import Assignment, AssignmentModel
from assoc_synth.ctgan.edges.training import Callback, History, Progress
from assoc_synth.ctgan.interface import Occurrences
from assoc_synth.ctgan.layers import LinkEmbedding
from assoc_synth.errors import TrainingError
from assoc_synth.link_graph.edges import ragged

Index = npt.NDArray[np.int64]
BATCH, VALIDATED = 4_096, 20_000
FEWEST, STEPS, CHECK, PATIENCE = 1_000, 4_000, 100, 5
FEW_KINDS = 50_000
LEARNING_RATE = 5e-3
PRECISION = 10.0
"""Of the normal prior of the embeddings, as if in units of links: what a small table does not show stays small."""
OF_VERBS = 10.0
"""Learning rate of what is shared by all objects, as a multiple: it is known long before single objects are."""


def train_assignment(
    model: AssignmentModel,
    data: Occurrences,
    *,
    validation: Index,
    seed: int,
    deadline: float = math.inf,
    callback: Callback | None = None,
) -> History:
    """Fit the swaps to a table's visits; nothing to learn where no subject has two of them."""
    history = History()
    if data.visits is None:
        return history
    subjects = data.edges.subject[data.link_edge].astype(np.int64)
    per_subject = np.bincount(data.visits.subject, minlength=data.edges.num_subjects)
    inside = np.flatnonzero((data.link_visit >= 0) & (per_subject[subjects] > 1))
    if not len(inside):
        return history
    edge = data.link_edge[inside]
    assignment = Assignment.of(
        data.visits,
        data.horizon,
        subject=subjects[inside],
        verb=data.edges.verb[edge],
        object=data.edges.object[edge],
        visit=data.link_visit[inside],
        rng=np.random.default_rng(seed),
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        trainer = AssignmentTrainer(
            model, assignment, validation=validation, seed=seed, deadline=deadline, callback=callback
        )
        return trainer.fit()


class AssignmentTrainer:
    """Fits an `AssignmentModel`; early stopping on the swaps of the validation subjects.

    Args:
        assignment: the true one, of training and validation subjects.
        validation: their codes.
    """

    def __init__(
        self,
        model: AssignmentModel,
        assignment: Assignment,
        *,
        validation: Index,
        seed: int,
        deadline: float = math.inf,
        callback: Callback | None = None,
    ) -> None:
        self.model, self.assignment, self.deadline, self.callback = model, assignment, deadline, callback
        self.rng = np.random.default_rng(seed)
        self.device = model.sign.device
        self.members, self.offsets = _by_visit(assignment.visit, len(assignment.days))
        counts = np.bincount(assignment.subject)
        self.first = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        held = np.isin(assignment.subject, validation)
        # Where there are too few subjects to hold any back, the same ones train and validate.
        everything = np.arange(len(held))
        self.training = np.flatnonzero(~held) if not held.all() else everything
        self.validation = np.flatnonzero(held) if held.any() else everything
        shared = [model.between]
        single = [parameter for parameter in model.parameters() if parameter is not model.between]
        self.optimizer = torch.optim.Adam(
            [{"params": single, "scale": 1.0}, {"params": shared, "scale": OF_VERBS}], lr=LEARNING_RATE
        )

    def fit(self) -> History:
        """Train until validation stops improving, the steps are made, or the deadline comes."""
        history, best, best_loss, waited = History(), copy.deepcopy(self.model.state_dict()), math.inf, 0
        began = time.monotonic()
        held = self.swaps(self.validation, VALIDATED)
        self.model.train()
        total, steps = 0.0, int(np.clip(40 * len(self.training) // BATCH, FEWEST, STEPS))
        for step in range(1, steps + 1):
            decay = 0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * step / steps))
            for group in self.optimizer.param_groups:
                group["lr"] = decay * group["scale"] * LEARNING_RATE
            loss = self._prior() + self.loss(*self.swaps(self.training, BATCH))
            self.optimizer.zero_grad(set_to_none=True)
            loss.backward()
            self.optimizer.step()
            total += loss.item()
            if not math.isfinite(total):
                raise TrainingError("the loss of the visits is no longer a number; look for absurd times in the table")
            out_of_time = time.monotonic() > self.deadline
            if step % CHECK and not out_of_time and step < steps:
                continue
            validation = self._validate(*held)
            history.epochs.append({"likelihood": total / ((step - 1) % CHECK + 1), "validation": validation})
            if self.callback is not None:
                speed = step * BATCH / max(time.monotonic() - began, 1e-9)
                self.callback(Progress("visits", 1, 1, step / steps, history.epochs[-1], speed))
            total, waited = 0.0, waited + 1
            if validation < best_loss:
                best, best_loss, waited = copy.deepcopy(self.model.state_dict()), validation, 0
                history.best_epoch = len(history.epochs)
            if out_of_time or waited >= PATIENCE:
                history.stopped = "out of time" if out_of_time else "validation stopped improving"
                break
        self.model.load_state_dict(best)
        self.model.eval()
        history.seconds = time.monotonic() - began
        return history

    def _prior(self) -> Tensor:
        weights = (*self.model.association.parameters(), *self.model.preference.parameters())
        squares = torch.stack([weight.square().sum() for weight in weights]).sum()
        return 0.5 * PRECISION / max(len(self.training), 1) * squares

    @torch.no_grad()
    def _validate(self, first: Index, second: Index) -> float:
        self.model.eval()
        loss = self.loss(first, second).item()
        self.model.train()
        return loss

    def swaps(self, links: Index, count: int) -> tuple[Index, Index]:
        """Pairs of links of one subject in two visits, the first ones at random out of `links`."""
        chosen = links[self.rng.integers(0, len(links), count)]
        own = self.assignment.subject[chosen]
        sizes = self.first[own + 1] - self.first[own]
        other = self.first[own] + (self.rng.random(count) * sizes).astype(np.int64)
        apart = self.assignment.visit[chosen] != self.assignment.visit[other]
        return chosen[apart], other[apart]

    def loss(self, first: Index, second: Index) -> Tensor:
        """Negative log-likelihood that the links are not the other way round, mean."""
        return functional.softplus(-self.logits(first, second)).sum() / max(len(first), 1)

    def logits(self, first: Index, second: Index) -> Tensor:
        """Logits of the true assignment against the one with two links swapped: (n,)."""
        assignment, model = self.assignment, self.model
        visits = assignment.visit[first], assignment.visit[second]
        members = [self.members[ragged(self.offsets, visit)] for visit in visits]
        kinds, place = self._kinds([first, second, *members])
        association, preferences = (
            self._embed(embedding, kinds) for embedding in (model.association, model.preference)
        )
        own, preference = ([table[at] for at in place[:2]] for table in (association, preferences))
        sums = [self._sums(association, at, visit) for at, visit in zip(place[2:], visits, strict=True)]
        with_others = (sums[0] - own[0]) - (sums[1] - own[1])
        together = ((own[0] - own[1]) * model.sign * with_others).sum(1)
        visit_embedding = [
            model.visit(torch.from_numpy(assignment.features[visit]).to(self.device)) for visit in visits
        ]
        when = ((preference[0] - preference[1]) * (visit_embedding[0] - visit_embedding[1])).sum(1)
        logits: Tensor = together + when + same_object_logits(model, assignment, assignment.visit, first, second)
        return logits

    def _kinds(self, links: list[Index]) -> tuple[Index, list[Tensor]]:
        """The kinds of links that are embedded, and each link's place among them: of all while they are few."""
        kinds = [self.assignment.kind[part] for part in links]
        if len(self.assignment.kinds) <= FEW_KINDS:
            return np.arange(len(self.assignment.kinds)), [self._tensor(part) for part in kinds]
        needed, place = np.unique(np.concatenate(kinds), return_inverse=True)
        return needed, [self._tensor(part) for part in np.split(place, np.cumsum([len(k) for k in kinds])[:-1])]

    def _embed(self, embedding: LinkEmbedding, kinds: Index) -> Tensor:
        verb, object = (self._tensor(part) for part in self.assignment.kinds[kinds].T)
        dropped: Tensor = self.model.dropout(embedding(verb, object))
        return dropped

    def _sums(self, association: Tensor, members: Tensor, visit: Index) -> Tensor:
        """Sum of the embeddings of the links in visits: (n,) → (n, dim)."""
        sizes = self.offsets[visit + 1] - self.offsets[visit]
        begins = self._tensor(np.cumsum(sizes) - sizes)
        return functional.embedding_bag(members, association, begins, mode="sum")

    def _tensor(self, array: npt.NDArray[np.generic]) -> Tensor:
        return torch.from_numpy(np.ascontiguousarray(array, dtype=np.int64)).to(self.device)


def same_object_logits(
    model: AssignmentModel, assignment: Assignment, visit: Index, first: Index, second: Index
) -> Tensor:
    """What the terms of same objects add to the logits of links `first` and `second` where they are: (n,).

    Args:
        visit: (L,) where the links are.
    """
    total = model.between.new_zeros(len(first))
    if not assignment.others.shape[1]:
        return total
    for link, other in ((first, second), (second, first)):
        others = assignment.others[link]
        at, column = np.nonzero(others >= 0)
        relative = others[at, column]
        swapped = relative == other[at]
        if link is second:  # a pair that is swapped counts once, from the first one's side
            at, relative, swapped = at[~swapped], relative[~swapped], swapped[~swapped]
        here, there, now = visit[link[at]], visit[other[at]], visit[relative]
        before, after = assignment.bins(here, now), assignment.bins(there, np.where(swapped, here, now))
        changed = np.flatnonzero(before != after)
        verbs = assignment.verb[link[at[changed]]], assignment.verb[relative[changed]]
        place, own, its, old, new = (
            torch.from_numpy(part).to(total.device) for part in (at[changed], *verbs, before[changed], after[changed])
        )
        gain = model.same_object(own, its, old) - model.same_object(own, its, new)
        total = total.index_add(0, place, gain)
    return total


def _by_visit(visit: Index, num_visits: int) -> tuple[Index, Index]:
    """Links by visit, and where each visit's begin: (L,), (M + 1,)."""
    sizes = np.bincount(visit, minlength=num_visits)
    return np.argsort(visit, kind="stable"), np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
