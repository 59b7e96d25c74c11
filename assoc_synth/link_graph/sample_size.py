"""How many subjects it takes to say that two tables have a pair equally strongly.

With n subjects of whom a share p has both things of a pair, p_a the one and p_b the other, the delta method gives the
logarithm of the lift l = p / (p_a·p_b) the variance v / n::

    v = 1/p − 1/p_a − 1/p_b + 2·l − 1

Two one-sided tests (Schuirmann 1987) put two equal log-lifts within the margin of each other with probability `power`
once ``z_(1−α) + z_((1+power)/2)`` standard errors of their difference, √(2v/n), fit into the margin (Chow, Shao & Wang
2008, section 3.2).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.stats import norm

from assoc_synth.transactions.arrays import Floats, Ints

MARGIN = float(np.log(1.25))
"""Two lifts within a quarter of each other are equal."""
ALPHA, POWER = 0.05, 0.8


def subjects_to_confirm(
    both: npt.ArrayLike, left: npt.ArrayLike, right: npt.ArrayLike, *, margin: float = MARGIN, power: float = POWER
) -> Floats:
    """Subjects that each of two tables needs, so that a pair which is equally strong in both is confirmed.

    Args:
        both: share of the subjects that have both things; left, right: either; elementwise.
        margin: how far apart two log-lifts may be.
        power: probability of the confirmation.

    Returns:
        Numbers of subjects, rounded up; infinite where nobody has the pair.

    Example:
        >>> subjects_to_confirm([0.1, 0.01], [0.2, 0.05], [0.2, 0.05]).tolist()  # lifts 2.5 and 4
        [1376.0, 23047.0]
    """
    p, a, b = (np.asarray(share, float) for share in (both, left, right))
    quantile = norm.ppf(1 - ALPHA) + norm.ppf((1 + power) / 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = 1 / p - 1 / a - 1 / b + 2 * p / (a * b) - 1
        size = np.ceil(2 * np.maximum(variance, 0) * (quantile / margin) ** 2)
    found: Floats = np.where(p > 0, size, np.inf)
    return found


def decided_by(needed: npt.ArrayLike, sizes: npt.ArrayLike) -> Ints:
    """How many pairs so many subjects in each table decide: one count for each of `sizes`.

    Example:
        >>> decided_by([900, 1_500, 40_000], [1_000, 10_000]).tolist()
        [1, 2]
    """
    counts: Ints = np.searchsorted(np.sort(np.asarray(needed, float)), np.asarray(sizes, float), side="right")
    return counts.astype(np.int64)


def round_up(size: float) -> float:
    """The next number of the ladder 100, 150, 200, 300, 500, 700, 1,000 …: a size that is only known roughly.

    Example:
        >>> [int(round_up(size)) for size in (1_376, 23_047, 40)]
        [1500, 30000, 50]
    """
    if not np.isfinite(size) or size <= 0:
        return size
    power = 10.0 ** np.floor(np.log10(size))
    return float(next(step * power for step in (1, 1.5, 2, 3, 5, 7, 10) if step * power >= size * (1 - 1e-9)))
