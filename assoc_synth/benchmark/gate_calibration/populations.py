"""Populations whose associations are known, and tables drawn from them well and badly: what the gate is tried on.

Every sampler is a function of training subjects, a number of subjects and a seed.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from assoc_synth.link_graph.edges import Edges
from assoc_synth.link_graph.independent import independent_draw
from assoc_synth.transactions.arrays import Bools, Ints

OBJECTS = 60
PLANTED = np.arange(0, 20, 2)
"""An object and the next one are a planted pair of verb 0."""
DISTINCT = 10
"""A collapsed generator repeats each of its subjects this many times."""
Sampler = Callable[[Edges, int, int], Edges]


def population(subjects: int, seed: int) -> Edges:
    """Three preferences over 60 Zipf-popular objects, ten planted pairs under verb 0; verb 1 repeats verb 0 in 25 %."""
    rng = np.random.default_rng(seed)
    preference = np.exp(1.0 * (np.arange(OBJECTS)[None, :] % 3 == rng.integers(0, 3, subjects)[:, None]))
    utility = np.log(preference / (1 + np.arange(OBJECTS))) + rng.gumbel(size=(subjects, OBJECTS))
    rank = np.argsort(np.argsort(-utility, axis=1), axis=1)
    has = rank < (1 + rng.geometric(0.2, subjects))[:, None]
    has[:, PLANTED + 1] |= has[:, PLANTED] & (rng.random((subjects, len(PLANTED))) < 0.5)
    return from_tokens(np.concatenate([has, has & (rng.random(has.shape) < 0.25)], axis=1))


def from_tokens(has: Bools) -> Edges:
    """The graph of a 0/1 table over (verb, object): (subjects, 2 · 60)."""
    subject, token = np.nonzero(has)
    return Edges.from_links(
        subject, token // OBJECTS, token % OBJECTS, num_subjects=len(has), num_verbs=2, num_objects=OBJECTS
    )


def contaminated(share: float) -> Sampler:
    """Fresh real subjects, a share of them replaced by independent draws."""

    def draw(training: Edges, subjects: int, seed: int) -> Edges:
        replaced = round(share * subjects)
        random = independent_draw(training, np.random.default_rng(seed), num_subjects=replaced)
        return Edges.joined([population(subjects - replaced, seed), random])

    return draw


perfect, independent, half_independent = contaminated(0.0), contaminated(1.0), contaminated(0.5)


def bootstrapped(training: Edges, subjects: int, seed: int) -> Edges:
    """Training subjects, drawn with replacement."""
    return training.take(np.random.default_rng(seed).integers(0, training.num_subjects, subjects))


def shuffled_across(training: Edges, subjects: int, seed: int) -> Edges:
    """Fresh real subjects, each with the verb 1 links of another."""
    has = _tokens(population(subjects, seed))
    has[:, OBJECTS:] = has[np.random.default_rng(seed).permutation(subjects), OBJECTS:]
    return from_tokens(has)


def lifted(training: Edges, subjects: int, seed: int) -> Edges:
    """Fresh real subjects, the planted pairs' lifts times 1.5."""
    return _coupled(population(subjects, seed), PLANTED, 1.5, seed)


def spurious(training: Edges, subjects: int, seed: int) -> Edges:
    """Fresh real subjects with ten associations that no real table has: lift 3 between neighbours in popularity."""
    return _coupled(population(subjects, seed), PLANTED + 1, 3.0, seed)


def collapsed(training: Edges, subjects: int, seed: int) -> Edges:
    """Few fresh real subjects, ten times each."""
    few = -(-subjects // DISTINCT)
    return population(few, seed).take(np.repeat(np.arange(few), DISTINCT)[:subjects])


def random_svo(seed: int) -> Edges:
    """20,000 rows of independent uniform subject, verb and object, as in the data set `random-svo`: no association."""
    rng = np.random.default_rng(seed)
    return Edges.from_links(
        rng.integers(0, 1_000, 20_000),
        rng.integers(0, 4, 20_000),
        rng.integers(0, 50, 20_000),
        num_subjects=1_000,
        num_verbs=4,
        num_objects=50,
    )


def _coupled(edges: Edges, first: Ints, factor: float, seed: int) -> Edges:
    """Multiply by `factor` the subjects that have both each of these objects and its next one, under verb 0.

    The next object moves from one subject to another, so that both objects keep their share.
    """
    has, rng = _tokens(edges), np.random.default_rng(seed)
    for left in first:
        right = left + 1
        gaining = rng.permutation(np.flatnonzero(has[:, left] & ~has[:, right]))
        losing = rng.permutation(np.flatnonzero(~has[:, left] & has[:, right]))
        wanted = round((factor - 1) * int((has[:, left] & has[:, right]).sum()))
        moved = min(wanted, len(gaining), len(losing))
        has[losing[:moved], right], has[gaining[:moved], right] = False, True
    return from_tokens(has)


def _tokens(edges: Edges) -> Bools:
    has: Bools = edges.tokens().toarray() > 0
    return has
