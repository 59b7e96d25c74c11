"""Times: from datetimes, ISO text, a few other date formats or epoch seconds to UTC nanoseconds, and back."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, NoReturn, TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from assoc_synth.errors import InputError
from assoc_synth.transactions.arrays import Bools, Floats, Times, Values
from assoc_synth.transactions.columns.dtypes import ColumnFormat, text_dtype, with_gaps
from assoc_synth.transactions.days import DAY, HOUR, SECOND

ISO_PLEASE = "write ISO dates such as 2026-01-31"

FIRST_YEAR, LAST_YEAR = 1678, 2261  # the whole years that 64-bit nanoseconds hold
MISSING_TEXTS = frozenset(("", "na", "n/a", "nan", "null", "none", "nat"))
CLOCKS = ("", " %H:%M", " %H:%M:%S")
YEAR_FIRST, DAY_DOTS = "%Y/%m/%d", "%d.%m.%Y"
EITHER_WAY = (("%d/%m/%Y", "%m/%d/%Y"), ("%d-%m-%Y", "%m-%d-%Y"))
ISO = re.compile(
    r"(?P<date>\d{4}-\d\d-\d\d|\d{8}|\d{4}-\d\d|\d{4})"
    r"(?:(?P<T>[T ])(?P<clock>\d\d(?::\d\d(?::\d\d)?)?)(?P<fraction>\.\d{1,9})?\s?(?P<zone>Z|[+-]\d\d(?::?\d\d)?)?)?"
)
ISO_DATES = {10: "%Y-%m-%d", 8: "%Y%m%d", 7: "%Y-%m", 4: "%Y"}
ISO_CLOCKS = {2: "%H", 5: "%H:%M", 8: "%H:%M:%S"}
UNITS = {"D": DAY, "h": HOUR, "m": 60 * SECOND, "s": SECOND, "ms": 10**6, "us": 10**3, "ns": 1}
"""The length of each unit in nanoseconds."""


@dataclass(frozen=True)
class TimeFormat:
    """How a column of times is given back.

    Args:
        column: its dtype.
        style: "datetime", "dates" (objects), "datetimes" (objects), "text" or "epoch" (seconds).
        pattern: for text the strptime pattern without fraction and zone.
        digits: for text the digits of the fraction of a second: 0, 3, 6 or 9.
        zone: for text the offset as it is written, such as "Z" or "+02:00"; "" for none.
        offset: that offset in minutes.
        unit: the coarsest of D, h, m, s, ms, us, ns that every time is a multiple of, on the user's own clock.

    Raises:
        InputError: an unknown style or unit.

    Example:
        >>> made = TimeFormat(ColumnFormat("object"), "text", pattern="%d.%m.%Y", unit="D")
        >>> made.give(np.array(["2026-01-31T17:00", "NaT"], "datetime64[ns]")).tolist()
        ['31.01.2026', None]
    """

    column: ColumnFormat
    style: str
    pattern: str = ""
    digits: int = 0
    zone: str = ""
    offset: int = 0
    unit: str = "ns"

    def __post_init__(self) -> None:
        if self.style not in ("datetime", "dates", "datetimes", "text", "epoch") or self.unit not in UNITS:
            raise InputError(f"a time format has no style {self.style[:60]!r} with unit {self.unit[:60]!r}")

    @property
    def untyped(self) -> bool:
        """Whether the column is text or epoch seconds, which `typed` turns into datetimes."""
        return self.style in ("text", "epoch")

    def give(self, times: Times) -> pd.Series:
        """Times as the user's own column, cut to its unit.

        Args:
            times: datetime64[ns] (n,), UTC; NaT is missing.

        Returns:
            Series (n,) with a RangeIndex.
        """
        times = np.asarray(times, dtype="datetime64[ns]")
        gone = np.isnat(times)
        if self.style == "text":
            return self.column.give(self._text(times, gone))
        if self.style == "epoch":
            seconds = times.astype("datetime64[s]").astype(np.int64)
            if self.column.dtype in ("object", "category") or self.column.dtype.startswith("str"):
                return self.column.give(with_gaps(seconds.astype(str).astype(object), gone))
            return self.column.give(with_gaps(seconds, gone))
        if self.style != "datetime":
            clock = pd.Series(_cut(times, self.unit))
            cells = clock.dt.date if self.style == "dates" else clock.astype(object)
            return self.column.give(cells.to_numpy(dtype=object))
        return self._datetimes(times)

    def _datetimes(self, times: Times) -> pd.Series:
        dtype = text_dtype(self.column.dtype)
        if isinstance(dtype, pd.ArrowDtype):
            kind = dtype.pyarrow_dtype
            stamps = pa.array(_cut(times, self.unit) if getattr(kind, "tz", None) is None else times)
            zoned = stamps.cast(pa.timestamp("ns", tz="UTC")) if getattr(kind, "tz", None) else stamps
            return pd.Series(pd.array(zoned.cast(kind, safe=False), dtype=dtype))
        if isinstance(dtype, pd.DatetimeTZDtype):
            clock = pd.Series(times).dt.tz_localize("UTC").dt.tz_convert(dtype.tz)
            if self.unit != "ns" and len(clock):
                local = clock.dt.tz_localize(None)
                odd = (local.astype("int64") % UNITS[self.unit] != 0) & local.notna()
                if odd.any():
                    summer = np.ones(len(clock), dtype=bool)
                    cut = clock.dt.floor(FLOOR[self.unit], ambiguous=summer, nonexistent="shift_forward")
                    clock = clock.where(~odd, cut)
            return pd.Series(clock.astype(dtype))
        return pd.Series(_cut(times, self.unit)).astype(dtype)

    def _text(self, times: Times, gone: Bools) -> Values:
        clock = _cut(times + np.timedelta64(self.offset, "m"), self.unit)
        unit = {0: "s", 3: "ms", 6: "us", 9: "ns"}[self.digits]
        # Arrow writes %S with as many decimals as its unit has.
        text = pc.strftime(pa.array(clock).cast(pa.timestamp(unit), safe=False), format=self.pattern + self.zone)
        cells: Values = text.to_numpy(zero_copy_only=False)
        cells[gone] = None
        return cells

    @property
    def clock_name(self) -> str:
        """The clock of the user's times: a zone or an offset such as "Asia/Tokyo" or "+02:00"; "" without one."""
        if self.style == "epoch" or self.zone == "Z":
            return "UTC"
        return self.zone or (str(self._zone()) if self._zone() is not None else "")

    def local(self, times: Times) -> Times:
        """Times in UTC as they read on the user's own clock; the same ones if there is no zone.

        Args:
            times: datetime64[ns] (n,), UTC; NaT is missing.
        """
        times = np.asarray(times, dtype="datetime64[ns]")
        zone = self._zone()
        if zone is None:
            return times + np.timedelta64(self.offset, "m")
        clock = pd.Series(times).dt.tz_localize("UTC").dt.tz_convert(zone).dt.tz_localize(None)
        read: Times = clock.to_numpy().astype("datetime64[ns]")
        return read

    def _zone(self) -> Any:
        dtype = text_dtype(self.column.dtype) if self.style == "datetime" else None
        if isinstance(dtype, pd.ArrowDtype):
            return getattr(dtype.pyarrow_dtype, "tz", None)
        return getattr(dtype, "tz", None)

    def typed(self) -> TimeFormat:
        """The same times as datetime64[ns] (UTC if there is a zone) in place of text or numbers."""
        dtype = "datetime64[ns, UTC]" if self.zone else "datetime64[ns]"
        # Midnight on another clock than UTC is not midnight in UTC.
        return TimeFormat(ColumnFormat(dtype), "datetime", unit="ns" if self.offset else self.unit)

    def to_dict(self) -> dict[str, Any]:
        """The format as JSON values."""
        return {**asdict(self), "column": self.column.to_dict()}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> TimeFormat:
        """The format that `to_dict` wrote."""
        return cls(**{**values, "column": ColumnFormat.from_dict(values["column"])})


RowOf: TypeAlias = Callable[[Bools], int]
"""The number of the first row, from 1 on, of which a mask over distinct texts is true."""

FLOOR = {"D": "D", "h": "h", "m": "min", "s": "s", "ms": "ms", "us": "us", "ns": "ns"}


def read_times(column: pd.Series) -> tuple[Times, TimeFormat, tuple[str, ...]]:
    """Read a column of times.

    Args:
        column: (n,) datetimes, dates, text, or epoch seconds.

    Returns:
        datetime64[ns] (n,) in UTC, NaT where missing; the format to give them back; notes.

    Raises:
        InputError: a cell is not a time, the format is ambiguous, or a year is outside 1678 to 2261; the message names
            the row.

    Example:
        >>> times, made, notes = read_times(pd.Series(["2026-01-31", "n/a"], name="day"))
        >>> times.astype("datetime64[D]"), made.pattern, made.unit
        (array(['2026-01-31',        'NaT'], dtype='datetime64[D]'), '%Y-%m-%d', 'D')
    """
    name, dtype = str(column.name), column.dtype
    kind = getattr(dtype, "kind", "O")
    if isinstance(dtype, pd.ArrowDtype) and pa.types.is_temporal(dtype.pyarrow_dtype):
        arrow = pa.array(column.array)
        stamps = arrow.cast(pa.timestamp("s")) if pa.types.is_date(arrow.type) else arrow
        return _from_datetimes(stamps.to_pandas(), column, name)
    if kind == "M" and not isinstance(dtype, pd.CategoricalDtype):
        return _from_datetimes(column, column, name)
    if kind in "iuf" and not isinstance(dtype, pd.CategoricalDtype):
        return _from_epoch(column.to_numpy(dtype=np.float64, na_value=np.nan), column, name)
    cells = column.astype(object)
    found = pd.api.types.infer_dtype(cells, skipna=True)
    if found in ("date", "datetime"):
        return _from_objects(cells, "dates" if found == "date" else "datetimes", name)
    if found in ("string", "empty"):
        return _from_text(cells, column, name)
    raise InputError(f"column {name!r} does not hold times ({found}): {ISO_PLEASE}")


def _from_datetimes(stamps: pd.Series, column: pd.Series, name: str) -> tuple[Times, TimeFormat, tuple[str, ...]]:
    years = stamps.dt.year.to_numpy(dtype=np.float64, na_value=np.nan)
    _refuse_years((years < FIRST_YEAR) | (years > LAST_YEAR), name)
    zoned = getattr(stamps.dtype, "tz", None) is not None
    local = stamps.dt.tz_localize(None) if zoned else stamps
    world = stamps.dt.tz_convert("UTC").dt.tz_localize(None) if zoned else stamps
    clock, times = (stamp.to_numpy().astype("datetime64[ns]") for stamp in (local, world))
    given_back = ColumnFormat.of(column)
    notes = []
    if given_back is None:
        given_back = ColumnFormat("datetime64[ns, UTC]" if zoned else "datetime64[ns]")
        notes.append(f"column {name!r}: the time zone of {column.dtype} cannot be given back, times are given in UTC")
    return times, TimeFormat(given_back, "datetime", unit=_unit(clock)), tuple(notes)


def _from_objects(cells: pd.Series, style: str, name: str) -> tuple[Times, TimeFormat, tuple[str, ...]]:
    pairs = zip(cells, cells.isna(), strict=True)
    years = np.array([np.nan if gone else cell.year for cell, gone in pairs], dtype=np.float64)
    _refuse_years((years < FIRST_YEAR) | (years > LAST_YEAR), name)
    if len({cell.tzinfo for cell in cells[cells.notna()]} if style == "datetimes" else ()) > 1:
        raise InputError(f"column {name!r} mixes time zones: convert them with to_datetime(..., utc=True)")
    stamps = pd.to_datetime(cells)
    if style == "datetimes" and getattr(stamps.dtype, "tz", None) is not None:
        return _from_datetimes(stamps, stamps, name)
    times = stamps.to_numpy().astype("datetime64[ns]")
    return times, TimeFormat(ColumnFormat.of(cells) or ColumnFormat(), style, unit=_unit(times)), ()


def _from_epoch(seconds: Floats, column: pd.Series, name: str) -> tuple[Times, TimeFormat, tuple[str, ...]]:
    gone = np.isnan(seconds)
    odd = ~gone & ((seconds < 10**9) | (seconds >= 10**10) | (seconds != np.rint(seconds)))
    if odd.any():
        row = int(np.argmax(odd)) + 1
        raise InputError(
            f"column {name!r}, row {row}: a number is a time only as seconds of 10 digits: write ISO dates"
        )
    _refuse_years(seconds > np.datetime64("2261-12-31T23:59:59", "s").astype(np.int64), name)
    times = np.where(gone, 0, seconds).astype(np.int64).astype("datetime64[s]").astype("datetime64[ns]")
    times[gone] = np.datetime64("NaT")
    note = f"column {name!r} is read as seconds since 1970 (UTC)"
    return times, TimeFormat(ColumnFormat.of(column) or ColumnFormat(), "epoch", unit="s"), (note,)


def _from_text(cells: pd.Series, column: pd.Series, name: str) -> tuple[Times, TimeFormat, tuple[str, ...]]:
    codes, found = pd.factorize(cells.to_numpy())
    texts = pd.Series(np.asarray(found, dtype=object), dtype=object).str.strip()
    there = ~texts.str.lower().isin(MISSING_TEXTS).to_numpy(dtype=bool)
    distinct = texts[there]
    given_back = ColumnFormat.of(column) or ColumnFormat()
    stamps = np.full(len(texts) + 1, np.datetime64("NaT"), dtype="datetime64[ns]")  # the last stands for code -1
    if distinct.str.fullmatch(r"\d{10}").all() and len(distinct):
        seconds = np.full(len(texts) + 1, np.nan)
        seconds[:-1][there] = distinct.astype(np.float64)
        times, made, notes = _from_epoch(seconds[codes], column, name)
        return times, made, notes

    def row_of(bad: Bools) -> int:
        position = np.flatnonzero(there)[bad]
        return int(np.argmax(np.isin(codes, position))) + 1

    parsed = _parse(distinct, name, row_of)
    stamps[:-1][there] = parsed.times
    made = TimeFormat(given_back, "text", parsed.pattern, parsed.digits, parsed.zone, parsed.offset, parsed.unit)
    written = made._text(parsed.times, np.zeros(len(distinct), dtype=bool))
    exact = np.array_equal(written, np.asarray(found, dtype=object)[there])
    notes = () if exact else (f"column {name!r}: times are written in several ways; given back as {_shown(made)}",)
    return stamps[codes], made, notes


@dataclass(frozen=True)
class _Parsed:
    times: Times
    pattern: str
    digits: int = 0
    zone: str = ""
    offset: int = 0
    unit: str = "D"


def _parse(texts: pd.Series, name: str, row_of: RowOf) -> _Parsed:
    """Distinct texts to times: ISO 8601 first, then the first of a few patterns that reads them all."""
    if not len(texts):
        return _Parsed(np.array([], dtype="datetime64[ns]"), "%Y-%m-%d")
    iso = pd.to_datetime(texts, format="ISO8601", utc=True, errors="coerce")
    # Pandas accepts other separators as ISO too; they have their own patterns below.
    complete_iso = bool(iso.notna().all())
    if complete_iso and ISO.fullmatch(max(texts, key=len)):
        return _iso(texts, iso, name, row_of)
    looks_iso = iso.notna().mean() >= 0.5 or texts.str.match(r"[+-]?\d{4,}-\d\d?-\d").mean() > 0.5
    if looks_iso and not complete_iso:
        _refuse_text(texts, iso.isna().to_numpy(), name, row_of)
    best = iso
    for days, months in (*((YEAR_FIRST, YEAR_FIRST), (DAY_DOTS, DAY_DOTS)), *EITHER_WAY):
        for clock in CLOCKS:
            reads = {pattern: _strptime(texts, pattern + clock) for pattern in (days, months)}
            complete = [pattern for pattern, times in reads.items() if times.notna().all()]
            if len(complete) == 2:
                raise InputError(f"column {name!r}: the dates are ambiguous (day or month first): {ISO_PLEASE}")
            if complete:
                times = reads[complete[0]].to_numpy().astype("datetime64[ns]")
                return _Parsed(times, complete[0] + clock, unit=_unit(times))
            best = max(best, *reads.values(), key=lambda times: int(times.notna().sum()))
    if complete_iso:
        return _iso(texts, iso, name, row_of)
    _refuse_text(texts, best.isna().to_numpy(), name, row_of)


def _strptime(texts: pd.Series, pattern: str) -> pd.Series:
    # The first thousand decide quickly about a pattern that does not fit a million texts.
    if len(texts) > 1000 and pd.to_datetime(texts.iloc[:1000], format=pattern, errors="coerce").isna().all():
        return pd.Series(pd.NaT, index=texts.index, dtype="datetime64[ns]")
    times = pd.to_datetime(texts, format=pattern, errors="coerce")
    return times.where((times.dt.year >= FIRST_YEAR) & (times.dt.year <= LAST_YEAR))


def _iso(texts: pd.Series, stamps: pd.Series, name: str, row_of: RowOf) -> _Parsed:
    outside = ((stamps.dt.year < FIRST_YEAR) | (stamps.dt.year > LAST_YEAR)).to_numpy()
    if outside.any():
        _refuse_text(texts, outside, name, row_of)
    times = stamps.dt.tz_localize(None).to_numpy().astype("datetime64[ns]")
    written = ISO.fullmatch(max(texts, key=len))
    if written is None:
        return _Parsed(times, "%Y-%m-%dT%H:%M:%S", 9, "", 0, _unit(times))
    digits, zone = len(written["fraction"] or " ") - 1, written["zone"] or ""
    clock = written["T"] + ISO_CLOCKS[len(written["clock"])] if written["T"] else ""
    offset = 0
    if zone not in ("", "Z"):
        minutes = int(zone[1:3]) * 60 + int(zone[-2:] if len(zone) > 3 else 0)
        offset = -minutes if zone[0] == "-" else minutes
    unit = _unit(times + np.timedelta64(offset, "m"))
    return _Parsed(times, ISO_DATES[len(written["date"])] + clock, -(-digits // 3) * 3, zone, offset, unit)


def _refuse_text(texts: pd.Series, bad: Bools, name: str, row_of: RowOf) -> NoReturn:
    row = row_of(bad)
    years = texts[bad].str.extract(r"^([+-]?\d{4,})[-/]\d\d?[-/]", expand=False).dropna()
    if any(not FIRST_YEAR <= int(year[:9]) <= LAST_YEAR for year in years):
        _refuse_years(np.arange(row) == row - 1, name)
    raise InputError(f"column {name!r}, row {row}: this is not a date that can be read: {ISO_PLEASE}")


def _refuse_years(outside: Bools, name: str) -> None:
    if outside.any():
        row = int(np.argmax(outside)) + 1
        where = f"column {name!r}, row {row}"
        raise InputError(
            f"{where}: the year is outside {FIRST_YEAR} to {LAST_YEAR}: correct it or leave the cell empty"
        )


def _unit(clock: Times) -> str:
    stamps = clock[~np.isnat(clock)].astype(np.int64)
    return next((unit for unit, size in UNITS.items() if not (stamps % size).any()), "ns") if len(stamps) else "ns"


def _cut(times: Times, unit: str) -> Times:
    return times if unit == "ns" else times.astype(f"datetime64[{unit}]").astype("datetime64[ns]")


def _shown(made: TimeFormat) -> str:
    return made.pattern + (f" with {made.digits} decimals" if made.digits else "") + made.zone
