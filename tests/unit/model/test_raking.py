"""Weights and resampling of candidate subjects."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
import scipy.sparse as sp

from assoc_synth.errors import InputError
from assoc_synth.link_graph.edges import Edges
from assoc_synth.model.raking import constraints, maximum_entropy, rake, systematic_resample
from assoc_synth.transactions.arrays import Floats, Ints


def draw(subjects: int, seed: int) -> Edges:
    """Two verbs over 40 objects of falling popularity, verb 1 with an object of verb 0 in 30 %; 1 to 10 or so links."""
    rng = np.random.default_rng(seed)
    score = -np.log(1 + np.arange(40)) + rng.gumbel(size=(subjects, 40))
    has = np.argsort(np.argsort(-score, axis=1), axis=1) < (1 + rng.poisson(3, subjects))[:, None]
    returned = has & (rng.random(has.shape) < 0.3)
    first, second = np.nonzero(has), np.nonzero(returned)
    return Edges.from_links(
        np.concatenate([first[0], second[0]]),
        np.repeat([0, 1], [len(first[0]), len(second[0])]),
        np.concatenate([first[1], second[1]]),
        num_subjects=subjects,
        num_verbs=2,
        num_objects=40,
    )


def token_margins(edges: Edges) -> Floats:
    return np.bincount(edges.token, minlength=80) / edges.num_subjects


def edge_histogram(edges: Edges) -> Ints:
    return np.bincount(np.diff(edges.offsets)).astype(np.int64)


def effective_sample_size(weights: npt.ArrayLike) -> float:
    """Kish's: the number of equally weighted subjects worth as much."""
    weight = np.asarray(weights, float)
    return float(weight.sum()) ** 2 / float((weight**2).sum())


def test_raking_moves_tilted_candidates_to_the_targets() -> None:
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


def test_candidates_that_fit_keep_equal_weights() -> None:
    edges = draw(500, 3)
    weights = rake(edges, token_margins(edges), edge_histogram(edges))
    assert effective_sample_size(weights) == pytest.approx(500, rel=1e-4)


def test_fewer_training_subjects_bind_less() -> None:
    candidates, target = draw(1_000, 4), draw(100, 5)
    aims = token_margins(target), edge_histogram(target)
    loose, tight = (effective_sample_size(rake(candidates, *aims, target_size=size)) for size in (100, 100_000))
    assert tight < loose < 1_000


def test_targets_of_the_wrong_shape() -> None:
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


def test_weights_reach_a_mean_and_strata_come_as_often_as_they_weigh() -> None:
    marked = np.arange(100) < 10
    weights = maximum_entropy(sp.csr_matrix(marked[:, None].astype(float)), np.array([0.4]), np.array([1e-9]))
    assert weights[marked].sum() == pytest.approx(0.4, abs=1e-4)
    rng = np.random.default_rng(0)
    chosen = systematic_resample(weights, 50, rng, marked.astype(np.int64))
    assert marked[chosen].sum() in (19, 20, 21)


def test_weights_stay_as_close_to_their_prior_as_the_mean_allows() -> None:
    """Within what is marked and within the rest, the prior's proportions are kept: the exponential tilt of one mark."""
    marked = np.arange(6) < 3
    prior = np.array([1.0, 2.0, 3.0, 1.0, 1.0, 4.0])
    features = sp.csr_matrix(marked[:, None].astype(float))
    weights = maximum_entropy(features, np.array([0.75]), np.array([1e-9]), log_prior=np.log(prior))
    expected = np.concatenate([0.75 * prior[:3] / 6, 0.25 * prior[3:] / 6])
    np.testing.assert_allclose(weights, expected, atol=1e-5)


def test_constraints_are_tokens_and_degrees_that_both_sides_have() -> None:
    edges = Edges.from_links([0, 1, 1], [0, 0, 0], [0, 0, 1], num_subjects=2, num_verbs=1, num_objects=3)
    features, target, variance = constraints(edges, np.array([0.6, 0.0, 0.4]), np.array([0.0, 0.5, 0.5]))
    assert features.toarray().tolist() == [[1, 1, 0], [1, 0, 1]]  # token 0, one link, two links
    assert target.tolist() == [0.6, 0.5, 0.5]
    assert variance == pytest.approx([0.24, 0.0025, 0.0025])
