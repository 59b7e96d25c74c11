"""Times as numbers: seconds, milliseconds, microseconds or nanoseconds since 1970, by their size."""

from __future__ import annotations

import numpy as np

from assoc_synth.transactions.arrays import Bools, Floats, Ints, Times, Values

RANGES = {"s": (10**8, 10**10), "ms": (10**11, 10**13), "us": (10**14, 10**16), "ns": (10**17, 2**63)}
"""What a number is by its size: from 1973 to 2286."""
NAMES = {"s": "seconds", "ms": "milliseconds", "us": "microseconds", "ns": "nanoseconds"}
SIZES = {"s": 10**9, "ms": 10**6, "us": 10**3, "ns": 1}
"""Nanoseconds in each unit."""


def unit_of(values: Ints | Floats) -> str:
    """The unit that most of the numbers are in by their size; "" if it is none.

    Example:
        >>> unit_of(np.array([1_700_000_000])), unit_of(np.array([1_700_000_000_000])), unit_of(np.array([20240131]))
        ('s', 'ms', '')
    """
    shares = {unit: float(np.mean(in_range(values, unit))) for unit in RANGES} if len(values) else {"": 1.0}
    best = max(shares, key=lambda unit: shares[unit])
    return best if shares[best] > 0.5 else ""


def in_range(values: Ints | Floats, unit: str) -> Bools:
    """Whether numbers (n,) are of the size that they have in a unit."""
    low, high = RANGES[unit]
    return (values >= low) & (values < high)


def from_epoch(values: Ints | Floats, unit: str) -> Times:
    """Numbers (n,) as times in UTC, fractions to the microsecond; NaN and what 64 bits do not hold are NaT.

    Example:
        >>> from_epoch(np.array([1_700_000_000.25, np.nan]), "s").astype(str).tolist()
        ['2023-11-14T22:13:20.250000000', 'NaT']
    """
    size = SIZES[unit]
    gone = np.isnan(values) | (np.abs(values) > 9.2e18 / size)
    known = np.where(gone, 0, values)
    whole = np.floor(known).astype(np.int64)
    rest = np.round((known - whole).astype(np.float64) * size / 1000).astype(np.int64) * 1000 if size > 1 else 0
    times: Times = (whole * size + rest).astype("datetime64[ns]")
    times[gone] = np.datetime64("NaT")
    return times


def to_epoch(times: Times, unit: str, decimals: int) -> Values:
    """Times (n,), no NaT, as numbers of a unit: whole numbers without decimals, else floats.

    Example:
        >>> to_epoch(np.array(["2023-11-14T22:13:20.25"], "datetime64[ns]"), "s", 2).tolist()
        [1700000000.25]
    """
    ticks = times.astype(np.int64)
    if not decimals:
        return ticks // SIZES[unit]
    return np.round(ticks // 1000 / (SIZES[unit] // 1000), decimals)
