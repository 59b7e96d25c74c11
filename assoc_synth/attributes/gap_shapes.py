"""How times are spread within a range: a slope, and single times that stand out of it.

The density within a range is ∝ x^a (a truncated Pareto law): a = −1 is log-uniform, 0 uniform, more than 0 rising. A
time that is far more frequent than that, such as an automatic logout after 60 seconds, is an atom with a share of its
own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from assoc_synth.attributes.sharing import subjects_per
from assoc_synth.errors import InputError
from assoc_synth.transactions.arrays import Codes, Floats, Ints
from assoc_synth.transactions.stored import Stored

SLOPES = np.linspace(-4.0, 6.0, 41)
PRIOR_SPREAD = 2.0
"""Slopes that are looked at; and how far a slope is from `FLAT`, as its normal prior has it."""
FLAT = 0.0
LEAST_SUBJECTS, TIMES_OFTENER, CHANCE = 5, 3.0, 0.001
"""An atom is of so many subjects at least, so many times as often as the slope has it, and not by chance."""


@dataclass(frozen=True, eq=False)
class GapShapes(Stored):
    """The shapes of R ranges of whole numbers of steps, of at least 1.

    Attributes:
        slope: (R,) the exponent a of the density.
        atom: (A,) steps that stand out, ascending; of_range: (A,) the range of each.
        share: (A,) share of its range that is at each.
    """

    slope: Floats
    atom: Ints
    of_range: Ints
    share: Floats

    def __post_init__(self) -> None:
        fits = self.slope.ndim == self.atom.ndim == 1 and self.atom.shape == self.of_range.shape == self.share.shape
        fits = fits and bool(((self.share >= 0) & (self.share <= 1)).all()) and bool((self.atom >= 0).all())
        known = (self.of_range >= 0) & (self.of_range < len(self.slope))
        if not fits or (np.diff(self.of_range) < 0).any() or not known.all():
            raise InputError("the shapes of times between rows do not fit together")

    @classmethod
    def learn(cls, steps: Ints, place: Ints, edges: Ints, subject: Ints | Codes, fewest: int = 1) -> GapShapes:
        """Learn from (n,) steps in the ranges `place`, (n,), of (n,) subjects.

        Args:
            edges: (R + 1,) range i is edges[i] to below edges[i + 1].
            fewest: subjects that an atom has at least, and no fewer than `LEAST_SUBJECTS`.

        Example:
            >>> steps = np.concatenate([np.arange(10, 100), np.full(60, 30)])
            >>> place, edges = np.zeros(150, np.int64), np.array([10, 100])
            >>> found = GapShapes.learn(steps, place, edges, np.arange(150))
            >>> abs(found.slope[0]) < 0.5, found.atom.tolist(), round(float(found.share[0]), 1)
            (np.True_, [30], 0.4)
        """
        value, code, count = np.unique(steps, return_inverse=True, return_counts=True)
        of_range = np.zeros(len(value), np.int64)
        of_range[code] = place
        enough = subjects_per(code, subject, len(value)) >= max(fewest, LEAST_SUBJECTS)
        is_atom = np.zeros(len(value), bool)
        for _ in range(2):  # what stands out bends the slope, until it is taken out
            slope, expected = _slopes(value, np.where(is_atom, 0, count), of_range, edges)
            unlikely = stats.poisson.sf(count - 1, np.maximum(expected, 1e-9)) < CHANCE / max(len(value), 1)
            is_atom = enough & unlikely & (count >= TIMES_OFTENER * expected)
        total = np.bincount(of_range, count, len(edges) - 1)
        share = (count - expected)[is_atom] / total[of_range[is_atom]]
        return cls(slope, value[is_atom].astype(np.int64), of_range[is_atom], share.clip(0.0, 1.0))

    def draw(self, place: Ints, edges: Ints, rng: np.random.Generator) -> Ints:
        """Steps of the ranges `place`: (n,) → (n,)."""
        low, high = edges[place], np.maximum(edges[place + 1], edges[place] + 1)
        uniform = rng.random(len(place))
        # Step s stands for all numbers from s to below s + 1.
        drawn = _inverse(uniform, low.astype(np.float64), high.astype(np.float64), self.slope[place])
        found = np.clip(drawn.astype(np.int64), low, high - 1)
        if len(self.atom):
            ends = np.cumsum(self.share)
            before = np.append(0.0, ends)
            begin = before[np.searchsorted(self.of_range, place, side="left")]
            end = before[np.searchsorted(self.of_range, place, side="right")]
            at = begin + rng.random(len(place))
            chosen = at < end
            among = np.searchsorted(ends, at[chosen], side="right").clip(max=len(self.atom) - 1)
            found[chosen] = self.atom[among]
        return found

    def to_dict(self) -> dict[str, Any]:
        """The shapes as JSON values."""
        return {
            "slope": self.slope.tolist(),
            "atom": self.atom.tolist(),
            "of_range": self.of_range.tolist(),
            "share": self.share.tolist(),
        }


def _slopes(value: Ints, count: Ints, of_range: Ints, edges: Ints) -> tuple[Floats, Floats]:
    """The likeliest slope of each range, (R,), and how often each value is expected by it, (m,).

    Args:
        value, count, of_range: (m,) values, how often each is there, and the range of each.
    """
    ranges = len(edges) - 1
    best, slope, expected = np.full(ranges, -np.inf), np.full(ranges, FLAT), np.zeros(len(value))
    total = np.bincount(of_range, count, ranges)
    low, high = (edges[of_range + side].astype(np.float64) for side in (0, 1))
    for own in SLOPES:
        mass = _mass(value.astype(np.float64), low, high, own)
        likelihood = np.bincount(of_range, count * np.log(np.maximum(mass, 1e-300)), ranges)
        likelihood -= 0.5 * ((own - FLAT) / PRIOR_SPREAD) ** 2
        better = likelihood > best
        best[better], slope[better] = likelihood[better], own
        expected = np.where(better[of_range], mass * total[of_range], expected)
    return slope, expected


def _mass(value: Floats, low: Floats, high: Floats, slope: float) -> Floats:
    """Probability of each whole number: that of all numbers from it to below the next one."""
    if abs(slope + 1.0) < 1e-9:
        return np.asarray(np.log1p(1.0 / value) / np.log(high / low))
    power = slope + 1.0
    # Relative to the upper end: large numbers to large powers would overflow.
    ends = [(part / high) ** power for part in (value, value + 1.0, low)]
    return np.asarray((ends[1] - ends[0]) / (1.0 - ends[2]))


def _inverse(uniform: Floats, low: Floats, high: Floats, slope: Floats) -> Floats:
    """Numbers from `low` to below `high` with the density ∝ x^slope: (n,) each."""
    power = slope + 1.0
    ratio, is_log = np.log(low / high), np.abs(power) < 1e-9
    safe = np.where(is_log, 1.0, power)
    least = np.exp(safe * ratio)
    drawn = np.log(least + uniform * (1.0 - least)) / safe
    return np.asarray(high * np.exp(np.where(is_log, (1.0 - uniform) * ratio, drawn)))
