"""AttributeEncoder: a table's occurrences in the networks' terms, and drawn occurrences back as columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from assoc_synth.attributes.calendar import Calendar, resolution_of
from assoc_synth.attributes.counts import CountCode
from assoc_synth.attributes.dependencies import Demanded
from assoc_synth.attributes.extra_codes import PRICE, is_apart
from assoc_synth.attributes.extras import DrawnLinks, ExtraColumns
from assoc_synth.attributes.gaps import GapCode
from assoc_synth.attributes.hours import NAME as HOUR_OF_DAY
from assoc_synth.attributes.hours import coded_hours, within_hours
from assoc_synth.attributes.implications import Implications, Links
from assoc_synth.attributes.numbers import NumberCode
from assoc_synth.attributes.object_rules import with_object_rules
from assoc_synth.attributes.observed import observed_columns
from assoc_synth.attributes.plan import Plan, plan_columns
from assoc_synth.attributes.row_order import RowSequences
from assoc_synth.attributes.shared_days import SharedDays
from assoc_synth.attributes.sharing import aggregated
from assoc_synth.attributes.thresholds import WORDS, Thresholds
from assoc_synth.attributes.visit_columns import of_links, of_visits
from assoc_synth.attributes.visits import repeats_in_a_visit, visits_of
from assoc_synth.ctgan.allowed_classes import AllowedClasses
from assoc_synth.ctgan.interface import CodedColumn, DrawnOccurrences, Horizon, Occurrences, Visits
from assoc_synth.link_graph.edges import Edges
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.transactions.arrays import Bools, Floats, Ints, Singles, Times, Values
from assoc_synth.transactions.days import DAY
from assoc_synth.transactions.stored import Stored

if TYPE_CHECKING:
    from assoc_synth.transactions.table import TransactionTable

REPEAT_CLASSES = 16
"""Classes of subjects by their links per edge, at most."""
OUTSIDE = "outside of visits"
UNDATED = "undated"


@dataclass(frozen=True)
class DrawnColumns:
    """Attributes of drawn links: None where the table has no such column.

    Attributes:
        time: (L,) datetime64[ns], NaT missing.
        amount: (L,) float64, NaN missing.
        basket: (L,) int64, −1 missing.
        order: (L,) the links as rows: by subject, time and visit, then in the order that was drawn.
        extras: the extra columns by name, dates as datetime64[ns].
    """

    time: Times | None
    amount: Floats | None
    basket: Ints | None
    order: Ints
    extras: dict[str, Values]


@dataclass(frozen=True, eq=False)
class AttributeEncoder(Stored):
    """How a table's occurrences are coded. `learn` it from a training table; it holds no row and no subject.

    Attributes:
        count: how often an edge occurs.
        repeat_level: (classes,) log links per edge of each class of subjects.
        num_visits, size: visits of a subject, links of a visit; None where the table has neither times nor baskets.
        calendar: when visits are; None without times.
        amount: amounts; None without such a column.
        extras: every extra column.
        has_basket: whether the table has a column of baskets.
        has_outside: whether links without a visit occur.
        has_undated: whether links without a time occur in a basket.
        repeats: whether a visit may hold the same link twice.
        implications: what a verb, or a verb and an object, imply of the columns.
        gap: the time between two rows of a visit; None where all have the visit's time.
        ordered_ties: whether rows of one time have an order that is learned; else theirs is random.
        visit_notes: what the user should know of visits and of the order of rows; not stored here.
    """

    count: CountCode
    repeat_level: Singles
    num_visits: CountCode | None
    size: CountCode | None
    calendar: Calendar | None
    amount: NumberCode | None
    extras: ExtraColumns
    has_basket: bool
    has_outside: bool
    has_undated: bool
    repeats: bool
    implications: Implications = field(default_factory=Implications)
    gap: GapCode | None = None
    ordered_ties: bool = False
    visit_notes: tuple[str, ...] = ()

    @classmethod
    def learn(
        cls,
        graph: LinkGraph,
        rng: np.random.Generator,
        *,
        whole: pd.DataFrame | None = None,
        dependencies: Demanded | None = None,
        plan: Plan | None = None,
        fewest: int = 1,
        days: SharedDays | None = None,
    ) -> AttributeEncoder:
        """Learn every code from a training table's graph.

        Args:
            whole: the extra columns of the whole table, where the graph is of a part.
            dependencies: what columns depend on, where the user knows better; see `plan_columns`.
            plan: what each column is; None to find it in this part.
            fewest: subjects that a stored number has, see `NumberCode.learn`; of other values see `protected`.
            days: on which days ranges of dates may end; None for the days that this part of the table has.

        Raises:
            InputError: a demanded dependency that the rows contradict, or of a column that the table does not have.
        """
        table, whole = graph.table, graph.table.extras if whole is None else whole
        plan = plan_columns(graph, None, dependencies, Thresholds(fewest, text=WORDS)) if plan is None else plan
        days = SharedDays.of(table, fewest, plan.dates) if days is None else days
        known = table.time[~np.isnat(table.time)].astype(np.int64) if table.time is not None else np.zeros(0, np.int64)
        span = _span(known, days)
        visits, of_row = visits_of(graph, None if span is None else span[0])
        rows = RowSequences.of(graph, of_row)
        ordered_ties = rows.are_ordered(graph, rng)
        encoder = cls(
            count=CountCode.learn("count", graph.edges.count, graph.edges.subject, fewest),
            repeat_level=_repeat_levels(graph.edges, fewest),
            num_visits=CountCode.learn("visits", visits.per_subject, fewest=fewest) if len(visits) else None,
            size=CountCode.learn("size", visits.size, visits.subject, fewest) if len(visits) else None,
            calendar=Calendar.learn(visits, known, rng, fewest, span) if len(known) and len(visits) else None,
            amount=_amount(table, plan, rng, fewest),
            extras=ExtraColumns.learn(graph, rng, whole=whole, plan=plan, fewest=fewest, days=days),
            has_basket=table.basket is not None,
            has_outside=bool((of_row < 0).any()) and len(visits) > 0,
            has_undated=table.basket is not None and table.time is not None and len(known) < len(table),
            repeats=repeats_in_a_visit(graph, of_row),
            gap=rows.code(graph, resolution_of(known), fewest) if rows.gap.any() else None,
            ordered_ties=ordered_ties,
            visit_notes=rows.notes(graph, by_file=ordered_ties),
        )
        return replace(encoder, implications=encoder._implied(table, of_row, rng, fewest))

    def encode(self, graph: LinkGraph, rng: np.random.Generator) -> Occurrences:
        """A table's occurrences by code. The table's vocabularies must be those that were learned from."""
        table, edges = graph.table, graph.edges
        token = (table.subject.astype(np.int64) * edges.num_verbs + table.verb) * edges.num_objects + table.object
        order = np.argsort(token, kind="stable")
        visits, of_row = visits_of(graph, None if self.calendar is None else self.calendar.start // DAY)
        sizes = np.diff(edges.offsets)
        links = np.bincount(edges.subject, weights=edges.count, minlength=len(sizes))
        ratio = np.log(np.maximum(links, 1) / np.maximum(sizes, 1))
        nearest = np.abs(ratio[:, None] - self.repeat_level[None, :]).argmin(1)
        columns = [column.take(order) for column in self._link_columns(table, of_row, rng)]
        own, shared = self._split(columns)
        rows = RowSequences.of(graph, of_row) if self.gap is not None or self.ordered_ties else None
        return Occurrences(
            edges=edges,
            repeat=CodedColumn.discrete("repeat", nearest, len(self.repeat_level)),
            repeat_level=self.repeat_level,
            count=self.count.encode(edges.count),
            link_edge=np.repeat(np.arange(len(edges)), edges.count),
            link=tuple(own),
            link_visit=of_row[order],
            visits=visits if self.num_visits is not None else None,
            num_visits=self.num_visits.encode(visits.per_subject) if self.num_visits is not None else None,
            start=self._start_columns(visits, rng),
            step=self._step_columns(visits, rng),
            horizon=self.calendar.horizon if self.calendar is not None else Horizon(),
            order=None if rows is None else rows.coded(graph, order, self.gap, by_file=self.ordered_ties),
            visit_columns=tuple(
                of_visits(column, self.extras.unknown(column.spec.name, table)[order], of_row[order], len(visits))
                for column in shared
            ),
        )

    def _split(self, columns: list[CodedColumn]) -> tuple[list[CodedColumn], list[CodedColumn]]:
        """The columns of links, and those that all links of a visit share."""
        shared = [column.spec.name in self.extras.of_visits for column in columns]
        apart = list(zip(columns, shared, strict=True))
        return [column for column, is_shared in apart if not is_shared], [column for column, own in apart if own]

    def _start_columns(self, visits: Visits, rng: np.random.Generator) -> tuple[CodedColumn, ...]:
        if self.size is None:
            return ()
        when = self.calendar.encode_first(visits, rng) if self.calendar is not None else []
        return (*when, self.size.encode(visits.size[visits.first]))

    def _step_columns(self, visits: Visits, rng: np.random.Generator) -> tuple[CodedColumn, ...]:
        if self.size is None or not len(visits.later) or (self.calendar is not None and self.calendar.gap is None):
            return ()
        when = self.calendar.encode_later(visits, rng) if self.calendar is not None else []
        return (*when, self.size.encode(visits.size[visits.later]))

    def _link_columns(self, table: TransactionTable, of_row: Ints, rng: np.random.Generator) -> list[CodedColumn]:
        columns = []
        if self.has_outside:
            columns.append(CodedColumn.discrete(self._own_name(OUTSIDE), of_row < 0, 2))
        if self.has_undated and table.time is not None:
            columns.append(CodedColumn.discrete(self._own_name(UNDATED), np.isnat(table.time), 2))
        if self.amount is not None and table.amount is not None:
            columns.append(self.amount.encode(table.amount, rng))
        return columns + self.extras.encode(table, rng)

    def _own_name(self, name: str) -> str:
        """The name of a column that the user does not have, even if one of the user's is called so."""
        while name in self.extras.drawn:
            name += "'"
        return name

    def _implied(self, table: TransactionTable, of_row: Ints, rng: np.random.Generator, fewest: int) -> Implications:
        visits = int(of_row.max(initial=-1)) + 1
        own, shared = self._split(self._link_columns(table, of_row, rng))
        for column in shared:
            of_visit = of_visits(column, self.extras.unknown(column.spec.name, table), of_row, visits)
            own.append(of_links(of_visit, of_row, visits))
        columns = {column.spec.name: column for column in own}
        links = Links(table.subject, table.verb, table.object)
        observed = observed_columns(self.extras, self.amount, table, columns)
        if (clock := coded_hours(table.time, links, fewest)) is not None:
            observed = [*observed, clock]
        found = Implications.learn(observed, links, list(table.verbs), len(table.objects), fewest)
        allowed, notes = with_object_rules(found.allowed, self.extras, table)
        return replace(found, allowed=allowed, notes=(*found.notes, *notes))

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences for the user."""
        return (*self.extras.notes, *self.implications.notes, *self.visit_notes)

    @property
    def allowed(self) -> Mapping[str, AllowedClasses]:
        """Which classes of the links' columns may be drawn, by column."""
        return self.implications.allowed

    def in_visit(self, link: tuple[CodedColumn, ...], links: int) -> Bools:
        """Which drawn links belong to a visit: (L,)."""
        own = self._own_name(OUTSIDE)
        outside = next((column.code == 1 for column in link if column.spec.name == own), np.zeros(links, bool))
        return ~outside if self.num_visits is not None else np.zeros(links, bool)

    def dated(self, link: tuple[CodedColumn, ...], links: int) -> Bools:
        """Which drawn links have a time where their visit has one: (L,)."""
        own = self._own_name(UNDATED)
        undated = next((column.code == 1 for column in link if column.spec.name == own), np.zeros(links, bool))
        return ~undated

    def spaced(self, visits: Visits, length: Ints) -> Visits:
        """Visits whose beginnings fit how long each lasts, see `Calendar.spaced`."""
        return visits if self.calendar is None else self.calendar.spaced(visits, length)

    def decode(
        self,
        drawn: DrawnOccurrences,
        edges: Edges,
        rng: np.random.Generator,
        *,
        attributes: Ints | None = None,
        numbered: bool = False,
    ) -> DrawnColumns:
        """Columns of the user's table from drawn occurrences of edges.

        Args:
            attributes: (S, A) the classes of the subjects' own columns; None where there are none.
            numbered: identifiers are numbers, see `Regenerated.make`.
        """
        drawn = within_hours(drawn, edges, self.allowed.get(HOUR_OF_DAY), rng)
        by_name = {column.spec.name: column for column in drawn.link}
        time = self._times(drawn, by_name.get(self._own_name(UNDATED)) if self.has_undated else None)
        subject, verb, object = (
            part[drawn.link_edge].astype(np.int64) for part in (edges.subject, edges.verb, edges.object)
        )
        own = np.zeros((edges.num_subjects, 0), np.int64) if attributes is None else attributes
        links = DrawnLinks(subject, verb, object, drawn.link_visit, time, own)
        amount = self.amount.decode(by_name[self.amount.name]) if self.amount is not None else None
        if amount is not None and self.amount is not None and self.extras.amount is not None:
            name, implied = self.extras.amount, self.implications
            amount = implied.numbers(self.amount, name, amount, verb, object, rng)
            spread = self.extras.kept(name, amount, links)
            amount = implied.spread(self.amount, name, amount, spread, verb, object)
            amount = self.extras.with_missing(name, amount, by_name)
        basket = drawn.link_visit if self.has_basket else None
        place = np.arange(len(verb)) if drawn.place is None else drawn.place
        order = np.lexsort((place, drawn.link_visit, *(() if time is None else (time,)), subject))
        extras = self.extras.decode(by_name, links, rng, self.implications, numbered=numbered)
        return DrawnColumns(time, amount, basket, order, extras)

    def _times(self, drawn: DrawnOccurrences, undated: CodedColumn | None) -> Times | None:
        """(L,) the time of each link of a visit; None where the table has no times."""
        if self.calendar is None:
            return None
        result = np.full(len(drawn.link_edge), np.datetime64("NaT"), "datetime64[ns]")
        placed = drawn.link_visit >= 0
        if undated is not None:
            placed = placed & (undated.code == 0)
        result[placed] = self.calendar.times(drawn.visits)[drawn.link_visit[placed]]
        if drawn.after is not None:
            result = np.minimum(result + drawn.after.astype("timedelta64[ns]"), np.datetime64(self.calendar.end, "ns"))
        return result

    def to_dict(self) -> dict[str, Any]:
        """The codes as JSON values."""
        coders = {name: getattr(self, name) for name in ("count", "num_visits", "size", "calendar", "amount")}
        coders["gap"] = self.gap
        plain = ("has_basket", "has_outside", "has_undated", "repeats", "ordered_ties")
        return {
            **{name: coder.to_dict() if coder is not None else None for name, coder in coders.items()},
            **{name: getattr(self, name) for name in plain},
            "repeat_level": self.repeat_level.tolist(),
            "extras": self.extras.to_dict(),
            "implications": self.implications.to_dict(),
        }


def _repeat_levels(edges: Edges, fewest: int) -> Singles:
    """(classes,) log links per edge of classes of subjects."""
    sizes = np.diff(edges.offsets)
    links = np.bincount(edges.subject, weights=edges.count, minlength=len(sizes))
    ratio = np.log(links[sizes > 0] / sizes[sizes > 0])
    ratio = aggregated(ratio, np.arange(len(ratio)), fewest).means
    levels = np.unique(np.quantile(ratio, np.linspace(0, 1, REPEAT_CLASSES))) if len(ratio) else np.zeros(1)
    return levels.astype(np.float32)


def _span(times: Ints, days: SharedDays) -> tuple[int, int] | None:
    """The first and the last day since 1970 of a calendar of (n,) times; None where they are the times' own."""
    if days.fewest <= 1 or not len(times):
        return None
    return days.around(int(times.min()) // DAY, int(times.max()) // DAY)


def _amount(table: TransactionTable, plan: Plan, rng: np.random.Generator, fewest: int) -> NumberCode | None:
    """The code of the amounts, by the name of their column: an extra column may be called "amount"."""
    if table.amount is None:
        return None
    name, values, subject = table.schema.roles().get("amount", "amount"), table.amount, table.subject
    if any(line.name == name and is_apart(line) for line in plan):
        values, subject = values[~np.isnan(values)], subject[~np.isnan(values)]
    return NumberCode.learn(name, values, rng, frequent=PRICE, subject=subject, fewest=fewest)
