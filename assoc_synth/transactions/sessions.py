"""Sessions: a subject's rows that come in one burst, where no column names baskets.

This is the one definition of what a subject does at a time. Rows at least `BREAK` apart are in two sessions; a table
has sessions if most of the times between two rows of a subject, but for 0, are shorter than that, and if nearly all of
the sessions so made are over within a day. Otherwise what a subject does at one timestamp belongs together.
"""

from __future__ import annotations

import numpy as np

from assoc_synth.transactions.arrays import Bools, Codes, Ints, Times
from assoc_synth.transactions.days import DAY, SECOND

BREAK = 30 * 60 * SECOND
"""Nanoseconds without a row that end a session: the 30 minutes of web analytics."""
MOST, NEARLY_ALL = 0.5, 0.99
NOTE = "no basket column: rows of one subject that are less than 30 minutes apart are taken as one session"


def come_in_sessions(subject: Codes, time: Times) -> bool:
    """Whether a table's rows come in sessions: (rows,), (rows,), in any order; missing times do not count.

    Example:
        >>> time = np.datetime64("2026-11-23T10:00", "ns") + np.array([0, 1, 2, 300, 301]) * np.timedelta64(1, "m")
        >>> come_in_sessions(np.zeros(5, np.int32), time), come_in_sessions(np.arange(5, dtype=np.int32), time)
        (True, False)
    """
    own, when = _sorted(subject, time)[:2]
    gap = np.diff(when)[np.diff(own) == 0]
    apart = gap > 0
    if not (gap[apart] < BREAK).sum() > MOST * apart.sum():
        return False
    first = np.flatnonzero(_begins(own, when))
    last = np.append(first[1:], len(when)) - 1
    return bool((when[last] - when[first] < DAY).mean() >= NEARLY_ALL)


def visits_by_time(subject: Codes, time: Times, *, in_sessions: bool | None = None) -> Ints:
    """The session, or the subject's timestamp, of each row: (rows,), by subject and then by time, −1 without a time.

    Args:
        in_sessions: whether rows come in sessions, as a table that this one is compared with has them; None finds out.

    Example:
        >>> time = np.datetime64("2026-11-23T10:00", "ns") + np.array([300, 0, 1, 2, 301]) * np.timedelta64(1, "m")
        >>> visits_by_time(np.zeros(5, np.int32), time).tolist()
        [1, 0, 0, 0, 1]
    """
    own, when, at = _sorted(subject, time)
    if come_in_sessions(subject, time) if in_sessions is None else in_sessions:
        begins = _begins(own, when)
    else:
        begins = np.append(True, (np.diff(own) != 0) | (np.diff(when) != 0))[: len(own)]
    result = np.full(len(subject), -1, np.int64)
    result[at] = np.cumsum(begins) - 1
    return result


def _sorted(subject: Codes, time: Times) -> tuple[Codes, Ints, Ints]:
    """Subject, nanoseconds and place of the dated rows, by subject and then by time."""
    known = np.flatnonzero(~np.isnat(time))
    when = time[known].astype("datetime64[ns]").astype(np.int64)
    order = np.lexsort((when, subject[known]))
    return subject[known][order], when[order], known[order]


def _begins(subject: Codes, when: Ints) -> Bools:
    """Which rows, by subject and time, begin a session."""
    result = np.ones(len(subject), bool)
    result[1:] = (np.diff(subject) != 0) | (np.diff(when) >= BREAK)
    return result
