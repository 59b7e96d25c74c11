"""The time between two rows of a visit: frequent ones exactly, ranges of about equal share for the rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from assoc_synth.ctgan.interface import CodedColumn, ColumnSpec
from assoc_synth.transactions.arrays import Ints, Singles
from assoc_synth.transactions.days import SECOND

MOST_EXACT, FREQUENT = 32, 0.02
"""So many different times are all exact; of more, those that make up at least 2 %, and 0."""
RANGES, LEAST_IN_RANGE = 48, 10
"""Ranges of equal share at most, and times in each at least. The last one is halved, and so on: the longest times are
few, yet how long visits last depends on them."""


@dataclass(frozen=True, eq=False)
class GapCode:
    """How times between rows are coded, in nanoseconds: `exact` ones first, then ranges.

    Attributes:
        exact: ascending.
        edges: range i is edges[i] to below edges[i + 1].
        resolution: what every time is a multiple of.
    """

    exact: Ints
    edges: Ints
    resolution: int

    @classmethod
    def learn(cls, gaps: Ints, resolution: int) -> GapCode:
        """Learn from (n,) times of at least 0.

        Example:
            >>> code = GapCode.learn(np.array([0, 0, 5, 5, 60]) * SECOND, SECOND)
            >>> (code.exact // SECOND).tolist(), code.encode(np.array([61, 4]) * SECOND).code.tolist()
            ([0, 5, 60], [2, 1])
        """
        found, counts = np.unique(gaps, return_counts=True)
        often = counts >= max(FREQUENT * len(gaps), 5)
        exact = found if len(found) <= MOST_EXACT else found[often | (found == 0)]
        rest = np.sort(gaps[~np.isin(gaps, exact)])
        edges = np.zeros(0, np.int64)
        if len(rest):
            edges = np.unique(rest[_ends(len(rest))])
            edges = np.append(edges[:-1], rest[-1] + resolution) if len(edges) > 1 else edges[0] + [0, resolution]
        return cls(exact.astype(np.int64), edges.astype(np.int64), resolution)

    @property
    def spec(self) -> ColumnSpec:
        return ColumnSpec("gap", max(len(self.exact) + max(len(self.edges) - 1, 0), 1), False)

    @property
    def level(self) -> Singles:
        """Log seconds that each class stands for: (classes,)."""
        middle = np.sqrt(np.maximum(self.edges[:-1], 1.0) * np.maximum(self.edges[1:], 1.0))
        seconds = np.concatenate([self.exact, middle]) / SECOND
        return np.resize(np.log1p(seconds), self.spec.classes).astype(np.float32)

    def encode(self, gaps: Ints) -> CodedColumn:
        """(n,) nanoseconds → classes; what was not learned goes to the nearest class."""
        code = np.zeros(len(gaps), np.int64)
        is_exact = np.isin(gaps, self.exact)
        code[is_exact] = np.searchsorted(self.exact, gaps[is_exact])
        rest = np.flatnonzero(~is_exact)
        if len(self.edges):
            place = np.searchsorted(self.edges, gaps[rest], side="right") - 1
            code[rest] = len(self.exact) + place.clip(0, len(self.edges) - 2)
        elif len(self.exact):
            at = np.searchsorted(self.exact, gaps[rest]).clip(1, max(len(self.exact) - 1, 1))
            at = np.minimum(at, len(self.exact) - 1)
            below = np.maximum(at - 1, 0)
            code[rest] = np.where(gaps[rest] - self.exact[below] < self.exact[at] - gaps[rest], below, at)
        return CodedColumn(self.spec, code, np.zeros(len(gaps), np.float32))

    def decode(self, code: Ints, rng: np.random.Generator) -> Ints:
        """(n,) classes → nanoseconds, within a range log-uniformly."""
        result = np.zeros(len(code), np.int64)
        exact = code < len(self.exact)
        result[exact] = self.exact[code[exact]]
        place = code[~exact] - len(self.exact)
        if len(self.edges) and len(place):
            steps = self.edges // self.resolution
            low, high = np.maximum(steps[place], 1), np.maximum(steps[place + 1], 2)
            drawn = np.exp(np.log(low) + rng.random(len(place)) * (np.log(high) - np.log(low)))
            result[~exact] = np.minimum(drawn.astype(np.int64), high - 1).clip(low) * self.resolution
        return result

    def to_dict(self) -> dict[str, Any]:
        return {"exact": self.exact.tolist(), "edges": self.edges.tolist(), "resolution": self.resolution}

    @classmethod
    def from_dict(cls, state: dict[str, Any]) -> GapCode:
        exact, edges = (np.asarray(state[name], np.int64) for name in ("exact", "edges"))
        return cls(exact, edges, int(state["resolution"]))


def _ends(count: int) -> Ints:
    """Where ranges of so many sorted times end, from the first place to the last one.

    Example:
        >>> _ends(20).tolist(), _ends(48 * 40)[-4:].tolist()
        ([0, 9, 19], [1879, 1899, 1909, 1919])
    """
    ranges = int(np.clip(count // LEAST_IN_RANGE, 1, RANGES))
    places = np.linspace(0, count - 1, ranges + 1).astype(np.int64).tolist()
    while places[-1] - places[-2] >= 2 * LEAST_IN_RANGE:
        places.insert(-1, (places[-2] + places[-1] + 1) // 2)
    return np.array(places)
