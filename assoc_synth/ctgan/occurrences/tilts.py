"""Exponential tilts: logits that are moved along statistics of the classes, by weights of features."""

from __future__ import annotations

import numpy as np

from assoc_synth.transactions.arrays import Bools, Floats, Ints, Singles

STEPS, LONGEST, SHORTEST = 10, 1.0, 1e-3
"""Newton steps at most, how far one goes at most, and how short the last one is."""


def fit_tilts(
    x: Floats,
    base: Floats | Singles,
    code: Ints,
    statistics: Floats,
    free: Bools,
    precision: Floats,
    start: Floats,
    mean: Floats,
) -> Floats:
    """The most probable weights W of logits base + (x Wᵀ) statisticsᵀ under a normal prior, by Newton's method.

    The log-posterior is concave: the statistics are those of an exponential family.

    Args:
        x: (n, F); base: (n, C); code: (n,) true classes; statistics: (C, J).
        free: (J, F) which weights are sought; the others are 0.
        precision, mean: (J, F) of the prior; start: (J, F).

    Example:
        >>> none, one = np.zeros((1, 1)), np.ones((1, 1))
        >>> code = np.array([0] * 25 + [1] * 75)
        >>> given = np.ones((100, 1)), np.zeros((100, 2)), code, np.array([[0.0], [1.0]])
        >>> fit_tilts(*given, one > 0, 1e-6 * one, none, none).round(3).tolist() == [[round(float(np.log(3)), 3)]]
        True
    """
    weights = np.where(free, start, 0.0)
    parts = [x[:, own] for own in free]
    precision, mean = precision[free], mean[free]
    for _ in range(STEPS):
        shares = shares_of(base + (x @ weights.T) @ statistics.T)
        usual = shares @ statistics
        error = statistics[code] - usual
        slope = np.concatenate([own.T @ error[:, j] for j, own in enumerate(parts)])
        slope = slope - precision * (weights[free] - mean)
        second = np.einsum("nc,ci,cj->nij", shares, statistics, statistics, optimize=True)
        spread = second - usual[:, :, None] * usual[:, None, :]
        curve = np.block(
            [
                [(one * spread[:, i, j][:, None]).T @ other for j, other in enumerate(parts)]
                for i, one in enumerate(parts)
            ]
        )
        step = np.linalg.solve(curve + np.diag(precision), slope)
        weights[free] += np.clip(step, -LONGEST, LONGEST)
        if np.abs(step).max(initial=0.0) < SHORTEST:
            break
    return weights


def shares_of(logits: Floats | Singles) -> Floats:
    """(n, C) → (n, C), rows that sum to 1."""
    shares = np.exp(logits - logits.max(axis=1, keepdims=True), dtype=np.float64)
    found: Floats = shares / shares.sum(axis=1, keepdims=True)
    return found
