"""Which objects share a class of the softmax."""

import numpy as np
import pytest

from assoc_synth.ctgan.edges import clusters
from assoc_synth.ctgan.edges.clusters import Clusters, halved, head_size


def test_clusters_are_equal_and_hold_objects_that_are_alike() -> None:
    factors = np.repeat([[0.0, 1.0], [5.0, 0.0]], 20, axis=0) + np.random.default_rng(0).normal(0, 0.1, (40, 2))
    member = halved(np.arange(100, 140), factors, 1)
    assert {tuple(sorted(row)) for row in member.tolist()} == {tuple(range(100, 120)), tuple(range(120, 140))}
    column, slot = Clusters.none(7).places()
    assert column.tolist() == list(range(7))
    assert (slot == -1).all()


CLUSTERS = Clusters(head=np.array([1, 3]), member=np.array([[0, 2], [4, -1]]))
"""Objects 1 and 3 have their own classes; 0 and 2 share one; 4 has one alone."""


def test_every_object_has_its_class_and_slot() -> None:
    class_of, slot = CLUSTERS.places()
    assert CLUSTERS.num_objects == 5
    assert class_of.tolist() == [2, 0, 2, 1, 3]
    assert slot.tolist() == [0, -1, 1, -1, 0]


def test_values_are_summed_by_class_and_laid_out_by_slot() -> None:
    values = np.array([[1.0, 2.0, 3.0, 4.0, 5.0]])
    assert CLUSTERS.class_sums(values).tolist() == [[2, 4, 4, 5]]
    assert CLUSTERS.in_slots(values, -9.0).tolist() == [[[1, 3], [5, -9]]]


def test_few_objects_have_a_class_each() -> None:
    assert [head_size(objects) for objects in (100, 8_192, 8_193, 10**6)] == [100, 8_192, 4_096, 10_000]
    assert Clusters.of(np.arange(5), np.zeros((5, 2))).head.tolist() == [0, 1, 2, 3, 4]


def test_the_rare_objects_are_divided(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clusters, "LEAST_HEAD", 2)
    monkeypatch.setattr(clusters, "HEAD_ROOTS", 0)
    counts, side = np.array([1, 9, 1, 8, 1, 1]), np.array([0.0, 0, 1, 0, 0, 1])
    made = Clusters.of(counts, side[:, None])
    assert made.head.tolist() == [1, 3]
    assert {frozenset(row) for row in made.member.tolist()} == {frozenset({0, 4}), frozenset({2, 5})}
