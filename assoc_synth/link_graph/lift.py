"""Lift, the one formula of association strength, and its uncertainty.

With n subjects, a of them linked to one thing, b to another and c to both::

    lift = n·c / (a·b)            log lift = log((c + ½)(n + ½) / ((a + ½)(b + ½)))
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from assoc_synth.transactions.arrays import Floats

Z95 = 1.959963984540054
"""The 97.5 % quantile of the normal distribution."""


def lift(count: npt.ArrayLike, left: npt.ArrayLike, right: npt.ArrayLike, num_subjects: int) -> Floats:
    """n·c / (a·b), elementwise; 0 where a or b is 0.

    Example:
        >>> float(lift(30, 60, 100, 1_000))  # 5 % of those with the one have both, 6 × 10 % would by chance
        5.0
    """
    c, a, b = (np.asarray(value, float) for value in (count, left, right))
    found: Floats = num_subjects * c / np.maximum(a * b, 1)
    return found


def log_lift(count: Any, left: Any, right: Any, num_subjects: Any) -> Floats:
    """Natural log of the lift with half a subject added to each count, elementwise: finite where a count is 0."""
    found: Floats = (
        np.log(np.asarray(count) + 0.5)
        + np.log(num_subjects + 0.5)
        - np.log(np.asarray(left) + 0.5)
        - np.log(np.asarray(right) + 0.5)
    )
    return found


def lift_interval(
    count: npt.ArrayLike, left: npt.ArrayLike, right: npt.ArrayLike, num_subjects: int
) -> tuple[Floats, Floats]:
    """95 % interval of the lift by the delta method on its logarithm, subjects independent::

        Var(log lift) = 1/c − 1/a − 1/b + (2·lift − 1)/n

    Exact at its edges: zero where an object is linked to everybody. A count of 0 gives the interval [0, ∞).
    """
    c, a, b = (np.maximum(np.asarray(value, float), 1e-300) for value in (count, left, right))
    n = max(num_subjects, 1)
    with np.errstate(over="ignore"):
        point = n * c / (a * b)
        spread = np.exp(Z95 * np.sqrt(np.maximum(1 / c - 1 / a - 1 / b + (2 * point - 1) / n, 0)))
    seen = np.asarray(count) > 0
    return np.where(seen, point / spread, 0.0), np.where(seen, point * spread, np.inf)
