"""Bins of numbers, positions of codes, and the verbs that are compared by themselves: what every scope is made of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from assoc_synth.link_graph.column_classes import apart, coarse
from assoc_synth.link_graph.rows import Rows
from assoc_synth.transactions.arrays import Floats, Ints
from assoc_synth.transactions.distinct import distinct

MAX_VERBS = 6
"""Verbs that have blocks of their own; all others share them."""
MIN_VERB_SUBJECTS = 40
"""Evaluated subjects that a verb needs for that."""
_WIDTH = 1e-9
_SHARED = 10
"""Subjects that a value needs to be told exactly."""
_MANY, _TAIL = 1000, 0.01
"""From so many values on, this share of them at each end has a bin of its own."""


def bin_edges(values: npt.ArrayLike, most: int, subject: Ints | None = None) -> Floats:
    """Lower bounds of quantile bins but the first, ascending; a value that fills a bin has one of its own.

    Args:
        values: without NaN, any shape; without any, there is one bin.
        most: bins, but for those of single values and of the ends.
        subject: whose each value is, in the shape of the values; a value is told exactly where enough have it. None
            where each is its own subject's.

    Example:
        >>> edges = bin_edges([*range(30), *[30] * 30], 4)
        >>> bin_of(np.array([1.0, 20.0, 29.5, 30.0, 31.0]), edges).tolist()
        [0, 1, 2, 3, 4]
    """
    known = np.asarray(values, np.float64).ravel()
    if not len(known):
        return np.zeros(0)
    levels = np.arange(1, most) / most
    if most > 1 and len(known) >= _MANY:
        levels = np.concatenate([[_TAIL], levels, [1 - _TAIL]])
    cuts = np.quantile(known, levels, method="inverted_cdf")
    cuts, times = np.unique(cuts, return_counts=True)
    width = _WIDTH * np.maximum(np.abs(cuts), 1.0)
    if not len(cuts):
        return cuts
    near = [np.abs(known - cut) <= own for cut, own in zip(cuts, width, strict=True)]
    rows = np.array([own.sum() for own in near])
    shared = rows if subject is None else np.array([len(np.unique(subject[own])) for own in near])
    own = (shared >= _SHARED) & ((rows >= len(known) / most) | (times > 1))
    # A value that many subjects have is told exactly; all other bounds are coarse, and nobody's value.
    bounds = apart(coarse(cuts)[~own], known, None if subject is None else np.asarray(subject).ravel(), _SHARED)
    return np.unique(np.concatenate([bounds, (cuts - width)[own], (cuts + width)[own]]))


def bin_of(values: npt.ArrayLike, edges: Floats) -> Ints:
    """The bin of each value, shape as given."""
    return np.asarray(np.searchsorted(edges, np.asarray(values, np.float64), side="right"), np.int64)


@dataclass(frozen=True, eq=False)
class ClassBins:
    """Bins of a number in each of some classes, and a bin for missing values in each.

    Attributes:
        edges: those of all classes, one class after the other.
        first: where each class's begin, and their number: (classes + 1,).
    """

    edges: Floats
    first: Ints

    @classmethod
    def of(
        cls,
        values: Floats,
        code: Ints,
        classes: int,
        most: int,
        *,
        between: tuple[float, ...] = (),
        subject: Ints | None = None,
    ) -> ClassBins:
        """Bins of each class's values.

        Args:
            values: NaN where missing, (n,). code: the class of each, −1 for none, (n,).
            most: bins of a class.
            between: bounds that every class has.
            subject: whose each value is, (n,), see `bin_edges`.
        """
        known = (code >= 0) & ~np.isnan(values)
        inside = [np.flatnonzero(known & (code == at)) for at in range(classes)]
        whose = [None if subject is None else subject[rows] for rows in inside]
        edges = [bin_edges(values[rows], most, own) for rows, own in zip(inside, whose, strict=True)]
        parts = [np.unique(np.append(own, between)).astype(np.float64) for own in edges]
        return cls(np.concatenate([np.zeros(0), *parts]), np.cumsum([0, *(len(part) for part in parts)]))

    @property
    def offsets(self) -> Ints:
        """The first bin of each class among all bins, and how many there are: (classes + 1,)."""
        sizes = np.diff(self.first) + 2
        return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)

    @property
    def group(self) -> Ints:
        """The class of each bin."""
        return np.repeat(np.arange(len(self.first) - 1), np.diff(self.first) + 2).astype(np.int64)

    def bins(self, values: Floats, code: Ints) -> Ints:
        """The bin of each value among all bins, (n,); every code is a class."""
        found = np.zeros(len(values), np.int64)
        for at in np.unique(code):
            own = code == at
            found[own] = bin_of(values[own], self.edges[self.first[at] : self.first[at + 1]])
        last = self.offsets[code + 1] - 1
        return np.where(np.isnan(values), last, self.offsets[code] + found)


@dataclass(frozen=True, eq=False)
class BinnedPart:
    """What parts that count numbers in bins have in common: numbers are in classes, and each class has its bins.

    Attributes:
        of_verb, count_groups: see `VerbGroups`.
        edges, first: bins of all classes, one class after the other, see `ClassBins`.
    """

    of_verb: Ints
    count_groups: int
    edges: Floats
    first: Ints

    def _check(self, classes: int, called: str = "") -> None:
        """Raises: ValueError: the bins are not those of so many classes; `called` says which bins, by default whose."""
        if len(self.first) != classes + 1 or self.first[-1] != len(self.edges):
            raise ValueError(f"the bins of {called or type(self).__name__} do not fit together")

    @property
    def _bins(self) -> ClassBins:
        return ClassBins(self.edges, self.first)

    @property
    def group(self) -> Ints:
        """The class of each bin."""
        return self._bins.group

    @property
    def watched(self) -> tuple[tuple[str, int], ...]:
        """Nothing that a sentence names."""
        return ()


def frequent(subject: Ints, code: Ints, num_codes: int, most: int, fewest: int) -> Ints:
    """Codes that at least `fewest` subjects have, the `most` most frequent of them, sorted."""
    pairs = distinct(subject * np.int64(max(num_codes, 1)) + code)
    count = np.bincount(pairs % max(num_codes, 1), minlength=num_codes)
    top = np.argsort(-count, kind="stable")[:most]
    return np.sort(top[count[top] >= max(fewest, 1)]).astype(np.int64)


def least_z(candidates: int) -> float:
    """Standard errors beyond which chance makes none of so many candidates, but for one time in some.

    Example:
        >>> [round(least_z(count), 1) for count in (1, 1_000, 45_000)]
        [3.0, 4.2, 5.1]
    """
    return max(float(np.sqrt(2 * np.log(max(candidates, 1)))) + 0.5, 3.0)


@dataclass(frozen=True, eq=False)
class VerbGroups:
    """Verbs that are compared by themselves, and the rest of them together.

    Attributes:
        of_verb: the group of each verb, (num_verbs,).
        count: how many groups there are.
    """

    of_verb: Ints
    count: int

    def __post_init__(self) -> None:
        if self.of_verb.ndim != 1 or not ((self.of_verb >= 0) & (self.of_verb < self.count)).all():
            raise ValueError("the groups of verbs do not fit together")

    @classmethod
    def choose(cls, training: Rows, num_evaluated: int) -> VerbGroups:
        """A group for each of the six verbs that most subjects have, where these are enough, and one for all others.

        Others that are too few are in the group of the rarest verb that has one.
        """
        least = int(np.ceil(MIN_VERB_SUBJECTS * training.num_subjects / max(num_evaluated, 1)))
        own = frequent(training.subject, training.verb, training.num_verbs, MAX_VERBS, least)
        of_verb = np.full(training.num_verbs, len(own), np.int64)
        of_verb[own] = np.arange(len(own))
        others = of_verb[training.verb] == len(own)
        if len(own) and len(distinct(training.subject[others])) < least:
            rarest = np.argmin([len(distinct(training.subject[training.verb == verb])) for verb in own])
            of_verb[of_verb == len(own)] = rarest
        return cls(of_verb, int(of_verb.max(initial=0)) + 1)

    def verbs(self, group: int) -> tuple[int, ...]:
        """Codes of the verbs of a group."""
        return tuple(np.flatnonzero(self.of_verb == group).tolist())

    def suffix(self, group: int) -> str:
        """Of a block's name: the code of the verb; none where there is one group."""
        if self.count == 1:
            return ""
        verbs = self.verbs(group)
        return f"[{verbs[0]}]" if len(verbs) == 1 else "[other verbs]"
