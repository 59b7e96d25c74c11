"""The clock and the calendar in whole numbers: nanoseconds, days since 1970, days of the week, hours."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from assoc_synth.transactions.arrays import Ints

SECOND = 1_000_000_000
"""In nanoseconds, as every time here is."""
HOUR = 3_600 * SECOND
DAY = 24 * HOUR
EPOCH_WEEKDAY = 3
"""1 January 1970 was a Thursday; Monday is 0."""


def weekday(day: npt.NDArray[np.integer]) -> Ints:
    """Day of the week of days counted from 1970-01-01, 0 is Monday: shape as given.

    Example:
        >>> weekday(np.array([0, 4]))  # a Thursday and the Monday after it
        array([3, 0])
    """
    return ((day + EPOCH_WEEKDAY) % 7).astype(np.int64)
