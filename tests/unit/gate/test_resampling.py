"""Counts of resamples are the counts of the resampled subjects."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from assoc_synth.gate.reference import as_rows
from assoc_synth.gate.resampling import _DENSE, CHUNK, Populations, Simulator, chunks, resampled_counts, sample_of
from assoc_synth.gate.scopes.link_parts.watchlist import Watchlist
from assoc_synth.gate.scopes.links import Links, LinkScope


def test_resampled_counts_are_the_counts_of_the_resample(draw: Any) -> None:
    edges = draw(100, 6)
    watch = Watchlist.choose(edges, 100)
    chosen = np.random.default_rng(0).integers(0, 100, (3, 50))
    counts = resampled_counts(watch.features(edges), chosen)
    for row, codes in zip(counts, chosen, strict=True):
        assert np.array_equal(row, np.asarray(watch.features(edges.take(codes)).sum(axis=0)).ravel())


def test_chunks_add_up() -> None:
    assert list(chunks(2 * CHUNK + 1)) == [CHUNK, CHUNK, 1]
    assert list(chunks(0)) == []


def test_a_sample_has_distinct_subjects() -> None:
    found = sample_of(50, 20, np.random.default_rng(0))
    assert (np.diff(found) > 0).all()
    assert len(found) == 20
    assert sample_of(7, 7, np.random.default_rng(0)).tolist() == list(range(7))


def test_few_and_many_resampled_subjects_are_counted_alike(draw: Any) -> None:
    edges = draw(100, 6)
    features = Watchlist.choose(edges, 100).features(edges)
    chosen = np.random.default_rng(0).integers(0, 100, (3, 10))
    assert 10 * _DENSE < 100 < 50 * _DENSE
    expected = [np.asarray(features[codes].sum(axis=0)).ravel() for codes in chosen]
    assert np.array_equal(resampled_counts(features, chosen), expected)


@pytest.mark.parametrize("size", [10, 50])
def test_only_the_first_of_a_resample_count(draw: Any, size: int) -> None:
    edges = draw(100, 6)
    features = Watchlist.choose(edges, 100).features(edges)
    chosen, kept = np.random.default_rng(0).integers(0, 100, (3, size)), np.array([size, 0, 7])
    expected = [
        np.asarray(features[codes[:most]].sum(axis=0)).ravel() for codes, most in zip(chosen, kept, strict=True)
    ]
    assert np.array_equal(resampled_counts(features, chosen, kept), expected)


def test_a_tiny_table_is_destroyed_at_once(draw: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three subjects take thousands of copies."""
    calls = []
    destroy = LinkScope.destroy
    monkeypatch.setattr(LinkScope, "destroy", lambda *given: calls.append(1) or destroy(*given))
    tiny = as_rows(draw(3, 1))
    pool = Populations.of(tiny, tiny, (LinkScope(),), np.random.default_rng(0)).destroyed["links"]
    assert len(calls) == 2
    assert sum(part.num_subjects for part in pool) == 19_998
    shares = [np.bincount(part.edges.token, minlength=80) / part.num_subjects for part in (tiny, pool[1])]
    assert shares[1].sum() == pytest.approx(shares[0].sum()), "subjects keep how many links they have"


@pytest.fixture(scope="module")
def simulator(draw: Any) -> tuple[Simulator, Links, Populations]:
    training, held_out, rng = as_rows(draw(400, 1)), as_rows(draw(100, 2)), np.random.default_rng(0)
    populations = Populations.of(training, held_out, (LinkScope(),), rng)
    watched = LinkScope().choose(training, 100, rng)
    assert watched is not None
    return Simulator.of([watched], populations, rng), watched, populations


def test_the_pool_of_independent_draws_has_no_association(simulator: tuple[Simulator, Links, Populations]) -> None:
    _, watched, populations = simulator
    pool = populations.destroyed["links"]
    assert sum(part.num_subjects for part in pool) == 20_000
    strongest = watched.watchlist.tokens[watched.watchlist.within[0]]
    shares = []
    for rows in (populations.training, pool[0]):
        has = rows.edges.tokens()[:, strongest].toarray()
        shares.append(has.all(axis=1).mean() / has.mean(axis=0).prod())
    assert shares[0] > 1.5 * shares[1]


def test_counts_of_each_population(simulator: tuple[Simulator, Links, Populations]) -> None:
    simulated, watched, populations = simulator
    own = np.asarray(watched.features(populations.held_out).sum(axis=0)).ravel()
    assert simulated.held_out_counts().tolist() == own.tolist()
    rng = np.random.default_rng(1)
    real = simulated.held_out(0.0, 400, 100, rng)
    assert real.mean(axis=0) == pytest.approx(own, abs=3.0), "bootstrap samples of H have the counts of H on average"
    training = np.asarray(watched.features(populations.training).sum(axis=0)).ravel() / 4
    assert simulated.training(400, 100, rng).mean(axis=0) == pytest.approx(training, abs=3.0)


def test_a_mixture_loses_the_share_that_is_destroyed(simulator: tuple[Simulator, Links, Populations]) -> None:
    simulated, watched, _ = simulator
    pair = watched.watchlist.places["within"].start
    rng = np.random.default_rng(2)
    none, half, all_ = (simulated.mixture(tau, 300, 200, rng)[:, pair].mean() for tau in (0.0, 0.5, 1.0))
    assert none > half > all_
    assert half == pytest.approx((none + all_) / 2, rel=0.15)


def test_what_no_known_subject_does_others_may(simulator: tuple[Simulator, Links, Populations]) -> None:
    """The prior of fresh subjects has two destroyed ones: of 100 drawn by 500 known, .4 are."""
    simulated, _, _ = simulator
    rng = np.random.default_rng(3)
    real = np.asarray(simulated.features.sum(axis=0)).ravel()
    pool = np.asarray(simulated.destroyed[0].sum(axis=0)).ravel()
    unseen = np.flatnonzero((real == 0) & (pool > 0))
    assert len(unseen)
    rate = pool[unseen].sum() / simulated.destroyed[0].shape[0]
    for drawn in (simulated.fresh, simulated.real):
        seen = np.mean([drawn(1_000, 100, rng)[:, unseen].sum(axis=1).mean() for _ in range(10)])
        assert seen == pytest.approx(0.4 * rate, rel=0.3)
    assert (simulated.mixture(0.0, 100, 100, rng)[:, unseen] == 0).all()
