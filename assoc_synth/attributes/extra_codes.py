"""Learning how the extra columns are coded, a line of the plan after the other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pandas as pd

from assoc_synth.attributes.categories import CategoryCode, plain
from assoc_synth.attributes.column_plan import FREQUENT, UNKNOWN, ColumnPlan
from assoc_synth.attributes.date_functions import DateFunction, clocks_of, values_of
from assoc_synth.attributes.dates import DateCode, code_dates
from assoc_synth.attributes.dependencies import BASKET, LOOKED_UP, OBJECT, groups_of
from assoc_synth.attributes.free_text import SHARED_BY, TextCode
from assoc_synth.attributes.functions import ColumnFunction
from assoc_synth.attributes.identifiers import NewIdentifiers
from assoc_synth.attributes.kinds import as_floats, is_number, read_dates, uncategorised
from assoc_synth.attributes.lookups import Lookup
from assoc_synth.attributes.numbers import NumberCode
from assoc_synth.attributes.regenerated import Regenerated, missing_together
from assoc_synth.attributes.shared_days import SharedDays
from assoc_synth.attributes.sharing import ends_of, shared_numbers
from assoc_synth.attributes.storable import shared_values
from assoc_synth.attributes.subject_columns import BinnedNumbers, SubjectCode, first_values
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.transactions.arrays import Floats, Ints, Times, Values
from assoc_synth.transactions.columns.times import read_times

PRICE = 0.001
"""Share of a column from which a value is exact: prices are such."""


class ExtraCodes:
    """Codes in the making: how each column is coded, as its line of the plan says.

    Args:
        graph: of the training table.
        whole: the extra columns of the whole table, so that no new identifier is a real one.
        rng: of what is learned at random.
        fewest: subjects that a stored value has, see `NumberCode.learn`.
        days: on which days ranges of dates may end; None for that of the n-th most extreme subject.

    Attributes:
        numbers, categories, dates, lookups, missingness, regenerated, functions, of_dates, left_out: as of
            `ExtraColumns`.
        subject: the columns with one value for each subject.
        lines: the plan's lines as they could be followed, by column.
    """

    def __init__(
        self,
        graph: LinkGraph,
        whole: pd.DataFrame,
        rng: np.random.Generator,
        fewest: int = 1,
        days: SharedDays | None = None,
    ) -> None:
        self.graph, self.table, self.whole, self.rng, self.fewest = graph, graph.table, whole, rng, fewest
        self.days = SharedDays(fewest) if days is None else days
        self.numbers: list[NumberCode] = []
        self.categories: list[CategoryCode] = []
        self.dates: dict[str, DateCode] = {}
        self.times: dict[str, Times] = {}
        self.lookups: list[Lookup] = []
        self.missingness: list[str] = []
        self.regenerated: list[Regenerated] = []
        self.functions: list[ColumnFunction] = []
        self.of_dates: list[DateFunction] = []
        self.left_out: list[str] = []
        self.subject: list[SubjectCode] = []
        self.lines: dict[str, ColumnPlan] = {}

    @property
    def drawn(self) -> set[str | None]:
        """Names of the columns that the networks draw."""
        return {*(code.name for code in self.numbers), *(code.name for code in self.categories)}

    def follow(self, plan: Iterable[ColumnPlan]) -> None:
        """Learn every extra column as planned, those that are functions of others after these."""
        for line in plan:
            if line.role in ("extra", "cluster") and not line.source:
                self.add(line, self.table.extras[line.name])
        for line in plan:
            if line.source:
                self.derive(line, self.table.extras[line.name])

    def add(self, line: ColumnPlan, column: pd.Series) -> None:
        """Learn how a column is coded, as its line says."""
        self.lines[line.name] = line
        if line.stays_empty:
            self.left_out.append(line.name)
        elif line.kind == "identifier":
            self._regenerate(line, column, NewIdentifiers.beside(uncategorised(self.whole[line.name])))
        elif line.kind == "text":
            text = TextCode.learn(uncategorised(column), self.table.subject, max(self.fewest, SHARED_BY))
            if text is not None:
                self._regenerate(line, column, text)
            else:
                self._keep_frequent(line, column)
        else:
            self._value(line, column)

    def derive(self, line: ColumnPlan, column: pd.Series) -> None:
        """Learn a column that is a function of one that has been learned."""
        if line.source in self.dates:
            self._of_date(line, column)
            return
        known = (*self.categories, *self.subject)
        source = next(code for code in known if code.name == line.source and isinstance(code, CategoryCode))
        cells = json_cells(column, as_floats(column) if line.kind == "number" else None)
        self.functions.append(ColumnFunction.learn(line.name, cells, source, self.table.extras[line.source]))

    def _of_date(self, line: ColumnPlan, column: pd.Series) -> None:
        """A column that is computed from one of dates."""
        clocks = {name: self.dates[name].format.local(times) for name, times in self.times.items()}
        clocks |= clocks_of(self.table, ())
        if line.kind == "date":
            times, made, _ = read_times(uncategorised(column))
            self.dates[line.name] = DateCode.learn(times, made, subject=self.table.subject, days=self.days)
            own: Values = made.local(times)
        else:
            own = values_of(column)
        numbers = own if own.dtype.kind == "f" else np.zeros(0)
        known = np.flatnonzero(~np.isnan(numbers))
        ends = ends_of(numbers[known], self.table.subject[known], self.fewest) if len(known) else None
        self.of_dates.append(DateFunction.learn(line.name, own, line.source, clocks, ends))

    def _value(self, line: ColumnPlan, column: pd.Series) -> None:
        """A column whose own values come back."""
        numbers = None
        if line.kind == "date" or (line.kind == "constant" and read_dates(column) is not None):
            times, made, _ = read_times(uncategorised(column))
            date, numbers = code_dates(self.graph, line.on, times, made, self.times, days=self.days)
            self.dates[line.name], self.times[line.name] = date, times
        elif line.kind == "number" or (line.kind == "constant" and is_number(column)):
            numbers = as_floats(column)
        if line.on in LOOKED_UP:
            self._look_up(line, column, numbers)
        elif line.on == ("subject",) and line.format != FREQUENT:
            self._of_subjects(line, column, numbers)
        elif numbers is not None:
            rows = self._one_per_group(line, numbers)
            rows = rows[~np.isnan(numbers[rows])] if is_apart(line) else rows
            whose, fewest = self.table.subject[rows], self.fewest
            own = NumberCode.learn(line.name, numbers[rows], self.rng, frequent=PRICE, subject=whose, fewest=fewest)
            self.numbers.append(own)
        elif line.format == FREQUENT:
            self._keep_frequent(line, column)
        else:
            self.categories.append(CategoryCode.learn(line.name, column.dropna() if is_apart(line) else column))

    def _of_subjects(self, line: ColumnPlan, column: pd.Series, numbers: Floats | None) -> None:
        """A column with one value for each subject."""
        subject, cells = self.table.subject.astype(np.int64), column.to_numpy(object) if numbers is None else numbers
        own = first_values(cells, subject, self.table.num_subjects)
        is_number = numbers is not None
        self.subject.append(
            BinnedNumbers.learn(line.name, own, self.graph.edges, self.fewest)
            if is_number
            else CategoryCode.learn(line.name, pd.Series(own))
        )
        if line.missingness:
            self.missingness.append(line.name)

    def _one_per_group(self, line: ColumnPlan, numbers: Floats) -> Ints:
        """One row for each basket where a column depends on it, as its rows make no value frequent; else every row."""
        if line.on != BASKET:
            return np.arange(len(numbers))
        baskets, gone = self.graph.baskets, np.isnan(numbers)
        known = np.flatnonzero((baskets >= 0) & ~gone)
        first = known[np.unique(baskets[known], return_index=True)[1]]
        return np.concatenate([first, np.flatnonzero((baskets < 0) & ~gone), np.flatnonzero(gone)[:1]])

    def _keep_frequent(self, line: ColumnPlan, column: pd.Series) -> None:
        """What cannot be modelled keeps its share of missing values and the values of many subjects."""
        kept = shared_values(column, self.table.subject, max(self.fewest, SHARED_BY))
        if len(kept):
            self.lines[line.name] = replace(line, kind="category", format=FREQUENT)
            known = column.dropna() if is_apart(line) else column
            self.categories.append(CategoryCode.learn(line.name, known, only=kept))
        else:
            self.lines[line.name] = replace(line, kind="empty", format=UNKNOWN, on=(), asked=False)
            self.left_out.append(line.name)

    def _regenerate(self, line: ColumnPlan, column: pd.Series, rule: NewIdentifiers | TextCode) -> None:
        gone, verbs = column.isna().to_numpy(), self.table.num_verbs
        rows = np.maximum(np.bincount(self.table.verb, minlength=verbs), 1)
        share = np.bincount(self.table.verb, weights=gone, minlength=verbs) / rows
        several = 1
        if line.of == "subject" and not gone.all():
            values = uncategorised(column)[~gone].groupby(self.table.subject[~gone]).nunique()
            several = max(round(float(values.mean())), 1)
        table = self.table
        groups = {"subject": table.subject, "basket": self.graph.baskets, "object": table.object}
        together = missing_together(gone, line.of, {name: np.asarray(own, np.int64) for name, own in groups.items()})
        self.regenerated.append(Regenerated(line.name, line.of, tuple(share.tolist()), rule, several, together))

    def _look_up(self, line: ColumnPlan, column: pd.Series, numbers: Floats | None) -> None:
        if line.name in self.dates and numbers is not None:  # other columns have been merged before
            numbers = shared_numbers(numbers, self.table.subject, self.fewest, 0)
        cells = json_cells(column, numbers)
        table, gone = self.table, line.missingness
        if line.on == OBJECT:
            self.lookups.append(Lookup.learn(line.name, cells, table.object, len(table.objects), missingness=gone))
        else:
            written = None if table.time is None else table.format.time
            key = groups_of(line.on, table.subject, table.verb, table.object, self.graph.baskets, table.time, written)
            assert key is not None, "a plan names what the table has"
            self.lookups.append(Lookup.by_key(line.name, cells, line.on, key, missingness=gone))
        if line.missingness:
            self.missingness.append(line.name)


def is_apart(line: ColumnPlan) -> bool:
    """Whether all rows of a visit share a value, and it is by row whether they have it: two columns are drawn then."""
    return line.on == BASKET and line.missingness


def json_cells(column: pd.Series, numbers: Floats | None) -> Values:
    """(n,) JSON scalars, None where missing: of the numbers where there are such."""
    if numbers is not None:
        cells: Values = numbers.astype(object)
        cells[np.isnan(numbers)] = None
        return cells
    pairs = zip(column, column.isna(), strict=True)
    return np.array([None if gone else plain(value) for value, gone in pairs], "object")
