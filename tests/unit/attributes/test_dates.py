"""Dates as whole numbers, from the link's own time where that is tighter."""

import json

import numpy as np
import pandas as pd
import pytest

from assoc_synth.attributes.dates import DateCode
from assoc_synth.transactions.columns.times import read_times

NAT = np.datetime64("NaT")


def column(*days: str | None) -> np.ndarray:
    return np.array([NAT if day is None else np.datetime64(day) for day in days], "datetime64[ns]")


def code(dates: np.ndarray, time: np.ndarray | None) -> DateCode:
    written = read_times(pd.Series(np.datetime_as_string(dates[~np.isnat(dates)], unit="D")))[1]
    return DateCode.learn(dates, written, time)


def test_dates_without_a_time_count_from_the_first() -> None:
    dates = column("2024-03-05", "2024-03-01", None)
    learned = code(dates, None)
    assert not learned.relative
    numbers = learned.numbers(dates, None)
    assert np.array_equal(numbers, [4, 0, np.nan], equal_nan=True)
    assert np.array_equal(learned.dates(numbers, None), dates, equal_nan=True)


def test_dates_close_to_their_time_count_from_it() -> None:
    time = column("2024-01-01T10:00", "2024-04-01T23:00", "2024-08-01T00:30")
    dates = column("2024-01-03", "2024-04-02", "2024-08-03")
    learned = code(dates, time)
    assert learned.relative
    assert learned.numbers(dates, time).tolist() == [2, 1, 2]
    later = time + np.timedelta64(1, "D")
    found = learned.dates(np.array([2.0, 1, np.nan]), later)
    assert np.array_equal(found, column("2024-01-04", "2024-04-03", None), equal_nan=True)


def test_dates_far_from_their_time_do_not_count_from_it() -> None:
    time = column("2024-01-01", "2024-04-01", "2024-08-01")
    assert not code(column("2024-02-01", "2024-02-01", "2024-02-02"), time).relative


@pytest.mark.parametrize("number", [-50.0, 400.0])
def test_no_date_leaves_the_observed_range(number: float) -> None:
    learned = code(column("2024-03-01", "2024-03-09"), None)
    assert learned.dates(np.array([number]), None)[0] in column("2024-03-01", "2024-03-09")


def test_the_code_survives_json() -> None:
    learned = code(column("2024-03-01", "2024-03-09"), None)
    assert DateCode.from_dict(json.loads(json.dumps(learned.to_dict()))) == learned
