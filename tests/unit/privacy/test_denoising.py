"""Factors that many pairs share are found in a noise in which no single pair can be seen."""

from collections.abc import Callable

import numpy as np
import pytest

from assoc_synth.privacy.denoising import denoise
from assoc_synth.privacy.measurements import Measured

Make = Callable[..., Measured]
OBJECTS, GROUPS, NOISE = 120, 6, 8.0


def _measured(make: Make, seed: int) -> tuple[Measured, np.ndarray]:
    """Objects in groups: pairs inside a group are three times as frequent as by chance."""
    rng = np.random.default_rng(seed)
    group = np.arange(OBJECTS) % GROUPS
    lift = np.where(group[:, None] == group[None, :], 3.0, 0.6)
    truth = np.full((OBJECTS, OBJECTS), 8.0) * lift
    np.fill_diagonal(truth, 0.0)
    noise = np.triu(rng.normal(0, NOISE, truth.shape), 1)
    noisy = truth + noise + noise.T
    measured = make(OBJECTS, bound=10, objects_of=np.full(OBJECTS, 200.0), pairs=noisy, pair_noise=NOISE)
    return measured, truth


def test_planted_groups_are_found(make_measured: Make) -> None:
    measured, truth = _measured(make_measured, 0)
    found = denoise(measured)
    upper = np.triu_indices(OBJECTS, 1)
    raw = np.corrcoef(measured.pairs[upper], truth[upper])[0, 1]
    own = np.corrcoef(found.pairs[upper], truth[upper])[0, 1]
    assert own > 0.9 > 0.75 > raw
    assert found.pairs.sum() == pytest.approx(truth.sum(), rel=0.03)


def test_the_result_is_symmetric_and_has_no_pair_with_itself(make_measured: Make) -> None:
    found = denoise(_measured(make_measured, 1)[0])
    assert np.allclose(found.pairs, found.pairs.T, rtol=1e-5)
    assert not np.diag(found.pairs).any()
    assert not np.diag(found.log_lift).any()


def test_without_noise_the_counts_stay(make_measured: Make) -> None:
    """Sampling chance is no noise: what a table without privacy has is kept, one pair of its own included."""
    rng = np.random.default_rng(2)
    truth = np.triu(rng.poisson(30, (40, 40)).astype(float), 1)
    truth[3, 17] = 400.0
    truth += truth.T
    found = denoise(make_measured(40, objects_of=np.full(40, 300.0), pairs=truth, pair_noise=1e-6))
    assert np.corrcoef(found.pairs.ravel(), truth.ravel())[0, 1] > 0.999
    assert found.pairs[3, 17] == pytest.approx(400, rel=0.02)


def test_noise_alone_makes_no_association(make_measured: Make) -> None:
    rng = np.random.default_rng(3)
    noise = np.triu(rng.normal(0, 20.0, (OBJECTS, OBJECTS)), 1)
    pairs = 40.0 * (1 - np.eye(OBJECTS)) + noise + noise.T
    found = denoise(make_measured(OBJECTS, objects_of=np.full(OBJECTS, 200.0), pairs=pairs, pair_noise=20.0))
    assert np.abs(found.log_lift).mean() < 0.1
    assert np.abs(pairs[~np.eye(OBJECTS, dtype=bool)] / 40 - 1).mean() > 0.35  # what the noise says


def test_counts_below_zero_in_all_are_borne(make_measured: Make) -> None:
    noise = np.triu(np.random.default_rng(4).normal(-5, 3.0, (12, 12)), 1)
    found = denoise(make_measured(12, pairs=noise + noise.T, pair_noise=3.0))
    assert np.isfinite(found.pairs).all()
    assert (found.pairs >= 0).all()
