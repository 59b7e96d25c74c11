"""ExtraColumns: what is beside subject, verb, object, time, amount and basket, in the networks' terms and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from assoc_synth.attributes.categories import CategoryCode, plain
from assoc_synth.attributes.dates import DateCode
from assoc_synth.attributes.dependencies import (
    Demanded,
    Dependency,
    check_demanded,
    find_dependencies,
    groups_of,
    spread,
)
from assoc_synth.attributes.free_text import TextCode
from assoc_synth.attributes.identifiers import NewIdentifiers
from assoc_synth.attributes.lookups import Lookup
from assoc_synth.attributes.numbers import NumberCode
from assoc_synth.attributes.regenerated import Regenerated, identifies, is_text, uncategorised
from assoc_synth.ctgan.interface import CodedColumn
from assoc_synth.errors import InputError
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.transactions.arrays import Floats, Ints, Times, Values
from assoc_synth.transactions.columns.times import TimeFormat, read_times
from assoc_synth.transactions.table import TransactionTable

PRICE = 0.001
"""Share of a column from which a value is exact: prices are such."""
NO_VALUE = "no value: "
"""Begins the name of the coded column of where a looked-up value is missing."""


@dataclass(frozen=True, eq=False)
class DrawnLinks:
    """What drawn links belong to, (L,) each: time NaT missing, None without times; visit −1 for none."""

    subject: Ints
    verb: Ints
    object: Ints
    visit: Ints
    time: Times | None


@dataclass(frozen=True, eq=False)
class ExtraColumns:
    """How the extra columns are coded.

    Attributes:
        numbers, categories: that the networks draw; dates: those of the numbers that are dates, by name.
        seen: by category column, the values that each verb has.
        lookups: functions of the object; missingness: those of them with missing values of a pattern of their own.
        regenerated: identifiers and free text.
        dependencies: of columns that the networks draw, the amount among them: what their values are functions of.
        amount: the amount's column.
        time: how the table's times are written, which decides where a day begins; None without times.
        left_out: what cannot be modelled and stays empty.
    """

    numbers: tuple[NumberCode, ...] = ()
    categories: tuple[CategoryCode, ...] = ()
    seen: Mapping[str, tuple[tuple[Any, ...], ...]] = field(default_factory=dict)
    dates: Mapping[str, DateCode] = field(default_factory=dict)
    lookups: tuple[Lookup, ...] = ()
    missingness: tuple[str, ...] = ()
    regenerated: tuple[Regenerated, ...] = ()
    dependencies: tuple[Dependency, ...] = ()
    amount: str | None = None
    time: TimeFormat | None = None
    left_out: tuple[str, ...] = ()

    @classmethod
    def learn(
        cls, graph: LinkGraph, rng: np.random.Generator, *, whole: pd.DataFrame, demanded: Demanded | None
    ) -> ExtraColumns:
        """Learn every code from a training table's graph.

        Args:
            whole: the extra columns of the whole table, so that no new identifier is a real one.
            demanded: dependencies, where the user knows better; see `check_demanded`.

        Raises:
            InputError: a demanded dependency that the rows contradict, or of a column that the table does not have.
        """
        table = graph.table
        amount = table.schema.roles().get("amount")
        columns = {str(name): table.extras[name] for name in table.extras.columns}
        valued = columns | ({amount: pd.Series(table.amount)} if amount is not None else {})
        asked = check_demanded(demanded, list(valued))
        found = {d.column: d for d in find_dependencies(graph, valued, asked, amount)}
        time = None if table.time is None else table.format.time
        made = _Codes(graph, whole, rng, found)
        for name, column in columns.items():
            made.add(name, column)
        kept = tuple(d for name, d in found.items() if name == amount or name in made.drawn)
        seen = {code.name: _values_by_verb(table, code) for code in made.categories}
        return cls(
            tuple(made.numbers),
            tuple(made.categories),
            seen,
            made.dates,
            tuple(made.lookups),
            tuple(made.missingness),
            tuple(made.regenerated),
            kept,
            amount,
            time,
            tuple(made.left_out),
        )

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences for the user."""
        looked_up = (Dependency(lookup.name, ("object",), False).note for lookup in self.lookups)
        lost = (f"column {name!r} cannot be modelled and stays empty" for name in self.left_out)
        return (*looked_up, *(d.note for d in self.dependencies), *(r.note for r in self.regenerated), *lost)

    @property
    def kept_values(self) -> tuple[str, ...]:
        """The columns whose real values come back, whatever their dtype."""
        return (*(code.name for code in self.categories), *(lookup.name for lookup in self.lookups))

    def encode(self, table: TransactionTable, rng: np.random.Generator) -> list[CodedColumn]:
        """The columns that the networks draw: (rows,) each."""
        columns = [number.encode(self._numbers(number.name, table), rng) for number in self.numbers]
        columns += [category.encode(table.extras[category.name]) for category in self.categories]
        gone = {name: table.extras[name].isna().to_numpy() for name in self.missingness}
        return columns + [CodedColumn.discrete(NO_VALUE + name, missing, 2) for name, missing in gone.items()]

    def _numbers(self, name: str, table: TransactionTable) -> Floats:
        column = table.extras[name]
        if name in self.dates:
            return self.dates[name].numbers(read_times(column)[0], table.time)
        return _as_float(column)

    def decode(
        self, by_name: Mapping[str, CodedColumn], links: DrawnLinks, rng: np.random.Generator
    ) -> dict[str, Values]:
        """Values of every column that is not left out, dates as datetime64[ns]: (L,) each."""
        extras: dict[str, Values] = {n.name: n.decode(by_name[n.name]) for n in self.numbers}
        for category in self.categories:
            extras[category.name] = pd.Series(category.decode(by_name[category.name].code), dtype=object).to_numpy()
        extras = {name: self.kept(name, values, links) for name, values in extras.items()}
        for lookup in self.lookups:
            values = lookup.decode(links.object)
            if lookup.name in self.missingness:
                values[by_name[NO_VALUE + lookup.name].code == 1] = None
            extras[lookup.name] = values
        for name, date in self.dates.items():
            numbers = pd.to_numeric(pd.Series(extras[name]), errors="coerce").to_numpy(np.float64)
            extras[name] = date.dates(numbers, links.time)
        groups = {"row": np.arange(len(links.verb)), "basket": links.visit, "subject": links.subject}
        return extras | {r.name: r.make(links.verb, groups[r.of], rng) for r in self.regenerated}

    def kept(self, name: str, values: Values, links: DrawnLinks) -> Values:
        """Drawn values, one per group where the column depends on something."""
        rule = next((d for d in self.dependencies if d.column == name), None)
        if rule is None:
            return values
        group = groups_of(rule.on, links.subject, links.verb, links.object, links.visit, links.time, self.time)
        return values if group is None else spread(values, group, rule.missingness)

    def to_dict(self) -> dict[str, Any]:
        """The codes as JSON values."""
        several = ("numbers", "categories", "lookups", "regenerated", "dependencies")
        return {name: [code.to_dict() for code in getattr(self, name)] for name in several} | {
            "seen": {name: [list(values) for values in verbs] for name, verbs in self.seen.items()},
            "dates": {name: date.to_dict() for name, date in self.dates.items()},
            "missingness": list(self.missingness),
            "amount": self.amount,
            "time": None if self.time is None else self.time.to_dict(),
            "left_out": list(self.left_out),
        }

    @classmethod
    def from_dict(cls, state: dict[str, Any]) -> ExtraColumns:
        kinds: dict[str, Any] = {
            "numbers": NumberCode,
            "categories": CategoryCode,
            "lookups": Lookup,
            "regenerated": Regenerated,
            "dependencies": Dependency,
        }
        several = {name: tuple(kind.from_dict(s) for s in state[name]) for name, kind in kinds.items()}
        return cls(
            **several,
            seen={name: tuple(map(tuple, verbs)) for name, verbs in state["seen"].items()},
            dates={name: DateCode.from_dict(s) for name, s in state["dates"].items()},
            missingness=tuple(state["missingness"]),
            amount=state["amount"],
            time=None if state["time"] is None else TimeFormat.from_dict(state["time"]),
            left_out=tuple(state["left_out"]),
        )


class _Codes:
    """Codes in the making."""

    def __init__(
        self, graph: LinkGraph, whole: pd.DataFrame, rng: np.random.Generator, found: Mapping[str, Dependency]
    ) -> None:
        self.graph, self.table, self.whole, self.rng, self.found = graph, graph.table, whole, rng, found
        self.numbers: list[NumberCode] = []
        self.categories: list[CategoryCode] = []
        self.dates: dict[str, DateCode] = {}
        self.lookups: list[Lookup] = []
        self.missingness: list[str] = []
        self.regenerated: list[Regenerated] = []
        self.left_out: list[str] = []

    @property
    def drawn(self) -> set[str]:
        """Names of the columns that the networks draw."""
        return {code.name for code in self.numbers} | {code.name for code in self.categories}

    def add(self, name: str, column: pd.Series) -> None:
        """Choose how a column is coded."""
        on = self.found[name].on if name in self.found else ()
        of = on[0] if on in (("basket",), ("subject",)) else "row"
        rows: Ints = np.arange(len(column))
        groups = {"row": rows, "basket": self.graph.baskets, "subject": self.table.subject.astype(np.int64)}
        dated = self._dates(name, column)
        if on != ("object",) and dated is None and identifies(column, groups[of]):
            self._regenerate(name, column, of, NewIdentifiers.beside(uncategorised(self.whole[name])))
            return
        numbers = _as_float(column) if dated is None and _is_number(column) else None
        if dated is not None:
            date = self.dates[name] = DateCode.learn(*dated, self.table.time if on == () else None)
            numbers = date.numbers(dated[0], self.table.time)
        if on == ("object",):
            self._look_up(name, column, numbers)
        elif numbers is not None:
            self.numbers.append(NumberCode.learn(name, numbers, self.rng, frequent=PRICE))
        elif CategoryCode.fits(column):
            self.categories.append(CategoryCode.learn(name, column))
        else:
            text = TextCode.learn(uncategorised(column), self.table.subject) if is_text(column) else None
            if text is not None:
                self._regenerate(name, column, "row", text)
            else:
                self.left_out.append(name)

    def _dates(self, name: str, column: pd.Series) -> tuple[Times, TimeFormat] | None:
        """A column of dates and how they are written; None where it is none."""
        kind = getattr(column.dtype, "kind", "O")
        if kind in "iufb" or isinstance(column.dtype, pd.CategoricalDtype) or not column.notna().any():
            return None
        try:
            times, made, _ = read_times(column)
        except InputError:
            return None
        return (times, made) if made.style != "epoch" else None

    def _regenerate(self, name: str, column: pd.Series, of: str, rule: NewIdentifiers | TextCode) -> None:
        gone, verbs = column.isna().to_numpy(), self.table.num_verbs
        rows = np.maximum(np.bincount(self.table.verb, minlength=verbs), 1)
        share = np.bincount(self.table.verb, weights=gone, minlength=verbs) / rows
        self.regenerated.append(Regenerated(name, of, tuple(share.tolist()), rule))

    def _look_up(self, name: str, column: pd.Series, numbers: Floats | None) -> None:
        missingness = self.found[name].missingness
        if numbers is not None:
            cells = numbers.astype(object)
            cells[np.isnan(numbers)] = None
        else:
            pairs = zip(column, column.isna(), strict=True)
            cells = np.array([None if gone else plain(value) for value, gone in pairs], "object")
        self.lookups.append(
            Lookup.learn(name, cells, self.table.object, len(self.table.objects), missingness=missingness)
        )
        if missingness:
            self.missingness.append(name)


def _values_by_verb(table: TransactionTable, code: CategoryCode) -> tuple[tuple[Any, ...], ...]:
    classes = code.encode(table.extras[code.name]).code
    known = classes < len(code.values)
    found = (np.unique(classes[known & (table.verb == verb)]) for verb in range(table.num_verbs))
    return tuple(tuple(code.values[at] for at in own) for own in found)


def _is_number(column: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)


def _as_float(column: pd.Series) -> Floats:
    return np.asarray(pd.to_numeric(column, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan), np.float64)
