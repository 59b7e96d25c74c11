"""Pairs of which is known whether they changed."""

import numpy as np
import pytest
from scipy.stats import fisher_exact

from assoc_synth.evaluation.pair_labels import PairCounts, TokenPairs, label_pairs, permutation_p
from assoc_synth.link_graph.associations import rules
from assoc_synth.link_graph.edges import Edges


def table(size: int, together: float, seed: int) -> Edges:
    """Each object is in 30 %. Of those of object 0 the given share have 1 as well, of those of 2 80 % have 3."""
    rng = np.random.default_rng(seed)
    has = rng.random((size, 4)) < 0.3
    for left, share in ((0, together), (2, 0.8)):
        rest = (0.3 - 0.3 * share) / 0.7
        has[:, left + 1] = rng.random(size) < np.where(has[:, left], share, rest)
    subject, objects = np.nonzero(has)
    return Edges.from_links(subject, np.zeros_like(subject), objects, num_subjects=size, num_verbs=1, num_objects=4)


PAIRS = TokenPairs(np.array([0, 2]), np.array([1, 3]))


def test_counts_and_lifts_by_hand() -> None:
    edges = Edges.from_links(
        [0, 0, 1, 1, 2, 3], [0, 0, 0, 0, 0, 0], [0, 1, 0, 1, 0, 2], num_subjects=4, num_verbs=1, num_objects=4
    )
    counts = PairCounts.of(edges.tokens(), TokenPairs(np.array([0, 0]), np.array([1, 3])))
    assert counts.count.tolist() == [2, 0]
    assert counts.left.tolist() == [3, 3]
    assert counts.right.tolist() == [2, 0]
    assert counts.lift.tolist() == [pytest.approx(4 * 2 / (3 * 2)), 0.0]
    assert counts.variance[1] == np.inf, "an object that nobody has has no lift to speak of"


def test_same_and_changed_pairs() -> None:
    labels = label_pairs(table(6_000, 0.8, 0), table(6_000, 0.4, 1), PAIRS)
    assert labels.changed.tolist() == [True, False]
    assert labels.confirmed.tolist() == [False, True]
    assert not labels.undecided.any()


def test_few_subjects_decide_nothing() -> None:
    labels = label_pairs(table(60, 0.8, 0), table(60, 0.7, 1), PAIRS)
    assert labels.undecided.all()


def test_the_permutation_test_is_fishers() -> None:
    first, second = (PairCounts.of(table(n, 0.5, n).tokens(), PAIRS) for n in (80, 120))
    for at, p in enumerate(permutation_p(first, second)):
        cells = [[first.count[at], 80 - first.count[at]], [second.count[at], 120 - second.count[at]]]
        less, more = (fisher_exact(cells, alternative=side).pvalue for side in ("less", "greater"))
        assert p == pytest.approx(min(1.0, 2 * min(less, more)))


def test_false_alarms_are_rare() -> None:
    tables = ([table(400, 0.5, 2 * seed + side) for side in (0, 1)] for seed in range(60))
    alarms = sum(label_pairs(first, second, PAIRS).changed.any() for first, second in tables)
    assert alarms <= 8, "5 % of 60, and then some"


def test_sets_of_pairs() -> None:
    own = TokenPairs.of(rules(table(2_000, 0.8, 0)), 4)
    assert {*zip(own.left.tolist(), own.right.tolist(), strict=True)} == {(0, 1), (2, 3)}
    both = own.union(TokenPairs(np.array([1]), np.array([2])))
    assert both.left.tolist() == [0, 1, 2]
    assert both.right.tolist() == [1, 2, 3]
    assert both.isin(own).tolist() == [True, False, True]
