"""A figure with what it needs to be read: an interval, the floor and the independent generator beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from scipy.stats import beta, t

from assoc_synth.evaluation.directions import Aim, direction
from assoc_synth.transactions.arrays import Ints

Subjects = Ints
"""Codes of the subjects that a statistic is computed from."""
Statistic = Callable[[Subjects, Subjects], Mapping[str, float]]

GROUPS = 10


@dataclass(frozen=True)
class Figure:
    """One number of a table under test.

    Attributes:
        name: of the measure, such as `pair_l1`, as `directions` has it.
        value: the number; None where there is nothing to compute it from.
        low, high: its 95 % interval; None where too few subjects allow none.
        floor: what real data score in the table's place.
        independent: what a generator without associations scores.
    """

    name: str
    value: float | None
    low: float | None = None
    high: float | None = None
    floor: float | None = None
    independent: float | None = None

    @property
    def aim(self) -> Aim:
        """Whether "low" or "high" is better, or "half" (0.5) is the aim; KeyError for a name of no measure."""
        return direction(self.name)

    def to_dict(self) -> dict[str, Any]:
        """As JSON values, numbers rounded to six digits."""
        rounded = {key: round(value, 6) if isinstance(value, float) else value for key, value in asdict(self).items()}
        return rounded | {"aim": self.aim}


def known(value: float | None) -> float | None:
    """The number, or None for NaN, which JSON does not have."""
    return None if value is None or not np.isfinite(value) else float(value)


def jackknife(
    statistic: Statistic, num_first: int, num_second: int, rng: np.random.Generator, *, groups: int = GROUPS
) -> dict[str, tuple[float, float]]:
    """Half-widths of 95 % intervals by the delete-a-group jackknife over the subjects of both tables (Kott 2001).

    With θ_g the statistic without the g-th of G random groups, ``se² = (G − 1)/G · Σ_g (θ_g − mean)²``. Deleting a
    group of both tables at once adds up what each contributes.

    Args:
        statistic: from the kept subject codes of the first and of the second table to figures by name.
        num_first, num_second: how many subjects they have.
        groups: G.

    Returns:
        (se, t · se) by name, t of G − 1 degrees of freedom; empty where a table has fewer than 2·G subjects.
    """
    if min(num_first, num_second) < 2 * groups:
        return {}
    parts = [rng.permutation(size) % groups for size in (num_first, num_second)]
    without = [statistic(*(np.flatnonzero(part != group) for part in parts)) for group in range(groups)]
    quantile = float(t.ppf(0.975, groups - 1))
    found = {}
    for name in without[0]:
        values = np.array([figures[name] for figures in without])
        error = float(np.sqrt((groups - 1) / groups * ((values - values.mean()) ** 2).sum()))
        found[name] = (error, quantile * error)
    return found


def interval(value: float, half: float | None, most: float = np.inf) -> tuple[float | None, float | None]:
    """value ± half, cut to [0, most]; (None, None) where there is no half-width."""
    if half is None or not np.isfinite(value) or not np.isfinite(half):
        return None, None
    return max(0.0, value - half), min(most, value + half)


def clopper_pearson(count: int, total: int, *, alpha: float = 0.05) -> tuple[float, float]:
    """Exact two-sided interval of a share (Clopper & Pearson 1934); (0, 1) where nothing was drawn."""
    low = float(beta.ppf(alpha / 2, count, total - count + 1)) if count > 0 else 0.0
    high = float(beta.ppf(1 - alpha / 2, count + 1, total - count)) if count < total else 1.0
    return low, high


def upper_bound(count: int, total: int, *, alpha: float = 0.05) -> float:
    """Exact one-sided upper bound of a share at level 1 − alpha (Clopper & Pearson 1934)."""
    return float(beta.ppf(1 - alpha, count + 1, total - count)) if count < total else 1.0
