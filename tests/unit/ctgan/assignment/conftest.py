"""Visits with planted companions: objects that go together, and a return after its purchase."""

from dataclasses import replace

import numpy as np
import pytest

from assoc_synth.ctgan.assignment.model import Assignment
from assoc_synth.ctgan.interface import Horizon, Visits

SUBJECTS = 150


def planted(rng: np.random.Generator) -> Assignment:
    """Four visits of three links each: objects 0-2 go together in one visit, as 3-5 do in another; two are mixed.

    Object 6 is bought (verb 0) in an early visit and returned (verb 1) in a later one.
    """
    subject, verb, object, visit = [], [], [], []
    for own in range(SUBJECTS):
        places = rng.permutation(4)
        early, late = np.sort(places[2:])
        links = [(0, thing, places[0]) for thing in (0, 1, 2)] + [(0, thing, places[1]) for thing in (3, 4, 5)]
        links += [(0, 6, early), (1, 6, late)] + [(0, 7 + rng.integers(4), at) for at in (early, early, late, late)]
        for its_verb, thing, place in links:
            subject.append(own)
            verb.append(its_verb)
            object.append(thing)
            visit.append(4 * own + place)
    visits = Visits(
        np.repeat(np.arange(SUBJECTS), 4),
        np.tile([0, 10, 20, 30], SUBJECTS),
        np.zeros(4 * SUBJECTS, np.int64),
        np.full(4 * SUBJECTS, 3),
    )
    codes = (np.array(part) for part in (subject, verb, object, visit))
    own, its_verb, thing, place = codes
    return Assignment.of(visits, Horizon(0, 30), subject=own, verb=its_verb, object=thing, visit=place)


@pytest.fixture(scope="module")
def truth() -> Assignment:
    return planted(np.random.default_rng(0))


@pytest.fixture(scope="module")
def sizes_differ(truth: Assignment) -> Assignment:
    """The same links; the last two of each subject are in the visit of its first one."""
    visit = truth.visit.copy()
    for link in (10, 11):
        visit[link::12] = visit[::12]
    return replace(truth, visit=visit)
