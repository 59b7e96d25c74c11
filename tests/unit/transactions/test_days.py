"""The clock and the calendar agree with the standard library's."""

import datetime as dt

import numpy as np

from assoc_synth.transactions.days import DAY, HOUR, SECOND, has_time_of_day, hours, months, weekday, weekdays


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


def test_parts_of_a_visit() -> None:
    time = np.array(["2026-11-23T15:37:00", "1969-12-31T23:59:59.5", "NaT", "2024-02-29"], "datetime64[ns]")
    assert hours(time).tolist() == [15, 23, -1, 0]
    assert weekdays(time).tolist() == [0, 2, -1, 3]
    assert months(time).tolist() == [10, 11, -1, 1]


def test_times_of_day_count_to_the_second() -> None:
    dates = np.array(["2026-11-23", "NaT"], "datetime64[ns]")
    assert not has_time_of_day(dates)
    assert not has_time_of_day(np.zeros(0, "datetime64[ns]"))
    assert has_time_of_day(dates + np.timedelta64(1, "s"))
