"""Distinct links and the calls that count them, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from assoc_synth.link_graph.edges import Edges, ragged

BUY, RETURN = 0, 1
TEA, KETTLE, NAILS = 0, 1, 2


def test_links_collapse_into_sorted_distinct_edges(shop: Edges) -> None:
    assert len(shop) == 11
    assert shop.num_links == 12
    assert shop.count[(shop.subject == 0) & (shop.object == TEA)].tolist() == [2]
    assert (np.diff(shop.subject * 100 + shop.token) > 0).all()
    assert shop.subject.dtype == shop.verb.dtype == shop.object.dtype == np.int32


def test_a_token_is_verb_and_object(shop: Edges) -> None:
    assert shop.token[:3].tolist() == [TEA, KETTLE, 3 * RETURN + KETTLE]
    assert shop.tokens().shape == (6, 6)
    assert shop.tokens().toarray()[0].tolist() == [1, 1, 0, 0, 1, 0]


def test_incidence_and_degrees(shop: Edges) -> None:
    assert shop.incidence(RETURN).toarray().tolist() == [[0, 1, 0], [0, 1, 0], *[[0, 0, 0]] * 4]
    assert shop.incidence().toarray()[0].tolist() == [1, 1, 0], "a kettle bought and returned is one object"
    assert shop.degrees(BUY).tolist() == [2, 2, 2, 2, 1, 0]
    assert shop.degrees().tolist() == [2, 2, 2, 2, 1, 0]
    assert shop.degrees_by_verb().tolist() == [[2, 1], [2, 1], [2, 0], [2, 0], [1, 0], [0, 0]]
    assert shop.offsets.tolist() == [0, 3, 6, 8, 10, 11, 11]


def test_projections_count_shared_subjects(shop: Edges) -> None:
    assert shop.projection(BUY).toarray().tolist() == [[4, 3, 1], [3, 3, 0], [1, 0, 2]]
    assert shop.projection(BUY, RETURN).toarray().tolist() == [[0, 2, 0], [0, 2, 0], [0, 0, 0]]


def test_taking_subjects_renumbers_them(shop: Edges) -> None:
    found = shop.take([4, 0, 4])
    assert found.num_subjects == 3
    assert found.subject.tolist() == [0, 1, 1, 1, 2]
    assert found.object.tolist() == [NAILS, TEA, KETTLE, KETTLE, NAILS]
    assert found.count.tolist() == [1, 2, 1, 1, 1]
    assert len(shop.take([])) == 0


def test_of_verbs_keeps_the_subjects_that_have_one(shop: Edges) -> None:
    found = shop.of_verbs([RETURN])
    assert (found.num_subjects, found.num_verbs, found.num_objects) == (2, 2, 3)
    assert found.verb.tolist() == [RETURN, RETURN]


def test_the_first_verbs_and_objects_of_all_subjects(shop: Edges) -> None:
    found = shop.within(1, 2)
    assert (found.num_subjects, found.num_verbs, found.num_objects) == (6, 1, 2)
    kept = (shop.verb == BUY) & (shop.object < NAILS)
    for part in ("subject", "verb", "object", "count"):
        assert getattr(found, part).tolist() == getattr(shop, part)[kept].tolist()
    whole = shop.within(2, 3)
    assert np.array_equal(whole.token, shop.token)
    assert whole.num_links == shop.num_links
    assert len(shop.within(0, 3)) == len(shop.within(2, 0)) == 0


def test_joined_graphs_have_all_subjects_one_after_the_other(shop: Edges) -> None:
    found = Edges.joined([shop, shop.take([5, 4])])
    assert found.num_subjects == 8
    assert found.subject[-1] == 7
    assert len(found) == 12
    assert found.num_links == 13


def test_ragged_lists_the_members_of_groups() -> None:
    offsets = np.array([0, 2, 2, 5])
    assert ragged(offsets, np.array([2, 0, 1, 2])).tolist() == [2, 3, 4, 0, 1, 2, 3, 4]
    assert ragged(offsets, np.zeros(0, np.int64)).tolist() == []


@pytest.mark.parametrize("subjects", [0, 3])
def test_a_graph_without_links(subjects: int) -> None:
    empty = Edges.from_links([], [], [], num_subjects=subjects, num_verbs=1, num_objects=1)
    assert empty.degrees().tolist() == [0] * subjects
    assert empty.num_links == 0
