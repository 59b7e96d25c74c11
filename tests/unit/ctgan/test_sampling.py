"""Drawing edges: hard conditions, exact exclusion, the same result whatever the batch."""

import numpy as np
import pytest
import torch

from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.degrees import Degrees
from assoc_synth.ctgan.networks import EdgeGenerator
from assoc_synth.ctgan.sampling import inverse_cdf, sample_edges
from assoc_synth.graph import Edges

SMALL = CTGANConfig(noise_dim=4, context_dim=8, association_dim=6, hidden_dim=16, blocks=1)


@pytest.fixture(scope="module")
def generator() -> EdgeGenerator:
    torch.manual_seed(0)
    model = EdgeGenerator(SMALL, torch.zeros(3), torch.randn(3, 20), 0.0).eval()
    model.make_steering(4)
    model.steering_source.normal_()
    model.steering_target.normal_()
    return model


def test_sizes_are_kept_and_no_link_comes_twice(generator: EdgeGenerator) -> None:
    sizes = np.random.default_rng(0).integers(1, 40, 200)
    edges = sample_edges(generator, sizes, seed=1)
    assert np.diff(edges.offsets).tolist() == sizes.tolist()
    assert (edges.count == 1).all()


def test_a_subject_that_runs_out_of_objects_stops(generator: EdgeGenerator) -> None:
    edges = sample_edges(generator, np.array([25, 3]), verbs=[1], seed=1)
    assert np.diff(edges.offsets).tolist() == [20, 3]


def test_the_verb_condition_is_hard(generator: EdgeGenerator) -> None:
    edges = sample_edges(generator, np.full(50, 6), verbs=[0, 2], seed=1)
    assert set(edges.verb.tolist()) == {0, 2}


@pytest.mark.parametrize("batch", [1, 7, 1000])
def test_the_batch_size_changes_nothing(generator: EdgeGenerator, batch: int) -> None:
    sizes = np.random.default_rng(0).integers(1, 12, 60)
    first = sample_edges(generator, sizes, seed=3)
    again = sample_edges(generator, sizes, seed=3, batch_subjects=batch)
    assert np.array_equal(first.token, again.token)
    assert np.array_equal(first.subject, again.subject)


def test_seeds_differ(generator: EdgeGenerator) -> None:
    sizes = np.full(20, 5)
    first, other = (sample_edges(generator, sizes, seed=seed) for seed in (1, 2))
    assert not np.array_equal(first.token, other.token)


def test_inverse_cdf_draws_by_the_softmax_and_never_an_excluded_object() -> None:
    scores = torch.log(torch.tensor([0.5, 0.0, 0.3, 0.2, 0.0])).repeat(30_000, 1)
    uniform = torch.from_numpy(np.random.default_rng(0).random(30_000, dtype=np.float32))
    uniform[:2] = torch.tensor([0.0, 1.0 - 2**-24])
    shares = torch.bincount(inverse_cdf(scores, uniform), minlength=5) / 30_000
    assert torch.allclose(shares, torch.tensor([0.5, 0.0, 0.3, 0.2, 0.0]), atol=0.01)
    assert shares[1] == shares[4] == 0


def test_degrees_come_back_as_they_were() -> None:
    rng = np.random.default_rng(0)
    edges = Edges.from_links(
        rng.integers(0, 500, 4000),
        rng.integers(0, 2, 4000),
        rng.integers(0, 30, 4000),
        num_subjects=500,
        num_verbs=2,
        num_objects=30,
    )
    degrees = Degrees.learn(edges)
    drawn = degrees.draw(20_000, rng)
    assert drawn.mean() == pytest.approx(np.diff(edges.offsets).mean(), rel=0.02)
    of_verb = edges.of_verbs([1])
    size, total = degrees.draw_of([1], 20_000, rng)
    assert size.mean() == pytest.approx(np.diff(of_verb.offsets).mean(), rel=0.03)
    assert (size >= 1).all()
    assert (size <= total).all()


def test_degrees_of_all_verbs_together_are_the_whole() -> None:
    rng = np.random.default_rng(0)
    edges = Edges.from_links(
        rng.integers(0, 500, 4000),
        rng.integers(0, 2, 4000),
        rng.integers(0, 30, 4000),
        num_subjects=500,
        num_verbs=2,
        num_objects=30,
    )
    size, total = Degrees.learn(edges).draw_of([0, 1], 20_000, rng)
    assert np.array_equal(size, total)
    assert size.mean() == pytest.approx(np.diff(edges.offsets).mean(), rel=0.05)
    assert total.mean() == pytest.approx(np.diff(edges.offsets).mean(), rel=0.05)
