"""DateCode: an extra column of dates as whole numbers of its unit, from the link's time where that is tighter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from assoc_synth.attributes.kinds import read_dates
from assoc_synth.transactions.arrays import Floats, Times
from assoc_synth.transactions.columns.times import UNITS, TimeFormat
from assoc_synth.transactions.table import TransactionTable

NAT = np.datetime64("NaT")


@dataclass(frozen=True)
class DateCode:
    """How dates become numbers, and how they are given back.

    Attributes:
        low, high: the observed range, nanoseconds; nothing leaves it.
        relative: whether numbers count from the link's own time, cut to the unit; otherwise from `low`.
    """

    format: TimeFormat
    low: int
    high: int
    relative: bool

    @classmethod
    def learn(cls, dates: Times, format: TimeFormat, time: Times | None, *, always: bool = False) -> DateCode:
        """Learn how a column of dates is coded.

        Args:
            dates: (n,) the column, NaT missing.
            time: (n,) the links', or None where it must not be used.
            always: whether it is used wherever it is known, and not only where it is tighter.
        """
        known = ~np.isnat(dates)
        ticks = dates[known].astype(np.int64)
        relative = False
        if time is not None and known.any() and not np.isnat(time).any():
            since = ticks - time[known].astype(np.int64).astype(float)
            relative = always or bool(np.std(since) < 0.5 * np.std(ticks.astype(float)))
        return cls(format, int(ticks.min(initial=2**62)), int(ticks.max(initial=-(2**62))), relative)

    def numbers(self, dates: Times, time: Times | None) -> Floats:
        """(n,) whole numbers of the unit, NaN missing."""
        numbers = np.floor((dates.astype(np.int64) - self._base(time)) / UNITS[self.format.unit])
        return np.where(np.isnat(dates), np.nan, numbers)

    def dates(self, numbers: Floats, time: Times | None) -> Times:
        """(n,) datetime64[ns] again, NaT missing."""
        gone = np.isnan(numbers)
        steps = np.nan_to_num(numbers).round().astype(np.int64) * UNITS[self.format.unit]
        found = (self._base(time) + steps).clip(self.low, self.high)
        result: Times = np.asarray(found.astype("datetime64[ns]"))
        result[gone] = NAT
        return result

    def _base(self, time: Times | None) -> Any:
        if not self.relative or time is None:
            return self.low
        ticks, unit = time.astype("datetime64[ns]").astype(np.int64), UNITS[self.format.unit]
        return ticks - ticks % unit

    def to_dict(self) -> dict[str, Any]:
        return {"format": self.format.to_dict(), "low": self.low, "high": self.high, "relative": self.relative}

    @classmethod
    def from_dict(cls, state: dict[str, Any]) -> DateCode:
        format = TimeFormat.from_dict(state["format"])
        return cls(format, int(state["low"]), int(state["high"]), bool(state["relative"]))


def clock_for(date: TimeFormat, time: Times | None, written: TimeFormat | None) -> Times | None:
    """The times of links that dates count from: (n,) those of the user's own clock for whole days, else in UTC."""
    return written.local(time) if date.unit == "D" and time is not None and written is not None else time


def days_after(table: TransactionTable) -> dict[str, Floats]:
    """By extra column of whole days, (rows,) how many days after the day of its row each is, NaN missing.

    Empty where some rows have no time.
    """
    found: dict[str, Floats] = {}
    if table.time is None or np.isnat(table.time).any():
        return found
    for name in table.extras.columns:
        read = read_dates(table.extras[name])
        if read is not None and read[1].unit == "D":
            clock = clock_for(read[1], table.time, table.format.time)
            found[str(name)] = DateCode.learn(*read, clock, always=True).numbers(read[0], clock)
    return found
