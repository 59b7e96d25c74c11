"""Rules of links that share their time with the next one, and of those that never do."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch

from assoc_synth.ctgan.interface import CodedColumn, RowOrder
from assoc_synth.ctgan.order.pair_terms import PairTerms
from assoc_synth.ctgan.order.tie_rules import ALWAYS, NEVER, Coded, TieRules, find_tie_rules
from assoc_synth.transactions.arrays import Ints

VISITS, LINKS = 60, 4


def order_of(gap: Ints, *, by_file: bool = True) -> RowOrder:
    """Visits of four links each, with these classes of time: 0 is none at all."""
    visit = np.repeat(np.arange(VISITS), LINKS)
    tied = (gap == 0) & (np.tile(np.arange(LINKS), VISITS) > 0)
    code = CodedColumn.discrete("gap", gap, 2)
    return RowOrder(np.arange(len(visit)), visit, visit, tied, by_file, code, np.array([0.0, 3.0], np.float32))


def links_of(verb: list[int], slot: list[int] | None = None) -> Coded:
    own = np.tile(verb, VISITS)
    return Coded(own, np.tile(np.arange(LINKS), VISITS), own * 0 if slot is None else np.tile(slot, VISITS))


def test_verbs_that_share_their_time_always_or_never_have_rules() -> None:
    found = find_tie_rules(order_of(np.tile([1, 1, 0, 1], VISITS)), links_of([0, 1, 1, 0]), 2, 1)
    assert found.verbs[0].tolist() == [[0, NEVER], [NEVER, ALWAYS]]
    assert not found.verbs[1].any()  # no link follows another one of its object
    assert not found.kind_verb.any()
    assert not found.verb_kind.any()


def test_one_tie_is_enough_to_break_a_rule() -> None:
    gap = np.tile([1, 1, 0, 1], VISITS)
    gap[1] = 0
    found = find_tie_rules(order_of(gap), links_of([0, 1, 1, 0]), 2, 1)
    assert found.verbs[0].tolist() == [[0, 0], [NEVER, ALWAYS]]


def test_what_one_subject_shows_is_no_rule() -> None:
    order = order_of(np.tile([1, 1, 0, 1], VISITS))
    found = find_tie_rules(replace(order, subject=order.subject * 0), links_of([0, 1, 1, 0]), 2, 1)
    assert not found.verbs.any()


def test_a_kind_has_a_rule_where_its_verb_has_none() -> None:
    # Verb 0 shares its time with the next link where that is of kind 1, and never where it is of kind 2.
    links = links_of([0, 1, 0, 1], [0, 1, 0, 2])
    found = find_tie_rules(order_of(np.tile([1, 0, 1, 1], VISITS)), links, 2, 3)
    assert found.verbs[0].tolist() == [[0, 0], [NEVER, 0]]
    assert found.verb_kind.tolist() == [[0, ALWAYS, NEVER], [0, 0, 0]]
    assert not found.verb_kind[:, 0].any()


def test_in_random_order_a_pair_may_follow_that_the_file_does_not_have() -> None:
    # Three links of one time: 0, 1 and 2 come in this order in the file, but 2 may as well follow 0.
    gap, links = np.tile([1, 0, 0, 1], VISITS), links_of([0, 1, 2, 1])
    by_file, at_random = (find_tie_rules(order_of(gap, by_file=own), links, 3, 1).verbs[0] for own in (True, False))
    assert by_file[2, 1] == NEVER
    assert at_random[2, 1] == 0
    assert at_random[0, 2] == 0  # the file has no such step: nothing is known


def test_without_any_tie_there_is_no_rule() -> None:
    found = find_tie_rules(order_of(np.ones(VISITS * LINKS, np.int64)), links_of([0, 1, 1, 0]), 2, 1)
    assert not found.verbs.any()


def test_rules_leave_no_chance() -> None:
    terms = PairTerms(2, 2, 3, ties=True)
    terms.shape_by(np.array([0.0, 1.0, 2.0], np.float32), np.array([0.2, 0.4, 0.4], np.float32))
    none = np.zeros((2, 2), np.int64)
    terms.set_ties(TieRules(np.array([[[0, NEVER], [ALWAYS, 0]]] * 2), none, none))
    verb = torch.tensor([[0, 1], [1, 0], [0, 0]])
    shares = torch.softmax(terms.gap_logits(verb, torch.zeros(3, dtype=torch.bool), torch.zeros_like(verb)), 1)
    assert shares[:, 0].tolist() == [0.0, 1.0, shares[2, 0].item()]
    assert 0.2 < shares[2, 0] < 0.5
