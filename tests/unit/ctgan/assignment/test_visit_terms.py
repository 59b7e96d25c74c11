"""Terms of pairs are stored once, with their bins seen from the left."""

import numpy as np
import torch

from assoc_synth.ctgan.assignment.kernel import EARLIER, LAGS, LATER, NEXT, ORDER_BINS, PLACES, PREVIOUS, SAME
from assoc_synth.ctgan.assignment.visit_terms import VisitTerms


def test_pairs_are_turned_to_have_the_lower_token_left() -> None:
    terms = VisitTerms()
    terms.set(
        np.array([9, 1]), np.array([4, 4]), np.array([True, False]), np.arange(2.0 * ORDER_BINS).reshape(2, ORDER_BINS)
    )
    assert terms.tokens.tolist() == [1, 4, 9]
    assert terms.left.tolist() == [0, 1]
    assert terms.right.tolist() == [1, 2]
    assert terms.ordered.tolist() == [False, True]
    turned = terms.weight[1]
    assert turned[[SAME, NEXT, PREVIOUS, LATER, EARLIER]].tolist() == [0.0, 2.0, 1.0, 4.0, 3.0]
    later, earlier = turned[PLACES : PLACES + LAGS].tolist(), turned[PLACES + LAGS :].tolist()
    assert later == [float(PLACES + LAGS + at) for at in range(LAGS)]  # what was earlier seen from the left
    assert earlier == [float(PLACES + at) for at in range(LAGS)]
    assert terms.fits(10)


def test_unsound_pairs_are_seen() -> None:
    def made() -> VisitTerms:
        terms = VisitTerms()
        terms.set(np.array([1, 2]), np.array([4, 4]), np.array([True, True]), np.zeros((2, ORDER_BINS), np.float32))
        return terms

    assert not made().fits(4)
    for name, value in (("left", 2), ("right", 3), ("left", -1), ("tokens", 7)):
        terms = made()
        getattr(terms, name)[0] = value
        assert not terms.fits(10)


def test_without_pairs_there_is_nothing() -> None:
    terms = VisitTerms()
    assert len(terms) == terms.num_tokens == 0
    assert terms.places(np.array([3])).tolist() == [-1]
    assert terms.partners().offsets.tolist() == [0]
    assert terms.fits(1)
    assert torch.equal(VisitTerms(2, 3).weight, torch.zeros(3, ORDER_BINS))
