"""A figure with what it needs to be read: an interval, the floor and the independent generator beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from scipy.stats import beta, t

from assoc_synth.evaluation.directions import Aim, direction
from assoc_synth.transactions.arrays import Floats, Ints

Subjects = Ints
"""Codes of the subjects that a statistic is computed from."""
Statistic = Callable[[Subjects, Subjects], Mapping[str, float]]
"""From some subjects of the first and of the second table to figures by name."""
Clusters = tuple[Ints | None, Ints | None]
"""Which subjects of the first and of the second table belong together."""

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
        why: where there is no value, what is missing.
        p_value: of figures of privacy, how often one of them is as bad where no subject is given away, see
            `disclosure`; None where there is no such test.
        own_aim: which way a measure of the user's own is better; None for those of `directions`.
    """

    name: str
    value: float | None
    low: float | None = None
    high: float | None = None
    floor: float | None = None
    independent: float | None = None
    why: str = ""
    p_value: float | None = None
    own_aim: Aim | None = None

    @property
    def aim(self) -> Aim:
        """Whether "low" or "high" is better, or "half" (0.5) is the aim; KeyError for a name of no measure."""
        return direction(self.name) if self.own_aim is None else self.own_aim

    def to_dict(self) -> dict[str, Any]:
        """As JSON values, numbers rounded to six digits."""
        rounded = {key: round(value, 6) if isinstance(value, float) else value for key, value in asdict(self).items()}
        del rounded["own_aim"]
        if self.p_value is None:
            del rounded["p_value"]
        return rounded | {"aim": self.aim}


def known(value: float | None) -> float | None:
    """The number, or None for NaN, which JSON does not have."""
    return None if value is None or not np.isfinite(value) else float(value)


def jackknife(
    statistic: Statistic,
    num_first: int,
    num_second: int,
    rng: np.random.Generator,
    *,
    groups: int = GROUPS,
    clusters: Clusters = (None, None),
) -> dict[str, tuple[float, float]]:
    """Half-widths of 95 % intervals by the delete-a-group jackknife over the subjects of both tables (Kott 2001).

    With θ_g the statistic without the g-th of G random groups, ``se² = (G − 1)/G · Σ_g (θ_g − mean)²``. Deleting a
    group of both tables at once adds up what each contributes. The interval is one of the expected figure at these
    sizes; it holds it in 95 to 100 of 100 pairs of tables (`tests/statistical/test_intervals.py`): sums of absolute
    differences and sets of rules vary less than their jackknife says. A bootstrap of the subjects is narrower and
    holds some figures in as few as 78 of 100.

    Args:
        statistic: from the kept subject codes of the first and of the second table to figures by name.
        num_first, num_second: how many subjects they have.
        groups: G.
        clusters: of the subjects of the first and of the second table, codes; a cluster is in one group. None for none.

    Returns:
        (se, t · se) by name, t of G − 1 degrees of freedom; empty where a table has fewer than 2·G subjects, or
        clusters.
    """
    own = [np.arange(size) if of is None else of for size, of in zip((num_first, num_second), clusters, strict=True)]
    places = [np.unique(of, return_inverse=True) for of in own]
    if min(len(names) for names, _ in places) < 2 * groups:
        return {}
    parts = [(rng.permutation(len(names)) % groups)[place] for names, place in places]
    without = [statistic(*(np.flatnonzero(part != group) for part in parts)) for group in range(groups)]
    return {name: jackknife_error(np.array([figures[name] for figures in without])) for name in without[0]}


def jackknife_error(without: Floats) -> tuple[float, float]:
    """(se, t · se) of a statistic by its values without one group each, (G,): ``se² = (G − 1)/G · Σ_g (θ_g − mean)²``.

    Example:
        >>> jackknife_error(np.array([1.0, 2.0, 3.0]))[0]
        1.1547005383792515
    """
    groups = len(without)
    error = float(np.sqrt((groups - 1) / groups * ((without - without.mean()) ** 2).sum()))
    return error, float(t.ppf(0.975, groups - 1)) * error


def mean_interval(values: Floats, clusters: Ints | None = None) -> tuple[float, float, float]:
    """A mean of shares and its 95 % interval, cut to [0, 1]: of a mean of clusters' totals over clusters' sizes.

    The residuals of a cluster are added up first, as Liang & Zeger (1986) do: those of one household move together.

    Args:
        values: (n,) between 0 and 1.
        clusters: (n,) codes; None where each value is on its own.

    Returns:
        Mean, low and high; NaN for a mean of nothing, and limits of NaN for fewer than two clusters.

    Example:
        >>> [round(one, 2) for one in mean_interval(np.array([0.2, 0.4, 0.6, 0.8]))]
        [0.5, 0.09, 0.91]
    """
    nothing = float("nan")
    if not len(values):
        return nothing, nothing, nothing
    mean, place = float(values.mean()), np.arange(len(values))
    if clusters is not None:
        place = np.unique(clusters, return_inverse=True)[1]
    total = np.bincount(place, weights=values - mean)
    number = len(total)
    if number < 2:
        return mean, nothing, nothing
    error = float(np.sqrt((total**2).sum() * number / (number - 1))) / len(values)
    half = float(t.ppf(0.975, number - 1)) * error
    return mean, max(0.0, mean - half), min(1.0, mean + half)


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
