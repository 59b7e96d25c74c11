"""Times brought inside a range by whole days: a subject's days stay apart and in order, and a day keeps its times."""

from __future__ import annotations

import numpy as np

from assoc_synth.transactions.arrays import Bools, Codes, Ints
from assoc_synth.transactions.days import DAY


def within_days(
    ticks: Ints, subject: Ints | Codes, known: Bools, low: int, high: int, *, as_dates: bool = False
) -> Ints:
    """Times whose days are from that of `low` to that of `high`.

    All days of a subject that has some outside are moved by as much, so that those between them stay as many: else a
    number of days that nobody waits could become that of a few. Where that does not bring all inside, those outside are
    moved to the end of the range, one after the other, and days that they meet are pushed on: to put all of them on one
    instant would make links of many days simultaneous.

    Args:
        ticks: (n,) nanoseconds; subject: (n,) whose each is; known: (n,) which have a time; others stay.
        low, high: nanoseconds.
        as_dates: whether the times are days: on a clock with summer time these do not begin in steps of 24 hours, and
            the days that occur are moved to others that do.

    Returns:
        (n,) nanoseconds. A subject with more days than the range has is on its last day more than once.

    Example:
        >>> times = np.array([0, 1, 5, 9]) * DAY + 7
        >>> (within_days(times, np.zeros(4, int), np.ones(4, bool), 2 * DAY, 8 * DAY) // DAY).tolist()
        [2, 3, 5, 8]
        >>> (within_days(times, np.zeros(4, int), np.ones(4, bool), 2 * DAY, 20 * DAY) // DAY).tolist()
        [2, 3, 7, 11]
    """
    result = ticks.copy()
    place, begins = _places(ticks[known], high, as_dates)
    first, last = (int(np.searchsorted(begins, end, side="right")) - 1 for end in (low, high))
    first = max(first, 0)
    owner = subject[known].astype(np.int64)
    outside = np.unique(owner[(place < first) | (place > last)])
    moved = place.copy()
    order = np.argsort(owner, kind="stable")
    begin, end = (np.searchsorted(owner[order], outside, side=side) for side in ("left", "right"))
    for at in map(slice, begin, end):
        rows = order[at]
        days, which = np.unique(place[rows], return_inverse=True)
        moved[rows] = _inside(days, first, last)[which]
    result[known] += begins[moved] - begins[place]
    return result


def _places(ticks: Ints, high: int, as_dates: bool) -> tuple[Ints, Ints]:
    """The number of each time's day, and when each numbered day begins: those that occur, or all up to `high`."""
    if as_dates:
        days, place = np.unique(ticks, return_inverse=True)
        return place.astype(np.int64), days
    first = int(ticks.min()) // DAY
    return ticks // DAY - first, np.arange(first, max(int(ticks.max()), high) // DAY + 1) * DAY


def _inside(days: Ints, first: int, last: int) -> Ints:
    """Ascending days (d,) of which some are outside: all moved by as much if that is enough, else pushed."""
    shift = max(first - int(days[0]), 0) or min(last - int(days[-1]), 0)
    moved = days + shift
    return moved if first <= moved[0] and moved[-1] <= last else _pushed(days, first, last)


def _pushed(days: Ints, first: int, last: int) -> Ints:
    """Ascending days (d,), each at least `first` and after the one before it; then the same from `last` downwards."""
    step = np.arange(len(days))
    up = np.maximum.accumulate(np.maximum(days, first) - step) + step
    down = np.minimum.accumulate((np.minimum(up, last) - step)[::-1])[::-1] + step
    return np.clip(down, first, last)
