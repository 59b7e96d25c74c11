"""Which of two things a subject does first.

For every ordered pair of (verb, object) tokens, the share of the subjects with both whose first time of the one is
before their first time of the other. Two at the same time are in neither order.

    order_share   |share_x − share_y|, mean over the pairs that at least `FEWEST` reference subjects have, weight: how
                  many have it; a pair that no subject under test has is not compared

0 for equal tables; left out where no two things of any subject have an order.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from assoc_synth.link_graph.edges import ragged
from assoc_synth.link_graph.rows import Rows, frequent_tokens
from assoc_synth.transactions.arrays import Floats, Ints

FEWEST = 30
TOP_TOKENS = 200
_CHUNK_PAIRS = 4_000_000


@dataclass(frozen=True, eq=False)
class FirstTimes:
    """When each subject first met each of some tokens: sorted by subject, then by token.

    Attributes:
        subject, token, time: (m,), `token` as a position in the tokens asked for, `time` in nanoseconds.
        num_tokens: how many were asked for.
    """

    subject: Ints
    token: Ints
    time: Ints
    num_tokens: int

    @classmethod
    def of(cls, rows: Rows, tokens: Ints) -> FirstTimes:
        """From the dated rows of a table."""
        position = np.full(rows.num_verbs * rows.num_objects, -1, np.int64)
        position[tokens] = np.arange(len(tokens))
        at = np.flatnonzero(rows.dated & (position[rows.token] >= 0))
        time = np.zeros(0, np.int64) if rows.time is None else rows.time[at]
        key = rows.subject[at] * max(len(tokens), 1) + position[rows.token[at]]
        order = np.lexsort((time, key))
        distinct, first = np.unique(key[order], return_index=True)
        subject, token = np.divmod(distinct, max(len(tokens), 1))
        return cls(subject, token, time[order][first], len(tokens))

    def pairs(self) -> Iterator[tuple[Ints, Ints]]:
        """Positions of every two entries of one subject, in both orders, some subjects at a time."""
        _, first, sizes = np.unique(self.subject, return_index=True, return_counts=True)
        offsets = np.append(first, len(self.subject))
        part = np.cumsum(sizes**2) // _CHUNK_PAIRS
        for chunk in np.unique(part):
            chosen = np.flatnonzero(part == chunk)
            left = np.repeat(ragged(offsets, chosen), np.repeat(sizes[chosen], sizes[chosen]))
            right = ragged(offsets, np.repeat(chosen, sizes[chosen]))
            yield left, right

    def table(self) -> tuple[Floats, Floats]:
        """Subjects with both, and subjects with i before j: (tokens, tokens) each, as [i, j]."""
        size = self.num_tokens
        both, before = np.zeros(size * size), np.zeros(size * size)
        for left, right in self.pairs():
            key = self.token[left] * size + self.token[right]
            both += np.bincount(key, minlength=size * size)
            before += np.bincount(key[self.time[left] < self.time[right]], minlength=size * size)
        return both.reshape(size, size), before.reshape(size, size)


def order_distances(x: Rows, y: Rows) -> dict[str, float]:
    """`order_share` by its name, see above."""
    if x.time is None or y.time is None:
        return {}
    tokens = frequent_tokens(x, TOP_TOKENS)
    (both, before), (both_y, before_y) = (FirstTimes.of(side, tokens).table() for side in (x, y))
    compared = (both >= FEWEST) & (both_y > 0) & ~np.eye(len(tokens), dtype=bool)
    if not before.any() or not compared.any():
        return {}
    apart = np.abs(before[compared] / both[compared] - before_y[compared] / both_y[compared])
    return {"order_share": float(np.average(apart, weights=both[compared]))}
