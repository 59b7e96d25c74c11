"""Levels: counts are split into what verbs say, what kinds and verbs add, and what kinds add to that."""

import numpy as np
import pytest
import torch

from assoc_synth.ctgan.order.levels import Levels, Terms, add_terms
from assoc_synth.ctgan.order.links import CodedLinks
from assoc_synth.ctgan.order.model import OrderModel, OrderSpec
from assoc_synth.transactions.arrays import Floats

OBJECTS = 4
KINDS = [0, 1, 5]
"""(0, 0), (0, 1) and (1, 1); rows 1 to 3. Infrequent links of verb 0 have row 4, those of verb 1 row 5."""


@pytest.fixture
def model() -> OrderModel:
    made = OrderModel(2, OBJECTS, OrderSpec(len(KINDS), 0, pairs=True), 0.0)
    made.kinds.copy_(torch.tensor(KINDS))
    return made


def total(terms: Terms, levels: Levels) -> Floats:
    """What all terms say of each pair of rows."""
    verb, found = levels.verb, terms.verbs[levels.verb[:, None], levels.verb].copy()
    found[: levels.slots] += terms.kind_verb[:, verb]
    found[:, : levels.slots] += terms.verb_kind[verb]
    found[: levels.slots, : levels.slots] += terms.kinds
    if terms.same is not None:
        found += np.where(levels.alike, terms.same[verb[:, None], verb], 0.0)
    return found


def test_rows_are_kinds_and_then_the_infrequent_links_of_each_verb(model) -> None:
    verb, object = np.array([0, 0, 1, 0, 1]), np.array([0, 1, 1, 3, 0])
    slot = model.slots(torch.from_numpy(verb), torch.from_numpy(object)).numpy()
    levels = Levels(model)
    assert levels.row(CodedLinks(verb, object, slot, np.ones(5, bool))).tolist() == [1, 2, 3, 4, 5]
    assert levels.alike[2, 3]
    assert not levels.alike[1, 2]
    assert not levels.alike[4:].any()


def test_frequent_pairs_have_their_own_ratio_and_rare_ones_that_of_their_verbs(model) -> None:
    levels, rng = Levels(model), np.random.default_rng(0)
    other = np.zeros((6, 6))
    other[1:, 1:] = 1000.0
    other[1, 3] = other[3, 1] = 0.5
    verb = levels.verb
    factor = np.array([[1.0, 4.0], [0.25, 1.0]])[verb[:, None], verb] * np.exp(rng.normal(0, 0.3, (6, 6)))
    factor[1, 3] = 4.0
    terms = levels.ratios(other * factor, other, None, 2.0)
    found = total(terms, levels)
    frequent = other[1:4, 1:4] > 1
    assert np.allclose(found[1:4, 1:4][frequent], np.log(factor[1:4, 1:4][frequent]), atol=0.02)
    assert found[1, 2] == pytest.approx(np.log(factor[1, 2]), abs=0.02)
    assert found[1, 3] > 0.8  # as verbs say, not 0 as its own counts alone would


def test_links_of_one_object_have_a_ratio_of_their_own_that_kinds_do_not_count_again(model) -> None:
    levels = Levels(model)
    other = np.zeros((6, 6))
    other[1:, 1:] = 500.0
    real = other.copy()
    real[2, 3] *= 5.0
    verbs = levels.of_verb.T @ other @ levels.of_verb
    same = np.array([[0.0, 2500.0], [0.0, 0.0]]), np.array([[0.0, 500.0], [0.0, 0.0]])
    terms = levels.ratios(real, other, same, 2.0)
    assert terms.same is not None
    assert verbs[0, 1] == 3000.0
    assert terms.same[0, 1] > 1.0
    assert total(terms, levels)[2, 3] == pytest.approx(np.log(5.0), abs=0.05)


def test_odds_are_opposite_and_those_of_rare_pairs_are_as_their_verbs(model) -> None:
    levels = Levels(model)
    before = np.zeros((6, 6))
    before[1, 5], before[5, 1] = 900.0, 100.0
    before[1, 3], before[3, 1] = 1.0, 0.0
    terms = levels.odds(before, None, 2.0)
    found = total(terms, levels)
    assert np.allclose(terms.verb_kind, -terms.kind_verb.T)
    assert found[1, 3] == pytest.approx(np.log(9.0), abs=0.6)  # its one pair alone would say less than half of that
    assert found[3, 1] == pytest.approx(-found[1, 3], abs=1e-6)


def test_terms_are_added_where_they_belong(model) -> None:
    levels = Levels(model)
    ones = Terms(*(np.ones(shape) for shape in ((2, 2), (2, 2), (4, 2), (2, 4), (4, 4))))
    with torch.no_grad():
        add_terms(model, ones, 0.5)
        add_terms(model, ones, 2.0, waits=True)
    transition, waiting = (part.detach() for part in model.tables())
    assert levels.size == 6
    assert transition[1:, 1:].tolist() == np.full((5, 5), 2.0).tolist()
    assert waiting[1:, 1:].tolist() == np.full((5, 5), 8.0).tolist()
    assert model.pairs is not None
    assert model.pairs.same_transition.tolist() == [[0.5, 0.5], [0.5, 0.5]]
    assert not model.pairs.same_waiting.any()
