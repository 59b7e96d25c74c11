"""Domains: the bins that counts are kept in. They are the same for every table, so that they tell nothing of one."""

from __future__ import annotations

import numpy as np

from assoc_synth.transactions.arrays import Floats, Ints, Times

NUMBER_STARTS = np.unique(np.round(np.concatenate([np.arange(1, 41), 40 * 1.12 ** np.arange(1, 90)])).astype(np.int64))
"""Numbers of links, visits and rows: one by one up to 40, then in steps of about 12 %, up to about a million."""
AMOUNT_ENDS = 10.0 ** np.linspace(-3, 9, 12 * 16 + 1)
"""Amounts without their sign: sixteen bins for each power of ten."""
MISSING, ZERO = 0, 1
NUM_AMOUNTS = 2 + 2 * len(AMOUNT_ENDS)
BINS_OF_SIZE = 4
NUM_SIZES = -(-len(AMOUNT_ENDS) // BINS_OF_SIZE)
"""Sizes of amounts of one object: four for each power of ten, whatever the sign."""
FIRST_DAY, NUM_DAYS = np.datetime64("1900-01-01", "D"), 73_414
"""Days from 1900 to 2100."""
MONTH_OF_DAY = (FIRST_DAY + np.arange(NUM_DAYS)).astype("datetime64[M]").astype(np.int64) + 70 * 12
"""The month of each day, from January 1900 on."""
NUM_HOURS = 7 * 24


def number_bins(numbers: Ints) -> Ints:
    """The bin of each number from 1 on.

    Example:
        >>> number_bins(np.array([1, 2, 40, 1_000])).tolist()
        [0, 1, 39, 67]
    """
    return np.searchsorted(NUMBER_STARTS, numbers, side="right") - 1


def draw_numbers(bins: Ints, rng: np.random.Generator) -> Ints:
    """Numbers, each anywhere in its bin."""
    ends = np.append(NUMBER_STARTS[1:], NUMBER_STARTS[-1] + 1)
    return rng.integers(NUMBER_STARTS[bins], ends[bins])


def amount_bins(amounts: Floats) -> Ints:
    """The bin of each amount: missing, zero, then positive ones, then negative ones, by size."""
    size = np.searchsorted(AMOUNT_ENDS, np.abs(np.nan_to_num(amounts)), side="right")
    size = np.minimum(size, len(AMOUNT_ENDS) - 1)
    found = np.where(amounts < 0, 2 + len(AMOUNT_ENDS) + size, 2 + size)
    return np.where(np.isnan(amounts), MISSING, np.where(amounts == 0, ZERO, found)).astype(np.int64)


def amount_sizes(bins: Ints) -> Ints:
    """The size of each bin's amounts; -1 of zero and missing ones.

    Example:
        >>> sizes = amount_sizes(amount_bins(np.array([np.nan, 0.0, 3.2, -3.2, 150.0])))
        >>> sizes[:2].tolist(), bool(sizes[2] == sizes[3] < sizes[4])
        ([-1, -1], True)
    """
    return np.where(bins < 2, -1, (bins - 2) % len(AMOUNT_ENDS) // BINS_OF_SIZE)


def draw_amounts(bins: Ints, rng: np.random.Generator, decimals: int = 2) -> Floats:
    """Amounts, each anywhere in its bin by its logarithm, rounded.

    Example:
        >>> values = np.array([np.nan, 0.0, 3.2, -150.0])
        >>> drawn = draw_amounts(amount_bins(values), np.random.default_rng(0))
        >>> np.isnan(drawn[0]), drawn[1], bool(abs(drawn[2] - 3.2) < 0.6), bool(abs(drawn[3] + 150) < 25)
        (np.True_, np.float64(0.0), True, True)
    """
    size = np.where(bins >= 2 + len(AMOUNT_ENDS), bins - 2 - len(AMOUNT_ENDS), bins - 2).clip(0)
    most, least = np.log10(AMOUNT_ENDS[size]), np.log10(AMOUNT_ENDS[np.maximum(size - 1, 0)])
    drawn = np.round(10 ** (least + (most - least) * rng.random(len(bins))), decimals)
    drawn = np.where(bins >= 2 + len(AMOUNT_ENDS), -drawn, drawn)
    return np.where(bins == MISSING, np.nan, np.where(bins == ZERO, 0.0, drawn))


def day_bins(times: Times) -> Ints:
    """The day of each time; those before 1900 or after 2100 count as the first or the last one."""
    return np.clip((times.astype("datetime64[D]") - FIRST_DAY).astype(np.int64), 0, NUM_DAYS - 1)


def hour_bins(times: Times) -> Ints:
    """The hour of the week of each time, from Monday on: 0 to 167."""
    hours = times.astype("datetime64[h]").astype(np.int64)
    return (hours + 3 * 24) % NUM_HOURS


def draw_times(days: Ints, hours: Ints, rng: np.random.Generator) -> Times:
    """Times on days, by `day_bins`, at hours of the day, each at any second."""
    seconds = hours * 3_600 + rng.integers(0, 3_600, len(days))
    times: Times = (FIRST_DAY + days).astype("datetime64[s]") + seconds.astype("timedelta64[s]")
    return times
