"""Tolerance: which share τ of destroyed subjects would look like the evaluated ones?"""

from __future__ import annotations

import numpy as np

from assoc_synth.gate.verdict import ALPHA
from assoc_synth.transactions.arrays import Floats

TAU_GRID: Floats = np.array([0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1.0])


def bounds_of(mixtures: Floats, alpha: float = ALPHA) -> Floats:
    """The quantiles alpha and 1 − alpha of each block at each τ: (2, τ grid, blocks).

    Args:
        mixtures: discrepancies of real subjects, a share τ of them destroyed, shape (τ grid, replicates, blocks).
    """
    found: Floats = np.quantile(mixtures, [alpha, 1 - alpha], axis=1)
    return found


def tau_interval(bounds: Floats, observed: float) -> tuple[float, float]:
    """[τ_L, τ_U] of one block, 95 % one-sided each, at the observed discrepancy.

    τ_U is the largest τ with P(D_τ ≤ D_obs) ≥ alpha, τ_L the smallest with P(D_τ ≥ D_obs) ≥ alpha; both by
    linear interpolation of the quantiles of D_τ between grid points.

    Args:
        bounds: as `bounds_of`, of one block, shape (2, τ grid).
    """
    upper = _last_crossing(bounds[0] - observed)
    # The smallest τ from below is the largest one from above.
    lower = 1 - _last_crossing((observed - bounds[1])[::-1], 1 - TAU_GRID[::-1])
    return min(lower, upper), upper


def _last_crossing(gap: Floats, grid: Floats = TAU_GRID) -> float:
    """The largest grid value, interpolated, at which `gap` ≤ 0; the first one if there is none."""
    inside = np.flatnonzero(gap <= 0)
    if not len(inside):
        return float(grid[0])
    k = int(inside[-1])
    if k == len(grid) - 1:
        return float(grid[-1])
    return float(grid[k] + (grid[k + 1] - grid[k]) * -gap[k] / (gap[k + 1] - gap[k]))
