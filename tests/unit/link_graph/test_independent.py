"""The independent generator keeps degrees and popularity, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from assoc_synth.link_graph import independent
from assoc_synth.link_graph.edges import Edges
from assoc_synth.link_graph.independent import independent_draw


def _table(seed: int, subjects: int = 300, objects: int = 25, verbs: int = 3, links: int = 4_000) -> Edges:
    rng = np.random.default_rng(seed)
    popular = np.minimum(rng.geometric(0.15, links) - 1, objects - 1)
    return Edges.from_links(
        rng.integers(0, subjects, links),
        rng.integers(0, verbs, links),
        popular,
        num_subjects=subjects,
        num_verbs=verbs,
        num_objects=objects,
    )


def test_keeps_every_degree_and_the_counts_of_every_verb() -> None:
    edges = _table(0)
    drawn = independent_draw(edges, np.random.default_rng(1))
    for verb in range(3):
        assert np.array_equal(drawn.degrees(verb), edges.degrees(verb))
        assert sorted(drawn.count[drawn.verb == verb]) == sorted(edges.count[edges.verb == verb])
    assert not np.array_equal(drawn.object, edges.object)


def test_edges_are_distinct_and_sorted() -> None:
    drawn = independent_draw(_table(0), np.random.default_rng(1))
    key = drawn.subject.astype(np.int64) * 3 * 25 + drawn.token
    assert (np.diff(key) > 0).all()


def test_an_object_stays_with_the_verbs_it_was_seen_with() -> None:
    edges = Edges.from_links([0, 1, 2, 3], [0, 0, 1, 1], [0, 1, 2, 3], num_subjects=4, num_verbs=2, num_objects=4)
    drawn = independent_draw(edges, np.random.default_rng(0), num_subjects=500)
    assert set(drawn.object[drawn.verb == 0]) == {0, 1}
    assert set(drawn.object[drawn.verb == 1]) == {2, 3}


@pytest.mark.parametrize("rounds", [12, 0], ids=["rounds", "gumbel fallback"])
def test_the_law_is_successive_sampling(monkeypatch: pytest.MonkeyPatch, rounds: int) -> None:
    """Two of three objects with weights 6 : 3 : 1, the set probabilities worked out by hand."""
    monkeypatch.setattr(independent, "_ROUNDS", rounds)
    weights = np.array([6, 3, 1]) / 10
    subjects = 40_000
    subject, objects = independent._draw_sets(np.full(subjects, 2), np.array([6, 3, 1]), np.random.default_rng(3))
    left_out = 3 - np.bincount(subject, weights=objects, minlength=subjects).astype(int)
    for missing in range(3):
        a, b = (k for k in range(3) if k != missing)
        expected = weights[a] * weights[b] * (1 / (1 - weights[a]) + 1 / (1 - weights[b]))
        assert (left_out == missing).mean() == pytest.approx(expected, abs=4 * np.sqrt(expected / subjects))


def test_a_planted_association_is_gone() -> None:
    subjects = np.arange(4_000)
    has = np.random.default_rng(0).random(4_000) < 0.2
    filler = 2 + subjects % 50
    edges = Edges.from_links(
        np.concatenate([subjects[has], subjects[has], subjects]),
        np.zeros(4_000 + 2 * has.sum(), int),
        np.concatenate([np.zeros(has.sum(), int), np.ones(has.sum(), int), filler]),
        num_subjects=4_000,
        num_verbs=1,
        num_objects=52,
    )
    assert edges.projection(0)[0, 1] == has.sum()
    drawn = independent_draw(edges, np.random.default_rng(1))
    assert drawn.projection(0)[0, 1] < 0.5 * has.sum()


def test_a_subject_with_every_object_of_a_skewed_verb() -> None:
    subjects = np.concatenate([np.arange(50_000), np.full(30, 50_000)])
    objects = np.concatenate([np.zeros(50_000, int), np.arange(30)])
    edges = Edges.from_links(subjects, np.zeros(50_030, int), objects, num_subjects=50_001, num_verbs=1, num_objects=30)
    drawn = independent_draw(edges, np.random.default_rng(0))
    assert drawn.degrees()[50_000] == 30


def test_bootstrapped_subjects_and_seeds() -> None:
    edges = _table(5)
    first, second, other = (independent_draw(edges, np.random.default_rng(s), num_subjects=5_000) for s in (1, 1, 2))
    assert first.num_subjects == 5_000
    assert np.array_equal(first.object, second.object)
    assert not np.array_equal(first.object[:1000], other.object[:1000])
    assert first.degrees().mean() == pytest.approx(edges.degrees().mean(), rel=0.05)


@pytest.mark.parametrize("subjects", [0, 4])
def test_a_graph_without_links(subjects: int) -> None:
    empty = Edges.from_links([], [], [], num_subjects=subjects, num_verbs=1, num_objects=1)
    assert len(independent_draw(empty, np.random.default_rng(0))) == 0
    assert len(independent_draw(empty, np.random.default_rng(0), num_subjects=3)) == 0
