"""The clock and the calendar agree with the standard library's."""

import datetime as dt

import numpy as np

from assoc_synth.transactions.days import DAY, HOUR, SECOND, weekday


def test_lengths_are_nanoseconds() -> None:
    assert np.timedelta64(1, "s") == np.timedelta64(SECOND, "ns")
    assert np.timedelta64(1, "h") == np.timedelta64(HOUR, "ns")
    assert np.timedelta64(1, "D") == np.timedelta64(DAY, "ns")


def test_monday_is_zero_before_and_after_1970() -> None:
    days = np.arange(-1_000, 30_000, 7 * 11 + 1)
    expected = [(dt.date(1970, 1, 1) + dt.timedelta(days=int(day))).weekday() for day in days]
    assert weekday(days).tolist() == expected
    assert weekday(days).dtype == np.int64


def test_the_shape_stays() -> None:
    assert weekday(np.zeros((2, 3), np.int32)).shape == (2, 3)
