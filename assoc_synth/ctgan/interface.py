"""Coded columns: what the networks know of a column — classes, and within a class a number between −1 and 1."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from assoc_synth.link_graph.edges import Edges


@dataclass(frozen=True)
class ColumnSpec:
    """The shape of a coded column.

    Attributes:
        name: which column it is.
        classes: categories, or modes of a number's mixture; missing is a class of its own where it occurs.
        continuous: whether a number within the class goes with some of them.
        exact: so many first classes are single values, and `missing` last ones none at all: they go without a number.
    """

    name: str
    classes: int
    continuous: bool
    exact: int = 0
    missing: int = 0

    @classmethod
    def from_dict(cls, state: dict[str, Any]) -> ColumnSpec:
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
    code: npt.NDArray[np.int64]
    value: npt.NDArray[np.float32]

    @classmethod
    def discrete(cls, name: str, code: npt.NDArray[Any], classes: int) -> CodedColumn:
        return cls(ColumnSpec(name, classes, False), code.astype(np.int64), np.zeros(len(code), np.float32))

    def __len__(self) -> int:
        return len(self.code)

    def take(self, at: npt.NDArray[Any]) -> CodedColumn:
        return CodedColumn(self.spec, self.code[at], self.value[at])


SECOND = 1_000_000_000
DAY = 86_400 * SECOND
"""In nanoseconds, as visits are."""


@dataclass(frozen=True)
class Horizon:
    """The days that a table covers.

    Attributes:
        first_day: days since 1970-01-01; last_day: of its last link, counted from `first_day`.
    """

    first_day: int = 0
    last_day: int = 0

    def weekday(self, day: npt.NDArray[np.integer]) -> npt.NDArray[np.int64]:
        """Day of the week, 0 is Monday, of days counted from `first_day`."""
        # 1 January 1970 was a Thursday.
        return ((day + self.first_day + 3) % 7).astype(np.int64)

    @property
    def monday(self) -> int:
        """The Monday on or before `first_day`, counted from it: 0 to −6."""
        return -((self.first_day + 3) % 7)


class Times(Protocol):
    """What stage 2 asks of a table's calendar. Days are counted from the horizon's first; −1 is undated."""

    @property
    def horizon(self) -> Horizon: ...

    def first_day(self, week: CodedColumn, weekday: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """The day of a subject's first visit."""

    def next_day(
        self, day: npt.NDArray[np.int64], gap: CodedColumn, weekday: npt.NDArray[np.int64]
    ) -> npt.NDArray[np.int64]:
        """The day of the visit after one at `day`, perhaps beyond the horizon."""

    def clock_after(self, clock: npt.NDArray[np.int64], pause: CodedColumn) -> npt.NDArray[np.int64]:
        """The time of day of a visit after one of the same day; −1 where its code says that there was none."""

    def time_of_day(self, code: npt.NDArray[np.int64], rng: np.random.Generator) -> npt.NDArray[np.int64]:
        """Nanoseconds since midnight."""


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

    subject: npt.NDArray[np.int64]
    day: npt.NDArray[np.int64]
    clock: npt.NDArray[np.int64]
    size: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.subject)

    @cached_property
    def first(self) -> npt.NDArray[np.int64]:
        """(T,) the first visit of each subject that has any."""
        return np.unique(self.subject, return_index=True)[1]

    @cached_property
    def per_subject(self) -> npt.NDArray[np.int64]:
        """(T,) how many visits each subject has that has any."""
        return np.diff(np.append(self.first, len(self)))

    @cached_property
    def later(self) -> npt.NDArray[np.int64]:
        """The visits that follow another one of their subject, neither of them undated unless all are."""
        if not len(self):
            return np.zeros(0, np.int64)
        follows = np.flatnonzero(self.subject[1:] == self.subject[:-1]) + 1
        dated = (self.day[follows] >= 0) & (self.day[follows - 1] >= 0)
        return follows[dated] if (self.day >= 0).any() else follows


@dataclass(frozen=True, eq=False)
class Occurrences:
    """How often, in which visits and with which columns the edges of subjects occur, by code: what stage 2 learns
    from.

    Attributes:
        edges: S subjects, E edges.
        repeat: (S,) class of links per edge.
        repeat_level: (classes,) log links per edge that each class stands for.
        count: (E,) class of the number of occurrences.
        link_edge: (L,) the edge of each link, ascending.
        link: columns of the links, (L,) each.
        link_visit: (L,) the visit of each link, −1 for none.
        visits: M of them; None where the table has neither times nor baskets.
        num_visits: (T,) class of how many visits each subject has that has any; None as `visits`.
        start: columns of those subjects' first visits, (T,) each: when they are, and their size.
        step: columns of the visits that follow another one, (G,) each, as `visits.later` lists them: the gap before
            them and the like, and their size.
        horizon: the days that the table covers.
    """

    edges: Edges
    repeat: CodedColumn
    repeat_level: npt.NDArray[np.float32]
    count: CodedColumn
    link_edge: npt.NDArray[np.int64]
    link: tuple[CodedColumn, ...]
    link_visit: npt.NDArray[np.int64]
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

    link_edge: npt.NDArray[np.int64]
    link: tuple[CodedColumn, ...]
    link_visit: npt.NDArray[np.int64]
    visits: Visits
