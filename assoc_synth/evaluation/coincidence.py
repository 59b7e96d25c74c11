"""Are emitted subjects copies of training subjects more often than chance makes real subjects copies of each other?

Where people differ in many links, two copies are no chance, although two are too few to compare shares. How near real
subjects of the two sides come to each other says how likely a copy is: of the distances to the nearest subject of the
other side, the lower tail is taken to be a power of the distance (Hill 1975), and followed down to the distance of a
near copy. Copies are counted by classes of sizes: the more links, the rarer is a copy by chance.

The tail is an extrapolation, so chance is given the benefit of every doubt: exact copies count as near ones; the power
is two standard errors lower than estimated, chance makes `SLACK` times as many copies as follow from it, and where real
subjects of the two sides are copies of each other, their share is used, by its upper bound.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.stats import poisson

from assoc_synth.evaluation.copies import MIN_TOKENS, Sets
from assoc_synth.evaluation.figures import clopper_pearson
from assoc_synth.evaluation.nearest import nearest_cosine
from assoc_synth.link_graph.edges import Incidence
from assoc_synth.transactions.arrays import Bools, Floats, Ints

MOST_COMPARED = 2_000
"""Real subjects of each side whose distances are measured."""
FEWEST = 60
"""Distances that a class of sizes needs: smaller subjects, which are nearer to each other, join it until then."""
TAIL = 0.1
"""Share of the distances that the tail is estimated from."""
SLACK = 10.0
"""How many times more copies chance may make: some real people are twins, and a generator's may be more typical."""


@dataclass(frozen=True)
class Excess:
    """Copies in one class of sizes, beside what chance makes.

    Attributes:
        size: the smallest number of tokens in the class, which ends below its double.
        copies: distinct training sets of this size that are emitted and that no held-out subject has, but for one token
            added, removed or replaced; of sets below four tokens, exactly these.
        expected: of these by chance, at most.
        p_value: the chance of as many, at most.
    """

    size: int
    copies: int
    expected: float
    p_value: float


def beyond_chance(
    train: Incidence, heldout: Incidence, emitted: Incidence, rng: np.random.Generator, least: int = MIN_TOKENS
) -> tuple[Excess, ...]:
    """Every class of sizes that has a copy.

    Args:
        train, heldout, emitted: 0/1 over common tokens.
        rng: of the subjects that are compared.
        least: smaller sets are not looked at.
    """
    mine, theirs, new = (Sets.of(side, least) for side in (train, heldout, emitted))
    if not min(len(mine), len(theirs), len(new)):
        return ()
    exact, near = mine.equal_to(theirs) == 0, mine.near_to(theirs) == 0
    copied = np.where(mine.size < MIN_TOKENS, exact & (mine.equal_to(new) > 0), near & (mine.near_to(new) > 0))
    if not copied.any():
        return ()
    real = np.where(mine.size < MIN_TOKENS, ~exact, ~near)
    size, distance, compared = _real_distances(train, heldout, least, rng)
    excesses = []
    for low in _classes(mine.size):
        inside = (mine.size >= low) & (mine.size < 2 * low)
        copies = int(np.unique(mine.whole[copied & inside]).size)
        if not copies:
            continue
        reach = 1.0 / low if low >= MIN_TOKENS else 0.25 / low
        by_tail = chance_within(reach, distance[_joined(size, low)], low) * _count(new.size, low) * len(mine) / compared
        twins = int((real & inside).sum())
        as_seen = clopper_pearson(twins, int(inside.sum()))[1] * inside.sum() * len(new) / len(theirs) if twins else 0.0
        expected = SLACK * max(by_tail, as_seen)
        excesses.append(Excess(low, copies, expected, float(poisson.sf(copies - 1, expected))))
    return tuple(excesses)


def smallest_p(excesses: tuple[Excess, ...]) -> float:
    """The smallest p-value times the number of classes (Bonferroni); 1 where there is no copy."""
    return min(1.0, len(excesses) * min((one.p_value for one in excesses), default=np.inf)) if excesses else 1.0


def repeated_beyond_chance(train: Sets, heldout: Sets, emitted: Sets) -> float:
    """The chance that a training set is emitted as often as the most emitted one, though no held-out subject has it.

    If emitted and held-out subjects were of one population, each of m subjects with the set were emitted rather than
    held out with the chance n_emitted / (n_emitted + n_heldout): all of them with its m-th power, times the number of
    sets that are emitted more than once (Bonferroni).
    """
    if not min(len(train), len(heldout), len(emitted)):
        return 1.0
    often = np.where(train.equal_to(heldout) == 0, train.equal_to(emitted), 0)
    most = int(often.max(initial=0))
    if most < 2:
        return 1.0
    tried = np.unique(emitted.whole[emitted.equal_to(emitted) > 1]).size
    return float(min(1.0, tried * (len(emitted) / (len(emitted) + len(heldout))) ** most))


def chance_within(reach: float, distance: Floats, size: int = MIN_TOKENS) -> float:
    """The share of nearest distances that are at most `reach`, at most: by their tail, or as they are.

    Args:
        reach: above 0.
        distance: (n,) distances of real subjects to the nearest of other ones.
        size: tokens of such subjects. Where nobody has anything in common with others, somebody is taken to have one.

    Example:
        >>> distance = np.linspace(0.5, 1.0, 1_000)
        >>> chance_within(0.01, distance) < 1e-4, chance_within(0.6, distance) > 0.2, chance_within(0.1, np.zeros(9))
        (True, True, 1.0)
    """
    total, within = len(distance), int((distance <= reach * (1 + 1e-9)).sum())
    if within:
        return clopper_pearson(within, total)[1]
    number = min(max(int(TAIL * total), 10), total - 1)
    if number < 10:
        return 1.0
    ordered = np.sort(distance)
    edge = ordered[number]
    steps = max(float(np.log(edge / ordered[:number]).sum()), float(np.log1p(1 / size)))
    power = number / steps * (1 - 2 / np.sqrt(number))
    return float(number / total * (reach / edge) ** power)


def _real_distances(
    train: Incidence, heldout: Incidence, least: int, rng: np.random.Generator
) -> tuple[Ints, Floats, int]:
    """Sizes of real subjects, their distance to the nearest of the other side, and how large that side was."""
    sides = []
    for side in (train, heldout):
        side = side[np.flatnonzero(np.diff(side.indptr) >= least)]
        sides.append(side[np.sort(rng.permutation(side.shape[0])[:MOST_COMPARED])])
    number = min(side.shape[0] for side in sides)
    first, second = (side[np.sort(rng.permutation(side.shape[0])[:number])] for side in sides)
    size = np.concatenate([np.diff(first.indptr), np.diff(second.indptr)]).astype(np.int64)
    near = np.concatenate([nearest_cosine(first, second), nearest_cosine(second, first)])
    return size, np.round(1 - near, 12), number


def _classes(size: Ints) -> Iterator[int]:
    low = int(size.min())
    while low <= size.max():
        yield low
        low *= 2


def _joined(size: Ints, low: int) -> Bools:
    """Which real subjects stand for a class: those of its sizes, and smaller ones until there are `FEWEST`."""
    upper = np.sort(size[size < 2 * low])[::-1]
    least = min(low, int(upper[FEWEST - 1])) if len(upper) >= FEWEST else 0
    return np.asarray((size >= least) & (size < 2 * low), bool)


def _count(size: Ints, low: int) -> int:
    # One token more or less may lie in the next class.
    return int(((size >= low - 1) & (size <= 2 * low)).sum())
