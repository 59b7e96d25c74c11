"""Pairs that are dealt to visits at random do not stand out; planted ones do, with their direction."""

import numpy as np

from assoc_synth.ctgan.assignment.model import Assignment
from assoc_synth.ctgan.assignment.relations import Related
from assoc_synth.ctgan.interface import Horizon, Visits

EVERYBODY = np.arange(150)


def test_what_goes_together_and_what_follows_is_found(truth: Assignment) -> None:
    """Objects 0-2 and 3-5 are in one visit each, object 6 is returned (token 17) after it was bought (token 6)."""
    found = Related.of(truth, 11, EVERYBODY, 100)
    pairs = set(zip(found.left.tolist(), found.right.tolist(), strict=True))
    assert {(0, 1), (0, 2), (1, 2), (3, 4), (3, 5), (4, 5), (0, 3)} <= pairs
    ordered = set(zip(found.left[found.ordered].tolist(), found.right[found.ordered].tolist(), strict=True))
    assert (6, 17) in ordered


def test_what_is_dealt_at_random_does_not_stand_out() -> None:
    rng = np.random.default_rng(0)
    own = np.repeat(np.arange(300), 12)
    visits = Visits(
        np.repeat(np.arange(300), 4), np.tile(np.arange(4), 300), np.zeros(1200, np.int64), np.full(1200, 3)
    )
    object, visit = rng.integers(0, 20, len(own)), np.repeat(np.arange(1200), 3)
    dealt = Assignment.of(visits, Horizon(0, 4), subject=own, verb=np.zeros_like(own), object=object, visit=visit)
    assert len(Related.of(dealt, 20, np.arange(300), 1_000)) <= 3


def test_only_the_given_subjects_are_counted(truth: Assignment) -> None:
    assert len(Related.of(truth, 11, np.arange(9), 100)) == 0  # a pair needs ten subjects
    assert len(Related.of(truth, 11, EVERYBODY, 2)) == 2


def test_an_order_that_all_links_have_by_season_is_none_of_the_pair() -> None:
    """Object 0 is a thing of summer and 1 one of winter, for everybody; 2 and 3 follow each other at any time."""
    rng = np.random.default_rng(0)
    subjects, visits = 400, 10
    rows = []
    for subject in range(subjects):
        start = rng.integers(0, 8)
        rows += [(subject, 0, rng.integers(0, 5)), (subject, 1, rng.integers(5, 10))]
        rows += [(subject, 2, start), (subject, 3, start + 1 + rng.integers(0, 2) * (start < 7))]
        rows += [(subject, 4, place) for place in range(visits)]
    own, object, place = np.array(rows).T
    visit = visits * own + place
    made = Visits(
        np.repeat(np.arange(subjects), visits),
        np.tile(np.arange(visits), subjects),
        np.zeros(visits * subjects, np.int64),
        np.bincount(visit),
    )
    truth = Assignment.of(made, Horizon(0, visits), subject=own, verb=np.zeros_like(own), object=object, visit=visit)
    found = Related.of(truth, 5, np.arange(subjects), 100)
    ordered = set(zip(found.left[found.ordered].tolist(), found.right[found.ordered].tolist(), strict=True))
    assert (2, 3) in ordered
    assert (0, 1) not in ordered
