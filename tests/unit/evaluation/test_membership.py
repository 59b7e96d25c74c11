"""Attacks that must succeed on a copy and fail on an honest table, and their figures by hand."""

import numpy as np
import pytest

from assoc_synth.evaluation.labels import Score
from assoc_synth.evaluation.membership import area, nearest_neighbour, pair_excess, recognised, scores_of_links
from assoc_synth.link_graph.edges import Edges


def population(size: int, seed: int, *, objects: int = 60) -> Edges:
    rng = np.random.default_rng(seed)
    subject, objects_ = np.nonzero(rng.random((size, objects)) < 0.12)
    return Edges.from_links(subject, subject % 2, objects_, num_subjects=size, num_verbs=2, num_objects=objects)


TRAIN, HELDOUT, FRESH = (population(400, seed) for seed in range(3))
CODES = np.arange(400), 400 + np.arange(400)


def attacked(emitted: Edges) -> dict[str, Score]:
    scores = scores_of_links(TRAIN.tokens(), HELDOUT.tokens(), emitted.tokens(), CODES)
    return {score.name: score for score in scores}


def score(members: np.ndarray, others: np.ndarray) -> Score:
    return Score("x", members, others, np.arange(len(members)), len(members) + np.arange(len(others)))


def test_a_copy_of_the_training_table_is_caught() -> None:
    found = attacked(TRAIN)
    nearest = area(found["nearest neighbour"])
    assert nearest.value > 0.97
    assert nearest.low > 0.95
    assert area(found["pairs"]).value > 0.8, "each pair of a member counts the member itself"
    assert recognised(found["nearest neighbour"], 0.01).value > 0.9


def test_an_honest_table_gives_nothing_away() -> None:
    for found in attacked(FRESH).values():
        whole = area(found)
        assert whole.low < 0.5 < whole.high
        assert whole.high < 0.6
        share = recognised(found, 0.01)
        assert share.low <= 0.01 <= share.high


def test_the_interval_of_the_area_holds_the_truth() -> None:
    """Normal scores one standard deviation apart: the area is Φ(1/√2) = .7602."""
    held = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        found = area(score(rng.normal(1, 1, 80), rng.normal(0, 1, 120)))
        held += found.low <= 0.7602 <= found.high
    assert held >= 182, "fewer than 182 of 200 at 95 % come once in a hundred times"


def test_clusters_widen_the_interval() -> None:
    rng = np.random.default_rng(0)
    shared = np.repeat(rng.normal(size=(2, 20)), 15, axis=1)
    alone, clustered = (
        area(Score("x", *shared, np.arange(300) // size, 300 + np.arange(300) // size)) for size in (1, 15)
    )
    assert clustered.high - clustered.low > 2 * (alone.high - alone.low)


def test_all_recognised_is_no_certainty() -> None:
    found = area(score(np.ones(30), np.zeros(30)))
    assert (found.value, found.low, found.high) == (1.0, pytest.approx(0.9), 1.0)


def test_a_few_people_are_recognised() -> None:
    members, others = np.random.default_rng(0).normal(size=(2, 2_000))
    members[:60] = 9.0
    found = score(members, others)
    assert area(found).value < 0.55, "the area does not show them"
    assert recognised(found, 0.001).low > 0.02
    assert np.isnan(recognised(score(members[:500], others[:500]), 0.001).value)


def test_false_alarms_are_at_most_what_is_allowed() -> None:
    """Half of the others tie at the limit: none of them may be called."""
    found = score(np.array([1.0, 2.0, 3.0, 3.0]), np.r_[np.zeros(50), np.full(50, 3.0)])
    assert recognised(found, 0.1).value == 0.0


def test_scores_by_hand() -> None:
    emitted = Edges.from_links([0, 0, 1], [0] * 3, [0, 1, 2], num_subjects=2, num_verbs=1, num_objects=4).tokens()
    records = Edges.from_links(
        [0, 0, 1, 1, 2], [0] * 5, [0, 1, 0, 3, 3], num_subjects=4, num_verbs=1, num_objects=4
    ).tokens()
    np.testing.assert_allclose(nearest_neighbour(records, emitted), [1.0, 0.5, 0.0, 0.0])
    # The pair (0, 1) comes once, by chance 1·1/2 times; (0, 3) never, and 3 is in nobody's record.
    np.testing.assert_allclose(pair_excess(records, emitted), [np.log(1.5 / 1.0), np.log(0.5 / 0.5), 0.0, 0.0])
