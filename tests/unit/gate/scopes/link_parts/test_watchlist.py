"""Features against brute force, and what is chosen to be watched."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from typing import Any

import numpy as np
import pytest

from assoc_synth.errors import InputError
from assoc_synth.gate.scopes.link_parts import watchlist as measures
from assoc_synth.gate.scopes.link_parts.watchlist import Watchlist
from assoc_synth.link_graph.edges import Edges
from assoc_synth.link_graph.pairs import all_pairs

Make = Callable[..., Watchlist]


def test_features_by_hand(three: Edges, watch_of: Make) -> None:
    watch = watch_of(
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


def test_also_buy_takes_the_strongest_partners_of_each_token(watch_of: Make) -> None:
    watch = watch_of(list(range(12)), [[0, other] for other in range(1, 12)], [], num_objects=12)
    pair, given = watch.also_buy
    assert sorted(pair[given == 0].tolist()) == list(range(measures.ALSO_BUY))
    assert sorted(given[given > 0].tolist()) == list(range(1, 12))


def test_another_vocabulary_is_refused(three: Edges, watch_of: Make) -> None:
    with pytest.raises(InputError, match="5 objects"):
        watch_of([0, 1], [[0, 1]], [], num_objects=5).features(three)


def test_degree_bins_hold_about_ten_training_subjects_or_more(draw: Any) -> None:
    edges = draw(200, 1)
    watch = Watchlist.choose(edges, 100)
    assert np.unique(watch.degree_scope).tolist() == [-1, 0, 1]
    for scope in (-1, 0, 1):
        lowest = watch.degree_from[watch.degree_scope == scope]
        assert lowest[0] == 0
        assert (np.diff(lowest) > 0).all()
    bins = np.asarray(watch.features(edges)[:, watch.places["degrees"]].sum(axis=0)).ravel()
    assert bins.reshape(-1).sum() == 3 * 200, "every subject is in one bin of each scope"


def test_the_places_of_features_are_in_their_order(draw: Any) -> None:
    watch = Watchlist.choose(draw(1_000, 3), 500)
    kinds = ["tokens", "within", "across", "control", "triples", "degrees", "avoided", "interactions", "candidates"]
    ends = [watch.places[kind].stop for kind in kinds]
    assert ends == sorted(ends)
    assert ends[-1] == watch.num_features
    assert watch.num_compared == watch.places["candidates"].start < watch.num_features
    assert watch.places["pairs"] == slice(watch.places["within"].start, watch.places["across"].stop)


def test_nothing_is_watched_without_subjects(draw: Any) -> None:
    watch = Watchlist.choose(draw(0, 1), 100)
    assert watch.num_features == 0
    assert watch.features(draw(0, 1)).shape == (0, 0)
