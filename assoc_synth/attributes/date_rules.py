"""How a column is computed from dates: a number of the calendar, text with such, the time between, a part cut off."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, TypeAlias

import numpy as np

from assoc_synth.attributes.calendar_parts import FIELDS, calendar_key
from assoc_synth.attributes.lookups import Lookup
from assoc_synth.transactions.arrays import Floats, Ints, Times, Values
from assoc_synth.transactions.days import weekday
from assoc_synth.transactions.stored import Stored, Whole

DIGITS, MOST_DIGITS = re.compile(r"([0-9]+)"), 8
BETWEEN = ("year", "month", "365.25", "365", "30", "7", "1", "hour", "minute", "second")
"""What times between two dates are counted in, whole: calendar years and months, or so many days."""
COUNTED = ("year", "months", "weeks", "days")
"""Fields that may be counted from anywhere; others begin at 0 or 1."""
CUTS = ("D", "W", "M", "Q", "Y", "h", "m", "s")
_SECONDS = {"hour": 3_600, "minute": 60, "second": 1}


@dataclass(frozen=True)
class NumberOfDate(Stored):
    """A field of the calendar, times `sign`, and `offset`: the year of birth, the weekday from 1, 2024 − the year."""

    field: str
    sign: Whole
    offset: Whole

    @classmethod
    def learn(cls, values: Floats, clock: Times) -> Iterator[NumberOfDate]:
        """Every rule that most of the values (n,) may follow."""
        if (values != np.rint(values)).any():
            return
        for field, key in FIELDS.items():
            found = key(clock)
            for sign in (1, -1) if field in ("year", "days") else (1,):
                offset = int(np.median(values - sign * found))
                if field in COUNTED or abs(offset) <= 1:
                    yield cls(field, sign, offset)

    def apply(self, clock: Times, until: Times | None) -> Values:
        return np.asarray(self.sign * FIELDS[self.field](clock) + self.offset, np.float64)


@dataclass(frozen=True)
class TextOfDate(Stored):
    """Text with numbers of the calendar in it: 2024-Q2, FY24, W07.

    Attributes:
        pieces: what is between the numbers, one more than there are of these.
        fields: of each number; widths: its digits at least.
    """

    pieces: tuple[str, ...]
    fields: tuple[str, ...]
    widths: tuple[int, ...]

    @classmethod
    def learn(cls, texts: Values, clock: Times) -> Iterator[TextOfDate]:
        """The rule of texts (n,), if they have one."""
        split = [DIGITS.split(text) for text in texts.tolist()]
        if len({tuple(one[::2]) for one in split}) != 1 or len(split[0]) < 3:
            return
        numbers = np.array([one[1::2] for one in split], dtype=object)
        pieces, fields, widths = [split[0][0]], list[str](), list[int]()
        for column, after in zip(numbers.T, split[0][2::2], strict=True):
            width = min(map(len, column))
            if max(map(len, column)) > MOST_DIGITS:
                return
            if len(set(column)) == 1:
                pieces[-1] += column[0] + after
                continue
            own = column.astype(np.int64)
            best = max(FIELDS, key=lambda name: (FIELDS[name](clock) == own).mean())
            fields.append(best)
            widths.append(width)
            pieces.append(after)
        if fields:
            yield cls(tuple(pieces), tuple(fields), tuple(widths))

    def apply(self, clock: Times, until: Times | None) -> Values:
        made = np.full(len(clock), self.pieces[0], dtype=object)
        for field, width, after in zip(self.fields, self.widths, self.pieces[1:], strict=True):
            numbers = FIELDS[field](clock).tolist()
            made = made + np.array([*(f"{number:0{width}d}{after}" for number in numbers), None], dtype=object)[:-1]
        return made


@dataclass(frozen=True)
class TimeBetween(Stored):
    """Whole years, months or days from a date to another one: an age, the length of a stay.

    Attributes:
        unit: one of `BETWEEN`; offset: what is added.
        until: the day to which is counted, in days since 1970; None for another date of the row.
        backwards: whether it is counted from that other date to the first one.
    """

    unit: str
    offset: Whole = 0
    until: int | None = None
    backwards: bool = False

    @classmethod
    def learn(cls, values: Floats, clock: Times, until: Times | None) -> Iterator[TimeBetween]:
        """Every rule that the values (n,) may follow: to dates (n,), or to a day that is found."""
        if (values != np.rint(values)).any():
            return
        for unit in BETWEEN:
            if until is not None:
                for backwards in (False, True):
                    ends = (until, clock) if backwards else (clock, until)
                    offset = int(np.median(values - _between(*ends, unit)))
                    if abs(offset) <= 1:
                        yield cls(unit, offset, None, backwards)
            elif unit not in ("1", *_SECONDS):
                first, last = _ends(clock, values.astype(np.int64), unit)
                if first <= last:
                    yield cls(unit, 0, roundest(first, last))

    def apply(self, clock: Times, until: Times | None) -> Values:
        if self.until is not None:
            until = np.full(len(clock), self.until).astype("datetime64[D]").astype("datetime64[ns]")
        assert until is not None, "a rule between two dates is given both"
        ends = (until, clock) if self.backwards else (clock, until)
        return np.asarray(_between(*ends, self.unit) + self.offset, np.float64)


@dataclass(frozen=True)
class CutDate(Stored):
    """A date without its time, or the begin of its week, month, quarter or year."""

    unit: str

    @classmethod
    def learn(cls, values: Values, clock: Times) -> Iterator[CutDate]:
        """Every one."""
        yield from map(cls, CUTS)

    def apply(self, clock: Times, until: Times | None) -> Times:
        """(n,) datetime64[ns]."""
        if self.unit == "Q":
            months = clock.astype("datetime64[M]").astype(np.int64)
            return (months - months % 3).astype("datetime64[M]").astype("datetime64[ns]")
        if self.unit == "W":
            day = clock.astype("datetime64[D]").astype(np.int64)
            return (day - weekday(day)).astype("datetime64[D]").astype("datetime64[ns]")
        found: Times = clock.astype(f"datetime64[{self.unit}]").astype("datetime64[ns]")
        return found


@dataclass(frozen=True, eq=False)
class TableOfDate(Stored):
    """What each part of the calendar has, one of `PARTS`: the season of each month, the group of each span of days."""

    table: Lookup

    @classmethod
    def learn(cls, values: Values, clock: Times, part: tuple[str, ...]) -> TableOfDate:
        """The table of values (n,), JSON scalars; days in a row with one value are one entry."""
        table = Lookup.by_key("", values, part, calendar_key(part, clock), missingness=False)
        if part == ("day",):
            table = _spans(table)
        return cls(table)

    def apply(self, clock: Times, until: Times | None) -> Values:
        return self.table.decode(calendar_key(self.table.on, clock))


DateRule: TypeAlias = NumberOfDate | TextOfDate | TimeBetween | CutDate | TableOfDate


def rule_to_dict(rule: DateRule) -> dict[str, Any]:
    """A rule as JSON values."""
    kind = type(rule).__name__
    return {"kind": kind} | (rule.table.to_dict() if isinstance(rule, TableOfDate) else asdict(rule))


def rule_from_dict(state: dict[str, Any]) -> DateRule:
    """The rule that `rule_to_dict` wrote."""
    rest = {name: value for name, value in state.items() if name != "kind"}
    if state["kind"] == "TableOfDate":
        return TableOfDate(Lookup.from_dict(rest))
    kinds = {one.__name__: one for one in (NumberOfDate, TextOfDate, TimeBetween, CutDate)}
    return kinds[state["kind"]].from_dict(rest)


def roundest(first: int, last: int) -> int:
    """The roundest of some days since 1970, both ends included: the first of a year, of a month, else the last day.

    Example:
        >>> str(np.datetime64(roundest(19_700, 19_800), "D"))  # from 2023-12-09 on
        '2024-01-01'
    """
    for unit in ("Y", "M"):
        begin = np.datetime64(last, "D").astype(f"datetime64[{unit}]").astype("datetime64[D]").astype(np.int64)
        if begin >= first:
            return int(begin)
    return last


def _between(clock: Times, until: Times, unit: str) -> Ints:
    """(n,) whole units from one time to another, below 0 where that is earlier."""
    if unit in _SECONDS:
        step = np.timedelta64(_SECONDS[unit], "s").astype("timedelta64[ns]").astype(np.int64)
        return np.asarray((until.astype(np.int64) - clock.astype(np.int64)) // step, np.int64)
    one, other = (times.astype("datetime64[D]") for times in (clock, until))
    if unit not in ("year", "month"):
        found: Ints = np.floor((other - one).astype(np.int64) / float(unit)).astype(np.int64)
        return found
    month, later = (days.astype("datetime64[M]") for days in (one, other))
    months: Ints = (later - month).astype(np.int64)
    months = months - ((other - later).astype(np.int64) < (one - month).astype(np.int64))
    return months // 12 if unit == "year" else months


def _ends(clock: Times, values: Ints, unit: str) -> tuple[int, int]:
    """The first and the last day until which every date (n,) is so many units ago: none where the first is later."""
    day = clock.astype("datetime64[D]")
    if unit in ("year", "month"):
        month = day.astype("datetime64[M]")
        inside = (day - month).astype(np.int64)
        months = [month + (values + more) * (12 if unit == "year" else 1) for more in (0, 1)]
        first, after = ([(one + more).astype("datetime64[D]").astype(np.int64) for one in months] for more in (0, 1))
        # A month without such a day: it is over then.
        begins = [np.minimum(one + inside, other) for one, other in zip(first, after, strict=True)]
    else:
        begins = [np.ceil((values + more) * float(unit)).astype(np.int64) + day.astype(np.int64) for more in (0, 1)]
    return int(begins[0].max()), int(begins[1].min()) - 1


def _spans(table: Lookup) -> Lookup:
    """A table of days with an entry for each span of days of one value, which begins as roundly as it may."""
    keys, values = table.keys, table.values
    first = int(calendar_key(("day",), np.array([0], "datetime64[ns]"))[0])
    kept, own = list[int](), list[Any]()
    for at, (key, value) in enumerate(zip(keys, values, strict=True)):
        if not at or value != values[at - 1]:
            kept.append(key if not at else roundest(keys[at - 1] + 1 - first, key - first) + first)
            own.append(value)
    return Lookup(table.name, tuple(own), table.on, tuple(kept))
