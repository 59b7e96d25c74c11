"""Inverting mixtures at what is observed."""

from __future__ import annotations

import numpy as np
import pytest

from assoc_synth.gate.tolerance import TAU_GRID, bounds_of, tau_interval


def test_tau_interval_inverts_the_mixtures() -> None:
    """D_τ uniform on [τ, τ + 0.2]: 0.3 is seen for τ from 0.11 (95 % one-sided) to 0.29."""
    bounds = bounds_of((TAU_GRID[:, None] + np.linspace(0, 0.2, 2_001)[None, :])[:, :, None])[:, :, 0]
    low, high = tau_interval(bounds, 0.3)
    assert (low, high) == (pytest.approx(0.11, abs=1e-3), pytest.approx(0.29, abs=1e-3))
    assert tau_interval(bounds, -1.0) == (0, 0)
    assert tau_interval(bounds, 9.0) == (1, 1)
    assert tau_interval(np.zeros((2, 10)), 0.0) == (0, 1)


def test_bounds_are_the_quantiles_of_each_block() -> None:
    mixtures = np.random.default_rng(0).normal(size=(10, 500, 3))
    bounds = bounds_of(mixtures, 0.1)
    assert bounds.shape == (2, 10, 3)
    assert bounds[0, 4, 2] == pytest.approx(np.quantile(mixtures[4, :, 2], 0.1))
    assert bounds[1, 4, 2] == pytest.approx(np.quantile(mixtures[4, :, 2], 0.9))
