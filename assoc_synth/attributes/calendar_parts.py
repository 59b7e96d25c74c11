"""Parts of the calendar that a column may be a function of: the hour, the weekday, the month, the day and the like."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from assoc_synth.transactions.arrays import Ints, Times
from assoc_synth.transactions.days import hours, months, weekday, weekdays

PARTS: tuple[tuple[str, ...], ...] = (
    ("weekday",),
    ("month",),
    ("hour",),
    ("monthday",),
    ("week",),
    ("year",),
    ("year", "month"),
    ("year", "week"),
    ("day",),
)
"""Weeks begin on Mondays; "week" is the week's number of ISO 8601 and ("year", "week") one week alone."""
BEFORE_1970 = 719_528
"""Days from the year 0, so that no key is negative."""


def calendar_key(part: tuple[str, ...], clock: Times) -> Ints:
    """A number for the part of the calendar that each time lies in.

    Args:
        part: one of `PARTS`.
        clock: (n,) times on the user's own clock, NaT where missing.

    Returns:
        (n,) numbers from 0 on that ascend with time inside of a year, −1 where the time is missing.

    Example:
        >>> times = np.array(["2024-05-17T14:30", "2024-05-20", "NaT"], "datetime64[ns]")
        >>> calendar_key(("weekday",), times).tolist(), calendar_key(("year", "month"), times).tolist()
        ([4, 0, -1], [24292, 24292, -1])
    """
    gone = np.isnat(clock)
    dated = np.where(gone, np.datetime64(0, "ns"), clock.astype("datetime64[ns]"))
    key: Ints = np.where(gone, -1, _KEYS[part](dated))
    return key


def _day(clock: Times) -> Ints:
    return clock.astype("datetime64[D]").astype(np.int64)


def _month(clock: Times) -> Ints:
    """Months from the year 0."""
    return clock.astype("datetime64[M]").astype(np.int64) + 12 * 1970


def _monday_week(clock: Times) -> Ints:
    """Weeks from the Monday before the year 0."""
    return (_day(clock) + 3 + 7 * (BEFORE_1970 // 7)) // 7


def _week_of_the_year(clock: Times) -> Ints:
    """A week belongs to the year that its Thursday lies in (ISO 8601)."""
    day = _day(clock)
    thursday = (day - weekday(day) + 3).astype("datetime64[D]")
    first = thursday.astype("datetime64[Y]").astype("datetime64[D]")
    found: Ints = (thursday - first).astype(np.int64) // 7 + 1
    return found


_KEYS: dict[tuple[str, ...], Callable[[Times], Ints]] = {
    ("weekday",): weekdays,
    ("month",): months,
    ("hour",): hours,
    ("monthday",): lambda clock: _day(clock) - _day(clock.astype("datetime64[M]")) + 1,
    ("week",): _week_of_the_year,
    ("year",): lambda clock: _month(clock) // 12,
    ("year", "month"): _month,
    ("year", "week"): _monday_week,
    ("day",): lambda clock: _day(clock) + BEFORE_1970,
}


def _clock(unit: str, size: int) -> Callable[[Times], Ints]:
    """Hours, minutes or seconds of what is next larger than they are."""
    return lambda clock: clock.astype(f"datetime64[{unit}]").astype(np.int64) % size


def _year(clock: Times) -> Ints:
    return _month(clock) // 12


def _weeks_year(clock: Times) -> Ints:
    """The year that a week belongs to: that of its Thursday (ISO 8601)."""
    day = _day(clock)
    return _year((day - weekday(day) + 3).astype("datetime64[D]"))


def _monthday(clock: Times) -> Ints:
    return _day(clock) - _day(clock.astype("datetime64[M]")) + 1


FIELDS: Mapping[str, Callable[[Times], Ints]] = {
    "year": _year,
    "month": lambda clock: months(clock) + 1,
    "quarter": lambda clock: months(clock) // 3 + 1,
    "day": _monthday,
    "week": _week_of_the_year,
    "weekday": weekdays,
    "weekday from Sunday": lambda clock: (weekdays(clock) + 1) % 7,
    "yearday": lambda clock: _day(clock) - _day(clock.astype("datetime64[Y]")) + 1,
    "hour": _clock("h", 24),
    "minute": _clock("m", 60),
    "second": _clock("s", 60),
    "half": lambda clock: months(clock) // 6 + 1,
    "year of the century": lambda clock: _year(clock) % 100,
    "decade": lambda clock: _year(clock) // 10 * 10,
    "week's year": _weeks_year,
    "year and month": lambda clock: _year(clock) * 100 + months(clock) + 1,
    "year and quarter": lambda clock: _year(clock) * 10 + months(clock) // 3 + 1,
    "year and week": lambda clock: _weeks_year(clock) * 100 + _week_of_the_year(clock),
    "year, month and day": lambda clock: (_year(clock) * 100 + months(clock) + 1) * 100 + _monthday(clock),
    "months": _month,
    "weeks": _monday_week,
    "days": _day,
}
"""Numbers that people write of times (n,), none missing: 5 for May, 202405 for May 2024, days since 1970."""
