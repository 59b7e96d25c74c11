"""How many decimals numbers have, float noise left out."""

from __future__ import annotations

import numpy as np

from assoc_synth.transactions.arrays import Floats

MOST_DECIMALS = 6
EXACT = 2**53
"""Floats above it no longer tell neighbouring whole numbers apart."""
NOISE = 1e-12


def rounded(values: Floats, decimals: int, noise: float = NOISE) -> Floats:
    """Values rounded to `decimals`; a value that is off by no more than noise stays the float it is.

    Example:
        >>> rounded(np.array([1.25, 0.1 + 0.2]), 1).tolist()
        [1.2, 0.30000000000000004]
    """
    with np.errstate(over="ignore", invalid="ignore"):
        near = np.round(values, decimals)
        off = np.abs(values - near) > noise * np.maximum(1, np.abs(values))
    # Beyond 2^53 there are no decimals to round, and the product inside `round` may overflow.
    return np.where(off & (np.abs(values) < EXACT), near, values)


def noise_of(dtype: str) -> float:
    """What is noise in a dtype, relative to the value."""
    # Sums of prices end in 0.30000000000000004: the seventeenth decimal is noise.
    return 1e-6 if dtype.lower() in ("float32", "arrow:float") else NOISE


def decimals_of(values: Floats, noise: float = NOISE) -> int | None:
    """The fewest decimals that all values have; None if over `MOST_DECIMALS`.

    Example:
        >>> decimals_of(np.array([1.5, 2.25, np.nan])), decimals_of(np.array([1 / 3]))
        (2, None)
    """
    there = values[np.isfinite(values)]
    return next((n for n in range(MOST_DECIMALS + 1) if np.array_equal(rounded(there, n, noise), there)), None)
