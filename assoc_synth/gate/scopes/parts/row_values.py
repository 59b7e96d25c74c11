"""Amounts, times and occurrences of rows, by verb and by frequent link: the classes of subjects by what rows hold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from assoc_synth.gate.scopes.parts.bins import BinnedPart, ClassBins, VerbGroups, bin_edges, bin_of, frequent
from assoc_synth.gate.scopes.parts.part import Compared, Counted, lacking
from assoc_synth.link_graph.rows import Rows
from assoc_synth.transactions.arrays import Floats, Ints
from assoc_synth.transactions.days import has_time_of_day, hours, weekdays
from assoc_synth.transactions.distinct import positions

AMOUNT_BINS, OBJECT_BINS, DATE_BINS, COUNT_BINS = 10, 5, 10, 8
MAX_OBJECTS = 40
"""Links whose amounts are compared by themselves."""
_SIGNS = (-1e-12, 1e-12)
"""Bounds between negative amounts, zero and positive ones."""
_TIMES = (1.5, 2.5, 3.5, 5.5)
"""Bounds between an edge's occurrences that are told apart."""


def by_verb(name: str, verbs: VerbGroups, of_column: Ints) -> tuple[Compared, ...]:
    """A block for each group of verbs.

    Args:
        of_column: the group of verbs of each column.
    """
    return tuple(
        Compared(name + verbs.suffix(at), np.flatnonzero(of_column == at), verbs.verbs(at) if verbs.count > 1 else None)
        for at in range(verbs.count)
    )


@dataclass(frozen=True, eq=False)
class Amounts:
    """Amounts in quantile bins, by sign, or missing: by verb, and by link for frequent ones.

    Attributes:
        of_verb, count_groups: see `VerbGroups`.
        tokens: links that are compared by themselves, sorted.
        edges, first: bins by group of verbs, then by link.
    """

    of_verb: Ints
    count_groups: int
    tokens: Ints
    edges: Floats
    first: Ints

    def __post_init__(self) -> None:
        if len(self.first) != self.count_groups + len(self.tokens) + 1 or self.first[-1] != len(self.edges):
            raise ValueError("the bins of amounts do not fit together")

    @classmethod
    def choose(cls, training: Rows, verbs: VerbGroups, least: int) -> Amounts | None:
        """Bins of the training subjects' amounts; None without any."""
        if training.amount is None or np.isnan(training.amount).all():
            return None
        known = ~np.isnan(training.amount)
        size = training.num_verbs * training.num_objects
        tokens = frequent(training.subject[known], training.token[known], size, MAX_OBJECTS, least)
        own = verbs.of_verb[training.verb]
        parts = [
            ClassBins.of(training.amount, own, verbs.count, AMOUNT_BINS, between=_SIGNS, subject=training.subject),
            ClassBins.of(
                training.amount,
                positions(training.token, tokens),
                len(tokens),
                OBJECT_BINS,
                between=_SIGNS,
                subject=training.subject,
            ),
        ]
        first = np.concatenate([parts[0].first, parts[1].first[1:] + parts[0].first[-1]])
        return cls(verbs.of_verb, verbs.count, tokens, np.concatenate([part.edges for part in parts]), first)

    @property
    def _bins(self) -> ClassBins:
        return ClassBins(self.edges, self.first)

    @property
    def group(self) -> Ints:
        return self._bins.group

    @property
    def compared(self) -> tuple[Compared, ...]:
        found = by_verb("amounts", VerbGroups(self.of_verb, self.count_groups), self.group)
        return (*found, Compared("amounts_by_object", np.flatnonzero(self.group >= self.count_groups)))

    @property
    def watched(self) -> tuple[tuple[str, int], ...]:
        return (("objects with amounts", len(self.tokens)),)

    def count(self, rows: Rows) -> Counted:
        if rows.amount is None:
            raise lacking("amounts")
        bins, at = self._bins, positions(rows.token, self.tokens)
        own = np.flatnonzero(at >= 0)
        return Counted.joined(
            [
                Counted(rows.subject, bins.bins(rows.amount, self.of_verb[rows.verb])),
                Counted(rows.subject[own], bins.bins(rows.amount[own], at[own] + self.count_groups)),
            ]
        )


@dataclass(frozen=True, eq=False)
class RowTimes:
    """When rows are, by verb: dated or not, day of the week, tenth of the training subjects' time, hour of the day.

    Attributes:
        of_verb, count_groups: see `VerbGroups`.
        has_hours: whether training rows have a time of day.
        edges: bins of the date, in nanoseconds.
    """

    of_verb: Ints
    count_groups: int
    has_hours: bool
    edges: Floats

    @classmethod
    def choose(cls, training: Rows, verbs: VerbGroups) -> RowTimes | None:
        """Bins of the training subjects' dates; None without any."""
        if training.time is None or not training.dated.any():
            return None
        known = training.time[training.dated]
        has_hours = has_time_of_day(known.view("datetime64[ns]"))
        return cls(verbs.of_verb, verbs.count, has_hours, bin_edges(known, DATE_BINS, training.subject[training.dated]))

    @property
    def _sizes(self) -> list[int]:
        """Classes of each thing that is compared."""
        return [2, 7, len(self.edges) + 1] + ([24] if self.has_hours else [])

    @property
    def group(self) -> Ints:
        sizes = np.repeat(self._sizes, self.count_groups)
        return np.repeat(np.arange(len(sizes)), sizes).astype(np.int64)

    @property
    def compared(self) -> tuple[Compared, ...]:
        return by_verb("times", VerbGroups(self.of_verb, self.count_groups), self.group % self.count_groups)

    @property
    def watched(self) -> tuple[tuple[str, int], ...]:
        return ()

    def count(self, rows: Rows) -> Counted:
        if rows.time is None:
            raise lacking("times")
        own, time = self.of_verb[rows.verb], rows.time.view("datetime64[ns]")
        classes = [rows.dated.astype(np.int64), weekdays(time), np.where(rows.dated, bin_of(rows.time, self.edges), -1)]
        classes += [hours(time)] if self.has_hours else []
        parts, first = [], 0
        for code, size in zip(classes, self._sizes, strict=True):
            known = code >= 0
            parts.append(Counted(rows.subject[known], first + own[known] * size + code[known]))
            first += size * self.count_groups
        return Counted.joined(parts)


@dataclass(frozen=True, eq=False)
class RowCounts(BinnedPart):
    """How often a subject's links occur, and how many rows it has, by verb: doubled rows show here.

    Attributes:
        of_verb, count_groups: see `VerbGroups`.
        edges, first: bins of a link's occurrences by group of verbs, then of a subject's rows.
    """

    def __post_init__(self) -> None:
        self._check(2 * self.count_groups, "occurrences")

    @classmethod
    def choose(cls, training: Rows, verbs: VerbGroups) -> RowCounts:
        """Bins of the training subjects' numbers of rows."""
        plain = cls(verbs.of_verb, verbs.count, np.zeros(0), np.zeros(2 * verbs.count + 1, np.int64))
        _, code, number = plain._numbers(training)
        many = code >= verbs.count
        bins = ClassBins.of(number[many], code[many] - verbs.count, verbs.count, COUNT_BINS)
        times = np.tile(_TIMES, verbs.count)
        first = np.concatenate([np.arange(verbs.count) * len(_TIMES), bins.first + len(times)])
        return cls(verbs.of_verb, verbs.count, np.concatenate([times, bins.edges]), first.astype(np.int64))

    @property
    def compared(self) -> tuple[Compared, ...]:
        return by_verb("occurrences", VerbGroups(self.of_verb, self.count_groups), self.group % self.count_groups)

    def count(self, rows: Rows) -> Counted:
        subject, code, number = self._numbers(rows)
        return Counted(subject, self._bins.bins(number, code))

    def _numbers(self, rows: Rows) -> tuple[Ints, Ints, Floats]:
        """Subject, class and number: of each edge its occurrences, then of each subject and verb its rows."""
        edges = rows.edges
        own = self.of_verb[edges.verb]
        key = rows.subject * np.int64(self.count_groups) + self.of_verb[rows.verb]
        held, number = np.unique(key, return_counts=True)
        return (
            np.concatenate([edges.subject.astype(np.int64), held // self.count_groups]),
            np.concatenate([own, held % self.count_groups + self.count_groups]),
            np.concatenate([edges.count, number]).astype(np.float64),
        )
