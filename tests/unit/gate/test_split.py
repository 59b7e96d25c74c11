"""Which subjects train and which evaluate."""

from __future__ import annotations

import numpy as np
import pytest

from assoc_synth.gate.split import FEWEST_CLUSTERS, held_out_clusters, split_subjects, whole_clusters


def test_split_is_disjoint_complete_and_capped() -> None:
    for size, held in ((0, 0), (1, 0), (2, 1), (9, 1), (10, 2), (100, 20), (60_000, 5_000)):
        training, held_out = split_subjects(size, np.random.default_rng(0))
        assert len(held_out) == held
        assert np.array_equal(np.sort(np.concatenate([training, held_out])), np.arange(size))


def test_the_split_depends_on_the_generator_alone() -> None:
    first, again, other = (split_subjects(100, np.random.default_rng(seed))[1].tolist() for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_no_cluster_is_on_both_sides() -> None:
    clusters = np.random.default_rng(1).integers(0, 60, 1_000)
    for seed in range(20):
        training, held_out = split_subjects(1_000, np.random.default_rng(seed), clusters)
        assert np.array_equal(np.sort(np.concatenate([training, held_out])), np.arange(1_000))
        assert not set(clusters[training]) & set(clusters[held_out])
        assert 150 < len(held_out) <= 200


def test_clusters_of_one_are_subjects() -> None:
    training, held_out = split_subjects(60_000, np.random.default_rng(0), np.arange(60_000))
    assert (len(training), len(held_out)) == (55_000, 5_000)


@pytest.mark.parametrize(
    ("clusters", "taken"),
    [
        ([0, 0, 0, 0, 0, 0, 0, 0, 1, 1], [8, 9]),  # the huge one stays
        ([0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1], [0, 1, 2, 3, 4]),  # none fits: the smallest
        ([4, 4, 4, 4, 4], []),  # only one
    ],
)
def test_few_clusters(clusters: list[int], taken: list[int]) -> None:
    for seed in range(5):
        training, held_out = split_subjects(len(clusters), np.random.default_rng(seed), np.array(clusters))
        assert held_out.tolist() == taken
        assert len(training) == len(clusters) - len(taken)


def test_nothing_is_taken_where_nothing_is_asked_for() -> None:
    kept, taken = whole_clusters(np.array([0, 1]), 0, np.random.default_rng(0))
    assert (kept.tolist(), taken.tolist()) == ([0, 1], [])


def test_judges_are_of_many_clusters() -> None:
    """A hundred trips of each of a thousand households: 5,000 of them whole would be fifty households."""
    clusters = np.arange(100_000) // 100
    training, held_out = split_subjects(100_000, np.random.default_rng(0), clusters)
    assert len(held_out) == 5_000
    assert len(np.unique(clusters[held_out])) == 200, "a fifth of the table is held out at most"
    assert len(training) == 80_000
    assert not set(clusters[training]) & set(clusters[held_out])
    kept, held = held_out_clusters(np.arange(100_000) // 20, 20_000, np.random.default_rng(0))
    assert (len(kept), len(held), len(np.unique(held // 20))) == (95_000, 5_000, FEWEST_CLUSTERS)
