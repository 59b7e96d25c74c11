"""Two verbs in one visit: counted as pairs of links, and barred where no visit has both though chance would."""

import numpy as np

from assoc_synth.ctgan.assignment.verb_terms import BARRED, barred_verbs, verb_pairs


def test_pairs_of_links_are_counted_by_visit() -> None:
    verb, visit = np.array([0, 0, 1, 1, 2]), np.array([0, 0, 0, 1, 1])
    assert verb_pairs(verb, visit, 3, 2).tolist() == [[1, 2, 0], [2, 0, 1], [0, 1, 0]]


def test_what_never_shares_a_visit_is_barred_and_what_does_once_is_not() -> None:
    """A hundred subjects have two visits of three links: of verbs 0 and 1 in the one, of verb 2 in the other."""
    subject = np.repeat(np.arange(100), 6)
    verb = np.tile([0, 1, 0, 2, 2, 2], 100)
    visit = 2 * subject + np.tile([0, 0, 0, 1, 1, 1], 100)
    barred = barred_verbs(subject, verb, visit, 3, 200, np.random.default_rng(0))
    assert barred.tolist() == [[0, 0, BARRED], [0, 0, BARRED], [BARRED, BARRED, 0]]
    verb[3] = 1  # one subject has verbs 1 and 2 in one visit
    barred = barred_verbs(subject, verb, visit, 3, 200, np.random.default_rng(0))
    assert barred.tolist() == [[0, 0, BARRED], [0, 0, 0], [BARRED, 0, 0]]


def test_a_few_subjects_are_no_rule() -> None:
    subject, verb = np.repeat(np.arange(5), 2), np.tile([0, 1], 5)
    assert not barred_verbs(subject, verb, np.arange(10), 2, 10, np.random.default_rng(0)).any()
