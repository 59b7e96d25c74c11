"""The plan of a table: what each column is, how it is written, what it depends on, and what will be done with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from html import escape
from typing import Any

import numpy as np
import pandas as pd

from assoc_synth.attributes.basket_dependencies import find_beside
from assoc_synth.attributes.calendar_parts import PARTS
from assoc_synth.attributes.date_functions import find_date_sources
from assoc_synth.attributes.dates import days_after
from assoc_synth.attributes.dependencies import (
    LOOKED_UP,
    SUBJECT,
    Demanded,
    Dependency,
    On,
    check_demanded,
    find_dependencies,
    said,
)
from assoc_synth.attributes.free_text import TextCode
from assoc_synth.attributes.functions import find_sources
from assoc_synth.attributes.identifiers import UNSHAPED, NewIdentifiers
from assoc_synth.attributes.kinds import (
    FEWEST,
    are_categories,
    are_code_numbers,
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
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.transactions.arrays import Ints
from assoc_synth.transactions.columns.number_text import NumberFormat
from assoc_synth.transactions.columns.times import TimeFormat
from assoc_synth.transactions.table import TransactionTable

SHOWN_FROM = 5_000
"""Identifiers that a plan's format is learned from."""


@dataclass(frozen=True)
class ColumnPlan:
    """One column's line.

    Attributes:
        name: the column; role: what it plays, "extra" for none.
        kind: one of `kinds.KINDS`.
        format: how it is written, in words and shapes; no value of the data.
        on: what it is a function of; () for nothing.
        missingness: whether missing values have a pattern of their own, beside that function.
        of: for identifiers and free text what each value belongs to: "row", "basket", "subject" or "object".
        asked: whether the user said so.
        source: the extra column that it is a function of; "" for none.
        independent: whether the user said that it depends on nothing; then its verb implies nothing of it either.
    """

    name: str
    role: str
    kind: str
    format: str = ""
    on: On = ()
    missingness: bool = False
    of: str = "row"
    asked: bool = False
    source: str = ""
    independent: bool = False

    @property
    def done(self) -> str:
        """What will be done with it."""
        if self.kind == "empty":
            return "left out: stays empty" if self.asked else "stays empty"
        if self.role in ("subject", "basket", "cluster"):
            return "invented: no real one occurs"
        if self.role in ("verb", "object"):
            return "kept: who has which, and what goes together, is learned"
        if self.kind == "constant":
            return "kept"
        if self.kind == "identifier":
            return f"made anew for each {self.of}: no real one occurs"
        if self.kind == "text":
            how = "" if self.asked else "stays empty, or with --text words "
            return f"{how}written anew for each {self.of} from words that many subjects use"
        if self.source:
            return f"kept: a function of column {self.source!r}"
        if self.kind == "date" and self.on in PARTS:
            return "kept: follows the day of its row"
        if self.on in LOOKED_UP and self.role == "extra":
            return f"kept: each {' and '.join(map(said, self.on))} has its own"
        return f"drawn for each {' and '.join(map(said, self.on))}" if self.on else "drawn for each row"

    @property
    def notes(self) -> tuple[str, ...]:
        """What `fit` tells of an extra column or the amount."""
        name = repr(self.name)
        if self.kind == "identifier" and self.role == "cluster":
            alone = "subjects are drawn one by one, so each is a cluster of its own"
            return (f"column {name} names clusters: regenerated in its format, no real value occurs; {alone}",)
        if self.kind == "identifier" and self.format.startswith(UNSHAPED):
            return (f"column {name}: real ones have {self.format}",)
        if self.kind == "identifier" and self.role == "extra":
            return (f"column {name} identifies each {self.of}: regenerated in its format, no real value occurs",)
        if self.kind == "text":
            return (f"column {name} is free text: written anew from words that many subjects use",)
        if self.kind == "empty" and self.asked:
            return (f"column {name} is left out, as asked, and stays empty",)
        if self.kind == "empty":
            why = self.format or "cannot be modelled"
            return (f"column {name} {why} and stays empty",)
        if self.source:
            return (f"column {name} is a function of column {self.source!r}: kept exactly",)
        if self.kind == "date" and self.on in PARTS:
            return (f"column {name} follows the day of its row: kept exactly",)
        rule, looked_up = Dependency(self.name, self.on, self.missingness), self.on in LOOKED_UP
        found = (rule.note(looked_up=looked_up and self.role == "extra"),) if self.on else ()
        return found + ((f"column {name}: {self.format}",) if self.format in TOLD else ())

    def to_dict(self) -> dict[str, Any]:
        return {**asdict(self), "on": list(self.on)}

    @classmethod
    def from_dict(cls, state: Mapping[str, Any]) -> ColumnPlan:
        return cls(**{**state, "on": tuple(state["on"])})


CODES = "whole numbers that repeat as codes do, kept as categories"
FREQUENT = "only values of many subjects are kept"
TOLD = (CODES, FREQUENT)
NOTHING = "has no value"
UNWRITTEN = "names clusters by what is neither text nor whole numbers"
UNKNOWN = "has values that neither repeat nor have a shape or words in common: say what it is, or drop it,"


@dataclass(frozen=True, repr=False)
class Plan:
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
    def from_dict(cls, state: list[dict[str, Any]]) -> Plan:
        return cls(tuple(ColumnPlan.from_dict(line) for line in state))


def plan_columns(
    data: TransactionTable | LinkGraph, columns: Overrides | None = None, dependencies: Demanded | None = None
) -> Plan:
    """What `fit` will do with each column of a table.

    Args:
        columns: by extra column what it is, where the user knows better: "category", "number", "date", "identifier",
            "text", or "drop".
        dependencies: what columns are functions of, where the user knows better, as for `fit`.

    Raises:
        InputError: a column cannot be what it is said to be, or a dependency is contradicted by the rows.

    Example:
        >>> frame = pd.DataFrame({"who": ["a", "b"] * 30, "did": "buy", "what": ["tea", "mug", "tea"] * 20})
        >>> frame = frame.assign(n=range(60), x="y")
        >>> table = TransactionTable.from_frame(frame, subject="who", verb="did", object="what")
        >>> [(line.name, line.kind) for line in plan_columns(table) if line.role == "extra"]
        [('n', 'identifier'), ('x', 'constant')]
    """
    graph = data if isinstance(data, LinkGraph) else LinkGraph.from_table(overruled(data, columns))
    return _Planner(graph, columns or {}, dependencies).plan()


class _Planner:
    """A plan in the making."""

    def __init__(self, graph: LinkGraph, columns: Overrides, demanded: Demanded | None) -> None:
        self.graph, self.table, self.asked = graph, graph.table, columns
        self.amount = self.table.schema.roles().get("amount")
        extras = {str(name): self.table.extras[name] for name in self.table.extras.columns}
        valued = extras | ({self.amount: pd.Series(self.table.amount)} if self.amount is not None else {})
        self.demanded = check_demanded(demanded, list(valued))
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
        return Plan(tuple(self._with_sources(free)))

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
        if not format:
            format = self._format(name, column, kind)
        if kind in ("identifier", "text", "empty", "constant"):
            return ColumnPlan(name, "extra", kind, format, of=of, asked=asked is not None)
        return ColumnPlan(name, "extra", kind, format, on, rule is not None and rule.missingness, of, asked is not None)

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
        if is_text(column) and TextCode.learn(cells, self.table.subject) is not None:
            return "text", "", of
        if len(shared_values(column, self.table.subject)):
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


MOST_SHARED, SHARED_BY = 200, 5


def shared_values(column: pd.Series, subject: Any, fewest: int = SHARED_BY) -> pd.Index:
    """The most frequent values that enough subjects have."""
    known = column.notna().to_numpy()
    pairs = pd.DataFrame({"value": uncategorised(column)[known].astype(str).to_numpy(), "subject": subject[known]})
    uses = pairs.groupby("value")["subject"].agg(["nunique", "size"])
    uses = uses[uses["nunique"] >= fewest].sort_values("size", ascending=False, kind="stable")
    return uses.index[:MOST_SHARED]


def _values(count: int) -> str:
    return f"{count:,} value{'s' if count != 1 else ''}"


def _times(made: TimeFormat) -> str:
    return made.pattern or made.style if made.style != "epoch" else f"{made.epoch} since 1970"


def _numbers(column: pd.Series, written: NumberFormat | None = None) -> str:
    """How numbers are written, by an example that is none of them."""
    if written is not None:
        return f"like {written.shown()}"
    return "whole" if pd.api.types.is_integer_dtype(column.dtype) else "decimal"
