"""Rules of visits are found where they are planted, told by name, and broken by no swap."""

import numpy as np
import pandas as pd

from assoc_synth.ctgan.assignment.model import Assignment, AssignmentModel
from assoc_synth.ctgan.assignment.rule_kernel import AFTER, NEVER, WITH
from assoc_synth.ctgan.assignment.rules import TOLD, describe_rules, find_rules
from assoc_synth.ctgan.assignment.sampling import swap
from assoc_synth.ctgan.assignment.training import learn_sizes
from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.interface import Horizon, Visits

SUBJECTS, VISITS = 200, 6


def planted(rng: np.random.Generator) -> Assignment:
    """Objects 0 and 1 are in one visit; 2 is at the time of 3 or later; 4 is never with 5; 6 is anywhere."""
    rows = []
    for subject in range(SUBJECTS):
        early, late = np.sort(rng.integers(0, VISITS, 2))
        apart = rng.permutation(VISITS)[:2]
        together = rng.integers(VISITS)
        places = [together, together, late, early, *apart, *rng.integers(0, VISITS, 6)]
        objects = [0, 1, 2, 3, 4, 5, *[6] * 6]
        rows += [(subject, *pair) for pair in zip(objects, VISITS * subject + np.array(places), strict=True)]
        rows += [(subject, 7, VISITS * subject + place) for place in range(VISITS)]
    own, object, visit = np.array(rows).T
    visits = Visits(
        np.repeat(np.arange(SUBJECTS), VISITS),
        np.tile(np.arange(VISITS), SUBJECTS),
        np.zeros(SUBJECTS * VISITS, np.int64),
        np.bincount(visit),
    )
    return Assignment.of(visits, Horizon(0, VISITS), subject=own, verb=np.zeros_like(own), object=object, visit=visit)


def exceptions(made: Assignment, visit: np.ndarray) -> list[int]:
    """Subjects with 0 and 1 apart, with 2 before 3, with 4 and 5 together."""
    place = {object: visit[made.object == object] for object in range(6)}
    return [
        int((place[0] != place[1]).sum()),
        int((place[2] < place[3]).sum()),
        int((place[4] == place[5]).sum()),
    ]


def test_planted_rules_are_found_and_kept() -> None:
    rng = np.random.default_rng(0)
    truth = planted(rng)
    rules = find_rules(truth, (1, 8))
    found = {tuple(rule) for rule in rules.tolist()}
    assert {(WITH, 0, 1), (WITH, 1, 0), (AFTER, 2, 3), (NEVER, 4, 5)} <= found
    assert {rule for rule in found if 6 in rule[1:]} <= {(WITH, 6, 7)}  # 7 is in every visit
    shuffled = truth.visit[np.lexsort((rng.random(len(truth.visit)), truth.subject))]
    start = Assignment(**{**vars(truth), "visit": shuffled})
    assert min(exceptions(truth, shuffled)) > 10
    model = AssignmentModel(1, 8, CTGANConfig())
    model.rules = model.rules.new_tensor(rules)
    drawn = swap(model, start, rng)
    assert exceptions(truth, drawn) == [0, 0, 0]
    assert (np.bincount(drawn) == np.bincount(truth.visit)).all()
    assert (truth.object[drawn != shuffled] == 6).any()  # what has no rule is swapped as well


def test_one_exception_is_enough() -> None:
    truth = planted(np.random.default_rng(0))
    visit = truth.visit.copy()
    one, other = np.flatnonzero(truth.object == 0)[0], np.flatnonzero(truth.object == 7)[:VISITS]
    other = other[visit[other] != visit[one]][0]
    visit[[one, other]] = visit[[other, one]]
    found = {tuple(rule) for rule in find_rules(Assignment(**{**vars(truth), "visit": visit}), (1, 8)).tolist()}
    assert (WITH, 0, 1) not in found
    assert (AFTER, 2, 3) in found


def test_a_link_is_in_a_visit_once_where_it_must_be() -> None:
    """Four visits of three links each; object 0 is in all of them."""
    rng = np.random.default_rng(0)
    own, object = np.repeat(np.arange(300), 12), np.tile([0, 0, 0, 0, *range(1, 9)], 300)
    zero = np.zeros(1200, np.int64)
    visits = Visits(np.repeat(np.arange(300), 4), zero - 1, zero, zero + 3)
    dealt = np.repeat(np.arange(1200), 3)[np.lexsort((rng.random(3600), own))]
    start = Assignment.of(visits, Horizon(), subject=own, verb=np.zeros_like(own), object=object, visit=dealt)
    for alone in (False, True):
        drawn = swap(AssignmentModel(1, 9, CTGANConfig()), start, rng, alone=alone)
        twice = (np.unique(drawn[object == 0], return_counts=True)[1] > 1).sum()
        assert (twice == 0) if alone else (twice > 100)


def test_rules_are_told_by_name() -> None:
    verbs, objects = pd.Index(["signed", "left"]), pd.Index(["club", "team"])
    rules = np.array([[AFTER, 3, 1], [WITH, 0, 1], [NEVER, 0, 2]])
    notes = describe_rules(rules, verbs, objects)
    assert notes[0] == "'left team' only after 'signed team' or at the same time: in all rows so far, and kept"
    assert notes[1] == "'signed club' only with 'signed team' in one visit: in all rows so far, and kept"
    assert notes[2] == "never 'signed club' and 'left club' in one visit: in all rows so far, and kept"
    many = describe_rules(np.array([[NEVER, 0, 2], [NEVER, 1, 3], [NEVER, 0, 3]]), verbs, objects)
    told = "never 'signed club' and 'left club' in one visit, and 2 more such pairs of 'signed' and 'left'"
    assert many == (f"{told}: in all rows so far, and kept",)


def test_rules_of_many_verbs_are_told_by_number() -> None:
    verbs, objects = pd.Index([f"v{number}" for number in range(20)]), pd.Index(["club"])
    rules = np.array([[NEVER, 0, other] for other in range(1, 20)])
    assert describe_rules(rules, verbs, objects)[TOLD:] == ("7 more such rules of visits are kept",)


def test_what_no_visit_has_beside_another_link_of_its_verb_has_none_of_the_rare_ones_either() -> None:
    """Object 0 is alone in its visit, objects 1 to 3 are with each other, and two subjects have object 4."""
    rows = []
    for subject in range(60):
        rows += [(subject, 0, 4 * subject), (subject, 1, 4 * subject + 1), (subject, 2, 4 * subject + 1)]
        rows += [(subject, 3, 4 * subject + 2), (subject, 1, 4 * subject + 3)]
        rows += [(subject, 4, 4 * subject + 2)] if subject < 2 else []
    own, object, visit = np.array(rows).T
    visits = Visits(np.repeat(np.arange(60), 4), np.tile(np.arange(4), 60), np.zeros(240, np.int64), np.bincount(visit))
    made = Assignment.of(visits, Horizon(0, 4), subject=own, verb=np.zeros_like(own), object=object, visit=visit)
    rules = find_rules(made, (1, 5))
    assert (NEVER, 0, 4) in {tuple(rule) for rule in rules.tolist()}
    assert len(np.unique(rules, axis=0)) == len(rules)
    rows.append((5, 4, 20))  # beside object 0
    own, object, visit = np.array(sorted(rows)).T
    broken = Assignment.of(visits, Horizon(0, 4), subject=own, verb=np.zeros_like(own), object=object, visit=visit)
    assert (NEVER, 0, 4) not in {tuple(rule) for rule in find_rules(broken, (1, 5)).tolist()}


def shop(rng: np.random.Generator, subjects: int = 80) -> Assignment:
    """Six visits each: what is paid (verb 1) only where something is viewed (verb 0); returns (verb 2) are alone.

    Of everything there are many objects, so that no rule of one object has enough of them.
    """
    rows = []
    for subject in range(subjects):
        kinds = np.append(rng.choice([0, 1, 2], 4), [1, 2])
        for place, kind in enumerate(kinds):
            verbs = [[0, 0], [0, 1], [2]][kind]
            rows += [(subject, verb, rng.integers(40), 6 * subject + place) for verb in verbs]
    own, verb, object, visit = np.array(sorted(rows)).T
    visits = Visits(
        np.repeat(np.arange(subjects), 6),
        np.tile(np.arange(6), subjects),
        np.zeros(6 * subjects, int),
        np.bincount(visit),
    )
    return Assignment.of(visits, Horizon(0, 6), subject=own, verb=verb, object=object, visit=visit)


def test_rules_of_verbs_are_found_told_and_kept() -> None:
    rng = np.random.default_rng(0)
    truth = shop(rng)
    rules = find_rules(truth, (3, 40))
    assert {(WITH, 121, 120), (NEVER, 120, 122), (NEVER, 121, 122)} <= {tuple(rule) for rule in rules.tolist()}
    assert len(rules) == 3  # what a verb keeps is not said of its objects
    notes = describe_rules(rules, pd.Index(["viewed", "paid", "returned"]), pd.Index([f"o{at}" for at in range(40)]))
    assert "any 'paid' only with any 'viewed' in one visit: in all rows so far, and kept" in notes
    shuffled = truth.visit[np.lexsort((rng.random(len(truth.visit)), truth.subject))]
    model = AssignmentModel(3, 40, CTGANConfig())
    learn_sizes(model, truth, np.unique(truth.subject), rng)  # so that links may leave visits
    model.rules = model.rules.new_tensor(rules)
    assert model.is_sound()
    drawn = swap(model, Assignment(**{**vars(truth), "visit": shuffled}), rng)
    for visit, breaks in ((shuffled, True), (drawn, False)):
        held = np.zeros((visit.max() + 1, 3), bool)
        held[visit, truth.verb] = True
        viewed, paid, returned = held.T
        assert (paid & ~viewed).any() == breaks
        assert (returned & (viewed | paid)).any() == breaks


def test_a_verb_of_a_file_must_be_known() -> None:
    model = AssignmentModel(3, 40, CTGANConfig())
    model.rules = model.rules.new_tensor([[WITH, 0, 123]])
    assert not model.is_sound()


def test_its_own_addition_is_more_than_any() -> None:
    """Whatever is paid (verb 1) only with its own view (verb 0): with any view, too, but that says less."""
    rng, rows = np.random.default_rng(0), []
    for subject in range(80):
        for place in range(5):
            paid = rng.choice(40, 2, replace=False) if rng.random() < 0.4 else []
            rows += [(subject, verb, object, 5 * subject + place) for object in paid for verb in (0, 1)]
            rows += [(subject, 2, rng.integers(40), 5 * subject + place)]
    own, verb, object, visit = np.array(sorted(rows)).T
    times = np.repeat(np.arange(80), 5), np.tile(np.arange(5), 80), np.zeros(400, int)
    made = Assignment.of(
        Visits(*times, np.bincount(visit)), Horizon(0, 5), subject=own, verb=verb, object=object, visit=visit
    )
    rules = {tuple(rule) for rule in find_rules(made, (3, 40)).tolist()}
    assert {(WITH, 40 + paid, paid) for paid in np.unique(object[verb == 1])} <= rules
