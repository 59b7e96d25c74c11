"""Training of the moves: how much more probable the true assignment is than one with links moved."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from assoc_synth.ctgan.assignment.allowed_moves import allowed_moves
from assoc_synth.ctgan.assignment.company_terms import CompanyTerms, find_companions, frequent_companions
from assoc_synth.ctgan.assignment.date_terms import DateTerms, date_classes, learned_terms
from assoc_synth.ctgan.assignment.kernel import SAME_VISIT, UNORDERED
from assoc_synth.ctgan.assignment.logits import MoveLogits
from assoc_synth.ctgan.assignment.model import SMALL_SWEEPS, SMALL_TABLE, SWEEPS, Assignment, AssignmentModel
from assoc_synth.ctgan.assignment.relations import Related
from assoc_synth.ctgan.assignment.rules import find_rules
from assoc_synth.ctgan.assignment.size_terms import DEALS, dealt_anew
from assoc_synth.ctgan.assignment.verb_terms import barred_verbs
from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.deadline import Until
from assoc_synth.ctgan.interface import Occurrences, Visits
from assoc_synth.ctgan.trainer import Callback, History, Plan, Schedule, StepLoss, Trainer
from assoc_synth.randomness import Seeds
from assoc_synth.transactions.arrays import Ints

VALIDATED = 20_000
"""Moves of validation subjects that early stopping looks at."""
EPOCH = 100
"""Steps between two looks at them: what an epoch is here, where moves never run out."""
TERM_PRECISION = 0.5
"""Precision of the normal prior of the terms of pairs, in links."""
TIME_PRECISION = 0.5
"""Precision of the normal prior of the difference of terms of two links to one object in neighbouring bins of time."""
TERM_MULTIPLIER = 2.0
"""Learning rate of the terms of pairs, as a multiple: with more, the noise of thousands of them adds up in a visit."""
SCALE_MULTIPLIER, SCALE_PRECISION = 10.0, 5.0
"""Learning rate of the scales of associations by visits' sizes, as a multiple; and the precision of the normal prior of
the second differences of their logarithms, in links: neighbouring sizes differ little."""
PREFERENCE_PRECISION = 1_000.0
"""Precision of the normal prior of what links prefer visits by, in links: a few tens of numbers say all of a visit, and
every link of the table learns them by heart otherwise."""
Pairs = tuple[Ints, Ints]
Moves = tuple[Pairs, Pairs]
"""Two links each that are swapped; and links with the visits that they are transferred to."""


def train_assignment(
    model: AssignmentModel,
    data: Occurrences,
    *,
    config: CTGANConfig,
    rules: Ints,
    validation: Ints,
    seeds: Seeds,
    deadline: Until = math.inf,
    callback: Callback | None = None,
) -> History:
    """Fit the moves to a table's visits; nothing to learn where no subject has two of them.

    Args:
        model: is trained in place.
        rules: (R, 3) that no move may break, see `visit_rules`.
        validation: codes of the subjects for early stopping.
        deadline: when training ends at the latest, see `Plan`.
        callback: called after every step.

    Raises:
        TrainingError: the loss is no longer a number.
    """
    if data.visits is None:
        return History()
    model.rules = torch.from_numpy(rules).to(model.rules.device)
    assignment = assignment_of(data, data.visits, least=2)
    if not len(assignment.subject):
        return History()
    training = np.setdiff1d(assignment.subject, validation)
    found = Related.of(assignment, data.edges.num_objects, training, config.most_pair_terms)
    model.terms.set(found.left, found.right, found.ordered)
    learn_sizes(model, assignment, training, seeds.child("sizes").generator())
    assignment = model.grouped(assignment)
    model.dates = learned_dates(model, assignment, training, seeds.child("dates").generator())
    own, sizes = assignment.take(np.isin(assignment.subject, training)), (len(model.between), len(assignment.days))
    barred = barred_verbs(own.subject, own.verb, own.visit, *sizes, seeds.child("verbs").generator())
    model.verbs.copy_(torch.from_numpy(barred))
    model.sweeps.fill_(SMALL_SWEEPS if len(own.subject) <= SMALL_TABLE else SWEEPS)
    trainer = AssignmentTrainer(
        config, model, assignment, validation=validation, seeds=seeds, deadline=deadline, callback=callback
    )
    history = trainer.fit()
    model.company = CompanyTerms.of(*companions(model, own)).to(model.sign.device)
    return history


def visit_rules(data: Occurrences) -> Ints:
    """The rules that all visits of a table keep, see `find_rules`: (R, 3); none where it has no visits."""
    if data.visits is None:
        return np.zeros((0, 3), np.int64)
    return find_rules(assignment_of(data, data.visits), (data.edges.num_verbs, data.edges.num_objects))


def learned_dates(
    model: AssignmentModel, assignment: Assignment, subjects: Ints, rng: np.random.Generator
) -> DateTerms:
    """The terms of dates of the given subjects' links; what is chance is found by dealing links at random."""
    own, of = (
        assignment.take(np.isin(assignment.subject, subjects)),
        date_classes(assignment.features, assignment.calendar),
    )
    dealt = [of[dealt_anew(own.subject, own.visit, rng)] for _ in range(DEALS)]
    token = own.verb * model.num_objects + own.object
    return learned_terms(own.verb, token, of[own.visit], dealt).to(model.sign.device)


def companions(model: AssignmentModel, assignment: Assignment) -> tuple[Ints, Ints]:
    """Pairs of tokens, (P,) each, that go together by a trained model in visits of the given subjects."""
    token = assignment.verb * model.num_objects + assignment.object
    often = frequent_companions(token, assignment.subject)
    return find_companions(often, model.alike(often), token, assignment.visit)


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


def learn_sizes(model: AssignmentModel, assignment: Assignment, subjects: Ints, rng: np.random.Generator) -> None:
    """Give the model terms of the sizes of the given subjects' visits, where these are of more than one size.

    Args:
        assignment: the true one; what is chance is found by dealing links at random.
    """
    own = assignment.take(np.isin(assignment.subject, subjects))
    num_verbs, num_visits = len(model.between), len(assignment.days)
    used = np.bincount(own.visit, minlength=num_visits) > 0

    def by_verb(visit: Ints) -> Ints:
        counts = np.bincount(own.verb * num_visits + visit, minlength=num_verbs * num_visits)
        return counts.reshape(num_verbs, num_visits)[:, used]

    deals = [dealt_anew(own.subject, own.visit, rng) for _ in range(DEALS)]
    seen = by_verb(own.visit)
    owner = np.zeros(num_visits, np.int64)
    owner[own.visit] = own.subject
    model.size.learn(seen.sum(0), seen, np.stack([by_verb(visit) for visit in deals]), owner[used])


class AssignmentTrainer:
    """Fits an `AssignmentModel`; early stopping on the moves of the validation subjects.

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
        pairs = model.between, model.terms.weight, model.size.weight, model.size.of_verb, model.size.scale
        single = [own for own in model.parameters() if not any(own is pair for pair in pairs)]
        groups = [
            {"params": single, "multiplier": 1.0},
            {"params": [model.size.scale], "multiplier": SCALE_MULTIPLIER},
            {"params": [model.between], "multiplier": config.order_rate_multiplier},
            {"params": [model.terms.weight, model.size.weight, model.size.of_verb], "multiplier": TERM_MULTIPLIER},
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
    """The batches and losses of the moves: swaps, and as many transfers where visits have size terms.

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
        self.generators = (self.rng,)
        counts = np.bincount(assignment.subject)
        self.first = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        self.move_logits = MoveLogits(network, assignment, seeds.child("partners").generator())
        has = np.flatnonzero(counts)
        self.visits = np.zeros((2, len(counts)), np.int64)
        """The first visit of each subject, and how many visits it has."""
        self.visits[0, has] = np.minimum.reduceat(assignment.visit, self.first[has])
        self.visits[1, has] = np.maximum.reduceat(assignment.visit, self.first[has]) - self.visits[0, has] + 1
        validates = np.isin(assignment.subject, validation)
        everything = np.arange(len(validates))
        self.training = np.flatnonzero(~validates) if not validates.all() else everything
        self.validation = np.flatnonzero(validates) if validates.any() else everything
        self.validation_moves = self.moves(self.validation, VALIDATED)
        self.steps = config.assignment_steps_for(len(self.training), EPOCH)
        self.batch = config.assignment_batch_for(len(self.training))
        self.links = EPOCH * self.batch

    def halve(self) -> None:
        """Make batches half as large; there are as many of them."""
        self.batch = max(self.batch // 2, 1)
        self.links = EPOCH * self.batch

    def batches(self, epoch: int = 1) -> Iterator[tuple[Moves, int]]:
        """One epoch of `EPOCH` steps; the last one may be shorter."""
        steps, batch = min(EPOCH, self.steps - EPOCH * (epoch - 1)), self.batch
        (first, second), (link, to) = self.moves(self.training, max(steps, 0) * batch)
        for step in range(steps):
            own = slice(step, None, steps)
            yield ((first[own], second[own]), (link[own], to[own])), batch

    def loss(self, batch: Moves) -> StepLoss:
        """Negative log-likelihood of the moves, with the embeddings' normal prior."""
        prior = negative_log_prior(self.network, self.config.assignment_precision) / max(len(self.training), 1)
        total = prior + self.move_loss(*batch)
        return StepLoss(total, {"likelihood": total.item()})

    def validate(self, network: AssignmentModel) -> float:
        """Negative log-likelihood of the validation subjects' moves, mean; `network` is the one in training."""
        return float(self.move_loss(*self.validation_moves).item())

    def moves(self, links: Ints, count: int) -> Moves:
        """Moves of links at random out of `links`: half of `count` each swaps and transfers, or all swaps.

        Those that break a rule are left out, see `allowed_moves`.
        """
        number = count // 2 if len(self.network.size) else 0
        (first, second), (link, to) = self.swaps(links, count - number), self.transfers(links, number)
        world, own = self.move_logits.world, self.assignment
        swaps = allowed_moves(world, own, first, second, own.visit[second])
        transfers = allowed_moves(world, own, link, None, to)
        return (first[swaps], second[swaps]), (link[transfers], to[transfers])

    def swaps(self, links: Ints, count: int) -> Pairs:
        """Pairs of links of one subject in two visits, the first ones at random out of `links`."""
        chosen = links[self.rng.integers(0, len(links), count)]
        own = self.assignment.subject[chosen]
        sizes = self.first[own + 1] - self.first[own]
        other = self.first[own] + (self.rng.random(count) * sizes).astype(np.int64)
        apart = self.assignment.visit[chosen] != self.assignment.visit[other]
        return chosen[apart], other[apart]

    def transfers(self, links: Ints, count: int) -> Pairs:
        """Links at random out of `links`, and other visits of their subjects; none empties a visit or overfills one."""
        chosen = links[self.rng.integers(0, len(links), count)]
        (first, visits), here = self.visits[:, self.assignment.subject[chosen]], self.assignment.visit[chosen]
        to = first + (self.rng.random(count) * (visits - 1)).astype(np.int64)
        to += to >= here
        sizes, most = self.move_logits.sizes, self.network.size.most
        allowed = (visits > 1) & (sizes[here] > 1)
        allowed[allowed] &= sizes[to[allowed]] < most
        return chosen[allowed], to[allowed]

    def move_loss(self, swaps: Pairs, transfers: Pairs) -> Tensor:
        """Mean negative log-likelihood that links are where they are, and not moved."""
        logits = [self.move_logits.of_swaps(*swaps)]
        if len(transfers[0]):
            logits.append(self.move_logits.of_transfers(*transfers))
        every = torch.cat(logits)
        return functional.softplus(-every).sum() / max(len(every), 1)


def negative_log_prior(model: AssignmentModel, precision: float, preference: float = PREFERENCE_PRECISION) -> Tensor:
    """Of the normal prior of associations, of this precision in links, of preferences, of the terms of pairs, of how
    the terms of one object change with time, and of how the scales of associations change with a visit's size."""
    liked = (*model.preference.parameters(), model.size.preference, model.calendar.weight)
    value = precision * _squares(model.association.parameters()) + preference * _squares(liked)
    value = value + TERM_PRECISION * model.terms.weight.square().sum()
    for side in (model.between[:, :, :SAME_VISIT], model.between[:, :, SAME_VISIT + 1 : UNORDERED]):
        value = value + TIME_PRECISION * side.diff(dim=2).square().sum()
    value = value + SCALE_PRECISION * model.size.scale.diff().diff().square().sum()
    return 0.5 * value


def _squares(weights: Iterable[Tensor]) -> Tensor:
    return torch.stack([weight.square().sum() for weight in weights]).sum()
