"""Lift, the one formula of association strength, and its uncertainty.

With n subjects, a of them linked to one thing, b to another and c to both::

    lift = n·c / (a·b)            log lift = log((c + ½)(n + ½) / ((a + ½)(b + ½)))
"""

from __future__ import annotations

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


def log_lift(
    count: npt.ArrayLike, left: npt.ArrayLike, right: npt.ArrayLike, num_subjects: float, *, half: float = 0.5
) -> Floats:
    """Natural log of the lift with half a subject added to each count, elementwise: finite where a count is 0.

    Args:
        half: half a subject in the unit of the counts; of shares of n subjects (`num_subjects` 1) it is ½/n.

    Example:
        >>> round(float(np.exp(log_lift(0, 60, 100, 1_000))), 3)  # (½ · 1000½) / (60½ · 100½)
        0.082
    """
    found: Floats = (
        np.log(np.asarray(count) + half)
        + np.log(num_subjects + half)
        - np.log(np.asarray(left) + half)
        - np.log(np.asarray(right) + half)
    )
    return found


def log2_share_lift(together: Floats, expected: Floats, num_subjects: int) -> Floats:
    """log2 of a lift from shares, finite where nobody has the whole set.

    A set that nobody has is read as half a subject's, or as what chance gives where that is less: its absence is never
    read as an attraction. So a set with a member that nobody has says nothing; its lift is 1.

    Args:
        together: share of the subjects that are linked to every member of a set.
        expected: product of the members' own shares.
        num_subjects: n; `together` is taken as at least min(½/n, `expected`).

    Example:
        >>> log2_share_lift(np.array([0.25, 0.0, 0.0]), np.array([0.5 * 0.25, 0.5 * 0.25, 0.0]), 100).tolist()
        [1.0, -4.643856189774724, 0.0]
    """
    least = np.minimum(0.5 / num_subjects, expected)
    known = expected > 0
    found: Floats = np.zeros(np.shape(expected))
    found[known] = np.log2(np.maximum(together, least)[known] / expected[known])
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
