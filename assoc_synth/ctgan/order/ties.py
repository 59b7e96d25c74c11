"""Whether rows that share a time have an order of their own in the file, or come at random."""

from __future__ import annotations

import numpy as np

from assoc_synth.transactions.arrays import Bools, Floats, Ints
from assoc_synth.transactions.distinct import positions

PERMUTATIONS, EXPECTED = 40, 4
"""Random orders that the file's is compared with; and those that say how often two links are neighbours by chance."""
CLEAR = 4.0
"""Standard deviations of the random orders that the file's order is away from their mean where it is none of them."""
ENOUGH, MOST_ROWS = 40, 200_000
"""Rows that share their time: fewer show nothing, and of more the first are looked at."""


def rows_are_ordered(token: Ints, run: Ints, subject: Ints, rng: np.random.Generator) -> bool:
    """Whether the order of rows of one time says something about that of other subjects: a permutation test.

    What comes first, and what comes right after what, is learned from half of the subjects. Both are looked for in the
    other half, in the file's order and in random ones.

    Args:
        token: (N,) what each row is about, in the order of the file.
        run: (N,) ascending; rows of one run share their time.
        subject: (N,) whose.

    Example:
        >>> run = np.repeat(np.arange(60), 3)
        >>> token = np.tile([2, 0, 1], 60)
        >>> rng = np.random.default_rng(0)
        >>> shuffled = token[np.lexsort((rng.random(180), run))]
        >>> rows_are_ordered(token, run, run, rng), rows_are_ordered(shuffled, run, run, rng)
        (True, False)
    """
    size = np.bincount(run)[run]
    at = np.flatnonzero(size > 1)[:MOST_ROWS]
    if len(at) < ENOUGH:
        return False
    token, run, subject = np.unique(token[at], return_inverse=True)[1], run[at], subject[at]
    learns = (rng.random(int(subject.max()) + 1) < 0.5)[subject]
    if learns.all() or not learns.any():
        return False
    tokens = int(token.max()) + 1
    patterns = _Patterns.of(token[learns], run[learns], tokens, rng)
    token, run = token[~learns], run[~learns]
    real = patterns.found(token, run)
    chance = np.stack([patterns.found(token[_shuffled(run, rng)], run) for _ in range(PERMUTATIONS)])
    away = real - chance.mean(0)
    return bool((away > CLEAR * chance.std(0) + 1e-9).any())


class _Patterns:
    """What comes first, and what comes right after what, more than by chance.

    Args:
        place: (tokens,) mean place in a run, −½ to ½, shrunk.
        key, score: of pairs of neighbours, ascending: log of how much more often they come than by chance.
    """

    def __init__(self, place: Floats, key: Ints, score: Floats) -> None:
        self.place, self.key, self.score = place, key, score

    @classmethod
    def of(cls, token: Ints, run: Ints, tokens: int, rng: np.random.Generator) -> _Patterns:
        counts = np.bincount(token, minlength=tokens)
        place = np.bincount(token, weights=_places(run), minlength=tokens) / (counts + 5.0)
        real = _neighbours(token, run, tokens)
        chance = np.concatenate([_neighbours(token[_shuffled(run, rng)], run, tokens) for _ in range(EXPECTED)])
        key, at = np.unique(np.concatenate([real, chance]), return_inverse=True)
        found = np.bincount(at[: len(real)], minlength=len(key)) + 1.0
        expected = np.bincount(at[len(real) :], minlength=len(key)) / EXPECTED + 1.0
        return cls(place, key, np.log(found / expected))

    def found(self, token: Ints, run: Ints) -> Floats:
        """How much of both patterns is in an order: (2,)."""
        at = positions(_neighbours(token, run, len(self.place)), self.key)
        return np.array([(self.place[token] * _places(run)).sum(), self.score[at[at >= 0]].sum()])


def _places(run: Ints) -> Floats:
    """Place of each row in its run, −½ to ½."""
    begins = np.flatnonzero(_begins(run))
    size = np.diff(np.append(begins, len(run)))
    rank = np.arange(len(run)) - np.repeat(begins, size)
    result: Floats = rank / np.maximum(np.repeat(size, size) - 1, 1) - 0.5
    return result


def _neighbours(token: Ints, run: Ints, tokens: int) -> Ints:
    """One number for each pair of neighbours in a run."""
    same = ~_begins(run)[1:]
    return token[:-1][same] * tokens + token[1:][same]


def _begins(run: Ints) -> Bools:
    result = np.ones(len(run), bool)
    result[1:] = run[1:] != run[:-1]
    return result


def _shuffled(run: Ints, rng: np.random.Generator) -> Ints:
    """Positions, with those of each run in random order."""
    return np.lexsort((rng.random(len(run)), run))
