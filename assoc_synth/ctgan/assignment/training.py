"""Training of the swaps: how much more probable the true assignment is than one with two links swapped."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from assoc_synth.ctgan.assignment.features import swap_features
from assoc_synth.ctgan.assignment.kernel import find_partners
from assoc_synth.ctgan.assignment.model import Assignment, AssignmentModel
from assoc_synth.ctgan.assignment.relations import Related
from assoc_synth.ctgan.assignment.rules import find_rules
from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.deadline import Until
from assoc_synth.ctgan.interface import Occurrences, Visits
from assoc_synth.ctgan.layers import LinkEmbedding
from assoc_synth.ctgan.trainer import Callback, History, Plan, Schedule, StepLoss, Trainer
from assoc_synth.link_graph.edges import ragged
from assoc_synth.randomness import Seeds
from assoc_synth.transactions.arrays import Ints, Values

VALIDATED = 20_000
"""Swaps of validation subjects that early stopping looks at."""
EPOCH = 100
"""Steps between two looks at them: what an epoch is here, where swaps never run out."""
TERM_PRECISION = 0.5
"""Precision of the normal prior of the terms of pairs, in links."""
TERM_MULTIPLIER = 2.0
"""Learning rate of the terms of pairs, as a multiple: with more, the noise of thousands of them adds up in a visit."""
FEW_KINDS = 50_000
"""Kinds of links up to which all are embedded at every step."""

Swaps = tuple[Ints, Ints]


def train_assignment(
    model: AssignmentModel,
    data: Occurrences,
    *,
    config: CTGANConfig,
    validation: Ints,
    seeds: Seeds,
    deadline: Until = math.inf,
    callback: Callback | None = None,
) -> History:
    """Fit the swaps to a table's visits; nothing to learn where no subject has two of them.

    Args:
        model: is trained in place.
        validation: codes of the subjects for early stopping.
        deadline: when training ends at the latest, see `Plan`.
        callback: called after every step.

    Raises:
        TrainingError: the loss is no longer a number.
    """
    if data.visits is None:
        return History()
    rules = find_rules(assignment_of(data, data.visits), data.edges.num_objects)
    model.rules = torch.from_numpy(rules).to(model.rules.device)
    assignment = assignment_of(data, data.visits, least=2)
    if not len(assignment.subject):
        return History()
    training = np.setdiff1d(assignment.subject, validation)
    found = Related.of(assignment, data.edges.num_objects, training, config.most_pair_terms)
    model.terms.set(found.left, found.right, found.ordered)
    trainer = AssignmentTrainer(
        config, model, assignment, validation=validation, seeds=seeds, deadline=deadline, callback=callback
    )
    return trainer.fit()


def assignment_of(data: Occurrences, visits: Visits, *, least: int = 1) -> Assignment:
    """The links of a table that are in its visits, of subjects with at least so many of them."""
    enough = np.bincount(visits.subject, minlength=data.edges.num_subjects) >= least
    inside = np.flatnonzero((data.link_visit >= 0) & enough[data.edges.subject[data.link_edge]])
    edge = data.link_edge[inside]
    return Assignment.of(
        visits,
        data.horizon,
        subject=data.edges.subject[edge],
        verb=data.edges.verb[edge],
        object=data.edges.object[edge],
        visit=data.link_visit[inside],
    )


class AssignmentTrainer:
    """Fits an `AssignmentModel`; early stopping on the swaps of the validation subjects.

    Args:
        assignment: the true one, of training and validation subjects.
        validation: codes of the validation subjects.
        seeds: of everything random here.
        deadline: when training ends at the latest, see `Plan`.
        callback: called after every step.
    """

    def __init__(
        self,
        config: CTGANConfig,
        model: AssignmentModel,
        assignment: Assignment,
        *,
        validation: Ints,
        seeds: Seeds,
        deadline: Until = math.inf,
        callback: Callback | None = None,
    ) -> None:
        self.stage = AssignmentStage(config, model, assignment, validation, seeds=seeds)
        plan = Plan(
            epochs=math.ceil(self.stage.steps / EPOCH),
            patience=config.assignment_patience,
            steps=self.stage.steps,
            learning_rate=config.assignment_learning_rate,
            schedule=Schedule(floor=0.02),
            seeds=seeds.child("dropout"),
            deadline=deadline,
        )
        pairs = model.between, model.terms.weight
        single = [own for own in model.parameters() if not any(own is pair for pair in pairs)]
        groups = [
            {"params": single, "multiplier": 1.0},
            {"params": [model.between], "multiplier": config.order_rate_multiplier},
            {"params": [model.terms.weight], "multiplier": TERM_MULTIPLIER},
        ]
        optimizer = torch.optim.Adam(groups, lr=plan.learning_rate, fused=True)
        self.trainer = Trainer(self.stage, plan, optimizer, callback=callback)

    def fit(self) -> History:
        """Train until validation stops improving, the steps are made, or the deadline comes.

        Raises:
            TrainingError: the loss is no longer a number.
        """
        return self.trainer.fit()


class AssignmentStage:
    """The batches and losses of the swaps.

    Args:
        assignment: the true one, of training and validation subjects.
        validation: codes of the validation subjects; if they are none, or all, the same subjects train and validate.
    """

    name = "assignment"

    def __init__(
        self, config: CTGANConfig, network: AssignmentModel, assignment: Assignment, validation: Ints, *, seeds: Seeds
    ) -> None:
        self.config, self.network, self.assignment = config, network, assignment
        self.rng = seeds.child("batches").generator()
        self.device = network.sign.device
        self.members, self.offsets = _by_visit(assignment.visit, len(assignment.days))
        counts = np.bincount(assignment.subject)
        self.first = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        self.world = network.world(assignment)
        start = seeds.child("partners").generator()
        self.partners = find_partners(self.world, network.terms.partners(ordered=True), start)
        validates = np.isin(assignment.subject, validation)
        everything = np.arange(len(validates))
        self.training = np.flatnonzero(~validates) if not validates.all() else everything
        self.validation = np.flatnonzero(validates) if validates.any() else everything
        self.validation_swaps = self.swaps(self.validation, VALIDATED)
        self.steps = self.left = config.assignment_steps_for(len(self.training), EPOCH)
        self.links = EPOCH * config.assignment_batch

    def batches(self) -> Iterator[tuple[Swaps, int]]:
        """One epoch of `EPOCH` steps; the last one may be shorter."""
        for _ in range(min(EPOCH, self.left)):
            self.left -= 1
            yield self.swaps(self.training, self.config.assignment_batch), self.config.assignment_batch

    def loss(self, batch: Swaps) -> StepLoss:
        """Negative log-likelihood of the swaps, with the embeddings' normal prior."""
        prior = negative_log_prior(self.network, self.config) / max(len(self.training), 1)
        total = prior + self.swap_loss(*batch)
        return StepLoss(total, {"likelihood": total.item()})

    def validate(self, network: AssignmentModel) -> float:
        """Negative log-likelihood of the validation subjects' swaps, mean; `network` is the one in training."""
        return float(self.swap_loss(*self.validation_swaps).item())

    def swaps(self, links: Ints, count: int) -> tuple[Ints, Ints]:
        """Pairs of links of one subject in two visits, the first ones at random out of `links`."""
        chosen = links[self.rng.integers(0, len(links), count)]
        own = self.assignment.subject[chosen]
        sizes = self.first[own + 1] - self.first[own]
        other = self.first[own] + (self.rng.random(count) * sizes).astype(np.int64)
        apart = self.assignment.visit[chosen] != self.assignment.visit[other]
        return chosen[apart], other[apart]

    def swap_loss(self, first: Ints, second: Ints) -> Tensor:
        """Mean negative log-likelihood that two links are where they are, and not swapped."""
        return functional.softplus(-self.logits(first, second)).sum() / max(len(first), 1)

    def logits(self, first: Ints, second: Ints) -> Tensor:
        """Logits of the true assignment against the one with two links swapped: (n,)."""
        assignment, model = self.assignment, self.network
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
        logits: Tensor = together + when + self._term_logits(first, second)
        return logits

    def _term_logits(self, first: Ints, second: Ints) -> Tensor:
        """What the terms of pairs of links add to the logits: (n,)."""
        visit, sizes, flat = self.assignment.visit, np.diff(self.offsets), self.network.flat()
        per_link = np.diff(self.partners.offsets)
        most = 4 * int((sizes[visit[first]] + sizes[visit[second]] + per_link[first] + per_link[second]).sum())
        by_visit = self.members, self.offsets
        found = swap_features(self.world, self.partners, visit, by_visit, first, second, most)
        row, parameter, sign = (torch.from_numpy(part).to(self.device) for part in found)
        added: Tensor = flat.new_zeros(len(first)).index_add(0, row, flat[parameter] * sign)
        return added

    def _kinds(self, links: list[Ints]) -> tuple[Ints, list[Tensor]]:
        """The kinds of links that are embedded (all of them if they are few), and each link's place among them."""
        kinds = [self.assignment.kind[part] for part in links]
        if len(self.assignment.kinds) <= FEW_KINDS:
            return np.arange(len(self.assignment.kinds)), [self._tensor(part) for part in kinds]
        needed, place = np.unique(np.concatenate(kinds), return_inverse=True)
        return needed, [self._tensor(part) for part in np.split(place, np.cumsum([len(k) for k in kinds])[:-1])]

    def _embed(self, embedding: LinkEmbedding, kinds: Ints) -> Tensor:
        verb, object = (self._tensor(part) for part in self.assignment.kinds[kinds].T)
        dropped: Tensor = self.network.dropout(embedding(verb, object))
        return dropped

    def _sums(self, association: Tensor, members: Tensor, visit: Ints) -> Tensor:
        """Sum of the embeddings of the links in visits: (n,) → (n, dim)."""
        sizes = self.offsets[visit + 1] - self.offsets[visit]
        begins = self._tensor(np.cumsum(sizes) - sizes)
        return functional.embedding_bag(members, association, begins, mode="sum")

    def _tensor(self, array: Values) -> Tensor:
        return torch.from_numpy(np.ascontiguousarray(array, dtype=np.int64)).to(self.device)


def negative_log_prior(model: AssignmentModel, config: CTGANConfig) -> Tensor:
    """Of the normal prior of embeddings and of the terms of pairs."""
    weights = (*model.association.parameters(), *model.preference.parameters())
    squares = torch.stack([weight.square().sum() for weight in weights]).sum()
    value: Tensor = 0.5 * (config.assignment_precision * squares + TERM_PRECISION * model.terms.weight.square().sum())
    return value


def _by_visit(visit: Ints, num_visits: int) -> tuple[Ints, Ints]:
    """Links by visit, and where each visit's begin: (L,), (M + 1,)."""
    sizes = np.bincount(visit, minlength=num_visits)
    return np.argsort(visit, kind="stable"), np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
