"""Populations whose associations are known, and the tables that are drawn from them."""

import numpy as np
import pytest

from assoc_synth.benchmark.gate_calibration import populations
from assoc_synth.benchmark.gate_calibration.populations import OBJECTS, PLANTED, population
from assoc_synth.transactions.arrays import Bools, Ints


def both(tokens: Bools, left: Ints, right: Ints) -> float:
    return float((tokens[:, left] & tokens[:, right]).mean())


def test_spoilt_tables_are_spoilt_in_what_they_say_and_keep_their_margins() -> None:
    training = population(2_000, 0)
    plain, lifted, spurious, shuffled, collapsed = (
        sampler(training, 4_000, 1).tokens().toarray() > 0
        for sampler in (
            populations.perfect,
            populations.lifted,
            populations.spurious,
            populations.shuffled_across,
            populations.collapsed,
        )
    )
    for spoilt in (lifted, spurious, shuffled):
        assert spoilt.mean(0) == pytest.approx(plain.mean(0))
    assert both(lifted, PLANTED, PLANTED + 1) > 1.3 * both(plain, PLANTED, PLANTED + 1)
    assert both(spurious, PLANTED + 1, PLANTED + 2) > 1.5 * both(plain, PLANTED + 1, PLANTED + 2)
    objects = np.arange(60)
    assert both(shuffled, objects, objects + 60) < 0.8 * both(plain, objects, objects + 60)
    assert len(np.unique(collapsed, axis=0)) <= 400


def test_contamination_is_of_the_share_that_was_asked_for() -> None:
    training = population(500, 0)
    drawn = populations.contaminated(0.3)(training, 200, 1)
    assert drawn.num_subjects == 200
    assert np.array_equal(drawn.take(np.arange(140)).token, population(140, 1).token)


def test_a_population_has_its_planted_pairs() -> None:
    has = population(4_000, 0).tokens().toarray() > 0
    assert has.shape == (4_000, 2 * OBJECTS)
    share = has.mean(0)
    lifts = np.array([both(has, left, left + 1) / (share[left] * share[left + 1]) for left in PLANTED])
    unplanted = np.array([both(has, left + 1, left + 4) / (share[left + 1] * share[left + 4]) for left in PLANTED])
    assert lifts.mean() > 1.3 * unplanted.mean()
    assert not (has[:, OBJECTS:] & ~has[:, :OBJECTS]).any(), "verb 1 repeats verb 0"
    assert has[:, OBJECTS:].sum() / has[:, :OBJECTS].sum() == pytest.approx(0.25, abs=0.01)


def test_a_bootstrap_is_of_training_subjects() -> None:
    training = population(200, 0)
    own = {tuple(training.take(np.array([who])).token) for who in range(200)}
    drawn = populations.bootstrapped(training, 300, 1)
    assert {tuple(drawn.take(np.array([who])).token) for who in range(300)} <= own


def test_tokens_go_there_and_back() -> None:
    has = np.zeros((2, 2 * OBJECTS), bool)
    has[0, 3] = has[1, OBJECTS + 3] = True
    edges = populations.from_tokens(has)
    assert (edges.verb.tolist(), edges.object.tolist()) == ([0, 1], [3, 3])


def test_random_rows_have_no_association() -> None:
    edges = populations.random_svo(0)
    assert (edges.num_subjects, edges.num_links) == (1_000, 20_000)
