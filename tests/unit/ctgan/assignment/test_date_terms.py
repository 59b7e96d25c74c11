"""Terms of a link and the day of the month, or the weekday, of its visit."""

from __future__ import annotations

import numpy as np

from assoc_synth.ctgan.assignment.calendar_terms import calendar_classes
from assoc_synth.ctgan.assignment.date_terms import (
    CLASSES,
    DAYS,
    MOST,
    NO_DATE,
    NONE,
    DateTerms,
    date_classes,
    learned_terms,
)
from assoc_synth.ctgan.interface import Horizon, Visits
from assoc_synth.ctgan.visit_features import visit_features
from assoc_synth.transactions.arrays import Ints

LINKS = 600


def classes_at(day: Ints, rng: np.random.Generator) -> Ints:
    return np.stack([day, DAYS + rng.integers(0, 7, len(day))], axis=1)


def learned(rng: np.random.Generator) -> DateTerms:
    """Token 0 of verb 0 is always on the third, token 1 of verb 0 on any day, those of verb 1 on the first."""
    verb = np.repeat([0, 0, 1], LINKS)
    token = np.repeat([0, 1, 2], LINKS)
    token[2 * LINKS :] += np.arange(LINKS)  # none of them is frequent
    days = np.concatenate([np.full(LINKS, 2), rng.integers(0, 31, LINKS), np.zeros(LINKS, np.int64)])
    real, dealt = classes_at(days, rng), [classes_at(rng.integers(0, 31, 3 * LINKS), rng) for _ in range(4)]
    return learned_terms(verb, token, real, dealt)


def test_only_links_with_days_of_their_own_have_terms() -> None:
    terms = learned(np.random.default_rng(0))
    assert terms.codes.tolist() == [-2, 0]
    row = terms.row_of(np.array([0, 0, 1]), np.array([0, 1, 500]), 1000)
    assert row.tolist() == [1, NONE, NONE] or row.tolist() == [1, NONE, 0]
    assert terms.weight[:, :DAYS].argmax(1).tolist() == [0, 2]
    assert terms.weight[1, 2] > 2.5
    assert terms.weight[:, DAYS:].abs().max() < 1.0


def test_a_verb_has_the_row_of_links_without_one() -> None:
    terms = learned(np.random.default_rng(0))
    assert terms.row_of(np.array([1]), np.array([7]), 1000).tolist() == [0]
    kinds = terms.of_kinds(np.array([0, 0, 1]), np.array([0, 1, 7]), 1000)
    assert kinds.shape == (3, CLASSES + 1)
    assert not kinds[1].any()
    assert not kinds[:, NO_DATE].any()


def test_matching_takes_out_the_error_and_stays_within_bounds() -> None:
    terms = DateTerms(1)
    terms.codes.fill_(0)
    row = np.zeros(100, np.int64)
    third, fifth = (np.stack([np.full(100, day), np.full(100, DAYS)], axis=1) for day in (2, 4))
    terms.match(row, third, [third], 0.5)
    assert not terms.weight.any()
    for _ in range(20):
        terms.match(row, third, [fifth], 1.0)
    assert terms.weight[0, [2, 4]].tolist() == [MOST, -MOST]


def test_classes_of_visits() -> None:
    one = np.zeros(2, np.int64)
    visits = Visits(one, np.array([40, -1]), one, one + 1)  # 10 February 1970 is a Tuesday
    found = date_classes(visit_features(visits, Horizon(0, 95)), calendar_classes(visits, Horizon(0, 95)))
    assert found.tolist() == [[9, DAYS + 1], [NO_DATE, NO_DATE]]


def test_without_rows_nothing_is_stored() -> None:
    terms = DateTerms()
    assert not terms.state_dict()
    assert terms.fits(1, 1)
    assert terms.of_kinds(np.zeros(2, np.int64), np.zeros(2, np.int64), 3).shape == (2, 0)


def test_rows_of_a_file_are_looked_at() -> None:
    terms = DateTerms(2)
    terms.codes.copy_(terms.codes.new_tensor([-1, 3]))
    assert terms.fits(1, 4)
    assert not terms.fits(1, 3)
    terms.codes.copy_(terms.codes.new_tensor([3, 3]))
    assert not terms.fits(1, 4)
