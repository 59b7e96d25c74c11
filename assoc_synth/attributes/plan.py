"""The plan of a table: what each column is, how it is written, what it depends on, and what will be done with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import escape
from typing import Any

import numpy as np
import pandas as pd

from assoc_synth.attributes.basket_dependencies import find_beside
from assoc_synth.attributes.column_plan import CODES, FREQUENT, INFINITE, NOTHING, UNKNOWN, UNWRITTEN, ColumnPlan
from assoc_synth.attributes.date_functions import find_date_sources
from assoc_synth.attributes.dates import days_after
from assoc_synth.attributes.dependencies import (
    LOOKED_UP,
    SUBJECT,
    Demanded,
    On,
    check_demanded,
    find_dependencies,
    said,
)
from assoc_synth.attributes.free_text import SHARED_BY, TextCode
from assoc_synth.attributes.functions import find_sources
from assoc_synth.attributes.identifiers import UNSHAPED, NewIdentifiers
from assoc_synth.attributes.kinds import (
    FEWEST,
    are_categories,
    are_code_numbers,
    are_infinite,
    are_shared,
    are_shared_codes,
    belongs_to_subjects,
    identifies,
    is_number,
    is_text,
    is_whole,
    read_dates,
    uncategorised,
)
from assoc_synth.attributes.overrides import DROP, Overrides, overruled
from assoc_synth.attributes.storable import as_storable, expected_of, shared_values, without_lost_sources
from assoc_synth.attributes.thresholds import Thresholds
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.transactions.arrays import Ints
from assoc_synth.transactions.columns.number_text import NumberFormat
from assoc_synth.transactions.columns.times import TimeFormat
from assoc_synth.transactions.stored import Stored
from assoc_synth.transactions.table import TransactionTable

SHOWN_FROM = 5_000
"""Identifiers that a plan's format is learned from."""


@dataclass(frozen=True, repr=False)
class Plan(Stored):
    """What each column is and what will be done with it, before training. See `plan_columns`."""

    lines: tuple[ColumnPlan, ...] = ()

    def __iter__(self) -> Iterator[ColumnPlan]:
        return iter(self.lines)

    def __len__(self) -> int:
        return len(self.lines)

    def __getitem__(self, name: str) -> ColumnPlan:
        """The line of a column; KeyError where there is none."""
        for line in self.lines:
            if line.name == name:
                return line
        raise KeyError(name)

    @property
    def dates(self) -> tuple[str, ...]:
        """The extra columns that hold dates, whatever is done with them."""
        return tuple(line.name for line in self.lines if line.kind == "date" and line.role == "extra")

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences for the user."""
        return tuple(note for line in self.lines for note in line.notes)

    def to_frame(self) -> pd.DataFrame:
        """A row for each column: column, role, kind, format, depends on, what is done."""
        rows = [
            {
                "column": line.name,
                "role": line.role,
                "kind": line.kind,
                "format": line.format,
                "depends_on": line.source or ", ".join(map(said, line.on)),
                "done": line.done,
            }
            for line in self.lines
        ]
        return pd.DataFrame(rows, columns=["column", "role", "kind", "format", "depends_on", "done"])

    def __repr__(self) -> str:
        kinds = pd.Series([line.kind for line in self.lines if line.role == "extra"], dtype=object).value_counts()
        extras = ", ".join(f"{count} {kind}" for kind, count in kinds.items())
        return f"<Plan: {len(self)} columns{'; extra columns: ' + extras if extras else ''}>"

    def _repr_html_(self) -> str:
        return f"<p>{escape(repr(self))}</p>{self.to_frame().to_html(index=False)}"

    @property
    def independent(self) -> frozenset[str]:
        """The columns of which the user says that they depend on nothing."""
        return frozenset(line.name for line in self.lines if line.independent)

    def to_dict(self) -> list[dict[str, Any]]:
        """The lines as JSON values."""
        return [line.to_dict() for line in self.lines]

    @classmethod
    def fields_of(cls, state: Any) -> Any:
        """A list of lines."""
        return {"lines": state}


def plan_columns(
    data: TransactionTable | LinkGraph,
    columns: Overrides | None = None,
    dependencies: Demanded | None = None,
    thresholds: Thresholds | None = None,
) -> Plan:
    """What `fit` will do with each column of a table.

    Subjects are counted in the whole table, and a value is one of enough of them where about `min_subjects` of those
    train: so the plan is the same however `fit` splits the table.

    Args:
        columns: by extra column what it is, where the user knows better: "category", "number", "date", "identifier",
            "text", or "drop".
        dependencies: what columns are functions of, where the user knows better, as for `fit`.
        thresholds: subjects that a stored value has, and whether free text is written; None for the defaults of `fit`.

    Raises:
        InputError: a column cannot be what it is said to be, or a dependency is contradicted by the rows.

    Example:
        >>> frame = pd.DataFrame({"who": list("abcdefghijkl") * 5, "did": "buy", "what": ["tea", "mug", "tea"] * 20})
        >>> frame = frame.assign(n=range(60), x="y")
        >>> table = TransactionTable.from_frame(frame, subject="who", verb="did", object="what")
        >>> [(line.name, line.kind) for line in plan_columns(table) if line.role == "extra"]
        [('n', 'identifier'), ('x', 'constant')]
    """
    graph = data if isinstance(data, LinkGraph) else LinkGraph.from_table(overruled(data, columns))
    return _Planner(graph, columns or {}, dependencies, thresholds or Thresholds()).plan()


class _Planner:
    """A plan in the making."""

    def __init__(self, graph: LinkGraph, columns: Overrides, demanded: Demanded | None, thresholds: Thresholds) -> None:
        self.graph, self.table, self.asked = graph, graph.table, columns
        self.fewest = expected_of(thresholds.min_subjects, self.table.num_subjects)
        self.min_subjects = thresholds.min_subjects
        self.writes_text = thresholds.text is not None
        self.amount = self.table.schema.roles().get("amount")
        extras = {str(name): self.table.extras[name] for name in self.table.extras.columns}
        self.infinite = {name for name, column in extras.items() if are_infinite(column).any()}
        valued = extras | ({self.amount: pd.Series(self.table.amount)} if self.amount is not None else {})
        self.demanded = check_demanded(demanded, list(valued))
        # Nothing is learned of infinite numbers: they have no mean, and JSON, which keeps a model's numbers, has none.
        extras, valued = ({k: v for k, v in each.items() if k not in self.infinite} for each in (extras, valued))
        rules = find_dependencies(graph, valued, self.demanded, self.amount, days_after(self.table))
        self.found = {rule.column: rule for rule in (*rules, *find_beside(graph, extras, rules, self.demanded))}
        rows: Ints = np.arange(len(self.table))
        self.groups = {
            "row": rows,
            "basket": graph.baskets,
            "subject": self.table.subject.astype(np.int64),
            "object": self.table.object.astype(np.int64),
        }

    def plan(self) -> Plan:
        """A line for every column, in the table's order."""
        roles = {column: role for role, column in self.table.schema.roles().items()}
        order = map(str, self.table.format.columns)
        lines = [self._role(name, roles[name]) if name in roles else self._extra(name) for name in order]
        free = [replace(line, independent=self.demanded.get(line.name, ()) is None) for line in lines]
        return Plan(self._storable({line.name: line for line in self._with_sources(free)}))

    def _storable(self, lines: dict[str, ColumnPlan]) -> tuple[ColumnPlan, ...]:
        """The lines, those of columns without a value of enough subjects as they will be."""
        table, made = self.table, dict(lines)
        for name, line in lines.items():
            if line.role == "extra":
                source = lines[line.source] if line.source else None
                column = table.extras[name]
                made[name] = as_storable(line, column, table.subject, self.fewest, source, self.min_subjects)
            elif line.role == "amount" and table.amount is not None:
                amount = pd.Series(table.amount)
                made[name] = as_storable(line, amount, table.subject, self.fewest, told=self.min_subjects)
        return without_lost_sources(made)

    def _with_sources(self, lines: list[ColumnPlan]) -> list[ColumnPlan]:
        """The lines of columns that are functions of another one say so."""
        found = self._of_dates(lines)
        free = [line for line in lines if line.role == "extra" and line.on not in LOOKED_UP and line.format != FREQUENT]
        free = [line for line in free if line.name not in found]
        sources = [line.name for line in free if line.kind == "category"]
        own = [line.name for line in free if line.kind in ("category", "number") and line.name not in self.demanded]
        columns = {line.name: self.table.extras[line.name] for line in free}
        found |= find_sources(columns, own, sources, self.table.subject)
        return [
            replace(line, source=found[line.name], on=(), missingness=False) if line.name in found else line
            for line in lines
        ]

    def _of_dates(self, lines: list[ColumnPlan]) -> dict[str, str]:
        """By column the column of dates that it is computed from."""
        dates = [line for line in lines if line.role == "extra" and line.kind == "date"]
        if not dates:
            return {}
        free = [line for line in lines if line.role == "extra" and line.name not in self.demanded]
        own = {line.name: line.on for line in free if line.kind in ("category", "number") and line.format != FREQUENT}
        own |= {line.name: line.on for line in free if line in dates and line.on == SUBJECT}
        return find_date_sources(self.table, own, [line.name for line in dates])

    def _role(self, name: str, role: str) -> ColumnPlan:
        table, written = self.table, self.table.format
        if role in ("subject", "basket"):
            names = written.new_subjects if role == "subject" else written.new_baskets
            shown = "" if names is None else names.shown
            if names is not None and names.kind == "text" and table.num_subjects > FEWEST:
                shown = f"{UNSHAPED}: new ones are like {names.make(1)[0]}"
            return ColumnPlan(name, role, "identifier", shown, of=role)
        if role == "time":
            return ColumnPlan(name, role, "date", "" if written.time is None else _times(written.time))
        if role == "amount":
            rule = self.found.get(name)
            on, missingness = ((), False) if rule is None else (rule.on, rule.missingness)
            return ColumnPlan(name, role, "number", _numbers(pd.Series(table.amount)), on, missingness)
        count = table.num_verbs if role == "verb" else table.num_objects
        return ColumnPlan(name, role, "constant" if count == 1 else "category", _values(count))

    def _extra(self, name: str) -> ColumnPlan:
        column, rule = self.table.extras[name], self.found.get(name)
        on = () if rule is None else rule.on
        of = on[0] if on in (("basket",), ("subject",), ("object",)) else "row"
        asked = self.asked.get(name)
        kind, format, of = self._kind(column, on, of) if asked is None else (asked, "", of)
        if kind == DROP:
            return ColumnPlan(name, "extra", "empty", asked=True)
        if name == self.table.schema.cluster:
            return self._cluster(name, column)
        if name in self.infinite:
            return ColumnPlan(name, "extra", "empty", INFINITE)
        if not format:
            format = self._format(name, column, kind)
        wanted = asked is not None or (kind == "text" and self.writes_text)
        if kind in ("identifier", "text", "empty", "constant"):
            return ColumnPlan(name, "extra", kind, format, of=of, asked=wanted)
        return ColumnPlan(name, "extra", kind, format, on, rule is not None and rule.missingness, of, wanted)

    def _cluster(self, name: str, column: pd.Series) -> ColumnPlan:
        """The column that names clusters: synthetic subjects are drawn one by one, so each has a cluster of its own."""
        if not (is_text(column) or is_whole(column)):
            return ColumnPlan(name, "cluster", "empty", UNWRITTEN)
        return ColumnPlan(name, "cluster", "identifier", self._format(name, column, "identifier"), of="subject")

    def _kind(self, column: pd.Series, on: On, of: str) -> tuple[str, str, str]:
        """A column's kind, its format where the kind decides it, and what its values belong to."""
        distinct, group = column.nunique(dropna=True), self.groups[of]
        if not distinct:
            return "empty", NOTHING, of
        if distinct == 1 and column.notna().all():
            return "constant", "", of
        if read_dates(column) is not None:
            return "date", "", of
        looked_up = on in LOOKED_UP
        subject = self.table.subject
        if not looked_up and identifies(column, group, subject):
            return "identifier", "", of
        if is_number(column):
            codes = are_code_numbers(column, group) or are_shared_codes(column, subject)
            return ("category", CODES, of) if codes else ("number", "", of)
        if looked_up:
            return "category", "", of
        if of == "row" and belongs_to_subjects(column, subject):
            return "identifier", "", "subject"
        groups = len(np.unique(group[column.notna().to_numpy() & (group >= 0)]))
        if are_categories(column, groups) or are_shared(column, subject) or are_shared_codes(column, subject):
            return "category", "", of
        return self._last_resort(column, of)

    def _last_resort(self, column: pd.Series, of: str) -> tuple[str, str, str]:
        cells = uncategorised(column)
        shape = NewIdentifiers.beside(cells).shape if is_text(column) else None
        if shape is not None and shape.is_complete(cells.nunique()):
            return "identifier", "", of
        shared_by = max(self.fewest, SHARED_BY)
        if is_text(column) and TextCode.learn(cells, self.table.subject, shared_by) is not None:
            return "text", "", of
        if len(shared_values(column, self.table.subject, shared_by)):
            return "category", FREQUENT, of
        if shape is not None:
            return "identifier", "", of
        return "empty", UNKNOWN, of

    def _format(self, name: str, column: pd.Series, kind: str) -> str:
        if kind == "identifier":
            known = uncategorised(column).dropna().drop_duplicates()
            return NewIdentifiers.beside(known.iloc[:SHOWN_FROM]).shown
        if kind == "date":
            dates = read_dates(column)
            return "" if dates is None else _times(dates[1])
        if kind == "number":
            written = self.table.format.written.get(name)
            if written is not None and written.kind in ("duration", "clock"):
                return f"{'durations' if written.kind == 'duration' else 'times of day'} in {written.unit}"
            return _numbers(column, None if written is None else written.numbers)
        return _values(column.nunique(dropna=True)) if kind in ("category", "constant") else ""


def _values(count: int) -> str:
    return f"{count:,} value{'s' if count != 1 else ''}"


def _times(made: TimeFormat) -> str:
    return made.pattern or made.style if made.style != "epoch" else f"{made.epoch} since 1970"


def _numbers(column: pd.Series, written: NumberFormat | None = None) -> str:
    """How numbers are written, by an example that is none of them."""
    if written is not None:
        return f"like {written.shown()}"
    return "whole" if pd.api.types.is_integer_dtype(column.dtype) else "decimal"
