"""What the links of two verbs to one object keep is found of all objects together, rare ones too."""

import numpy as np
import pytest

from assoc_synth.ctgan.assignment.model import Assignment
from assoc_synth.ctgan.assignment.object_rules import rules_of_objects
from assoc_synth.ctgan.assignment.rule_kernel import AFTER, NEVER, WITH
from assoc_synth.ctgan.interface import Horizon, Visits

ADDED, PAID, RATED = range(3)
SUBJECTS, VISITS, OBJECTS = 60, 5, 200


def shop(*, breaks: int = 0) -> Assignment:
    """What is paid was added in that visit, or, `breaks` times, in none; it is rated in a later one."""
    rng, rows = np.random.default_rng(0), []
    for subject in range(SUBJECTS):
        for object in rng.choice(OBJECTS, 3, replace=False):
            early, late = np.sort(rng.choice(VISITS, 2, replace=False))
            rows += [(subject, PAID, object, early), (subject, RATED, object, late)]
            rows += [(subject, ADDED, object, early)] if subject >= breaks else []
        rows += [(subject, ADDED, rng.integers(OBJECTS), place) for place in range(VISITS)]
    own, verb, object, place = np.unique(np.array(rows), axis=0).T
    visit = VISITS * own + place
    times = np.repeat(np.arange(SUBJECTS), VISITS), np.tile(np.arange(VISITS), SUBJECTS)
    visits = Visits(*times, np.zeros(SUBJECTS * VISITS, np.int64), np.bincount(visit))
    return Assignment.of(visits, Horizon(0, VISITS), subject=own, verb=verb, object=object, visit=visit)


def test_each_object_has_the_rules_of_all() -> None:
    truth = shop()
    found = rules_of_objects(truth, (3, OBJECTS), 7.0)
    of = {(kind, y // OBJECTS, x // OBJECTS) for kind, y, x in found.tolist()}
    assert {(WITH, PAID, ADDED), (AFTER, RATED, PAID), (AFTER, RATED, ADDED), (NEVER, PAID, RATED)} <= of
    assert not {(WITH, ADDED, PAID), (AFTER, PAID, RATED), (NEVER, ADDED, PAID)} & of
    assert (found[:, 1] % OBJECTS == found[:, 2] % OBJECTS).all()
    paid = np.unique(truth.object[truth.verb == PAID])
    rare = paid[np.bincount(truth.object[truth.verb == PAID])[paid] == 1]
    assert len(rare)
    with_added = found[(found[:, 0] == WITH)]
    assert set(with_added[:, 1] - PAID * OBJECTS) == set(paid)


@pytest.mark.parametrize("breaks", [1, 5])
def test_one_exception_is_enough(breaks: int) -> None:
    found = rules_of_objects(shop(breaks=breaks), (3, OBJECTS), 7.0)
    assert (WITH, PAID) not in {(kind, y // OBJECTS) for kind, y, _ in found.tolist()}


def test_few_subjects_are_no_evidence() -> None:
    truth = shop()
    few = truth.take(truth.subject < 9)
    assert not len(rules_of_objects(few, (3, OBJECTS), 0.5))
