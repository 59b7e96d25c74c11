"""ExtraColumns: what is beside subject, verb, object, time, amount and basket, in the networks' terms and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from assoc_synth.attributes.basket_dependencies import basket_groups
from assoc_synth.attributes.categories import CategoryCode
from assoc_synth.attributes.date_functions import TIME, DateFunction
from assoc_synth.attributes.dates import COLUMN, VISIT, DateCode, References, row_visits
from assoc_synth.attributes.dependencies import BASKET, BESIDE, Dependency, On, groups_of, spread
from assoc_synth.attributes.extra_codes import ExtraCodes
from assoc_synth.attributes.functions import ColumnFunction
from assoc_synth.attributes.implications import Implications
from assoc_synth.attributes.kinds import as_floats
from assoc_synth.attributes.lookups import Lookup
from assoc_synth.attributes.numbers import NumberCode
from assoc_synth.attributes.plan import Plan
from assoc_synth.attributes.regenerated import Regenerated
from assoc_synth.attributes.shared_days import SharedDays
from assoc_synth.attributes.subject_columns import BinnedNumbers, SubjectColumns, first_values
from assoc_synth.ctgan.interface import CodedColumn
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.transactions.arrays import Bools, Floats, Ints, Times, Values
from assoc_synth.transactions.columns.times import TimeFormat, read_times
from assoc_synth.transactions.stored import Stored
from assoc_synth.transactions.table import TransactionTable

NO_VALUE = "no value: "
"""Begins the name of the coded column of where a looked-up value is missing."""


@dataclass(frozen=True, eq=False)
class DrawnLinks:
    """What drawn links belong to, (L,) each: time NaT missing, None without times; visit −1 for none.

    Attributes:
        attributes: the classes of each subject's own columns, (S, A), see `SubjectColumns`.
    """

    subject: Ints
    verb: Ints
    object: Ints
    visit: Ints
    time: Times | None
    attributes: Ints


@dataclass(frozen=True, eq=False)
class ExtraColumns(Stored):
    """How the extra columns are coded.

    Attributes:
        numbers, categories: that the networks draw; dates: those of the numbers that are dates, by name.
        seen: by category column, the values that each verb has.
        lookups: functions of the object, the verb or a part of the calendar.
        missingness: columns whose rows have or lack a value by a pattern of their own, which is drawn for each link.
        functions: columns that are functions of a column of categories; of_dates: of one of dates.
        regenerated: identifiers and free text.
        dependencies: of columns that the networks draw, the amount among them: what their values are functions of.
        amount: the amount's column.
        time: how the table's times are written, which decides where a day begins; None without times.
        left_out: what cannot be modelled and stays empty.
        plan: the plan that was followed, with what could not be.
        subject: the columns with one value for each subject, which are drawn with its links.
        of_visits: those of the drawn ones that all rows of a visit share, and that are drawn once for each visit.
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
    plan: Plan = field(default_factory=Plan)
    functions: tuple[ColumnFunction, ...] = ()
    subject: SubjectColumns = field(default_factory=SubjectColumns)
    of_dates: tuple[DateFunction, ...] = ()
    of_visits: tuple[str, ...] = ()

    @classmethod
    def learn(
        cls,
        graph: LinkGraph,
        rng: np.random.Generator,
        *,
        whole: pd.DataFrame,
        plan: Plan,
        fewest: int = 1,
        days: SharedDays | None = None,
    ) -> ExtraColumns:
        """Learn every code from a training table's graph, as planned.

        Args:
            whole: the extra columns of the whole table, so that no new identifier is a real one.
            plan: what each column is, see `plan_columns`.
            fewest: subjects that a stored number has, see `NumberCode.learn`.
            days: on which days ranges of dates may end, see `ExtraCodes`.
        """
        table = graph.table
        amount = table.schema.roles().get("amount")
        time = None if table.time is None else table.format.time
        made = ExtraCodes(graph, whole, rng, fewest, days)
        made.follow(plan)
        final = Plan(tuple(made.lines.get(line.name, line) for line in plan))
        drawn = made.drawn | {amount}
        kept = tuple(
            Dependency(line.name, line.on, line.missingness) for line in final if line.on and line.name in drawn
        )
        shared = [rule for rule in kept if rule.on == BASKET]
        made.missingness += [rule.column for rule in shared if rule.missingness]
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
            final,
            tuple(made.functions),
            SubjectColumns(tuple(made.subject)),
            tuple(made.of_dates),
            tuple(rule.column for rule in shared),
        )

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences for the user."""
        limits = {code.name: (code.low, code.high) for code in self.numbers}
        of_dates = (self.dates[name].note(name, *limits[name]) for name in self.dates if name in limits)
        return (*self.plan.notes, *filter(None, of_dates))

    @property
    def kept_values(self) -> tuple[str, ...]:
        """The columns whose real values come back, whatever their dtype."""
        tables = (*(lookup.name for lookup in self.lookups), *(made.name for made in self.functions))
        own = (code.name for code in self.subject.codes if isinstance(code, CategoryCode))
        tables += tuple(made.name for made in self.of_dates if made.has_table)
        return (*(code.name for code in self.categories), *own, *tables)

    @property
    def drawn(self) -> frozenset[str]:
        """The user's columns that are drawn for each link."""
        own = {*(code.name for code in self.numbers), *(code.name for code in self.categories)}
        return frozenset(own if self.amount is None else own | {self.amount})

    def no_value(self, name: str) -> str:
        """The name of the coded column of where a value is missing; no column of the user's is called so."""
        prefix = NO_VALUE
        while any(own.startswith(prefix) for own in self.drawn):
            prefix = f"'{prefix}"
        return prefix + name

    def encode(self, table: TransactionTable, rng: np.random.Generator) -> list[CodedColumn]:
        """The columns that the networks draw: (rows,) each."""
        columns = [number.encode(self.numbers_of(number.name, table), rng) for number in self.numbers]
        columns += [category.encode(table.extras[category.name]) for category in self.categories]
        gone = {name: self.missing(name, table) for name in self.missingness}
        return columns + [CodedColumn.discrete(self.no_value(name), missing, 2) for name, missing in gone.items()]

    def missing(self, name: str, table: TransactionTable) -> Bools:
        """(rows,) where a column of a table has no value; the amount is one of them."""
        if name == self.amount and table.amount is not None:
            return np.isnan(table.amount)
        gone: Bools = table.extras[name].isna().to_numpy()
        return gone

    def unknown(self, name: str, table: TransactionTable) -> Bools:
        """(rows,) which rows say nothing of the value that all rows of their visit share."""
        return self.missing(name, table) if name in self.missingness else np.zeros(len(table), bool)

    def with_missing(self, name: str, values: Values, by_name: Mapping[str, CodedColumn]) -> Values:
        """Drawn values, those left out that are missing by a pattern of their own: (L,) → (L,)."""
        if name not in self.missingness:
            return values
        made = values.copy()
        made[by_name[self.no_value(name)].code == 1] = None
        return made

    def encode_subjects(self, table: TransactionTable) -> Ints:
        """The classes of each subject's own columns: (S, A)."""
        subject, values = table.subject.astype(np.int64), dict[str, Any]()
        for code in self.subject.codes:
            is_number, column = isinstance(code, BinnedNumbers), table.extras[code.name]
            cells = self.numbers_of(code.name, table) if is_number else column.to_numpy(object)
            values[code.name] = first_values(cells, subject, table.num_subjects)
        return self.subject.encode(values)

    def numbers_of(self, name: str, table: TransactionTable) -> Floats:
        """(rows,) the numbers that a column is coded by, dates as they count; NaN missing."""
        column = table.extras[name]
        if name in self.dates:
            return self.dates[name].numbers(read_times(column)[0], self._references(self.dates[name], table))
        return as_floats(column)

    def _references(self, date: DateCode, table: TransactionTable) -> References:
        """What a column of dates counts from in a table."""
        columns = {date.of: read_times(table.extras[date.of])[0]} if date.base == COLUMN else {}
        return References(table.time, self.time, row_visits(table) if date.base == VISIT else None, columns)

    def decode(
        self,
        by_name: Mapping[str, CodedColumn],
        links: DrawnLinks,
        rng: np.random.Generator,
        implications: Implications | None = None,
        *,
        numbered: bool = False,
    ) -> dict[str, Values]:
        """Values of every column that is not left out, dates as datetime64[ns]: (L,) each.

        Args:
            numbered: identifiers are numbers, see `Regenerated.make`.
        """
        implied = implications or Implications()
        extras: dict[str, Values] = {
            n.name: implied.numbers(n, n.name, n.decode(by_name[n.name]), links.verb, links.object, rng)
            for n in self.numbers
        }
        for category in self.categories:
            extras[category.name] = pd.Series(
                category.decode(by_name[category.name].code, rng), dtype=object
            ).to_numpy()
        extras = {name: self.kept(name, values, links) for name, values in extras.items()}
        for name, values in self.subject.decode(links.attributes, rng).items():
            extras[name] = values[links.subject]
        extras = {name: self.with_missing(name, values, by_name) for name, values in extras.items()}
        for lookup in self.lookups:
            key = self._groups(lookup.on, links)
            values = np.full(len(links.verb), None) if key is None else lookup.decode(key)
            extras[lookup.name] = self.with_missing(lookup.name, values, by_name)
        codes = {code.name: code for code in (*self.categories, *self.subject.codes) if isinstance(code, CategoryCode)}
        for made in self.functions:
            extras[made.name] = made.decode(codes[made.source], extras[made.source])
        made_dates: dict[str, Times] = {}
        references = References(links.time, self.time, links.visit, made_dates)
        for name, date in self.dates.items():
            if name in extras:
                numbers = pd.to_numeric(pd.Series(extras[name]), errors="coerce").to_numpy(np.float64)
                extras[name] = made_dates[name] = date.dates(numbers, references)
        extras |= self._computed(made_dates, links.time)
        groups: dict[str, Ints] = {"row": np.arange(len(links.verb)), "basket": links.visit}
        groups |= {"subject": links.subject, "object": links.object}
        taken: set[str] = set()
        for column in self.regenerated:
            extras[column.name] = column.make(links.verb, groups, rng, taken, numbered=numbered)
        return extras

    def _computed(self, dates: Mapping[str, Times], time: Times | None) -> dict[str, Values]:
        """(L,) the columns that are computed from drawn dates."""
        clocks = {name: self.dates[name].format.local(own) for name, own in dates.items()} if self.of_dates else {}
        if time is not None:
            clocks[TIME] = time if self.time is None else self.time.local(time)
        return {made.name: made.decode(clocks) for made in self.of_dates}

    def kept(self, name: str, values: Values, links: DrawnLinks) -> Values:
        """Drawn values, one per group where the column depends on something."""
        rule = next((d for d in self.dependencies if d.column == name), None)
        if rule is None:
            return values
        group = self._groups(rule.on, links)
        return values if group is None else spread(values, group, rule.missingness)

    def _groups(self, on: On, links: DrawnLinks) -> Ints | None:
        """(L,) the group of each drawn link; None where there are no such groups."""
        if on[0] == "basket" and len(on) == 2:
            beside = next((one for one in self.lookups if BESIDE + one.name == on[1]), None)
            own = links.verb if beside is None else pd.factorize(beside.decode(links.object))[0].astype(np.int64)
            return basket_groups(links.visit, own)
        return groups_of(on, links.subject, links.verb, links.object, links.visit, links.time, self.time)

    def to_dict(self) -> dict[str, Any]:
        """The codes as JSON values."""
        several = ("numbers", "categories", "lookups", "functions", "of_dates", "regenerated", "dependencies")
        return {name: [code.to_dict() for code in getattr(self, name)] for name in several} | {
            "seen": {name: [list(values) for values in verbs] for name, verbs in self.seen.items()},
            "dates": {name: date.to_dict() for name, date in self.dates.items()},
            "missingness": list(self.missingness),
            "amount": self.amount,
            "time": None if self.time is None else self.time.to_dict(),
            "left_out": list(self.left_out),
            "plan": self.plan.to_dict(),
            "subject": self.subject.to_dict(),
            "of_visits": list(self.of_visits),
        }


def _values_by_verb(table: TransactionTable, code: CategoryCode) -> tuple[tuple[Any, ...], ...]:
    places = code.places(table.extras[code.name])
    found = (np.unique(places[(places >= 0) & (table.verb == verb)]) for verb in range(table.num_verbs))
    return tuple(tuple(code.values[at] for at in own) for own in found)
