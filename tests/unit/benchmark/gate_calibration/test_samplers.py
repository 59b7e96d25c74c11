"""Tables that are spoilt are spoilt in what they say, and in nothing else that can be kept."""

from __future__ import annotations

import numpy as np
import pytest

from assoc_synth.benchmark.gate_calibration import samplers
from assoc_synth.benchmark.gate_calibration.populations import (
    AVOIDING,
    OBJECTS,
    PLANTED,
    XOR,
    population,
    random_svo,
    tokens_of,
)
from assoc_synth.benchmark.gate_calibration.samplers import Sampler, contaminated, joined, taken
from assoc_synth.link_graph.rows import Rows
from assoc_synth.transactions.arrays import Bools, Ints

SIZE = 3_000


@pytest.fixture(scope="module")
def plain() -> Rows:
    return population(SIZE, 1)


def drawn(sampler: Sampler, size: int = SIZE) -> Rows:
    return sampler(population(10, 0), size, 1)


def both(has: Bools, left: Ints, right: Ints) -> float:
    return float((has[:, left] & has[:, right]).mean())


@pytest.mark.parametrize(
    "sampler", [samplers.lifted, samplers.substitutes, samplers.flattened, samplers.invented, samplers.shuffled_across]
)
def test_objects_keep_their_shares(plain: Rows, sampler: Sampler) -> None:
    assert tokens_of(drawn(sampler)).mean(0) == pytest.approx(tokens_of(plain).mean(0))


def test_what_each_table_has_lost_or_gained(plain: Rows) -> None:
    real = tokens_of(plain)
    objects = np.arange(20)
    assert both(tokens_of(drawn(samplers.lifted)), PLANTED, PLANTED + 1) > 1.3 * both(real, PLANTED, PLANTED + 1)
    raised = tokens_of(drawn(samplers.substitutes))
    share = raised.mean(0)
    met = (raised[:, AVOIDING] & raised[:, AVOIDING + 1]).mean(0)
    assert met / (share[AVOIDING] * share[AVOIDING + 1]) == pytest.approx(1.0, abs=0.2)
    flat = tokens_of(drawn(samplers.flattened))
    assert (flat[:, XOR] & flat[:, XOR + 1] & flat[:, XOR + 2]).mean() > 0.1
    apart = tokens_of(drawn(samplers.shuffled_across))
    assert both(apart, objects, objects + OBJECTS) < 0.8 * both(real, objects, objects + OBJECTS)


def test_the_minor_verb_has_lost_its_pairs_and_the_major_one_has_not(plain: Rows) -> None:
    real, found = tokens_of(plain), tokens_of(drawn(samplers.minor_randomised))
    assert np.array_equal(found[:, :OBJECTS], real[:, :OBJECTS])
    minor = OBJECTS + PLANTED
    assert both(found, minor, minor + 1) < 0.6 * both(real, minor, minor + 1)
    assert found[:, OBJECTS:].sum() == real[:, OBJECTS:].sum()


def test_invented_pairs_are_there_and_of_rare_objects(plain: Rows) -> None:
    real, found = tokens_of(plain), tokens_of(drawn(samplers.invented))
    rare = np.arange(16, 40)
    left, right = (rare[index] for index in np.triu_indices(len(rare), 2))
    before, after = ((has[:, left] & has[:, right]).sum(axis=0) for has in (real, found))
    assert (after >= 3 * np.maximum(before, 1)).sum() >= 15
    others = np.setdiff1d(np.arange(OBJECTS), rare)
    assert np.array_equal(found[:, others], real[:, others])


def test_rows_doubled_and_amounts_shuffled_keep_the_links(plain: Rows) -> None:
    doubled, shuffled = drawn(samplers.doubled), drawn(samplers.amounts_shuffled)
    assert len(doubled) == 2 * len(plain)
    assert np.array_equal(tokens_of(doubled), tokens_of(plain))
    assert np.array_equal(shuffled.token, plain.token)
    assert plain.amount is not None
    assert shuffled.amount is not None
    assert np.nansum(shuffled.amount) == pytest.approx(np.nansum(plain.amount))
    spread = [np.nanstd(np.log(amount[plain.object == 3])) for amount in (plain.amount, shuffled.amount)]
    assert spread[1] > 2 * spread[0]


@pytest.mark.parametrize("scope", ["links", "visits", "order", "rows"])
def test_contamination_is_of_the_share_that_was_asked_for(scope: str) -> None:
    found = contaminated(scope, 0.3)(population(10, 0), 200, 1)
    assert found.num_subjects == 200
    real = population(140, 1)
    kept = found.subject < 140
    assert np.array_equal(found.token[kept], real.token)
    other = tokens_of(found)[140:]
    same = np.array_equal(other, tokens_of(population(60, 1 + 10_000_019)))
    assert same == (scope != "links"), "the others keep their links"
    assert found.group is not None
    assert len(np.intersect1d(found.group[kept], found.group[~kept])) == 0


def test_all_or_none_can_be_replaced() -> None:
    assert contaminated("order", 0.0)(population(10, 0), 50, 1).num_subjects == 50
    assert contaminated("order", 1.0)(population(10, 0), 50, 1).num_subjects == 50


def test_a_bootstrap_is_of_training_subjects() -> None:
    training = population(200, 0)
    own = {row.tobytes() for row in tokens_of(training)}
    found = samplers.bootstrapped(training, 300, 1)
    assert {row.tobytes() for row in tokens_of(found)} <= own
    assert found.num_subjects == 300


def test_a_collapsed_table_has_few_distinct_subjects() -> None:
    found = tokens_of(drawn(samplers.collapsed, 50))
    assert len(found) == 500
    assert len(np.unique(found, axis=0)) <= 100


def test_a_subject_may_be_taken_twice(plain: Rows) -> None:
    found = taken(plain, np.array([7, 7, 3]))
    counts = np.bincount(found.subject)
    assert counts[0] == counts[1] == (plain.subject == 7).sum()
    assert len(found.visits) == 2 * (plain.visits.subject == 7).sum() + (plain.visits.subject == 3).sum()
    assert np.array_equal(found.attributes.has, plain.attributes.has[[7, 7, 3]])


def test_joining_keeps_both(plain: Rows) -> None:
    first, second = plain.take(np.arange(5)), plain.take(np.arange(5, 12))
    found = joined(first, second)
    assert np.array_equal(tokens_of(found), tokens_of(plain)[:12])
    assert len(found.visits) == len(first.visits) + len(second.visits)


def test_tables_without_associations_are_thinned_and_paired() -> None:
    thin = samplers.thinned(population(10, 0), 200, 1)
    assert thin.edges.num_links == pytest.approx(len(random_svo(1)) / 2, rel=0.05)
    has = samplers.paired(population(10, 0), 200, 1).edges.tokens().toarray() > 0
    assert np.corrcoef(has[:, 0], has[:, 1])[0, 1] > 0.5
    assert abs(np.corrcoef(has[:, 0], has[:, 3])[0, 1]) < 0.15
