"""Times are brought inside a range by whole days."""

import numpy as np
import pandas as pd

from assoc_synth.attributes.day_range import within_days
from assoc_synth.transactions.days import DAY


def test_a_subjects_days_stay_apart_and_in_order_and_keep_their_times() -> None:
    rng = np.random.default_rng(0)
    subject = np.repeat(np.arange(40), 30)
    ticks = rng.integers(0, 100, len(subject)) * DAY + rng.integers(0, DAY, len(subject))
    made = within_days(ticks, subject, np.ones(len(subject), bool), 20 * DAY + 5, 80 * DAY + 5)
    assert (made // DAY).min() == 20
    assert (made // DAY).max() == 80
    assert np.array_equal(made % DAY, ticks % DAY)
    for one in range(40):
        own = subject == one
        assert np.array_equal(np.argsort(made[own], kind="stable"), np.argsort(ticks[own], kind="stable"))
        assert len(np.unique(made[own] // DAY)) == len(np.unique(ticks[own] // DAY))
    inside = np.isin(subject, subject[(ticks // DAY < 20) | (ticks // DAY > 80)], invert=True)
    assert np.array_equal(made[inside], ticks[inside])


def test_more_days_than_the_range_has_meet_on_its_ends() -> None:
    made = within_days(np.arange(6) * DAY, np.zeros(6, int), np.ones(6, bool), 2 * DAY, 4 * DAY)
    assert (made // DAY).min() == 2
    assert (made // DAY).max() == 4


def test_days_of_a_clock_with_summer_time_stay_days() -> None:
    days = pd.date_range("2024-03-28", periods=8, freq="D", tz="Europe/Berlin")
    ticks = days.tz_convert("UTC").tz_localize(None).to_numpy().astype("datetime64[ns]").astype(np.int64)
    made = within_days(ticks, np.zeros(8, int), np.ones(8, bool), int(ticks[2]), int(ticks[7]), as_dates=True)
    assert set(made) <= set(ticks)


def test_what_has_no_time_stays() -> None:
    ticks = np.array([0, np.iinfo(np.int64).min, 9 * DAY])
    made = within_days(ticks, np.zeros(3, int), np.array([True, False, True]), 5 * DAY, 9 * DAY)
    assert made[1] == ticks[1]
    assert (made[[0, 2]] // DAY).tolist() == [5, 9]


def test_days_between_a_subjects_days_stay_as_many_where_there_is_room() -> None:
    ticks = np.array([1, 4, 9, 12, 19, 25]) * DAY
    made = within_days(ticks, np.repeat([0, 1], 3), np.ones(6, bool), 3 * DAY, 20 * DAY)
    assert (made // DAY).tolist() == [3, 6, 11, 7, 14, 20]
    far = within_days(np.array([0, 30, 31]) * DAY, np.zeros(3, int), np.ones(3, bool), 20 * DAY, 40 * DAY)
    assert (far // DAY).tolist() == [20, 30, 31]
