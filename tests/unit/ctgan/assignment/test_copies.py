"""Copies: links occur, and visits are, as often as the rules of visits need; nothing else changes."""

from __future__ import annotations

import numpy as np

from assoc_synth.ctgan.assignment.copies import enough_copies, with_room, without_room
from assoc_synth.ctgan.assignment.rule_kernel import AFTER, NEVER, WITH
from assoc_synth.link_graph.edges import Edges
from assoc_synth.transactions.arrays import Ints


def subjects(*objects: list[int]) -> Edges:
    """Subjects with links to these objects."""
    subject = np.repeat(np.arange(len(objects)), [len(own) for own in objects])
    object = np.concatenate(objects)
    sizes = {"num_subjects": len(objects), "num_verbs": 1, "num_objects": 8}
    return Edges.from_links(subject, np.zeros_like(subject), object, **sizes)


def found(rules: list[tuple[int, int, int]], edges: Edges, counts: list[int], *, alone: bool) -> list[list[int]]:
    return [part.tolist() for part in enough_copies(of(rules), edges, np.array(counts), alone=alone)]


def of(rules: list[tuple[int, int, int]]) -> Ints:
    return np.array(rules, np.int64).reshape(-1, 3)


def test_without_rules_of_one_visit_nothing_changes() -> None:
    edges = subjects([0, 1], [2])
    assert found([], edges, [3, 1, 2], alone=True) == [[3, 1, 2], [1, 1]]
    assert found([(AFTER, 0, 1)], edges, [3, 1, 2], alone=True) == [[3, 1, 2], [1, 1]]


def test_what_is_in_two_visits_needs_its_companion_twice() -> None:
    rules = [(WITH, 0, 2), (WITH, 1, 2), (NEVER, 1, 0)]
    assert found(rules, subjects([0, 1, 2], [0, 2], [2]), [1] * 6, alone=False) == [[1, 1, 2, 1, 1, 1], [2, 1, 1]]


def test_many_in_one_visit_need_one_companion_unless_each_is_alone() -> None:
    rules, edges = [(WITH, 0, 2)], subjects([0, 2])
    assert found(rules, edges, [4, 1], alone=False) == [[4, 1], [1]]
    assert found(rules, edges, [4, 1], alone=True) == [[4, 4], [4]]
    assert found(rules, edges, [2, 5], alone=True) == [[2, 5], [5]], "more of them are not taken away"


def test_chains_are_followed() -> None:
    rules = [(WITH, 2, 1), (WITH, 1, 0), (WITH, 0, 3)]
    assert found(rules, subjects([0, 1, 2, 3]), [1, 1, 3, 1], alone=True) == [[3, 3, 3, 3], [3]]


def test_links_of_others_play_no_part() -> None:
    assert found([(WITH, 0, 2), (NEVER, 0, 5)], subjects([0], [2], [5]), [4, 1, 1], alone=True)[0] == [4, 1, 1]


def test_who_needs_more_visits_than_have_a_diagnosis_has_no_room() -> None:
    links = [0, 0, 1, 1], [0, 1, 0, 1], [0, 1, 0, 1]
    edges = Edges.from_links(*links, num_subjects=2, num_verbs=2, num_objects=2)
    counts, visits, diagnosis = np.array([2, 3, 3, 1]), np.array([1, 4]), np.array([0])
    assert without_room(edges, counts, visits, diagnosis, alone=True).tolist() == [0, 1]
    assert without_room(edges, counts, visits, diagnosis, alone=False).tolist() == [1]
    assert without_room(edges, counts, visits, np.zeros(0, np.int64), alone=True).tolist() == []
    assert with_room(edges, counts, diagnosis).tolist() == [2, 2, 3, 1]


def test_links_of_a_verb_are_as_many_as_visits_that_need_one() -> None:
    """Whatever is paid (verb 1) only with something viewed (verb 0); returns (verb 2) are never beside a view."""
    rules = [(WITH, 25, 24), (NEVER, 24, 26)]
    links = [0] * 4 + [1] * 2, [0, 1, 1, 2, 1, 2], [0, 1, 2, 3, 1, 3]
    edges = Edges.from_links(*links, num_subjects=2, num_verbs=3, num_objects=8)
    assert edges.token.tolist() == [0, 9, 10, 19, 9, 19]
    assert found(rules, edges, [1, 3, 2, 1, 2, 2], alone=True) == [[3, 3, 2, 1, 2, 2], [4, 2]]
    assert found(rules, edges, [1, 3, 2, 1, 2, 2], alone=False) == [[1, 3, 2, 1, 2, 2], [2, 1]]
