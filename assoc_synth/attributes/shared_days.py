"""SharedDays: on which days a stored range of dates may end, so that none is a day of a few subjects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np

from assoc_synth.attributes.kinds import read_dates
from assoc_synth.attributes.sharing import extremes, subjects_per
from assoc_synth.transactions.arrays import Codes, Ints, Times
from assoc_synth.transactions.days import DAY, weekday
from assoc_synth.transactions.table import TransactionTable

REACH, MOST_DAYS, BEYOND = 20, 7, 2
"""Inwards, an end is moved by one in so many of the range's days at most, by so many days, and with so many times the
subjects that it needs beyond it."""


@dataclass(frozen=True, eq=False)
class SharedDays:
    """Which days may end a range of dates: those that enough subjects have, or none.

    Attributes:
        fewest: subjects that a day needs; 1 for none in particular.
        rare: days since 1970, ascending, that some subjects have in a column of dates, and fewer than that.
    """

    fewest: int = 1
    rare: Ints = field(default_factory=lambda: np.zeros(0, np.int64))

    @classmethod
    def of(cls, table: TransactionTable, fewest: int, columns: Iterable[str] = ()) -> SharedDays:
        """The days of a table's times and of its extra columns of dates, each in UTC and on the user's own clock.

        Args:
            columns: extra columns that may hold dates.

        Example:
            >>> import pandas as pd
            >>> frame = pd.DataFrame({"who": range(9), "did": "buy", "what": "tea"})
            >>> frame["when"] = pd.to_datetime(["2024-01-01"] * 6 + ["2024-01-02"] * 3)
            >>> table = TransactionTable.from_frame(frame, subject="who", verb="did", object="what", time="when")
            >>> days = SharedDays.of(table, 5)
            >>> days.rare.astype("datetime64[D]").astype(str).tolist()
            ['2024-01-02']
        """
        if fewest <= 1:
            return cls(fewest)
        rare = [np.zeros(0, np.int64)]
        for times in _times_of(table, columns):
            known = np.flatnonzero(~np.isnat(times))
            day, code = np.unique(times[known].astype("datetime64[D]").astype(np.int64), return_inverse=True)
            rare.append(day[subjects_per(code, table.subject[known], len(day)) < fewest])
        return cls(fewest, np.unique(np.concatenate(rare)))

    def ends(self, day: Ints, subject: Ints | Codes) -> tuple[int, int]:
        """Days that the most extreme subjects do not go beyond: (n,) days since 1970, at least one, of (n,) subjects.

        Each is the day of the n-th most extreme subject, or one close to it, inwards, that is not of few subjects.

        Example:
            >>> days = SharedDays(2, np.array([3, 4, 96]))
            >>> days.ends(np.array([3, 4, 50, 96, 97]), np.arange(5))
            (5, 95)
        """
        least, largest = extremes(day, subject)
        at = min(max(self.fewest, 1), len(least)) - 1
        first, last = int(least[at]), int(largest[::-1][at])
        if first > last:
            first = last = (first + last) // 2
        reach, most = min((last - first) // REACH, MOST_DAYS), min(BEYOND * self.fewest, len(least)) - 1
        low = next(self._allowed(range(first, min(first + reach, int(least[most])) + 1)), first)
        high = next(self._allowed(range(last, max(last - reach, int(largest[::-1][most])) - 1, -1)), last)
        return low, high

    def around(self, first: int, last: int) -> tuple[int, int]:
        """Days that may be stored as the ends of a range: its own, where they are not of few subjects.

        Else it is the begin, or the end, of the week, the month, the quarter or the year that the day is in.

        Example:
            >>> SharedDays(2, np.array([4, 96])).around(5, 96)  # 7 April 1970 was a Tuesday
            (5, 101)
        """
        return next(self._allowed(_outwards(first, -1))), next(self._allowed(_outwards(last, 1)))

    def range_of(self, ticks: Ints, subject: Ints | Codes, unit: int) -> tuple[int, int]:
        """The first and the last time of the days that a range of times may be stored with, in nanoseconds.

        Args:
            ticks: (n,) nanoseconds, at least one, of (n,) subjects; unit: what they are multiples of.
        """
        since = int(ticks.min()) % DAY if unit >= DAY else 0
        low, high = self.around(*self.ends((ticks - since) // DAY, subject))
        return low * DAY + since, high * DAY + since + max(DAY - unit, 0)

    def _allowed(self, days: Iterable[int]) -> Iterator[int]:
        """Those of the days that are not of few subjects."""
        for day in days:
            at = int(np.searchsorted(self.rare, day))
            if at == len(self.rare) or self.rare[at] != day:
                yield day


def _times_of(table: TransactionTable, columns: Iterable[str]) -> Iterator[Times]:
    """(rows,) times of each column, in UTC, and on the user's clock where that reads differently."""
    found = [] if table.time is None else [(table.time, table.format.time)]
    found += [read for name in columns if (read := read_dates(table.extras[name])) is not None]
    for times, written in found:
        yield times
        if written is not None and not np.array_equal(local := written.local(times), times, equal_nan=True):
            yield local


def _outwards(day: int, side: int) -> Iterator[int]:
    """A day, then the first (side −1) or last one (1) of its week, month, quarter and year, and of further weeks."""
    monday = day - int(weekday(np.array(day)))
    month = int(np.datetime64(day, "D").astype("datetime64[M]").astype(np.int64))
    yield day
    yield monday if side < 0 else monday + 6
    for months in (1, 3, 12):
        begin = month - month % months + (0 if side < 0 else months)
        yield int(np.datetime64(begin, "M").astype("datetime64[D]").astype(np.int64)) - (side > 0)
    week = 7 * side
    while True:
        yield (monday if side < 0 else monday + 6) + week
        week += 7 * side
