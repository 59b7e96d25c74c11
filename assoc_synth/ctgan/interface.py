"""What the networks and the rest of the package agree on: coded columns, visits, and how codes become numbers again.

A coded column has classes, and within a class a number between −1 and 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np

from assoc_synth.ctgan.allowed_classes import AllowedClasses
from assoc_synth.link_graph.edges import Edges
from assoc_synth.transactions.arrays import Bools, Ints, Singles, Values
from assoc_synth.transactions.days import weekday


@dataclass(frozen=True)
class ColumnSpec:
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
    def from_dict(cls, state: Mapping[str, Any]) -> ColumnSpec:
        """A stored shape; KeyError, TypeError or ValueError if it is not one."""
        sizes = (int(state[name]) for name in ("exact", "missing"))
        return cls(str(state["name"]), int(state["classes"]), bool(state["continuous"]), *sizes)


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

    def decode(self, code: Ints, rng: np.random.Generator) -> Ints:
        """(n,) classes → numbers of at least 1."""


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
    def allowed(self) -> Mapping[str, AllowedClasses]:
        """Which classes of the links' columns may be drawn, by column; any of the others."""

    def in_visit(self, link: tuple[CodedColumn, ...], links: int) -> Bools:
        """Which of `links` links belong to a visit, by their drawn columns: (L,)."""


@dataclass(frozen=True, eq=False)
class Visits:
    """The visits of a table, numbered by subject and then by time, undated ones last.

    A *visit* is a basket, or one of a subject's distinct timestamps.

    Attributes:
        subject: (M,) whose, ascending.
        day: (M,) int64 days from the horizon's first day, −1 undated.
        clock: (M,) int64 nanoseconds since midnight, 0 undated.
        size: (M,) links.
    """

    subject: Ints
    day: Ints
    clock: Ints
    size: Ints

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


@dataclass(frozen=True, eq=False)
class DrawnOccurrences:
    """What stage 2 draws, the columns still by code.

    Attributes:
        link_edge: (L,) the edge of each link, ascending.
        link: the links' columns.
        link_visit: (L,) the visit of each link, −1 for none.
        visits: none where no link has one; without times all of them are undated.
    """

    link_edge: Ints
    link: tuple[CodedColumn, ...]
    link_visit: Ints
    visits: Visits
