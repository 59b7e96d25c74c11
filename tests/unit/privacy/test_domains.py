"""What is drawn from a bin lies in it."""

import numpy as np

from assoc_synth.privacy import domains


def test_numbers_return_to_their_bins() -> None:
    numbers = np.array([1, 2, 39, 40, 41, 500, 90_000])
    bins = domains.number_bins(numbers)
    drawn = domains.draw_numbers(bins, np.random.default_rng(0))
    assert np.array_equal(domains.number_bins(drawn), bins)
    assert drawn[:3].tolist() == [1, 2, 39]


def test_amounts_return_to_their_sign_and_size() -> None:
    amounts = np.array([np.nan, 0.0, 0.05, 3.2, 150.0, -3.2, -8_000.0])
    drawn = domains.draw_amounts(domains.amount_bins(amounts), np.random.default_rng(0))
    assert np.isnan(drawn[0])
    assert drawn[1] == 0.0
    assert np.array_equal(np.sign(drawn[2:]), np.sign(amounts[2:]))
    assert np.all(np.abs(np.log10(drawn[3:] / amounts[3:])) < 0.1)


def test_times_are_on_their_day_and_hour() -> None:
    times = np.array(["2024-02-29T23:30", "1999-12-31T00:10", "2026-11-23T08:00"], "datetime64[ns]")
    hours = times.astype("datetime64[h]").astype(int) % 24
    drawn = domains.draw_times(domains.day_bins(times), hours, np.random.default_rng(0))
    assert np.array_equal(drawn.astype("datetime64[h]"), times.astype("datetime64[h]"))
    assert domains.hour_bins(np.array(["2026-11-23T08:00"], "datetime64[ns]")).tolist() == [8]  # a Monday
