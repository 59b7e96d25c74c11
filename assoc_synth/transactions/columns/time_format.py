"""How a column of times is written, and times given back in it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from assoc_synth.errors import InputError
from assoc_synth.transactions.arrays import Times, Values
from assoc_synth.transactions.columns.dtypes import ColumnFormat, text_dtype
from assoc_synth.transactions.columns.epochs import SIZES, to_epoch
from assoc_synth.transactions.columns.time_patterns import DIRECTIVE, FRACTIONS, KNOWN, write
from assoc_synth.transactions.columns.time_zones import PLACES, offsets_in, written_like
from assoc_synth.transactions.days import DAY, HOUR, SECOND
from assoc_synth.transactions.stored import Stored, Whole

UNITS = {"D": DAY, "h": HOUR, "m": 60 * SECOND, "s": SECOND, "ms": 10**6, "us": 10**3, "ns": 1}
"""The length of each unit in nanoseconds."""
FLOOR = {"D": "D", "h": "h", "m": "min", "s": "s", "ms": "ms", "us": "us", "ns": "ns"}
STYLES = ("datetime", "dates", "datetimes", "text", "digits", "epoch")


@dataclass(frozen=True)
class TimeFormat(Stored):
    """How a column of times is given back.

    Args:
        column: its dtype.
        style: "datetime", "dates" (objects), "datetimes" (objects), "text", "digits" (whole numbers such as 20260131)
            or "epoch" (numbers or text of units since 1970).
        pattern: for text and digits the pattern without zone, see `time_patterns`.
        digits: for text the digits of the fraction of a second; for "epoch" the decimals.
        zone: for text the offset as it is written, such as "Z" or "+02:00"; "" for none.
        offset: that offset in minutes.
        unit: the coarsest of D, h, m, s, ms, us, ns that every time is a multiple of, on the user's own clock.
        place: the time zone of which text and datetimes (objects) have the offsets of every season; "" for none.
        fraction: how the fraction of a second is written, one of `time_patterns.FRACTIONS`.
        missing: for text the word of a missing time; None is an empty cell.
        epoch: the unit of "epoch".

    Raises:
        InputError: an unknown style, unit, fraction or place, or a pattern that cannot be written.

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
    offset: Whole = 0
    unit: str = "ns"
    place: str = ""
    fraction: str = "fixed"
    missing: str | None = None
    epoch: str = "s"

    def __post_init__(self) -> None:
        known = self.style in STYLES and self.unit in UNITS and self.epoch in SIZES and self.fraction in FRACTIONS
        known = known and self.place in ("", *PLACES) and {flag for _, flag in DIRECTIVE.findall(self.pattern)} <= KNOWN
        if not known or not 0 <= self.digits <= 9:
            raise InputError(f"a time format has no style {self.style[:60]!r} with unit {self.unit[:60]!r}")

    @property
    def untyped(self) -> bool:
        """Whether the column is text or numbers, which `typed` turns into datetimes."""
        return self.style in ("text", "digits", "epoch")

    def give(self, times: Times) -> pd.Series:
        """Times as the user's own column, cut to its unit.

        Args:
            times: datetime64[ns] (n,), UTC; NaT is missing.

        Returns:
            Series (n,) with a RangeIndex.
        """
        times = np.asarray(times, dtype="datetime64[ns]")
        gone = np.isnat(times)
        if self.untyped:
            cells = np.full(len(times), self.missing, dtype=object)
            cells[~gone] = self._written(times[~gone])
            return self.column.give(cells)
        if self.style != "datetime":
            clock = pd.Series(_cut(self.local(times), self.unit))
            if self.style == "datetimes" and self.place:
                clock = pd.Series(times).dt.tz_localize("UTC").dt.tz_convert(self.place)
            dated = clock.dt.date if self.style == "dates" else clock.astype(object)
            cells = dated.to_numpy(dtype=object)
            if self.style == "datetimes" and self.unit != "ns":
                cells[~gone] = [stamp.to_pydatetime() for stamp in cells[~gone]]
            return self.column.give(cells)
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

    def _written(self, times: Times) -> Values:
        """Times without gaps as text or numbers, objects."""
        if self.style == "epoch":
            numbers = to_epoch(_cut(times, self.unit), self.epoch, self.digits)
            if not self.column.dtype.startswith(("object", "category", "str")):
                return numbers.astype(object)
            return np.array([*map(self._number, numbers.tolist()), None], dtype=object)[:-1]
        text = self.text(times)
        return text if self.style == "text" else np.array([*map(int, text), None], dtype=object)[:-1]

    def _number(self, number: float) -> str:
        """A number of "epoch" as text: fixed decimals; "shortest" such as 5.0, "omitted" such as 5."""
        if not self.digits:
            return str(number)
        if self.fraction == "fixed":
            return f"{number:.{self.digits}f}"
        return repr(number) if self.fraction == "shortest" else repr(number).removesuffix(".0")

    def text(self, times: Times) -> Values:
        """Times (n,) without gaps as text, objects."""
        clock = _cut(self.local(times), self.unit)
        cells = write(clock, self.pattern, self.digits, self.fraction)
        if not self.place:
            behind: Values = cells + self.zone if self.zone else cells
            return behind
        offsets, found = np.unique(offsets_in(self.place, times), return_inverse=True)
        zones = [written_like(self.zone, int(minutes)) for minutes in offsets]
        seasons: Values = cells + np.array([*zones, ""], dtype=object)[found]
        return seasons

    @property
    def clock_name(self) -> str:
        """The clock of the user's times: a zone or an offset such as "Asia/Tokyo" or "+02:00"; "" without one."""
        if self.place:
            return self.place
        if self.style == "epoch" or (self.zone and not any(ch.isdigit() for ch in self.zone)):
            return "UTC"
        return self.zone.strip() or (str(self._zone()) if self._zone() is not None else "")

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
        if self.place:
            return self.place
        dtype = text_dtype(self.column.dtype) if self.style == "datetime" else None
        if isinstance(dtype, pd.ArrowDtype):
            return getattr(dtype.pyarrow_dtype, "tz", None)
        return getattr(dtype, "tz", None)

    def typed(self) -> TimeFormat:
        """The same times as datetime64[ns] (UTC if there is a zone) in place of text or numbers."""
        if self.place:
            return TimeFormat(ColumnFormat(f"datetime64[ns, {self.place}]"), "datetime", unit=self.unit)
        dtype = "datetime64[ns, UTC]" if self.zone else "datetime64[ns]"
        # Midnight on another clock than UTC is not midnight in UTC.
        return TimeFormat(ColumnFormat(dtype), "datetime", unit="ns" if self.offset else self.unit)

    def to_dict(self) -> dict[str, Any]:
        """The format as JSON values."""
        return {**asdict(self), "column": self.column.to_dict()}


def coarsest_unit(clock: Times) -> str:
    """The coarsest of `UNITS` that times (n,) are multiples of; "ns" if all are missing.

    Example:
        >>> coarsest_unit(np.array(["2026-01-31T08:30", "NaT"], "datetime64[ns]"))
        'm'
    """
    stamps = clock[~np.isnat(clock)].astype(np.int64)
    return next((unit for unit, size in UNITS.items() if not (stamps % size).any()), "ns") if len(stamps) else "ns"


def _cut(times: Times, unit: str) -> Times:
    return times if unit == "ns" else times.astype(f"datetime64[{unit}]").astype("datetime64[ns]")
