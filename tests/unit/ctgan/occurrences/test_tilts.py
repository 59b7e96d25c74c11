"""Tilts: weights that are known are found again, and a prior draws them to its mean."""

import numpy as np
import pytest

from assoc_synth.ctgan.occurrences.tilts import fit_tilts, shares_of

STATISTICS = np.stack([np.arange(4.0), np.arange(4.0) ** 2], axis=1)
TRUE = np.array([[0.8, -0.5], [-0.2, 0.0]])


def drawn(count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    x, base = np.stack([np.ones(count), rng.normal(size=count)], axis=1), rng.normal(size=(count, 4))
    shares = shares_of(base + x @ TRUE.T @ STATISTICS.T)
    return x, base, (shares.cumsum(1) < rng.random((count, 1))).sum(1).clip(max=3)


def test_known_weights_are_found() -> None:
    every, none = np.ones((2, 2)), np.zeros((2, 2))
    found = fit_tilts(*drawn(20_000), STATISTICS, every > 0, 1e-3 * every, none, none)
    assert found == pytest.approx(TRUE, abs=0.06)


def test_weights_that_are_not_sought_are_none() -> None:
    every, none = np.ones((2, 2)), np.zeros((2, 2))
    free = np.array([[True, True], [True, False]])
    found = fit_tilts(*drawn(500), STATISTICS, free, every, every, none)
    assert found[1, 1] == 0.0
    assert found[free].all()


def test_a_strong_prior_is_kept() -> None:
    every = np.ones((2, 2))
    found = fit_tilts(*drawn(500), STATISTICS, every > 0, 1e7 * every, 0 * every, 0.3 * every)
    assert found == pytest.approx(0.3 * every, abs=1e-2)


def test_shares_of_large_logits() -> None:
    assert shares_of(np.array([[1e4, 1e4, -1e4]])).tolist() == [[0.5, 0.5, 0.0]]
