"""What the networks and the rest of the package agree on: coded columns, visits, and how codes become numbers again.

A coded column has classes, and within a class a number between −1 and 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Protocol

import numpy as np

from assoc_synth.ctgan.allowed_classes import AllowedClasses
from assoc_synth.link_graph.edges import Edges
from assoc_synth.transactions.arrays import Bools, Ints, Singles, Values
from assoc_synth.transactions.days import weekday
from assoc_synth.transactions.stored import Stored


@dataclass(frozen=True)
class ColumnSpec(Stored):
    """The shape of a coded column.

    Attributes:
        name: which column it is.
        classes: categories, or modes of a number's mixture; missing is a class of its own where it occurs.
        continuous: whether a number within the class goes with some of them.
        exact, missing: the first `exact` classes are single values and the last `missing` classes stand for missing
            values; neither has a number.
    """

    name: str
    classes: int
    continuous: bool
    exact: int = 0
    missing: int = 0

    @classmethod
    def fields_of(cls, state: Any) -> Any:
        """What is stored says all of it."""
        return {**state, "exact": state["exact"], "missing": state["missing"]}


@dataclass(frozen=True, eq=False)
class CodedColumn:
    """A column in the networks' terms.

    Attributes:
        code: (n,) int64 class of each entry.
        value: (n,) float32 number within the class, 0 where the column or the class has none.
    """

    spec: ColumnSpec
    code: Ints
    value: Singles

    @classmethod
    def discrete(cls, name: str, code: Values, classes: int) -> CodedColumn:
        """A column of classes without numbers: (n,) whole numbers or booleans below `classes`."""
        return cls(ColumnSpec(name, classes, False), code.astype(np.int64), np.zeros(len(code), np.float32))

    def __len__(self) -> int:
        return len(self.code)

    def take(self, at: Values) -> CodedColumn:
        """The entries at indices or where a mask is True."""
        return CodedColumn(self.spec, self.code[at], self.value[at])


@dataclass(frozen=True)
class Horizon:
    """The days that a table covers.

    Attributes:
        first_day: days since 1970-01-01.
        last_day: of its last link, counted from `first_day`.

    Example:
        >>> Horizon(0, 10).monday  # 1 January 1970 was a Thursday
        -3
    """

    first_day: int = 0
    last_day: int = 0

    def weekday(self, day: Ints) -> Ints:
        """Day of the week, 0 is Monday, of days counted from `first_day`."""
        return weekday(day + self.first_day)

    @property
    def monday(self) -> int:
        """The Monday on or before `first_day`, counted from it: 0 to −6."""
        return -int(weekday(np.array(self.first_day)))


class CalendarDecoder(Protocol):
    """What stage 2 asks of a table's calendar. Days are counted from the horizon's first; −1 is undated."""

    @property
    def horizon(self) -> Horizon: ...

    def first_day(self, week: CodedColumn, weekday: Ints) -> Ints:
        """The day of a subject's first visit."""

    def next_day(self, day: Ints, gap: CodedColumn, weekday: Ints) -> Ints:
        """The day of the visit after one at `day`, perhaps beyond the horizon."""

    def clock_after(self, clock: Ints, pause: CodedColumn) -> Ints:
        """The time of day of a visit after one of the same day; −1 where its code says that there was none."""

    def time_of_day(self, code: Ints, rng: np.random.Generator) -> Ints:
        """Nanoseconds since midnight."""


class CountDecoder(Protocol):
    """How classes of whole numbers become numbers again."""

    @property
    def most(self) -> int:
        """The largest number."""

    def decode(self, code: Ints, rng: np.random.Generator) -> Ints:
        """(n,) classes → numbers of at least 1."""


class GapDecoder(Protocol):
    """How classes of the time between two rows of a visit become times again."""

    def decode(self, code: Ints, rng: np.random.Generator) -> Ints:
        """(n,) classes → nanoseconds, at least 0."""


class OccurrenceDecoder(Protocol):
    """What stage 2 asks of a table's encoder when it draws."""

    @property
    def count(self) -> CountDecoder:
        """How often an edge occurs."""

    @property
    def num_visits(self) -> CountDecoder | None:
        """Visits of a subject; None where the table has none."""

    @property
    def size(self) -> CountDecoder | None:
        """Links of a visit; None where the table has none."""

    @property
    def calendar(self) -> CalendarDecoder | None:
        """When visits are; None without times."""

    @property
    def repeats(self) -> bool:
        """Whether a visit may hold a link twice."""

    @property
    def gap(self) -> GapDecoder | None:
        """The time between two rows of a visit; None where all rows of a visit have its time."""

    @property
    def allowed(self) -> Mapping[str, AllowedClasses]:
        """Which classes of the links' columns may be drawn, by column; any of the others."""

    def in_visit(self, link: tuple[CodedColumn, ...], links: int) -> Bools:
        """Which of `links` links belong to a visit, by their drawn columns: (L,)."""

    def dated(self, link: tuple[CodedColumn, ...], links: int) -> Bools:
        """Which of `links` links have a time where their visit has one: (L,)."""

    def spaced(self, visits: Visits, length: Ints) -> Visits:
        """Visits whose times are moved so that they fit how long each lasts, (M,) nanoseconds."""


@dataclass(frozen=True, eq=False)
class Visits:
    """The visits of a table, numbered by subject and then by time, undated ones last.

    A *visit* is a basket; where there is none a session, or one of a subject's distinct timestamps.

    Attributes:
        subject: (M,) whose, ascending.
        day: (M,) int64 days from the horizon's first day to the visit's first link, −1 undated.
        clock: (M,) int64 nanoseconds from midnight to its first link, 0 undated.
        size: (M,) links.
        length: (M,) nanoseconds from its first to its last link; None where all of them are 0.
        paused: (M,) whether a drawn visit begins a pause after the one before it, which it then may not overlap.
    """

    subject: Ints
    day: Ints
    clock: Ints
    size: Ints
    length: Ints | None = None
    paused: Bools | None = None

    def __len__(self) -> int:
        return len(self.subject)

    @cached_property
    def first(self) -> Ints:
        """(T,) the first visit of each subject that has any."""
        return np.unique(self.subject, return_index=True)[1]

    @cached_property
    def per_subject(self) -> Ints:
        """(T,) number of visits of each subject that has any."""
        return np.diff(np.append(self.first, len(self)))

    @cached_property
    def later(self) -> Ints:
        """The visits that follow another one of their subject, neither of them undated unless all are."""
        if not len(self):
            return np.zeros(0, np.int64)
        follows = np.flatnonzero(self.subject[1:] == self.subject[:-1]) + 1
        dated = (self.day[follows] >= 0) & (self.day[follows - 1] >= 0)
        return follows[dated] if (self.day >= 0).any() else follows


@dataclass(frozen=True, eq=False)
class RowOrder:
    """In which order the links of a visit are, and how far apart: what the order model learns from.

    Of a table without visits each subject's links are one. Links without a time in a visit that has one are left out.

    Attributes:
        link: (N,) links, visit after visit, in each by time, and those of one time as the rows of the table come.
        visit: (N,) numbers of the visits, ascending.
        subject: (N,) whose.
        tied: (N,) whether a link has the time of the one before it in its visit.
        by_file: whether the rows of one time have an order that can be learned; else theirs is random.
        gap: (N,) class of the time since the link before, meaningless for the first of a visit; None where the links
            of a visit all have its time.
        gap_level: (classes,) the log seconds that each class stands for.
    """

    link: Ints
    visit: Ints
    subject: Ints
    tied: Bools
    by_file: bool
    gap: CodedColumn | None
    gap_level: Singles

    @cached_property
    def follows(self) -> Bools:
        """(N,) which links come after another one of their visit."""
        result = np.zeros(len(self.visit), bool)
        result[1:] = self.visit[1:] == self.visit[:-1]
        return result

    def first(self, count: int) -> RowOrder:
        """Only the first links: whole visits, if the next link is the first of one."""
        per_link = {name: getattr(self, name)[:count] for name in ("link", "visit", "subject", "tied")}
        return replace(self, **per_link, gap=self.gap.take(np.arange(count)) if self.gap is not None else None)


@dataclass(frozen=True, eq=False)
class Occurrences:
    """How often, in which visits and with which columns edges occur, by code: what stage 2 learns from.

    Attributes:
        edges: S subjects, E edges.
        repeat: (S,) class of links per edge.
        repeat_level: (classes,) log links per edge that each class stands for.
        count: (E,) class of the number of occurrences.
        link_edge: (L,) the edge of each link, ascending.
        link: columns of the links, (L,) each.
        link_visit: (L,) the visit of each link, −1 for none.
        visits: M of them; None where the table has neither times nor baskets.
        num_visits: (T,) class of the number of visits of each subject that has any; None as `visits`.
        start: columns of those subjects' first visits, (T,) each: when they are, and their size.
        step: columns of the visits that follow another one, (G,) each, as `visits.later` lists them: the gap before
            them and the like, and their size.
        horizon: the days that the table covers.
        with_attributes: `edges` and the attributes of their subjects as links; None where there are none.
        order: of the links of visits; None where there is nothing to learn: rows of one time, in random order.
        visit_columns: columns that all links of a visit share, (G,) each, by `groups_of_links`; code −1 where unknown.
    """

    edges: Edges
    repeat: CodedColumn
    repeat_level: Singles
    count: CodedColumn
    link_edge: Ints
    link: tuple[CodedColumn, ...]
    link_visit: Ints
    visits: Visits | None
    num_visits: CodedColumn | None
    start: tuple[CodedColumn, ...]
    step: tuple[CodedColumn, ...]
    horizon: Horizon
    order: RowOrder | None = None
    with_attributes: Edges | None = None
    visit_columns: tuple[CodedColumn, ...] = ()


@dataclass(frozen=True, eq=False)
class DrawnOccurrences:
    """What stage 2 draws, the columns still by code.

    Attributes:
        link_edge: (L,) the edge of each link, ascending.
        link: the links' columns, and where links have an order those of their visits, (L,) each.
        link_visit: (L,) the visit of each link, −1 for none.
        visits: none where no link has one; without times all of them are undated.
        place: (L,) by which links of one visit, or of none, are ordered; None leaves them by edge.
        after: (L,) nanoseconds since the visit's first link; None where all are 0.
    """

    link_edge: Ints
    link: tuple[CodedColumn, ...]
    link_visit: Ints
    visits: Visits
    place: Ints | None = None
    after: Ints | None = None


def groups_of_links(link_visit: Ints, visits: int) -> Ints:
    """What each link shares its visit's columns with: its visit, or outside of visits nothing: (L,) → (L,).

    Example:
        >>> groups_of_links(np.array([1, -1, 0, 1, -1]), visits=2).tolist()
        [1, 2, 0, 1, 3]
    """
    outside = link_visit < 0
    return np.where(outside, visits + np.cumsum(outside) - 1, link_visit)
