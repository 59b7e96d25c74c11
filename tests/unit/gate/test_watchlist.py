"""Features against brute force, discrepancies against hand and scipy."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest
from scipy.stats import ks_2samp

from assoc_synth.errors import InputError
from assoc_synth.gate import watchlist as measures
from assoc_synth.gate.blocks import blocks_of, discrepancies
from assoc_synth.gate.resampling import resampled_counts
from assoc_synth.gate.watchlist import Watchlist
from assoc_synth.link_graph.edges import Edges
from assoc_synth.link_graph.pairs import all_pairs


def _watch(tokens: list[int], within: list[list[int]], across: list[list[int]], **changes: Any) -> Watchlist:
    size = len(within) + len(across)
    fields: dict[str, Any] = dict(
        tokens=np.array(tokens),
        within=np.array(within, np.int64).reshape(-1, 2),
        across=np.array(across, np.int64).reshape(-1, 2),
        weight=np.ones(size),
        strength=np.ones(size),
        control=np.zeros((0, 2), np.int64),
        triples=np.zeros((0, 3), np.int64),
        degree_scope=np.zeros(0, np.int64),
        degree_from=np.zeros(0, np.int64),
        num_verbs=2,
        num_objects=3,
    )
    return Watchlist(**(fields | changes))


@pytest.fixture
def three() -> Edges:
    """Subject 0: bought 0, 1 and returned 1; subject 1: bought 0; subject 2: bought 0, 1, 2."""
    return Edges.from_links(
        [0, 0, 0, 1, 2, 2, 2],
        [0, 0, 1, 0, 0, 0, 0],
        [0, 1, 1, 0, 0, 1, 2],
        num_subjects=3,
        num_verbs=2,
        num_objects=3,
    )


def test_features_by_hand(three: Edges) -> None:
    watch = _watch(
        [0, 1, 4],
        [[0, 1]],
        [[1, 2]],
        degree_scope=np.array([-1, -1, 1, 1]),
        degree_from=np.array([0, 3, 0, 1]),
    )
    assert watch.features(three).toarray().tolist() == [
        [1, 1, 1, 1, 1, 1, 0, 0, 1],
        [1, 0, 0, 0, 0, 1, 0, 1, 0],
        [1, 1, 0, 1, 0, 0, 1, 1, 0],
    ]


def test_features_do_not_depend_on_the_block_size(monkeypatch: pytest.MonkeyPatch, draw: Any) -> None:
    edges = draw(400, 1)
    watch = Watchlist.choose(edges, 200)
    whole = watch.features(edges)
    monkeypatch.setattr(measures, "_CELLS", 500)
    assert (whole != watch.features(edges)).nnz == 0


def test_features_agree_with_projection(draw: Any) -> None:
    edges = draw(1_000, 2)
    watch = Watchlist.choose(edges, 500)
    counts = np.asarray(watch.features(edges).sum(axis=0)).ravel()
    tokens = edges.tokens()
    together = (tokens.T @ tokens).toarray()
    left, right = watch.tokens[watch.pairs].T
    start = len(watch.tokens)
    assert np.array_equal(counts[:start], np.diag(together)[watch.tokens])
    assert np.array_equal(counts[start : start + len(watch.pairs)], together[left, right])
    assert np.allclose(watch.weight * 1_000, together[left, right])


def test_the_planted_pairs_are_watched(draw: Any) -> None:
    edges = draw(2_000, 3)
    watch = Watchlist.choose(edges, 1_000)
    within = {tuple(pair) for pair in watch.tokens[watch.within].tolist()}
    across = {tuple(pair) for pair in watch.tokens[watch.across].tolist()}
    assert {(2 * k, 2 * k + 1) for k in range(4)} <= within
    assert {(k, 40 + k) for k in range(4)} <= across
    counts = np.concatenate([watch.weight]) * 1_000
    assert counts.min() >= measures.MIN_EXPECTED
    assert len(Watchlist.choose(edges, 1_000, max_pairs=3).pairs) == 6


def test_controls_are_pairs_that_chance_explains(draw: Any) -> None:
    edges = draw(2_000, 3)
    watch = Watchlist.choose(edges, 1_000)
    found = all_pairs(edges)
    tokens = np.stack([found.verb * 40 + found.left, found.other * 40 + found.right], 1)
    z = dict(zip(map(tuple, tokens.tolist()), found.z.tolist(), strict=True))
    control = [tuple(pair) for pair in watch.tokens[watch.control].tolist()]
    assert 10 < len(control) <= len(watch.pairs)
    assert max(abs(z[pair]) for pair in control) <= measures.CONTROL_Z


def test_triples_are_frequent_triangles_of_watched_pairs(draw: Any) -> None:
    edges = draw(2_000, 3)
    watch = Watchlist.choose(edges, 1_000)
    pairs = {tuple(pair) for pair in watch.pairs.tolist()}
    has = edges.tokens().toarray().astype(bool)[:, watch.tokens]
    counts = []
    for triple in watch.triples.tolist():
        assert all(tuple(sorted(two)) in pairs for two in combinations(triple, 2))
        counts.append(has[:, triple].all(axis=1).sum())
    assert len(counts) > 5
    assert min(counts) >= 2 * measures.MIN_EXPECTED
    start = len(watch.tokens) + len(watch.pairs) + len(watch.control)
    features = np.asarray(watch.features(edges).sum(axis=0)).ravel()
    assert features[start : start + len(counts)].tolist() == counts


def test_also_buy_takes_the_strongest_partners_of_each_token() -> None:
    watch = _watch(list(range(12)), [[0, other] for other in range(1, 12)], [], num_objects=12)
    pair, given = watch.also_buy
    assert sorted(pair[given == 0].tolist()) == list(range(measures.ALSO_BUY))
    assert sorted(given[given > 0].tolist()) == list(range(1, 12))


def test_another_vocabulary_is_refused(three: Edges) -> None:
    with pytest.raises(InputError, match="5 objects"):
        _watch([0, 1], [[0, 1]], [], num_objects=5).features(three)


def test_empty_blocks_are_absent() -> None:
    assert [block.name for block in blocks_of(_watch([0, 1], [[0, 1]], []))] == [
        "association_loss",
        "pairs_within",
        "log_lift",
        "also_buy",
        "shares",
    ]
    nothing = _watch([], [], [])
    assert blocks_of(nothing) == ()
    assert discrepancies(nothing, np.zeros((4, 0)), 3, np.zeros(0), 3).shape == (4, 0)


def test_discrepancies_by_hand() -> None:
    watch = _watch([0, 1, 2], [[0, 1], [0, 2]], [], weight=np.array([3.0, 1.0]), strength=np.array([0.5, 1.5]))
    real, sample = np.array([40, 20, 10, 10, 5.0]), np.array([40, 20, 10, 4, 6.0])
    got = discrepancies(watch, sample, 100, real, 100)[0]
    # Weights 3 · 0.5 and 1 · 1.5; the second pair has gained.
    assert got[0] == pytest.approx((1.5 * np.log(10.5 / 4.5) - 1.5 * np.log(6.5 / 5.5)) / (1.5 * 0.5 + 1.5 * 1.5))
    assert got[1] == pytest.approx((6 + 1) / 15)
    assert got[2] == pytest.approx(0.75 * np.log(10.5 / 4.5) + 0.25 * np.log(6.5 / 5.5))
    # 1 given 0, 0 given 1, 2 given 0, 0 given 2.
    assert got[3] == pytest.approx((6 / 40 + 6 / 20 + 1 / 40 + 1 / 10) / (10 / 40 + 10 / 20 + 5 / 40 + 5 / 10))
    assert got[4] == 0
    assert discrepancies(watch, real, 100, real, 100).tolist() == [[0, 0, 0, 0, 0]]
    assert discrepancies(watch, sample, 100, sample + np.eye(5)[3] * 6, 100)[0, 0] > 0
    assert discrepancies(watch, real / 2, 50, real, 100)[0, 1] == 0


def test_real_subjects_without_a_watched_pair_leave_the_distance_finite() -> None:
    watch = _watch([0, 1], [[0, 1]], [])
    names = [block.name for block in blocks_of(watch)]
    found = discrepancies(watch, [5.0, 5.0, 3.0], 10, [5.0, 5.0, 0.0], 10)
    assert found[0, names.index("pairs_within")] == pytest.approx(6.0)  # half a subject stands for none


def test_degrees_are_kolmogorov_smirnov(draw: Any) -> None:
    first, second = draw(300, 4), draw(200, 5).take(np.flatnonzero(draw(200, 5).degrees() > 2))
    scope, lowest = np.repeat([-1, 1], 41), np.tile(np.arange(41), 2)
    watch = _watch([], [], [], num_objects=40, degree_scope=scope, degree_from=lowest)
    counts = [np.asarray(watch.features(edges).sum(axis=0)).ravel() for edges in (first, second)]
    got = discrepancies(watch, counts[0], 300, counts[1], second.num_subjects)[0, 0]
    expected = max(ks_2samp(first.degrees(v), second.degrees(v)).statistic for v in (None, 1))
    assert got == pytest.approx(expected)
    assert got > 0.1


def test_resampled_counts_are_the_counts_of_the_resample(draw: Any) -> None:
    edges = draw(100, 6)
    watch = Watchlist.choose(edges, 100)
    chosen = np.random.default_rng(0).integers(0, 100, (3, 50))
    counts = resampled_counts(watch.features(edges), chosen)
    for row, codes in zip(counts, chosen, strict=True):
        assert np.array_equal(row, np.asarray(watch.features(edges.take(codes)).sum(axis=0)).ravel())
