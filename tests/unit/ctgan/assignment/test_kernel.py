"""Bins, partners, and features that add up to the logits."""

from itertools import pairwise

import numpy as np

from assoc_synth.ctgan.assignment.kernel import (
    BETWEEN,
    CODE,
    EARLIER,
    LAGS,
    LATER,
    LINK,
    MOST_PARTNERS,
    NEXT,
    NONE,
    ORDER_BINS,
    PLACES,
    PREVIOUS,
    SAME_VISIT,
    UNORDERED,
    Partners,
    find_pair,
    find_partners,
    lag_bin,
    order_bin,
    range_of,
    time_bin,
)
from assoc_synth.ctgan.assignment.model import Assignment, AssignmentModel
from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.interface import Horizon, Visits


def test_bins_of_time_are_symmetric() -> None:
    days = np.array([0.0, 0.5, 3.0, 10.0, 40.0, np.nan, 0.0])
    for one in range(5):
        for other in range(5):
            if one != other:
                assert time_bin(days[one], days[other]) + time_bin(days[other], days[one]) == 2 * SAME_VISIT
    assert [time_bin(day, 0.0) - SAME_VISIT for day in (0.1, 0.5, 1.0, 3.9, 16.0)] == [1, 2, 3, 5, 17]
    assert time_bin(5000.0, 0.0) == UNORDERED - 1
    assert len({time_bin(float(day), 0.0) for day in range(28, 33)}) == 5  # a month later is told to the day
    assert time_bin(days[0], days[5]) == time_bin(days[0], days[6]) == UNORDERED


def test_bins_of_order_turn_with_the_pair() -> None:
    assert [order_bin(3, other, 0) for other in (4, 5, 2, 1)] == [NEXT, LATER, PREVIOUS, EARLIER]
    assert [order_bin(3, other, 1) for other in (4, 5, 2, 1)] == [PREVIOUS, EARLIER, NEXT, LATER]
    assert order_bin(3, 3, 0) == order_bin(-1, 3, 0) == NONE


def test_bins_of_lags_turn_with_the_pair() -> None:
    assert [lag_bin(3.0, 3.0 + after, 0) - PLACES for after in (0.1, 1.0, 7.0, 400.0)] == [0, 1, 5, LAGS - 1]
    for day, other in ((0.0, 7.0), (7.0, 0.0), (1.0, 400.0)):
        assert lag_bin(day, other, 1) == lag_bin(other, day, 0)
        assert abs(lag_bin(day, other, 1) - lag_bin(day, other, 0)) == LAGS
    assert lag_bin(3.0, 3.0, 0) == lag_bin(np.nan, 3.0, 0) == NONE


def test_ranges_are_those_of_a_sorted_search() -> None:
    values = np.array([-1.0, 0.0, 0.5, 0.6, 99.0])
    edges = np.array([0.0, 0.5, 2.0])
    assert [range_of(edges, value) for value in values] == np.searchsorted(edges, values, side="right").tolist()


def partners_of(objects: list[int], pairs: tuple[list[int], list[int]] = ([], [])) -> Partners:
    """Of the links of one subject, each in a visit of its own, by one verb."""
    zero = np.zeros(len(objects), np.int64)
    visits = Visits(zero, np.arange(len(objects)), zero, zero + 1)
    made = Assignment.of(
        visits, Horizon(0, 99), subject=zero, verb=zero, object=np.array(objects), visit=np.arange(len(objects))
    )
    model = AssignmentModel(1, 9, CTGANConfig())
    count = len(pairs[0])
    model.terms.set(
        np.array(pairs[0]), np.array(pairs[1]), np.arange(count) > 0, np.zeros((count, ORDER_BINS), np.float32)
    )
    return find_partners(model.world(made), model.terms.partners(ordered=True), np.random.default_rng(0))


def test_each_link_knows_the_other_links_to_its_object() -> None:
    partners = partners_of([4, 7, 4, 4])
    found = [partners.found[begin:end, LINK].tolist() for begin, end in pairwise(partners.offsets)]
    assert found == [[2, 3], [], [0, 3], [0, 2]]
    assert (partners.found[:, BETWEEN] == 0).all()
    assert (partners.found[:, CODE] == NONE).all()


def test_of_many_partners_some_are_drawn() -> None:
    partners = partners_of([1] * 40)
    assert (np.diff(partners.offsets) == MOST_PARTNERS).all()
    for link, (begin, end) in enumerate(pairwise(partners.offsets)):
        own = partners.found[begin:end, LINK].tolist()
        assert len(set(own)) == MOST_PARTNERS
        assert link not in own


def test_only_pairs_with_terms_of_order_are_partners() -> None:
    """The pair of objects 0 and 1 has a term of one visit alone; that of 2 and 3 has all of them."""
    partners = partners_of([0, 1, 2, 3], ([0, 2], [1, 3]))
    assert np.diff(partners.offsets).tolist() == [0, 0, 1, 1]
    assert partners.found[:, LINK].tolist() == [3, 2]
    assert partners.found[:, CODE].tolist() == [2, 3]  # the second pair, from its left and from its right


def test_a_pair_is_found_from_both_sides() -> None:
    model = AssignmentModel(1, 9, CTGANConfig())
    model.terms.set(np.array([2, 5]), np.array([7, 2]), np.array([True, True]), np.zeros((2, ORDER_BINS), np.float32))
    pairs = model.terms.partners()
    assert model.terms.places(np.array([2, 5, 7, 8])).tolist() == [0, 1, 2, NONE]
    for left, right, there in ((0, 2, True), (2, 0, True), (0, 1, True), (1, 2, False), (NONE, 1, False)):
        assert (find_pair(pairs.offsets, pairs.other, left, right) >= 0) == there
