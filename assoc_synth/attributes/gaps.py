"""The time between two rows of a visit: frequent ones exactly, ranges of about equal share for the rest.

Within a range times have a shape of their own, see `gap_shapes`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from assoc_synth.attributes.gap_shapes import GapShapes
from assoc_synth.attributes.sharing import ends_of, subjects_per
from assoc_synth.ctgan.interface import CodedColumn, ColumnSpec
from assoc_synth.errors import InputError
from assoc_synth.transactions.arrays import Codes, Ints, Singles
from assoc_synth.transactions.days import SECOND
from assoc_synth.transactions.stored import Stored, Whole

MOST_EXACT, FREQUENT = 32, 0.02
"""So many different times are all exact; of more, those that make up at least 2 %, and 0."""
RANGES, LEAST_IN_RANGE = 48, 10
"""Ranges of equal share at most, and times in each at least. The last one is halved, and so on: the longest times are
few, yet how long visits last depends on them."""


@dataclass(frozen=True, eq=False)
class GapCode(Stored):
    """How times between rows are coded, in nanoseconds: `exact` ones first, then ranges.

    Attributes:
        exact: ascending.
        edges: range i is edges[i] to below edges[i + 1].
        resolution: what every time is a multiple of.
        shapes: of the times within the ranges; None in models of earlier releases, whose times are log-uniform there.
    """

    exact: Ints
    edges: Ints
    resolution: Whole
    shapes: GapShapes | None = None

    def __post_init__(self) -> None:
        ranges = max(len(self.edges) - 1, 0)
        shaped = self.shapes is None or len(self.shapes.slope) == ranges
        if self.exact.ndim != 1 or self.edges.ndim != 1 or self.resolution < 1 or not shaped:
            raise InputError("the code of the time between two rows does not fit together")

    @classmethod
    def learn(cls, gaps: Ints, resolution: int, subject: Ints | Codes | None = None, fewest: int = 1) -> GapCode:
        """Learn from (n,) times of at least 0.

        Args:
            subject: whose each is, (n,); None where each is its own subject's.
            fewest: subjects that an exact time (but 0) and a range have at least, and of which the most extreme ones do
                not widen the ranges.

        Example:
            >>> code = GapCode.learn(np.array([0, 0, 5, 5, 60]) * SECOND, SECOND)
            >>> (code.exact // SECOND).tolist(), code.encode(np.array([61, 4]) * SECOND).code.tolist()
            ([0, 5, 60], [2, 1])
        """
        whose = np.arange(len(gaps)) if subject is None else subject
        given = gaps
        if fewest > 1 and len(gaps):
            gaps = np.where(gaps > 0, _within(gaps, whose, fewest, resolution), 0)
        found, place, counts = np.unique(gaps, return_inverse=True, return_counts=True)
        often = (counts >= max(FREQUENT * len(gaps), 5)) | (len(found) <= MOST_EXACT)
        own = np.flatnonzero(gaps == given)  # what has been brought inside makes no time frequent
        enough = subjects_per(place[own], whose[own], len(found)) >= fewest
        exact = found[(often & enough) | (found == 0)]
        at = np.flatnonzero(~np.isin(gaps, exact))
        at = at[np.argsort(gaps[at], kind="stable")]
        edges = np.zeros(0, np.int64)
        if len(np.unique(whose[at])) >= fewest:
            edges = _edges(gaps[at], whose[at], resolution, fewest)
        code = cls(exact.astype(np.int64), edges.astype(np.int64), resolution)
        # The most extreme times have been brought inside the ends.
        at = at[gaps[at] == given[at]]
        return replace(code, shapes=code._shapes(gaps[at], whose[at], fewest)) if len(edges) > 1 else code

    def _shapes(self, gaps: Ints, subject: Ints | Codes, fewest: int) -> GapShapes:
        """Of times that are not exact, (n,), and whose they are."""
        place = self.encode(gaps).code - len(self.exact)
        return GapShapes.learn(gaps // self.resolution, place, self._steps(), subject, fewest)

    def _steps(self) -> Ints:
        """Where ranges begin in multiples of the resolution, at least 1, and the end of the last one: each has one."""
        steps = np.maximum(-(-self.edges // self.resolution), 1)  # a range begins between two times, or on one
        steps[1:] = np.maximum(steps[1:], 2)
        return steps

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
        """(n,) classes → nanoseconds, within a range by its shape."""
        result = np.zeros(len(code), np.int64)
        exact = code < len(self.exact)
        result[exact] = self.exact[code[exact]]
        place = code[~exact] - len(self.exact)
        if self.shapes is not None and len(place):
            result[~exact] = self.shapes.draw(place, self._steps(), rng) * self.resolution
        elif len(self.edges) and len(place):
            steps = -(-self.edges // self.resolution)
            low, high = np.maximum(steps[place], 1), np.maximum(steps[place + 1], 2)
            drawn = np.exp(np.log(low) + rng.random(len(place)) * (np.log(high) - np.log(low)))
            result[~exact] = np.minimum(drawn.astype(np.int64), high - 1).clip(low) * self.resolution
        return result

    def to_dict(self) -> dict[str, Any]:
        plain = {"exact": self.exact.tolist(), "edges": self.edges.tolist(), "resolution": self.resolution}
        return plain if self.shapes is None else plain | {"shapes": self.shapes.to_dict()}


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


def _within(gaps: Ints, subject: Ints | Codes, fewest: int, resolution: int) -> Ints:
    """Times without the most extreme subjects' own ends: (n,), (n,) → (n,)."""
    steps = gaps // resolution
    ends = ends_of(steps, subject, fewest)
    low, high = int(np.ceil(ends[0])), int(ends[1])
    return np.clip(steps, low, max(high, low)) * resolution


def _edges(gaps: Ints, subject: Ints | Codes, resolution: int, fewest: int) -> Ints:
    """Where ranges of sorted times of (n,) subjects begin, and the end of the last one; each of enough subjects.

    Where `fewest` is above 1 that is between two multiples of the resolution: nobody has such a time.
    """
    own = gaps[_ends(len(gaps))] if len(gaps) else gaps
    edges = np.unique(own)
    before = resolution // 2 if fewest > 1 else 0
    if len(edges) < 2:
        return np.append(edges, edges + resolution) - before
    if fewest > 1:
        below = gaps[np.searchsorted(gaps, edges[1:]) - 1]
        edges[1:] = (edges[1:] + below + resolution) // 2 // resolution * resolution
        edges = np.unique(edges)
    place = np.searchsorted(edges[:-1], gaps, side="right") - 1
    while len(edges) > 2:
        short = np.flatnonzero(subjects_per(place, subject, len(edges) - 1) < fewest)
        if not len(short):
            break
        # A range of too few is joined with the next one, the last with the one before.
        edges = np.delete(edges, min(int(short[0]) + 1, len(edges) - 2))
        place = np.searchsorted(edges[:-1], gaps, side="right") - 1
    return np.append(edges[:-1], gaps[-1] + resolution) - before
