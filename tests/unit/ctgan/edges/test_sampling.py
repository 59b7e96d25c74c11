"""Drawing edges: hard conditions, exact exclusion, the same result whatever the batch."""

import numpy as np
import pytest
import torch
from scipy.stats import ks_2samp

from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.edges.degrees import Degrees
from assoc_synth.ctgan.edges.generator import EdgeGenerator
from assoc_synth.ctgan.edges.sampling import inverse_cdf, sample_edges
from assoc_synth.link_graph.edges import Edges

SMALL = CTGANConfig(noise_dim=4, context_dim=8, association_dim=6, hidden_dim=16, blocks=1)


@pytest.fixture(scope="module")
def generator() -> EdgeGenerator:
    torch.manual_seed(0)
    model = EdgeGenerator(SMALL, torch.zeros(3), torch.randn(3, 20), 0.0).eval()
    model.make_steering(4)
    model.steering_source.normal_()
    model.steering_target.normal_()
    return model


def test_compositions_are_kept_and_no_link_comes_twice(generator: EdgeGenerator) -> None:
    composition = np.random.default_rng(0).integers(0, 14, (200, 3))
    composition[:, 1] += 1
    edges = sample_edges(generator, composition, seed=1)
    for verb in range(3):
        assert np.bincount(edges.subject[edges.verb == verb], minlength=200).tolist() == composition[:, verb].tolist()
    assert (edges.count == 1).all()


def test_a_subject_that_runs_out_of_objects_stops(generator: EdgeGenerator) -> None:
    edges = sample_edges(generator, np.array([[0, 25, 0], [0, 3, 1]]), seed=1)
    assert np.diff(edges.offsets).tolist() == [20, 4]


def test_the_verb_condition_is_hard(generator: EdgeGenerator) -> None:
    edges = sample_edges(generator, np.tile([3, 0, 3], (50, 1)), totals=np.full(50, 9), seed=1)
    assert set(edges.verb.tolist()) == {0, 2}


@pytest.mark.parametrize("batch", [1, 7, 1000])
def test_the_batch_size_changes_nothing(generator: EdgeGenerator, batch: int) -> None:
    composition = np.random.default_rng(0).integers(1, 5, (60, 3))
    first = sample_edges(generator, composition, seed=3)
    again = sample_edges(generator, composition, seed=3, batch_subjects=batch)
    assert np.array_equal(first.token, again.token)
    assert np.array_equal(first.subject, again.subject)


def test_the_first_subjects_are_the_same_however_many_follow(generator: EdgeGenerator) -> None:
    composition = np.random.default_rng(0).integers(1, 5, (60, 3))
    whole, first = sample_edges(generator, composition, seed=3), sample_edges(generator, composition[:20], seed=3)
    assert np.array_equal(whole.take(np.arange(20)).token, first.token)


def test_seeds_differ(generator: EdgeGenerator) -> None:
    composition = np.full((20, 3), 2)
    first, other = (sample_edges(generator, composition, seed=seed) for seed in (1, 2))
    assert not np.array_equal(first.token, other.token)


def test_inverse_cdf_draws_by_the_softmax_and_never_an_excluded_object() -> None:
    logits = torch.log(torch.tensor([0.5, 0.0, 0.3, 0.2, 0.0])).repeat(30_000, 1)
    uniform = torch.from_numpy(np.random.default_rng(0).random(30_000, dtype=np.float32))
    uniform[:2] = torch.tensor([0.0, 1.0 - 2**-24])
    shares = torch.bincount(inverse_cdf(logits, uniform), minlength=5) / 30_000
    assert torch.allclose(shares, torch.tensor([0.5, 0.0, 0.3, 0.2, 0.0]), atol=0.01)
    assert shares[1] == shares[4] == 0


@pytest.fixture(scope="module")
def bought() -> Edges:
    """Verb 1 is rare and sits with a few subjects; verb 2 is in between."""
    rng = np.random.default_rng(0)
    links = 6000
    subject = rng.integers(0, 500, links)
    chance = np.where(subject < 50, 0.4, 0.02)
    verb = np.where(rng.random(links) < chance, 1, np.where(rng.random(links) < 0.3, 2, 0))
    return Edges.from_links(subject, verb, rng.integers(0, 40, links), num_subjects=500, num_verbs=3, num_objects=40)


def test_degrees_come_back_as_they_were(bought: Edges) -> None:
    drawn = Degrees.learn(bought).draw(20_000, np.random.default_rng(1))
    assert drawn.sum(1).mean() == pytest.approx(np.diff(bought.offsets).mean(), rel=0.02)
    for verb in range(3):
        real = np.bincount(bought.subject[bought.verb == verb], minlength=500)
        assert drawn[:, verb].mean() == pytest.approx(real.mean(), rel=0.1)
        assert drawn[:, verb].std() == pytest.approx(real.std(), rel=0.2)


def test_every_one_of_many_verbs_keeps_its_degrees() -> None:
    """Thirty verbs of one frequency, two of them on few subjects: none is what the others leave."""
    rng = np.random.default_rng(0)
    wanted = rng.poisson(rng.gamma(1.0, 1.0, (2_000, 1)) * rng.gamma(2.0, 0.5, (2_000, 30)))
    wanted[:, :2] *= 4 * (rng.random((2_000, 2)) < 0.25)
    subject, verb = (np.repeat(index.ravel(), wanted.ravel()) for index in np.indices(wanted.shape))
    object = np.arange(len(subject)) - np.repeat(np.cumsum(wanted.ravel()) - wanted.ravel(), wanted.ravel())
    edges = Edges.from_links(subject, verb, object, num_subjects=2_000, num_verbs=30, num_objects=int(object.max()) + 1)
    drawn = Degrees.learn(edges).draw(2_000, np.random.default_rng(1))
    assert max(ks_2samp(edges.degrees(verb), drawn[:, verb]).statistic for verb in range(30)) < 0.06
    assert ks_2samp(np.diff(edges.offsets), drawn.sum(1)).statistic < 0.06


def test_degrees_of_some_verbs_are_those_of_the_subjects_that_have_them(bought: Edges) -> None:
    asked, total = Degrees.learn(bought).draw_of([1], 5_000, np.random.default_rng(1))
    real = np.diff(bought.of_verbs([1]).offsets)
    assert len(asked) == 5_000
    assert asked[:, 1].mean() == pytest.approx(real.mean(), rel=0.1)
    assert (asked[:, 1] >= 1).all()
    assert asked[:, [0, 2]].sum() == 0
    assert (asked[:, 1] <= total).all()
