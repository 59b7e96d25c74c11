"""DateCode: an extra column of dates as whole numbers of its unit, counted from what they are closest to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from assoc_synth.attributes.calendar_parts import PARTS
from assoc_synth.attributes.dependencies import OBJECT, SUBJECT, VERB, On, groups_of
from assoc_synth.attributes.kinds import read_dates
from assoc_synth.attributes.shared_days import SharedDays
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.transactions.arrays import Codes, Floats, Ints, Times
from assoc_synth.transactions.columns.times import UNITS, TimeFormat
from assoc_synth.transactions.sessions import visits_by_time
from assoc_synth.transactions.stored import Stored, Whole
from assoc_synth.transactions.table import TransactionTable

NAT = np.datetime64("NaT")
TIME, VISIT, COLUMN = "time", "visit", "column"
"""What dates may count from: the time of their row, the begin of its visit, or another column of dates."""
TIGHTER, ALIKE = 0.5, 1.5
"""How much of the dates' own width those that count from something may have, and widths that are about equal."""
MOST = 0.9
"""The share of the rows that the width is measured by."""
ALWAYS = 0.99
"""The share of the rows from which a date is taken to be never before, or never after, what it counts from."""


@dataclass(frozen=True, eq=False)
class References:
    """What the dates of rows may count from.

    Attributes:
        time: (n,) of the rows in UTC, NaT missing; None without times; written: how the table has them.
        visit: (n,) the visit of each row, −1 for none; None where it must not be used.
        columns: (n,) of each column of dates that may be used.
    """

    time: Times | None = None
    written: TimeFormat | None = None
    visit: Ints | None = None
    columns: Mapping[str, Times] = field(default_factory=dict)

    def find(self, date: TimeFormat, base: str, of: str) -> Times | None:
        """(n,) what dates count from, cut to their unit; None where there is no such thing."""
        if base == COLUMN:
            return _cut(self.columns[of], date.unit) if of in self.columns else None
        # Whole days are days of the user's own clock.
        clock = self.time
        if clock is not None and date.unit == "D" and self.written is not None:
            clock = self.written.local(clock)
        if clock is None or base == TIME:
            return None if clock is None else _cut(clock, date.unit)
        return None if self.visit is None else _cut(_begins(clock, self.visit), date.unit)

    @property
    def every(self) -> list[tuple[str, str]]:
        """What there is, the closest relation first: (base, of) each."""
        return [*((COLUMN, name) for name in self.columns), (TIME, ""), (VISIT, "")]


@dataclass(frozen=True)
class DateCode(Stored):
    """How dates become numbers, and how they are given back.

    Attributes:
        low, high: the range, nanoseconds, which the most extreme subjects do not widen, see `SharedDays`; no date
            leaves it that counts from nothing else.
        base: what numbers count from, `TIME`, `VISIT` or `COLUMN`; "" for `low`.
        of: the column that they count from.
    """

    format: TimeFormat
    low: Whole
    high: Whole
    base: str = ""
    of: str = ""

    @property
    def relative(self) -> bool:
        """Whether dates count from the time of their own row."""
        return self.base == TIME

    @classmethod
    def learn(
        cls,
        dates: Times,
        format: TimeFormat,
        references: References | None = None,
        *,
        group: Ints | None = None,
        always: bool = False,
        subject: Ints | Codes | None = None,
        days: SharedDays | None = None,
    ) -> DateCode:
        """Learn how a column of dates is coded.

        Args:
            dates: (n,) the column, NaT missing.
            references: what they may count from, and do where they are closer to it than to each other.
            group: (n,) the group of each row where a date belongs to a group; what it counts from then does too.
            always: whether they count from the time of their row wherever that is known.
            subject: (n,) whose each row is; None where each is its own subject's.
            days: on which days the range may end; None for the first and the last one.
        """
        known = np.flatnonzero(~np.isnat(dates))
        ticks = dates[known].astype(np.int64)
        low, high = int(ticks.min(initial=2**62)), int(ticks.max(initial=-(2**62)))
        if days is not None and days.fewest > 1 and len(known):
            low, high = days.range_of(ticks, known if subject is None else subject[known], UNITS[format.unit])
        code = cls(format, low, high)
        if references is None or not len(known):
            return code
        if always:
            time = references.find(format, TIME, "")
            return code if time is None or np.isnat(time[known]).any() else cls(format, code.low, code.high, TIME)
        if group is not None:
            known = known[group[known] >= 0]
        base, of = _closest(dates, known, format, references, group)
        return cls(format, code.low, code.high, base, of)

    def numbers(self, dates: Times, references: References | None = None) -> Floats:
        """(n,) whole numbers of the unit, NaN missing."""
        base = self._begin(len(dates), references)
        numbers = np.floor((dates.astype(np.int64) - base.astype(np.int64)) / UNITS[self.format.unit])
        return np.where(np.isnat(dates) | np.isnat(base), np.nan, numbers)

    def dates(self, numbers: Floats, references: References | None = None) -> Times:
        """(n,) datetime64[ns] again, NaT missing, also where what they count from is."""
        base = self._begin(len(numbers), references)
        steps = np.nan_to_num(numbers).round().astype(np.int64) * UNITS[self.format.unit]
        found = np.where(np.isnat(base), 0, base.astype(np.int64)) + steps
        if not self.base:  # cut off, a date could come before what it counts from
            found = found.clip(self.low, self.high)
        result: Times = np.asarray(found.astype("datetime64[ns]"))
        result[np.isnan(numbers) | np.isnat(base)] = NAT
        return result

    def note(self, name: str, low: float, high: float) -> str:
        """One sentence for the user; "" where the dates count from nothing.

        Args:
            name: the column; low, high: the least and the largest number.
        """
        if not self.base:
            return ""
        of = {TIME: "the time of its row", VISIT: "the begin of its visit"}.get(self.base, f"column {self.of!r}")
        if low < 0 < high:
            return f"column {name!r} is counted from {of}"
        side = "equals" if low == high == 0 else "is never before" if low >= 0 else "is never after"
        return f"column {name!r} {side} {of}: kept exactly"

    def _begin(self, rows: int, references: References | None) -> Times:
        found = references.find(self.format, self.base, self.of) if references is not None and self.base else None
        if found is None:
            return np.full(rows, self.low, np.int64).astype("datetime64[ns]")
        return found

    def to_dict(self) -> dict[str, Any]:
        plain = {name: getattr(self, name) for name in ("low", "high", "base", "of")}
        return {"format": self.format.to_dict(), **plain}

    @classmethod
    def fields_of(cls, state: Any) -> Any:
        """Earlier versions knew the time of the row alone."""
        kept = {name: value for name, value in state.items() if name != "relative"}
        return {"base": TIME if state.get("relative") else "", **kept}


def _closest(
    dates: Times, known: Ints, format: TimeFormat, references: References, group: Ints | None
) -> tuple[str, str]:
    """What dates are closest to: base and column, "" for nothing.

    Of what they are about equally close to, it is another column that they never come before or after; else the time.
    """
    one = known if group is None else known[np.unique(group[known], return_index=True)[1]]
    unit = UNITS[format.unit]
    own = _width(dates[one].astype(np.int64) / unit)
    offsets: dict[tuple[str, str], Ints] = {}
    for key in references.every:
        base = references.find(format, *key)
        if base is None or np.isnat(base[known]).any() or not _is_constant(base, known, group):
            continue
        since = np.floor((dates[one].astype(np.int64) - base[one].astype(np.int64)) / unit).astype(np.int64)
        if _width(since) < TIGHTER * own:
            offsets[key] = since
    if not offsets:
        return "", ""
    least = min(map(_width, offsets.values()))
    alike = {key: since for key, since in offsets.items() if _width(since) <= ALIKE * least}
    by_time = next((key for key in ((TIME, ""), (VISIT, "")) if key in alike), None)
    for key, since in alike.items():
        # A column that follows the time itself says no more than the time does.
        follows = by_time is not None and len(np.unique(alike[by_time] - since)) == 1
        if key[0] == COLUMN and not follows and max((since >= 0).mean(), (since <= 0).mean()) >= ALWAYS:
            return key
    return by_time if by_time is not None else next(iter(alike))


def _width(numbers: Floats | Ints) -> float:
    """Of the range of most numbers, and one."""
    low, high = np.quantile(numbers, [(1 - MOST) / 2, (1 + MOST) / 2])
    return float(high - low) + 1.0


def _is_constant(base: Times, known: Ints, group: Ints | None) -> bool:
    """Whether each group has one value."""
    if group is None:
        return True
    _, first, own = np.unique(group[known], return_index=True, return_inverse=True)
    return bool((base[known] == base[known[first]][own]).all())


def _cut(times: Times, unit: str) -> Times:
    ticks = times.astype("datetime64[ns]").astype(np.int64)
    found = (ticks - ticks % UNITS[unit]).astype("datetime64[ns]")
    found[np.isnat(times)] = NAT
    return found


def _begins(time: Times, visit: Ints) -> Times:
    """(n,) the earliest time of each row's visit, its own where it has none."""
    placed = np.flatnonzero((visit >= 0) & ~np.isnat(time))
    first = np.full(int(visit.max(initial=-1)) + 1, np.iinfo(np.int64).max)
    np.minimum.at(first, visit[placed], time[placed].astype(np.int64))
    result = time.astype("datetime64[ns]").copy()
    result[placed] = first[visit[placed]].astype("datetime64[ns]")
    return result


def code_dates(
    graph: LinkGraph,
    on: On,
    dates: Times,
    written: TimeFormat,
    others: Mapping[str, Times],
    *,
    days: SharedDays | None = None,
) -> tuple[DateCode, Floats]:
    """The code of a column of dates, and its (rows,) numbers.

    Args:
        on: what the column depends on; dates of a subject, an object or a verb count from nothing.
        dates: (rows,) the column, NaT missing; written: how it is given back.
        others: (rows,) the columns of dates that it may count from.
        days: on which days the range may end; None for the first and the last one.
    """
    table, group = graph.table, None
    references = References(table.time, table.format.time, graph.baskets, others)
    if on and on not in PARTS:
        columns = (table.subject, table.verb, table.object, graph.baskets, table.time, table.format.time)
        group = groups_of(on, *columns)
    by_part = on in PARTS and written.unit == "D"
    free = on in (SUBJECT, OBJECT, VERB) or (on in PARTS and not by_part)
    of, whose = None if free else references, table.subject
    code = DateCode.learn(dates, written, of, group=group, always=by_part, subject=whose, days=days)
    return code, code.numbers(dates, references)


def row_visits(table: TransactionTable) -> Ints | None:
    """(rows,) the visit of each row as `LinkGraph.baskets` has it, −1 for none; None without times."""
    if table.time is None:
        return None
    return visits_by_time(table.subject, table.time) if table.basket is None else np.asarray(table.basket, np.int64)


def days_after(table: TransactionTable) -> dict[str, Floats]:
    """By extra column of whole days, (rows,) how many days after the day of its row each is, NaN missing.

    Empty where some rows have no time.
    """
    found: dict[str, Floats] = {}
    if table.time is None or np.isnat(table.time).any():
        return found
    references = References(table.time, table.format.time)
    for name in table.extras.columns:
        read = read_dates(table.extras[name])
        if read is not None and read[1].unit == "D":
            found[str(name)] = DateCode.learn(*read, references, always=True).numbers(read[0], references)
    return found
