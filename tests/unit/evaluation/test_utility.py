"""The recommender on tables where the right recommendation is plain to see."""

import math

import numpy as np
import pytest
import scipy.sparse as sp

from assoc_synth.errors import InputError
from assoc_synth.evaluation import RecommenderTask, tstr
from assoc_synth.evaluation.utility import ease, hide, ndcg
from assoc_synth.link_graph.edges import Edges


def bundles(num_subjects: int, *, mixed: bool = False) -> Edges:
    """Subjects of three kinds, each linked to the five objects of its kind; `mixed` deals the objects out anew."""
    subject = np.repeat(np.arange(num_subjects), 5)
    objects = np.repeat(np.arange(num_subjects) % 3 * 5, 5) + np.tile(np.arange(5), num_subjects)
    if mixed:
        rng = np.random.default_rng(0)
        objects = np.concatenate([rng.permutation(15)[:5] for _ in range(num_subjects)])
    return Edges.from_links(
        subject, np.zeros_like(subject), objects, num_subjects=num_subjects, num_verbs=1, num_objects=15
    )


def test_ease_is_the_closed_form() -> None:
    # Two objects always together, n = 2, λ = 1: XᵀX + λI = [[3, 2], [2, 3]], P = [[.6, −.4], [−.4, .6]].
    together = sp.csr_matrix(np.ones((2, 2), np.float32))
    np.testing.assert_allclose(ease(together, penalty=1.0), [[0, 2 / 3], [2 / 3, 0]], rtol=1e-6)


def test_ndcg_by_hand() -> None:
    seen = sp.csr_matrix(np.array([[1, 0, 0, 0]], np.float32))
    hidden = sp.csr_matrix(np.array([[0, 0, 1, 1]], np.float32))
    scores = np.array([[9.0, 3.0, 2.0, 1.0]])  # the seen object is not ranked: 1, 2, 3, hits at ranks 1 and 2
    expected = (1 / math.log2(3) + 1 / math.log2(4)) / (1 / math.log2(2) + 1 / math.log2(3))
    assert ndcg(lambda _: scores, seen, hidden) == pytest.approx(expected)


def test_perfect_ranking_is_one_beyond_ten_hidden_objects() -> None:
    hidden = sp.csr_matrix(np.concatenate([np.zeros((1, 8)), np.ones((1, 12))], axis=1).astype(np.float32))
    seen = sp.csr_matrix(np.concatenate([np.ones((1, 8)), np.zeros((1, 12))], axis=1).astype(np.float32))
    assert ndcg(lambda s: np.ones(s.shape), seen, hidden) == pytest.approx(1.0)


def test_hiding_takes_one_fifth_and_drops_small_subjects() -> None:
    matrix = sp.csr_matrix(np.tril(np.ones((12, 12), np.float32)))  # subject i has i + 1 objects
    seen, hidden = hide(matrix, np.random.default_rng(0))
    assert np.diff(hidden.indptr).tolist() == [1, 1, 1, 1, 1, 2, 2, 2]
    np.testing.assert_array_equal((seen + hidden).toarray(), matrix[4:].toarray())


def test_hiding_follows_the_seed() -> None:
    matrix = bundles(30).incidence()
    first, again, other = (hide(matrix, np.random.default_rng(seed))[1].toarray() for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_associations_make_the_difference() -> None:
    train, test = bundles(600), bundles(90)
    faithful, broken = tstr(train, bundles(600), test), tstr(train, bundles(600, mixed=True), test)
    assert faithful.ndcg == pytest.approx(1.0)
    assert faithful.ratio == pytest.approx(1.0)
    assert broken.ratio < 0.7
    assert broken.ndcg_real == faithful.ndcg_real
    assert faithful.ndcg_popularity < 0.7


def test_nobody_to_recommend_to() -> None:
    train = bundles(30)
    small = Edges.from_links([0], [0], [0], num_subjects=1, num_verbs=1, num_objects=15)
    with pytest.raises(InputError, match="no test subject has 5 objects"):
        tstr(train, train, small)


def test_the_floor_is_another_real_sample() -> None:
    train, test = bundles(300), bundles(90)
    found = tstr(train, bundles(300, mixed=True), test)
    assert found.floor == pytest.approx(1.0)
    assert (found.floor_low, found.floor_high) == (1.0, 1.0)
    assert found.low < found.ndcg < found.high < found.floor
    figure = found.figure
    assert (figure.name, figure.floor, figure.independent) == ("ndcg@10", found.floor, found.ndcg_popularity)


def test_nobody_is_tested_by_a_recommender_that_has_seen_him() -> None:
    """Each test subject has a bundle of its own: whoever has learned it from the subject itself would rank it first."""
    own = np.arange(200)
    objects = (own.repeat(5) * 5 + np.tile(np.arange(5), 200)) % 1_000
    alone = Edges.from_links(
        own.repeat(5), np.zeros(1_000, int), objects, num_subjects=200, num_verbs=1, num_objects=1_000
    )
    assert RecommenderTask(alone, alone).real == pytest.approx(1.0)
    apart = RecommenderTask(alone.take(np.arange(100)), alone.take(np.arange(100, 200)))
    assert apart.of_floor.max() < 0.7
    # Of a household, one trip would tell of the other.
    twice = RecommenderTask(alone.take(np.arange(100).repeat(2)), alone.take(np.arange(100, 200).repeat(2)))
    assert twice.of_floor.mean() > 0.7
    clusters = np.arange(100).repeat(2)
    assert RecommenderTask(twice.train_real, twice.test_real, clusters=clusters).of_floor.max() < 0.7


def test_few_test_subjects_have_no_floor() -> None:
    found = tstr(bundles(30), bundles(30), bundles(4))
    assert math.isnan(found.floor)
    assert found.figure.floor is None
