"""Pairs and their counts by hand and against dense counting."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.stats import poisson

from assoc_synth.link_graph.edges import Edges
from assoc_synth.link_graph.pairs import Pairs, all_pairs, benjamini_hochberg, pairs, supports

BUY, RETURN = 0, 1
TEA, KETTLE, NAILS = 0, 1, 2
Draw = Callable[..., Edges]


def test_pairs_within_a_verb_by_hand(shop: Edges) -> None:
    found = pairs(shop, BUY)
    assert list(zip(found.left, found.right, found.count, strict=True)) == [(TEA, KETTLE, 3), (TEA, NAILS, 1)]
    assert found.support[0] == pytest.approx(3 / 6)
    assert found.confidence[0] == pytest.approx(3 / 4)
    assert found.lift[0] == pytest.approx(6 * 3 / (4 * 3))
    assert found.num_tested == 3


def test_pairs_across_verbs_by_hand(shop: Edges) -> None:
    found = pairs(shop, BUY, RETURN)
    assert list(zip(found.left, found.right, found.count, strict=True)) == [(TEA, KETTLE, 2), (KETTLE, KETTLE, 2)]
    assert found.lift[1] == pytest.approx(6 * 2 / (3 * 2))
    assert found.num_tested == 3


def test_pairs_agree_with_dense_counting(random_graph: Draw) -> None:
    edges = random_graph(0)
    dense = edges.incidence(1).toarray()
    together = dense.T @ dense
    found = pairs(edges, 1, min_count=40)
    left, right = np.nonzero(np.triu(together, 1) >= 40)
    assert np.array_equal(found.left, left)
    assert np.array_equal(found.right, right)
    assert np.array_equal(found.count, together[left, right])
    assert np.array_equal(supports(edges, 1), dense.sum(axis=0))


def test_benjamini_hochberg_steps_up() -> None:
    p = np.array([0.04, 0.001, 0.02, 0.5])
    assert benjamini_hochberg(p, 0.05).tolist() == [False, True, True, False]
    assert benjamini_hochberg(p, 0.05, num_tests=100).tolist() == [False, False, False, False]
    assert benjamini_hochberg(np.zeros(0), 0.05).tolist() == []


def test_all_pairs_are_those_of_every_verb_and_every_two(shop: Edges) -> None:
    found = all_pairs(shop)
    rows = zip(found.verb, found.left, found.other, found.right, found.count, strict=True)
    assert {tuple(int(value) for value in row) for row in rows} == {
        (BUY, TEA, BUY, KETTLE, 3),
        (BUY, TEA, BUY, NAILS, 1),
        (BUY, TEA, RETURN, KETTLE, 2),
        (BUY, KETTLE, RETURN, KETTLE, 2),
    }
    assert found.num_tested == 3 + 0 + 3, "three pairs of bought objects, none of one returned object, three across"
    assert len(all_pairs(shop, scope="within")) == 2
    assert len(all_pairs(shop, scope="across")) == 2
    assert len(all_pairs(shop, 4)) == 0


def test_chosen_pairs_keep_their_family(shop: Edges) -> None:
    found = pairs(shop, BUY)
    chosen = found.where(np.array([1]))
    assert (chosen.left.tolist(), chosen.right.tolist(), chosen.count.tolist()) == ([TEA], [NAILS], [1])
    assert (chosen.num_subjects, chosen.num_tested) == (6, 3)
    assert chosen.z == pytest.approx((found.count[1] - found.expected[1]) / np.sqrt(found.variance[1]))
    assert found.to_frame()["support"].tolist() == pytest.approx([3 / 6, 1 / 6])


def test_the_p_value_is_a_translated_poisson_tail() -> None:
    """Rare: P(X ≥ 10) with mean 4. Common: X − 40 is Poisson of mean 60, the variance, where the mean is 100."""
    one = np.ones(2, np.int64)
    expected, variance, count = np.array([4.0, 100.0]), np.array([4.0, 60.0]), np.array([10, 120])
    found = Pairs(one, one, 0 * one, one, count, 200 * one, 200 * one, expected, variance, 1_000, 10)
    assert found.p_value == pytest.approx([poisson.sf(9, 4), poisson.sf(79, 60)])
    assert found.z == pytest.approx([3.0, 20 / np.sqrt(60)])
    assert found.log_excess == pytest.approx(np.log([10 / 4, 120 / 100]))
    assert found.significant(0.03).tolist() == [False, False], "both p are about 0.008, above 2 · 0.03 / 10 tests"
    assert found.significant(0.05).tolist() == [True, True]


@pytest.mark.parametrize("links", [0, 1, 3])
def test_tiny_tables(links: int) -> None:
    edges = Edges.from_links(range(links), [0] * links, [0] * links, num_subjects=links, num_verbs=1, num_objects=1)
    assert len(all_pairs(edges).to_frame()) == 0
