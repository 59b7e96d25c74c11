"""Columns that are computed from a column of dates, as the year of birth is: found, and right for any drawn date."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from assoc_synth.attributes.calendar_parts import PARTS, calendar_key
from assoc_synth.attributes.categories import plain
from assoc_synth.attributes.date_rules import (
    CutDate,
    DateRule,
    NumberOfDate,
    TableOfDate,
    TextOfDate,
    TimeBetween,
    rule_from_dict,
    rule_to_dict,
)
from assoc_synth.attributes.evidence import EXPECTED, MUCH_LESS, TOLERANCE, FirstLook, contradictions, holds
from assoc_synth.attributes.kinds import as_floats, is_number, read_dates, uncategorised
from assoc_synth.transactions.arrays import Bools, Ints, Times, Values
from assoc_synth.transactions.stored import Stored
from assoc_synth.transactions.table import TransactionTable

LOOKED_AT, FEWEST = 2_000, 10.0
"""Rows by which most rules are ruled out, and contradictions that chance must have been able to make to a formula."""
TIME = ""
"""The name of the row's own time among the dates that another one may be counted to."""


@dataclass(frozen=True, eq=False)
class DateFunction(Stored):
    """How a column is computed from one of dates.

    Attributes:
        name: the column; source: the one of dates.
        of: what the dates are counted to: a column of dates, `TIME`, or None for nothing.
        low, high: the least and the largest number; NaN of what is no number.
    """

    name: str
    source: str
    rule: DateRule
    of: str | None = None
    low: float = float("nan")
    high: float = float("nan")

    @property
    def has_table(self) -> bool:
        """Whether its values are those of the data."""
        return isinstance(self.rule, TableOfDate)

    @classmethod
    def learn(
        cls,
        name: str,
        values: Values,
        source: str,
        clocks: Mapping[str, Times],
        ends: tuple[float, float] | None = None,
    ) -> DateFunction:
        """The rule that the fewest rows contradict.

        Args:
            values: (n,) float64, datetime64[ns] or JSON scalars.
            clocks: (n,) by column of dates, and by `TIME`, on the user's own clock.
            ends: the range of numbers; None for the least and the largest one.
        """
        known, least = _known(values) & ~np.isnat(clocks[source]), np.inf
        rule: DateRule | None = None
        of = None
        for formula, until in _formulas(values, source, clocks, known):
            wrong = _wrong(formula, values, source, until, clocks, known)
            if wrong < least:
                rule, of, least = formula, until, wrong
        if rule is None or (least > TOLERANCE and values.dtype.kind != "M"):
            rule, of = _table(values, clocks[source]), None
        numbers = values[known] if values.dtype.kind == "f" else np.zeros(0)
        if ends is None:
            ends = (float(numbers.min()), float(numbers.max())) if len(numbers) else (np.nan, np.nan)
        return cls(name, source, rule, of, *ends)

    def decode(self, clocks: Mapping[str, Times]) -> Values:
        """(n,) values for dates on the user's own clock, by column; NaN, NaT or None where a date is missing."""
        clock, until = clocks[self.source], None if self.of is None else clocks[self.of]
        known = np.flatnonzero(~np.isnat(clock) & (True if until is None else ~np.isnat(until)))
        found = self.rule.apply(clock[known], None if until is None else until[known])
        gone: Any = {"f": np.nan, "M": np.datetime64("NaT")}.get(found.dtype.kind)
        values = np.full(len(clock), gone, found.dtype)
        values[known] = found
        return values

    def may_be(self, value: Any) -> bool:
        """Whether a date may have this value."""
        if isinstance(self.rule, TableOfDate):
            return str(value) in {str(own) for own in self.rule.table.values}
        if isinstance(self.rule, TextOfDate):
            return re.fullmatch("[0-9]+".join(map(re.escape, self.rule.pieces)), str(value)) is not None
        try:
            return self.low <= float(value) <= self.high
        except ValueError:
            return False

    def to_dict(self) -> dict[str, Any]:
        plain = {name: getattr(self, name) for name in ("name", "source", "of")}
        ends = {end: None if np.isnan(getattr(self, end)) else getattr(self, end) for end in ("low", "high")}
        return {**plain, **ends, "rule": rule_to_dict(self.rule)}

    @classmethod
    def fields_of(cls, state: Any) -> Any:
        ends = {end: float("nan") for end in ("low", "high") if state[end] is None}
        return {
            **{name: value for name, value in state.items() if name not in ends},
            "rule": rule_from_dict(state["rule"]),
        }


def find_date_sources(
    table: TransactionTable, targets: Mapping[str, tuple[str, ...]], dates: Sequence[str]
) -> dict[str, str]:
    """By column the column of dates that it is computed from.

    Args:
        targets: by column what else it is a function of, () for nothing; such as may be computed.
        dates: the columns of dates, in the table's order.

    Example:
        >>> born = pd.Series(pd.date_range("1990-01-01", "1999-01-01", freq="20D"))
        >>> frame = pd.DataFrame({"who": range(len(born)), "did": "is", "born": born, "year": born.dt.year})
        >>> table = TransactionTable.from_frame(frame.assign(what="x"), subject="who", verb="did", object="what")
        >>> find_date_sources(table, {"year": ()}, ["born"])
        {'year': 'born'}
    """
    finder = _Finder(clocks_of(table, dates), table.subject.astype(np.int64))
    found = finder.cut([name for name in dates if name in targets and _has_no_zone(table.extras[name])])
    roots = [name for name in dates if name not in found and name in finder.clocks]
    for name, on in targets.items():
        if name in dates or on in (("object",), ("verb",)):
            continue
        values = values_of(table.extras[name])
        best = finder.best(name, values, roots)
        # What follows the row's own time is looked up by it, unless a date says more.
        if best is not None and (on not in PARTS or (not best[1] and finder.is_inexact(values, on))):
            found[name] = best[0]
    return found


def clocks_of(table: TransactionTable, names: Iterable[str]) -> dict[str, Times]:
    """(rows,) columns of dates on the user's own clock, and the rows' own time as `TIME`, NaT missing."""
    found: dict[str, Times] = {}
    for name in names:
        read = read_dates(uncategorised(table.extras[name]))
        if read is not None:
            found[name] = read[1].local(read[0])
    if table.time is not None:
        found[TIME] = table.time if table.format.time is None else table.format.time.local(table.time)
    return found


def values_of(column: pd.Series) -> Values:
    """(n,) what a column may be computed as: float64, or the cells, None missing."""
    if is_number(column):
        return as_floats(column)
    return uncategorised(column).astype(object).where(column.notna(), None).to_numpy(object)


class _Finder:
    """Looks for the date that columns are computed from."""

    def __init__(self, clocks: Mapping[str, Times], subject: Ints) -> None:
        self.clocks, self.subject = clocks, subject
        self.parts: dict[str, list[tuple[Ints, FirstLook]]] = {}

    def cut(self, targets: Sequence[str]) -> dict[str, str]:
        """By column of dates the one that it is a part of: without its time, or the begin of its month."""
        names = [name for name in self.clocks if name != TIME]
        sizes = {name: len(np.unique(self.clocks[name])) for name in names}
        ranked = sorted(names, key=lambda name: (-sizes[name], names.index(name)))
        found: dict[str, str] = {}
        for at, name in enumerate(ranked):
            if name in targets:
                best = self.best(name, self.clocks[name], [one for one in ranked[:at] if one not in found])
                found |= {} if best is None else {name: best[0]}
        return found

    def best(self, name: str, values: Values, sources: Sequence[str]) -> tuple[str, float] | None:
        """The date that values are computed from, of several the one called most alike, and what contradicts it."""
        ranked = sorted(sources, key=lambda one: -len(_words(name) & _words(one)))
        return min(self.contradicted(values, ranked), key=lambda one: one[1], default=None)

    def is_inexact(self, values: Values, on: tuple[str, ...]) -> bool:
        """Whether some row contradicts that values follow the row's own time."""
        return contradictions(pd.factorize(values)[0], calendar_key(on, self.clocks[TIME]))[0] > 0

    def contradicted(self, values: Values, sources: Sequence[str]) -> Iterator[tuple[str, float]]:
        """Each date that values are computed from, and the share of the rows that contradict it."""
        known, allowed = _known(values), TOLERANCE * len(values)
        by_table = []
        for source in sources:
            dated = ~np.isnat(self.clocks[source])
            if not dated.any() or (known & ~dated).sum() > allowed:
                continue
            wrong = self._formula(values, source, dated & known) if (dated & ~known).sum() <= allowed else None
            if wrong is not None:
                yield source, wrong
            elif values.dtype.kind != "M":
                by_table.append((source, dated))
        code = pd.factorize(values)[0] if by_table else np.zeros(0, np.int64)
        yield from ((source, 1.0) for source, dated in by_table if self._has_table(code, source, dated))

    def _formula(self, values: Values, source: str, known: Bools) -> float | None:
        """The share of the rows that contradict the best rule; None where there is none, or no evidence of it."""
        rows, some = np.flatnonzero(known), np.zeros(len(values), bool)
        some[rows[:: max(len(rows) // LOOKED_AT, 1)]] = True
        likely = _likely(values, source, self.clocks, some, 4 * TOLERANCE)
        if not likely:
            return None
        first = _singly(self.subject[rows], self.clocks[source][rows].astype(np.int64), pd.factorize(values[rows])[0])
        if _by_chance(pd.factorize(values[rows[first]])[0]) < FEWEST:
            return None
        return min(_likely(values, source, self.clocks, known, TOLERANCE), default=None)

    def _has_table(self, code: Ints, source: str, dated: Bools) -> bool:
        """Whether each part of the calendar, or each span of days, has one value."""
        code, owner = code[dated], self.subject[dated]
        if source not in self.parts:
            keys = (calendar_key(part, self.clocks[source][dated]) for part in PARTS)
            self.parts[source] = [(key, FirstLook.of(key)) for key in keys if key.min() < key.max()]
        if code.min() == code.max():
            return False
        if any(not look.contradicts(code, False) and holds(code, key, owner) for key, look in self.parts[source]):
            return True
        return _are_spans(code, self.clocks[source][dated].astype("datetime64[D]").astype(np.int64), owner)


def _likely(values: Values, source: str, clocks: Mapping[str, Times], rows: Bools, most: float) -> list[float]:
    """The shares of some rows that contradict a formula, those up to `most`."""
    found = (_wrong(rule, values, source, of, clocks, rows) for rule, of in _formulas(values, source, clocks, rows))
    return [share for share in found if share <= most]


def _has_no_zone(column: pd.Series) -> bool:
    """Whether dates are those of the user's own clock."""
    read = read_dates(uncategorised(column))
    return read is not None and read[1].clock_name in ("", "UTC")


def _formulas(
    values: Values, source: str, clocks: Mapping[str, Times], rows: Bools
) -> Iterator[tuple[DateRule, str | None]]:
    """Every formula that values may follow, and what it counts to."""
    if not rows.any():
        return
    own, clock = values[rows], clocks[source][rows]
    if values.dtype.kind == "M":
        yield from ((rule, None) for rule in CutDate.learn(own, clock))
    elif values.dtype.kind == "f":
        yield from ((rule, None) for rule in NumberOfDate.learn(own, clock))
        yield from ((rule, None) for rule in TimeBetween.learn(own, clock, None))
        for of, until in clocks.items():
            if of != source and not np.isnat(until[rows]).any():
                yield from ((rule, of) for rule in TimeBetween.learn(own, clock, until[rows]))
    elif all(isinstance(one, str) for one in own[:LOOKED_AT]) and all(isinstance(one, str) for one in own):
        yield from ((rule, None) for rule in TextOfDate.learn(own, clock))


def _wrong(
    rule: DateRule, values: Values, source: str, of: str | None, clocks: Mapping[str, Times], rows: Bools
) -> float:
    """The share of some rows that contradict a rule."""
    made = rule.apply(clocks[source][rows], None if of is None else clocks[of][rows])
    return float((made != values[rows]).mean())


def _table(values: Values, clock: Times) -> TableOfDate:
    """The table with the fewest entries of those that hardly any row contradicts."""
    dated = ~np.isnat(clock)
    cells = np.array([*(plain(one) if one is not None else None for one in values[dated].tolist()), None], object)[:-1]
    cells[~_known(values)[dated]] = None
    tables = [TableOfDate.learn(cells, clock[dated], part) for part in PARTS]
    code = pd.factorize(cells)[0]
    right = [table for table in tables if _share_of(table, cells, code, clock[dated]) <= TOLERANCE]
    return min(right or tables[-1:], key=lambda one: len(one.table.values))


def _share_of(table: TableOfDate, cells: Values, code: Ints, clock: Times) -> float:
    """The share of cells that a table has otherwise."""
    both = pd.factorize(np.concatenate([cells, table.apply(clock, None)]))[0]
    return float((both[len(code) :] != code).mean())


def _are_spans(code: Ints, day: Ints, owner: Ints) -> bool:
    """Whether each value has the days of one span, and the rows are evidence of it: (n,) each."""
    some = slice(None, None, max(len(code) // LOOKED_AT, 1))
    if _changes(code[some], day[some]) is None:
        return False
    first = _singly(owner, day, code)
    code, day = code[first], day[first]
    expected, changes = _by_chance(code), _changes(code, day)
    return changes is not None and expected >= EXPECTED and changes <= MUCH_LESS * expected


def _changes(code: Ints, day: Ints) -> int | None:
    """How often the value changes from day to day; None where a day has two values, or a value two spans of days."""
    pairs = np.unique(np.stack([day, code]), axis=1)
    changes = int((np.diff(pairs[1]) != 0).sum())
    whole = len(np.unique(pairs[0])) == pairs.shape[1] and changes == len(np.unique(code)) - 1
    return changes if whole else None


def _singly(owner: Ints, when: Ints, code: Ints) -> Ints:
    """The first row of each owner, time and value: (n,) each."""
    found: Ints = pd.DataFrame({"owner": owner, "when": when, "code": code}).drop_duplicates().index.to_numpy(np.int64)
    return found


def _by_chance(code: Ints) -> float:
    """How many rows would have another value by chance."""
    share = np.unique(code, return_counts=True)[1] / max(len(code), 1)
    return float(len(code) * (1 - (share**2).sum()))


def _known(values: Values) -> Bools:
    return ~np.asarray(pd.isna(values))


def _words(name: str) -> set[str]:
    return set(re.split(r"[\W_]+", name.lower())) - {""}
