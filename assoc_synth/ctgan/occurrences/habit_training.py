"""Learning of the habits: which directions they have, and how much subjects differ along them.

Directions are those in which subjects' visits differ by more than chance from what the trained network expects. Their
distribution maximises the likelihood of the visits by expectation–maximisation, each subject's posterior taken as
normal around its mode (Laplace's method, as for any mixed logit).
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from assoc_synth.ctgan.column_chain import ColumnChain
from assoc_synth.ctgan.edges.generator import EdgeGenerator
from assoc_synth.ctgan.interface import CodedColumn, Occurrences
from assoc_synth.ctgan.occurrences.generator import OccurrenceGenerator, mean_neighbourhoods
from assoc_synth.ctgan.occurrences.habits import Habits
from assoc_synth.ctgan.occurrences.month_days import LastVisits
from assoc_synth.ctgan.occurrences.size_logits import links_by_verb
from assoc_synth.ctgan.occurrences.training import features_before
from assoc_synth.transactions.arrays import Ints

MOST_VISITS, ROUNDS, NEWTON_STEPS = 100_000, 10, 2
"""Visits, about, that are looked at; rounds of expectation–maximisation, and steps to the modes in each."""
PRIOR = 5.0
"""Subjects without habits that shrink the covariance."""
KEPT_ROUNDS, FEW = 5, 5.0
"""Rounds in which the shares of all subjects together are brought back, and visits that shrink those of rare classes.
"""


@dataclass(frozen=True, eq=False)
class _Column:
    """The visits of a column: what the network expects, and what is.

    Attributes:
        place: the column's classes among the directions.
        logits: (n, classes); code: (n,); owner: (n,) the subject.
    """

    place: slice
    logits: Tensor
    code: Tensor
    owner: Tensor

    @property
    def residuals(self) -> tuple[Tensor, Tensor]:
        """What is less what is expected, and what is expected: (n, classes) each."""
        shares = torch.softmax(self.logits, 1)
        return functional.one_hot(self.code, shares.shape[1]) - shares, shares


@torch.no_grad()
def learn_habits(
    generator: OccurrenceGenerator,
    edge_generator: EdgeGenerator,
    data: Occurrences,
    random: torch.Generator,
    *,
    deadline: float = math.inf,
) -> list[float]:
    """Give the generator the habits of the training subjects.

    Args:
        generator: trained.
        data: the training subjects' occurrences.
        random: of the network's noise.
        deadline: `time.monotonic()` after which no further round begins; without a round nobody has habits.

    Returns:
        By how much the log-likelihood of a visit is larger at its subject's habit, in each round; empty without habits.
    """
    habits = generator.habits
    if habits is None or data.visits is None or time.monotonic() > deadline:
        return []
    neighbourhood = mean_neighbourhoods(edge_generator, data.with_attributes or data.edges)
    columns = _columns(generator, habits, data, neighbourhood, random)
    subjects = 1 + max(int(column.owner.max()) for column in columns)
    habits.directions.copy_(_directions(columns, habits, subjects))
    size = habits.size
    mode = torch.zeros(subjects, size, device=habits.mean.device)
    mean, covariance = torch.zeros_like(habits.mean), 0.1 * torch.eye(size, device=mode.device)
    gains = list[float]()
    for _ in range(ROUNDS):
        if gains and time.monotonic() > deadline:
            break
        inverse = torch.linalg.inv(covariance)
        for _ in range(NEWTON_STEPS):
            gradient, information, gain = _slopes(columns, habits.directions, mode)
            precision = information + inverse
            step = torch.linalg.solve(precision, gradient - (mode - mean) @ inverse)
            mode = mode + step.clamp(-2.0, 2.0)
        spread = torch.linalg.inv(precision)
        mean = mode.mean(0)
        around = mode - mean
        total = around.T @ around + spread.sum(0) + PRIOR * 0.01 * torch.eye(size, device=mode.device)
        covariance = total / (subjects + PRIOR)
        gains.append(gain)
    habits.mean.copy_(mean)
    habits.factor.copy_(torch.linalg.cholesky(covariance))
    _keep_shares(columns, habits, subjects, random)
    return gains


def _columns(
    model: OccurrenceGenerator, habits: Habits, data: Occurrences, neighbourhood: Tensor, random: torch.Generator
) -> list[_Column]:
    """The visits of some subjects, each given the true ones before it."""
    visits, device = data.visits, neighbourhood.device
    assert visits is not None, "the table has visits"
    few = max(1, int(np.searchsorted(np.cumsum(visits.per_subject), MOST_VISITS)))
    model.eval()

    def tensor(array: Ints) -> Tensor:
        return torch.from_numpy(np.ascontiguousarray(array, dtype=np.int64)).to(device)

    subjects = visits.subject[visits.first]
    links, counts = tensor(np.add.reduceat(visits.size, visits.first)), tensor(visits.per_subject)
    sizes = tensor(np.diff(data.edges.offsets)[subjects])
    noise = torch.randn(len(subjects), model.noise_dim, generator=random, device=device)
    subject = model.subject_condition(neighbourhood[tensor(subjects)], sizes, noise)
    own = model.with_verbs(subject, tensor(links_by_verb(data)))
    place = np.arange(len(subjects))[:few]
    first = [logits[:few] for logits in model.known_start(links / counts)]
    found = _looked_at(
        habits, model.start, model.start_condition(own, links, counts)[:few], data.start, place, first, place
    )
    if data.step and len(visits.later):
        owner = np.searchsorted(subjects, visits.subject[visits.later])
        at = np.flatnonzero(owner < few)
        features = features_before(visits, data.horizon)[torch.from_numpy(at)].to(device)
        last = LastVisits.of(visits, data.horizon).take(at)
        condition, known = (
            model.step_condition(own[tensor(owner[at])], features, last),
            model.known_step(features, last),
        )
        found += _looked_at(habits, model.step, condition, data.step, at, known, owner[at])
    return found


def _looked_at(
    habits: Habits,
    chain: ColumnChain,
    condition: Tensor,
    columns: tuple[CodedColumn, ...],
    at: Ints,
    known: list[Tensor],
    owner: Ints,
) -> list[_Column]:
    """The columns that have habits, of the entries `at`, whose subjects are `owner`."""
    device = condition.device
    codes = [torch.from_numpy(column.code[at]).to(device) for column in columns]
    values = [torch.from_numpy(column.value[at]).to(device) for column in columns]
    subject = torch.from_numpy(owner.astype(np.int64)).to(device)
    logits = chain.logits(condition, codes, values, known)
    return [
        _Column(habits.place[column.spec.name], own, code, subject)
        for column, own, code in zip(columns, logits, codes, strict=True)
        if column.spec.name in habits.place
    ]


def _directions(columns: list[_Column], habits: Habits, subjects: int) -> Tensor:
    """The directions of each column's classes in which subjects differ most beyond chance: (classes, K).

    Residuals are summed over each subject's visits. Their covariance, less what visits by themselves would have, is
    taken relative to the classes' shares, as correspondence analysis does, but not to less than the mean share: else
    the few subjects with a rare hour would be the leading directions.
    """
    classes = len(habits.directions)
    total = habits.directions.new_zeros(subjects, classes)
    expected, chance = total.new_zeros(classes), total.new_zeros(classes, classes)
    visits = total.new_zeros(subjects)
    for column in columns:
        visits.index_add_(0, column.owner, torch.ones_like(column.owner, dtype=total.dtype))
    weight = 1.0 / (visits + 1.0)
    for column in columns:
        residual, shares = column.residuals
        total[:, column.place] = total[:, column.place].index_add(0, column.owner, residual)
        own = weight[column.owner].unsqueeze(1)
        expected[column.place] += shares.sum(0)
        chance[column.place, column.place] += torch.diag((own * shares).sum(0)) - (own * shares).T @ shares
    excess = (weight.unsqueeze(1) * total).T @ total - chance
    found = torch.zeros_like(habits.directions)
    for name, place in habits.place.items():
        share, along = expected[place] / expected[place].sum().clamp(min=1.0), habits.along[name]
        scale = torch.rsqrt(share + 1.0 / len(share))
        _, vectors = torch.linalg.eigh(scale.unsqueeze(1) * excess[place, place] * scale)
        leading = vectors[:, vectors.shape[1] - (along.stop - along.start) :]
        found[place, along] = scale.unsqueeze(1) * leading
    return found


def _keep_shares(columns: list[_Column], habits: Habits, subjects: int, random: torch.Generator) -> None:
    """Set the offset by which new subjects together have the classes' shares of the table.

    A normal effect on logits favours classes in which subjects differ much: the mean of exp is above exp of the mean.
    """
    drawn = habits.draw(subjects, random)
    real, expected = torch.zeros_like(habits.offset), torch.zeros_like(habits.offset)
    for column in columns:
        real[column.place] += torch.bincount(column.code, minlength=column.logits.shape[1])
    for _ in range(KEPT_ROUNDS):
        expected.zero_()
        for column in columns:
            added = drawn @ habits.directions[column.place].T + habits.offset[column.place]
            expected[column.place] += torch.softmax(column.logits + added[column.owner], 1).sum(0)
        habits.offset += torch.log((real + FEW) / (expected + FEW))


def _slopes(columns: list[_Column], directions: Tensor, mode: Tensor) -> tuple[Tensor, Tensor, float]:
    """Of the visits' log-likelihood at each subject's habit: its gradient and information, and its mean gain.

    (S, K) → (S, K), (S, K, K), nats.
    """
    subjects, size = mode.shape
    gradient, information = torch.zeros_like(mode), mode.new_zeros(subjects, size * size)
    gain, visits = 0.0, 0
    for column in columns:
        own = directions[column.place]
        logits = torch.log_softmax(column.logits + (mode @ own.T)[column.owner], 1)
        shares, at = torch.exp(logits), column.code.unsqueeze(1)
        mean = shares @ own
        gradient.index_add_(0, column.owner, own[column.code] - mean)
        products = (own.unsqueeze(2) * own.unsqueeze(1)).flatten(1)
        moments = shares @ products - (mean.unsqueeze(2) * mean.unsqueeze(1)).flatten(1)
        information.index_add_(0, column.owner, moments)
        before = torch.log_softmax(column.logits, 1)
        gain, visits = gain + float((logits - before).gather(1, at).sum()), visits + len(column.code)
    return gradient, information.view(subjects, size, size), gain / max(visits, 1)
