"""Drawing edges: hard conditions, exact exclusion, the same result whatever the batch."""

import numpy as np
import pytest
import torch

from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.edges.generator import EdgeGenerator
from assoc_synth.ctgan.edges.sampling import sample_edges
from assoc_synth.link_graph.edges import Edges
from assoc_synth.randomness import Seeds

SMALL = CTGANConfig(noise_dim=4, context_dim=8, association_dim=6, hidden_dim=16, blocks=1)


@pytest.fixture(scope="module")
def generator() -> EdgeGenerator:
    torch.manual_seed(0)
    model = EdgeGenerator(SMALL, torch.randn(3, 20), 0.0).eval()
    model.make_steering(4)
    model.steering_source.normal_()
    model.steering_target.normal_()
    return model


def test_compositions_are_kept_and_no_link_comes_twice(generator: EdgeGenerator) -> None:
    composition = np.random.default_rng(0).integers(0, 14, (200, 3))
    composition[:, 1] += 1
    edges = sample_edges(generator, composition, seeds=Seeds.of(1))
    for verb in range(3):
        assert np.bincount(edges.subject[edges.verb == verb], minlength=200).tolist() == composition[:, verb].tolist()
    assert (edges.count == 1).all()


def test_a_subject_that_runs_out_of_objects_stops(generator: EdgeGenerator) -> None:
    edges = sample_edges(generator, np.array([[0, 25, 0], [0, 3, 1]]), seeds=Seeds.of(1))
    assert np.diff(edges.offsets).tolist() == [20, 4]


def test_the_verb_condition_is_hard(generator: EdgeGenerator) -> None:
    edges = sample_edges(generator, np.tile([3, 0, 3], (50, 1)), plan=np.tile([3, 3, 3], (50, 1)), seeds=Seeds.of(1))
    assert set(edges.verb.tolist()) == {0, 2}


@pytest.mark.parametrize("batch", [1, 7, 1000])
def test_the_batch_size_changes_nothing(generator: EdgeGenerator, batch: int) -> None:
    composition = np.random.default_rng(0).integers(1, 5, (60, 3))
    first = sample_edges(generator, composition, seeds=Seeds.of(3))
    again = sample_edges(generator, composition, seeds=Seeds.of(3), batch_subjects=batch)
    assert np.array_equal(first.token, again.token)
    assert np.array_equal(first.subject, again.subject)


def test_the_first_subjects_are_the_same_however_many_follow(generator: EdgeGenerator) -> None:
    composition = np.random.default_rng(0).integers(1, 5, (60, 3))
    whole, first = (
        sample_edges(generator, composition, seeds=Seeds.of(3)),
        sample_edges(generator, composition[:20], seeds=Seeds.of(3)),
    )
    assert np.array_equal(whole.take(np.arange(20)).token, first.token)


def test_seeds_differ(generator: EdgeGenerator) -> None:
    composition = np.full((20, 3), 2)
    first, other = (sample_edges(generator, composition, seeds=Seeds.of(seed)) for seed in (1, 2))
    assert not np.array_equal(first.token, other.token)


def test_given_edges_come_first_and_are_not_drawn_again(generator: EdgeGenerator) -> None:
    """Subject 0 has all but one object by verb 0, subject 1 has two of verb 1, subject 2 has nothing."""
    links = [(0, 0, object) for object in range(19)] + [(1, 1, 4), (1, 1, 7)]
    subject, verb, object = np.array(links).T
    given = Edges.from_links(subject, verb, object, num_subjects=3, num_verbs=3, num_objects=20)
    drawn = sample_edges(generator, np.array([[1, 0, 0], [0, 18, 0], [2, 0, 0]]), given=given, seeds=Seeds.of(0))
    assert np.diff(drawn.offsets).tolist() == [20, 20, 2]
    assert set(drawn.object[drawn.subject == 0].tolist()) == set(range(20))
    assert set(drawn.object[drawn.subject == 1].tolist()) == set(range(20))
    assert (drawn.count == 1).all()
