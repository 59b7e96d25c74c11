"""The clock and the calendar in whole numbers: nanoseconds, days since 1970, days of the week, hours."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from assoc_synth.transactions.arrays import Ints, Times

SECOND = 1_000_000_000
"""In nanoseconds, as every time here is."""
HOUR = 3_600 * SECOND
DAY = 24 * HOUR
_DAY_SECONDS = DAY // SECOND
EPOCH_WEEKDAY = 3
"""1 January 1970 was a Thursday; Monday is 0."""


def weekday(day: npt.NDArray[np.integer]) -> Ints:
    """Day of the week of days counted from 1970-01-01, 0 is Monday: shape as given.

    Example:
        >>> weekday(np.array([0, 4]))  # a Thursday and the Monday after it
        array([3, 0])
    """
    return ((day + EPOCH_WEEKDAY) % 7).astype(np.int64)


def hours(time: Times) -> Ints:
    """Hour of the day, 0 to 23, −1 where missing: shape as given."""
    return np.where(np.isnat(time), -1, _seconds(time) % _DAY_SECONDS // (HOUR // SECOND))


def weekdays(time: Times) -> Ints:
    """Day of the week, 0 is Monday, −1 where missing: shape as given.

    Example:
        >>> weekdays(np.array(["2026-11-23", "NaT"], "datetime64[ns]")).tolist()
        [0, -1]
    """
    return np.where(np.isnat(time), -1, weekday(_seconds(time) // _DAY_SECONDS))


def months(time: Times) -> Ints:
    """Month of the year, 0 is January, −1 where missing: shape as given."""
    return np.where(np.isnat(time), -1, time.astype("datetime64[M]").astype(np.int64) % 12)


def month_days(time: Times) -> Ints:
    """Day of the month from 1 on of times without gaps: shape as given.

    Example:
        >>> month_days(np.array(["2026-11-23", "2024-02-29"], "datetime64[D]")).tolist()
        [23, 29]
    """
    day = time.astype("datetime64[D]")
    found: Ints = (day - day.astype("datetime64[M]")).astype(np.int64) + 1
    return found


def has_time_of_day(time: Times) -> bool:
    """Whether any time is not midnight to the second; missing times do not count."""
    return bool((_seconds(time[~np.isnat(time)]) % _DAY_SECONDS).any())


def _seconds(time: Times) -> Ints:
    return np.asarray(time.astype("datetime64[s]").astype(np.int64))
