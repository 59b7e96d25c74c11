"""Weights and resampling of candidate subjects."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from assoc_synth.errors import InputError
from assoc_synth.model.raking import edge_histogram, effective_sample_size, rake, systematic_resample, token_margins


def test_raking_moves_tilted_candidates_to_the_targets(draw: Any) -> None:
    target, pool = draw(4_000, 1), draw(6_000, 2)
    size = np.diff(pool.offsets)
    tilt = 1 / (1.0 + size)
    tilted = pool.take(np.random.default_rng(0).choice(6_000, 3_000, p=tilt / tilt.sum()))
    weights = rake(tilted, token_margins(target), edge_histogram(target), target_size=4_000)
    wanted = token_margins(target)
    before = np.abs(token_margins(tilted) - wanted).sum() / wanted.sum()
    after = np.abs(tilted.tokens().T @ weights - wanted).sum() / wanted.sum()
    assert before > 0.15
    assert after < 0.05
    assert weights.sum() == pytest.approx(1)
    assert weights @ np.diff(tilted.offsets) == pytest.approx(np.diff(target.offsets).mean(), rel=0.02)
    assert 0.4 * 3_000 < effective_sample_size(weights) < 3_000


def test_candidates_that_fit_keep_equal_weights(draw: Any) -> None:
    edges = draw(500, 3)
    weights = rake(edges, token_margins(edges), edge_histogram(edges))
    assert effective_sample_size(weights) == pytest.approx(500, rel=1e-4)


def test_fewer_training_subjects_bind_less(draw: Any) -> None:
    candidates, target = draw(1_000, 4), draw(100, 5)
    aims = token_margins(target), edge_histogram(target)
    loose, tight = (effective_sample_size(rake(candidates, *aims, target_size=size)) for size in (100, 100_000))
    assert tight < loose < 1_000


def test_targets_of_the_wrong_shape(draw: Any) -> None:
    edges = draw(10, 1)
    with pytest.raises(InputError, match="shape"):
        rake(edges, np.ones(3), [0, 1])
    with pytest.raises(InputError, match="histogram"):
        rake(edges, np.ones(80), [0, 0])
    with pytest.raises(InputError, match="no candidate"):
        rake(draw(0, 1), np.ones(80), [0, 1])


def test_systematic_resampling_rounds_every_weight() -> None:
    weights = np.array([0.0, 0.5, 0.25, 0.2, 0.05, 0.0])
    for seed in range(20):
        drawn = np.bincount(systematic_resample(weights, 10, np.random.default_rng(seed)), minlength=6)
        assert drawn.sum() == 10
        assert (np.abs(drawn - 10 * weights) < 1 + 1e-9).all()
        assert drawn[[0, 5]].tolist() == [0, 0]
    many = np.concatenate([systematic_resample(weights, 3, np.random.default_rng(seed)) for seed in range(3_000)])
    assert np.bincount(many, minlength=6) / 3_000 == pytest.approx(3 * weights, abs=0.04)


def test_resampling_refuses_impossible_weights() -> None:
    rng = np.random.default_rng(0)
    assert len(systematic_resample(np.ones(3), 0, rng)) == 0
    for weights in (np.zeros(3), np.array([1.0, -1.0, 3.0]), np.array([np.nan, 1.0]), np.zeros(0)):
        with pytest.raises(InputError):
            systematic_resample(weights, 2, rng)


def test_effective_sample_size() -> None:
    assert effective_sample_size(np.ones(7)) == 7
    assert effective_sample_size([1, 0, 0]) == 1
    assert effective_sample_size([]) == 0
