"""Distances of two distributions: 0 where they are equal, 1 where they are disjoint.

total variation       TV = ½ Σ |p_x − p_y|            of shares by class
Kolmogorov–Smirnov    KS = max |F_x − F_y|            of numbers
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from assoc_synth.transactions.arrays import Ints


def total_variation(first: npt.ArrayLike, second: npt.ArrayLike) -> float:
    """TV of two rows of counts of the same classes, shape (classes,) each; NaN where one has no count.

    Example:
        >>> total_variation([1, 3], [3, 1])
        0.5
    """
    x, y = np.asarray(first, float), np.asarray(second, float)
    if not x.sum() or not y.sum():
        return float("nan")
    return float(0.5 * np.abs(x / x.sum() - y / y.sum()).sum())


def total_variation_of_codes(first: Ints, second: Ints) -> float:
    """TV of two samples of codes, shape (m,) and (n,); codes below 0 are missing and left out."""
    size = int(max(first.max(initial=-1), second.max(initial=-1))) + 1
    return total_variation(*(np.bincount(side[side >= 0], minlength=size) for side in (first, second)))


def kolmogorov_smirnov(first: npt.ArrayLike, second: npt.ArrayLike) -> float:
    """KS of two samples of numbers without NaN, shape (m,) and (n,); NaN where one is empty.

    Example:
        >>> kolmogorov_smirnov([1, 2], [2, 3])
        0.5
    """
    x, y = np.sort(np.asarray(first)), np.sort(np.asarray(second))
    if not len(x) or not len(y):
        return float("nan")
    at = np.concatenate([x, y])
    below = (np.searchsorted(side, at, side="right") / len(side) for side in (x, y))
    return float(np.abs(np.subtract(*below)).max())
