"""Subjects in clusters: drawn together, so that alike subjects count as what they say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from assoc_synth.gate.clusters import Clusters, joined_codes, thinned
from assoc_synth.gate.reference import Reference, as_rows
from assoc_synth.gate.resampling import Populations, Simulator, counts_of, permuted_counts
from assoc_synth.gate.scopes.links import LinkScope
from assoc_synth.gate.validate import judge_tables
from assoc_synth.link_graph.edges import Edges
from assoc_synth.link_graph.rows import Rows

OBJECTS = 16


def trips(households: int, each: int, seed: int) -> Rows:
    """Trips of households, each of which has its own taste for 16 objects; a pair of them is bought together."""
    rng = np.random.default_rng(seed)
    taste = np.exp(np.log(0.15) + 1.2 * rng.normal(size=(households, OBJECTS)))
    own = np.repeat(np.arange(households), each)
    has = rng.random((len(own), OBJECTS)) < np.minimum(taste, 0.8)[own]
    has[:, 1] |= has[:, 0] & (rng.random(len(own)) < 0.6)
    subject, thing = np.nonzero(has)
    edges = Edges.from_links(
        subject, np.zeros(len(subject), int), thing, num_subjects=len(own), num_verbs=1, num_objects=OBJECTS
    )
    return replace(as_rows(edges), clusters=own)


def alone(rows: Rows) -> Rows:
    return replace(rows, clusters=None)


def test_subjects_of_clusters_come_in_their_order() -> None:
    found = Clusters.of(np.array([5, 2, 5, 9, 2, 5]))
    assert found is not None
    assert found.sizes.tolist() == [2, 3, 1]
    assert found.subjects(np.array([1, 0, 1])).tolist() == [0, 2, 5, 1, 4, 0, 2, 5]
    assert found.subjects(np.array([], int)).tolist() == []
    assert len(found.bootstrapped(np.random.default_rng(0))) == 2
    assert Clusters.of(None) is None
    assert Clusters.of(np.zeros(0, int)) is None


def test_how_many_clusters_a_sample_is_in() -> None:
    codes = np.repeat(np.arange(30), np.arange(1, 31))
    found = Clusters.of(codes)
    assert found is not None
    rng = np.random.default_rng(0)
    drawn = [len(np.unique(codes[rng.permutation(len(codes))[:60]])) for _ in range(500)]
    assert found.in_sample(60) == pytest.approx(np.mean(drawn), abs=0.3)
    assert found.in_sample(10**6) == 30


def test_codes_of_two_sets_do_not_meet() -> None:
    assert joined_codes(None, None, (2, 1)) is None
    assert joined_codes(np.array([4, 4]), np.array([4, 3]), (2, 2)).tolist() == [4, 4, 9, 8]  # type: ignore[union-attr]
    assert joined_codes(np.array([4, 4]), None, (2, 3)).tolist() == [4, 4, 5, 6, 7]  # type: ignore[union-attr]
    assert joined_codes(None, np.array([-1, -1]), (2, 2)).tolist() == [0, 1, 2, 2]  # type: ignore[union-attr]


def test_thinned_subjects_are_some_of_them() -> None:
    few = thinned(np.arange(10), 4, np.random.default_rng(0))
    assert len(set(few.tolist())) == 4
    assert thinned(np.arange(3), 4, np.random.default_rng(0)).tolist() == [0, 1, 2]


@pytest.fixture(scope="module")
def simulator() -> Simulator:
    rng = np.random.default_rng(0)
    populations = Populations.of(trips(100, 8, 1), trips(40, 8, 2), (LinkScope(),), rng)
    watched = LinkScope().choose(populations.training, 320, rng)
    assert watched is not None
    return Simulator.of([watched], populations, rng)


def test_clusters_weigh_as_many_as_they_stand_for(simulator: Simulator) -> None:
    features = simulator.features
    drawn = [np.array([0, 1, 1]), np.array([7])]
    expected = [np.asarray(features[codes].sum(axis=0)).ravel() * 12 / len(codes) for codes in drawn]
    assert np.allclose(counts_of(features, drawn, 12), expected)
    assert np.allclose(counts_of(features, drawn, 12, np.array([6, 0])), np.array(expected) * [[0.5], [0.0]])


def test_the_spread_of_clustered_samples_is_that_of_real_ones(simulator: Simulator) -> None:
    """Households' mean counts of objects vary by more than those of as many trips of other households."""
    truth = np.array([np.bincount(trips(40, 8, 100 + k).edges.object, minlength=OBJECTS) for k in range(200)])
    rng = np.random.default_rng(1)
    tokens = slice(0, OBJECTS)
    real = truth.std(axis=0).mean()

    def spread(counts: np.ndarray) -> float:
        return float(counts[:, tokens].std(axis=0).mean())

    apart, together = (simulator.held_out(0.0, 400, 320, rng, clusters) for clusters in (None, 39))
    assert spread(apart) < 0.75 * real
    assert spread(together) == pytest.approx(real, rel=0.2)
    assert together.mean(axis=0)[tokens] == pytest.approx(apart.mean(axis=0)[tokens], rel=0.1)
    for draw in (simulator.training, simulator.real, simulator.others):
        assert spread(draw(400, 320, rng, 39)) == pytest.approx(real, rel=0.25)
    # A population that is known from 140 households alone, and trips that are each of another one.
    assert spread(simulator.fresh(400, 320, rng)) == pytest.approx(np.hypot(spread(apart), real * 0.53), rel=0.15)


def test_labels_are_dealt_by_clusters(simulator: Simulator) -> None:
    features, rng = simulator.features[-320:], np.random.default_rng(2)
    units = Clusters.of(np.repeat(np.arange(40), 8))
    total = np.asarray(features.sum(axis=0)).ravel()
    first, second = permuted_counts(features, units, 200, (160, 160), rng)
    assert np.allclose(first + second, total), "both sides have as many"
    apart = permuted_counts(features, None, 200, (160, 160), rng)[0]
    own = slice(0, OBJECTS)
    assert first[:, own].std(axis=0).mean() > 1.3 * apart[:, own].std(axis=0).mean()
    first, second = permuted_counts(features, units, 200, (50, 270), rng)
    assert first.mean(axis=0)[own] == pytest.approx(total[own] * 50 / 320, rel=0.1)
    assert second.mean(axis=0)[own] == pytest.approx(total[own] * 270 / 320, rel=0.1)


@pytest.mark.slow
@pytest.mark.statistical
def test_a_perfect_sampler_of_clustered_subjects_is_hardly_ever_refused() -> None:
    """At most 5 %; without the clusters the permutation test rejects far more often than that."""
    refused = dict.fromkeys(("new households", "one trip each", "as if alone"), 0)
    options = {"permutations": 199, "replicates": 5}
    for run in range(25):
        training, held_out = trips(60, 8, 3 * run), trips(20, 8, 3 * run + 1)
        other, single = trips(20, 8, 3 * run + 2), alone(trips(160, 1, 3 * run + 2))
        cases = {
            "new households": (training, held_out, other),
            "one trip each": (training, held_out, single),
            "as if alone": (alone(training), alone(held_out), alone(other)),
        }
        for name, (known, own, sample) in cases.items():
            verdict = judge_tables(known, own, sample, np.random.default_rng(run), **options)  # type: ignore[arg-type]
            refused[name] += (verdict.p_value or 0.0) <= 0.05
    assert refused["new households"] <= 4
    assert refused["one trip each"] <= 4
    assert refused["as if alone"] >= 6


def test_a_reference_knows_clusters_and_stores_none() -> None:
    training, held_out = trips(60, 8, 1), trips(20, 8, 2)
    options = {"permutations": 99, "replicates": 40, "num_tiers": 1}
    found, other = (
        Reference.learn(*tables, np.random.default_rng(0), **options)  # type: ignore[misc,arg-type]
        for tables in ((training, held_out), (alone(training), alone(held_out)))
    )
    wide, narrow = (reference.tiers[0].null[1].mean(axis=0) for reference in (found, other))
    assert wide.mean() > narrow.mean(), "others are farther from few households"
    arrays, scalars = found.to_arrays()
    assert not any("cluster" in name for name in [*arrays, *scalars])
    assert Reference.from_arrays(arrays, scalars).judge(alone(trips(160, 1, 3))).p_value is not None
