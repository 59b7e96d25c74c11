"""Implications: planted rules are found as they are, nothing is found where links are drawn by chance."""

from collections.abc import Iterable

import numpy as np
import pytest

from assoc_synth.ctgan.edges.implications import (
    LEAST_SUBJECTS,
    OF_ATTRIBUTES,
    Implications,
    closed,
    enough,
    find_implications,
)
from assoc_synth.ctgan.edges.plan_links import plan_sizes, with_plan
from assoc_synth.link_graph.edges import Edges

SUBJECTS, OBJECTS = 1_000, 20
Pairs = set[tuple[int, int]]


def drawn(seed: int, verbs: int = 2, subjects: int = SUBJECTS, objects: int = OBJECTS, mean: float = 4.0) -> np.ndarray:
    """Who has what by which verb, by chance: subjects of many sizes, objects of many popularities, (S, V, O)."""
    rng = np.random.default_rng(seed)
    popularity = rng.dirichlet(np.full(objects, 2.0), verbs)
    activity = rng.gamma(1.5, mean / 1.5, (subjects, verbs, 1))
    return rng.random((subjects, verbs, objects)) < -np.expm1(-activity * popularity)


def edges_of(has: np.ndarray) -> Edges:
    subject, verb, object = has.nonzero()
    sizes = dict(zip(("num_subjects", "num_verbs", "num_objects"), has.shape, strict=True))
    return Edges.from_links(subject, verb, object, **sizes)


def with_attribute(has: np.ndarray, value: np.ndarray) -> tuple[Edges, tuple[int]]:
    """The edges, and a last verb of which each subject has one value: (S, V, O), (S,)."""
    subjects, verbs, objects = has.shape
    values = int(value.max()) + 1
    whole = np.zeros((subjects, verbs + 1, objects + values), bool)
    whole[:, :verbs, :objects] = has
    whole[np.arange(subjects), verbs, objects + value] = True
    return edges_of(whole), (values,)


def pairs(rules: np.ndarray) -> Pairs:
    return {(int(one), int(other)) for one, other in rules}


def broken(edges: Edges, rules: Implications) -> int:
    """How many subjects break how many of the rules."""
    has = edges.tokens().toarray() > 0
    by_verb = has.reshape(edges.num_subjects, edges.num_verbs, -1)
    count = sum(int((has[:, one] & has[:, other]).sum()) for one, other in rules.never)
    count += sum(int((has[:, one] & ~has[:, other]).sum()) for one, other in rules.needs)
    return count + sum(int((by_verb[:, one] & by_verb[:, other]).sum()) for one, other in rules.never_verbs)


def exclusive(has: np.ndarray, one: tuple[int, int], other: tuple[int, int], seed: int = 5) -> None:
    """Who has both tokens loses one of them."""
    both = np.flatnonzero(has[:, one[0], one[1]] & has[:, other[0], other[1]])
    first = np.random.default_rng(seed).random(len(both)) < 0.5
    has[both[first], one[0], one[1]] = False
    has[both[~first], other[0], other[1]] = False


def popular(has: np.ndarray, verb: int) -> list[int]:
    """Objects of a verb, the most popular first."""
    return np.argsort(-has[:, verb].sum(0), kind="stable").tolist()


@pytest.mark.parametrize("seed", range(12))
def test_nothing_is_found_in_links_by_chance(seed: int) -> None:
    """All rules together are wrong by one in a hundred at most."""
    found = find_implications(edges_of(drawn(seed, verbs=3)))
    assert len(found) == 0


@pytest.mark.parametrize("seed", range(8))
def test_nothing_is_found_of_attributes_by_chance(seed: int) -> None:
    value = np.random.default_rng(seed).integers(0, 4, SUBJECTS)
    edges, sizes = with_attribute(drawn(seed, mean=8.0), value)
    assert len(find_implications(edges, sizes, [np.arange(4)])) == 0


def test_few_rules_are_found_of_rare_values_by_chance() -> None:
    """A link and one of 30 values: where they would have met three times by chance, one in twenty never does."""
    found = tried = 0
    for seed in range(10):
        value = np.random.default_rng(seed).integers(0, 30, SUBJECTS)
        edges, sizes = with_attribute(drawn(seed), value)
        rules = find_implications(edges, sizes)
        share = np.bincount(edges.token, minlength=3 * 50).reshape(3, 50)[:2, :OBJECTS] / SUBJECTS
        tried += int((np.multiply.outer(share, np.bincount(value)) >= OF_ATTRIBUTES).sum())
        found += len(rules)
        assert len(rules.needs) == 0
    assert tried > 2_000
    assert found < np.exp(-OF_ATTRIBUTES) * tried


def test_subjects_of_two_kinds_are_no_rule() -> None:
    """Half of the subjects have eight times as many links: pairs meet more often than by chance, never less."""
    rng, has = np.random.default_rng(0), drawn(1)
    has &= (rng.random(SUBJECTS) < 0.5)[:, None, None] | (rng.random(has.shape) < 1 / 8)
    assert len(find_implications(edges_of(has))) == 0


@pytest.mark.parametrize("verbs", [(0, 0), (0, 1)], ids=["one verb", "two verbs"])
def test_a_pair_that_never_comes_together(verbs: tuple[int, int]) -> None:
    has = drawn(0)
    one, other = (verbs[0], popular(has, verbs[0])[0]), (verbs[1], popular(has, verbs[1])[1])
    exclusive(has, one, other)
    tokens = sorted((one[0] * OBJECTS + one[1], other[0] * OBJECTS + other[1]))
    found = find_implications(edges_of(has))
    assert pairs(found.never) == {(tokens[0], tokens[1])}
    assert len(found) == 1


def test_one_exception_is_enough_for_no_rule() -> None:
    has = drawn(0)
    first, second = popular(has, 0)[:2]
    exclusive(has, (0, first), (0, second))
    has[17, 0, [first, second]] = True
    assert len(find_implications(edges_of(has))) == 0


def test_what_chance_would_hardly_have_shown_is_no_rule() -> None:
    """Two objects of 30 subjects each would meet once in a thousand."""
    has = np.zeros((SUBJECTS, 1, 2), bool)
    has[:LEAST_SUBJECTS, 0, 0] = has[-LEAST_SUBJECTS:, 0, 1] = True
    assert len(find_implications(edges_of(has))) == 0


def test_no_value_of_a_range_has_an_object() -> None:
    """Of 40 years with 25 subjects each those before the 15th never: no single one shows it, together they do."""
    has, value = drawn(3), np.repeat(np.arange(40), SUBJECTS // 40)
    object = next(one for one in popular(has, 0) if has[:, 0, one].mean() < OF_ATTRIBUTES / 25)
    has[value < 15, 0, object] = False
    code = np.random.default_rng(0).permutation(40)  # codes are not in the order of the values
    edges, sizes = with_attribute(has, code[value])
    found = find_implications(edges, sizes, [code])
    begin = 2 * (OBJECTS + 40) + OBJECTS
    years = {int(np.flatnonzero(code == token - begin)[0]) for one, token in pairs(found.never) if one == object}
    assert years >= set(range(15))
    assert years <= set(range(17))  # a neighbour that nobody of 25 has by chance
    without = find_implications(edges, sizes, [None])
    assert not any(one == object for one, _ in pairs(without.never))
    assert len(found.needs) == 0


def test_a_value_of_an_attribute_that_excludes_an_object() -> None:
    has, value = drawn(3), np.random.default_rng(0).integers(0, 2, SUBJECTS)
    object = popular(has, 1)[2]
    has[value == 0, 1, object] = False
    edges, sizes = with_attribute(has, value)
    wide = OBJECTS + 2
    assert pairs(find_implications(edges, sizes).never) == {(wide + object, 2 * wide + OBJECTS)}


def rare_tokens() -> tuple[np.ndarray, np.ndarray]:
    """Object 19 is rare by verb 1, and verb 2 is rare altogether; values of an attribute of three."""
    has, value = drawn(3, verbs=3, mean=5.0), np.random.default_rng(0).integers(0, 3, SUBJECTS)
    rng = np.random.default_rng(1)
    has[:, 1, 19] &= rng.random(SUBJECTS) < 4 / has[:, 1, 19].sum()
    has[:, 2] &= rng.random((SUBJECTS, OBJECTS)) < 60 / has[:, 2].sum()
    return has, value


def test_who_has_no_link_to_an_object_has_none_by_a_rare_verb_either() -> None:
    has, value = rare_tokens()
    has[value == 1, :, 19] = False
    edges, sizes = with_attribute(has, value)
    wide = OBJECTS + 3
    own = {(verb * wide + 19, 3 * wide + OBJECTS + 1) for verb in range(3)}
    assert 0 < has[:, 1, 19].sum() < 8
    assert pairs(find_implications(edges, sizes).never) == own


def test_who_has_no_link_by_a_verb_has_none_to_a_rare_object_either() -> None:
    has, value = rare_tokens()
    has[value == 1, 2] = False
    edges, sizes = with_attribute(has, value)
    wide = OBJECTS + 3
    assert has[:, 2].sum(0).max() < 10
    own = {(2 * wide + thing, 3 * wide + OBJECTS + 1) for thing in range(OBJECTS)}
    assert pairs(find_implications(edges, sizes).never) == own


def test_of_links_by_several_verbs_none_may_be_an_exception() -> None:
    """By verb 0 nobody of value 1 has object 19, by the rare verb one has."""
    has, value = rare_tokens()
    has[value == 1, :, 19] = False
    has[np.flatnonzero(value == 1)[0], 1, 19] = True
    edges, sizes = with_attribute(has, value)
    assert pairs(find_implications(edges, sizes).never) <= {(19, 3 * (OBJECTS + 3) + OBJECTS + 1)}


@pytest.mark.parametrize("seed", range(6))
def test_who_has_few_links_is_no_rule(seed: int) -> None:
    """Neither as a value of an attribute nor as the plan of verbs: a rare object is simply seldom among few links."""
    has = drawn(seed, subjects=2_000, objects=60, mean=9.0)
    few = has.sum((1, 2)) < 8
    edges, sizes = with_attribute(has, few.astype(int))
    assert len(find_implications(edges, sizes)) <= 1  # of 240 pairs, most of which would meet often
    links = edges_of(has)
    edges, plan = with_plan(links, links.degrees_by_verb()), plan_sizes(2)
    assert len(find_implications(edges, plan, [np.arange(size) for size in plan], planned=2)) == 0


def test_an_object_that_comes_with_a_verb_only() -> None:
    """Who has object 5 by verb 0 has at least one link by verb 1: never with its class 0 of the plan."""
    has = drawn(1, mean=2.0)
    nothing = ~has[:, 1].any(1)
    has[nothing, 0, 5] = False
    links = edges_of(has)
    edges, plan = with_plan(links, links.degrees_by_verb()), plan_sizes(2)
    found = find_implications(edges, plan, [np.arange(size) for size in plan], planned=2)
    class_0 = 3 * edges.num_objects + OBJECTS + plan[0]
    assert pairs(found.never) == {(5, class_0)}
    assert len(found.needs) == 0


def test_liked_things_are_not_disliked() -> None:
    has = drawn(4, mean=6.0)
    has[:, 1] &= ~has[:, 0]
    found = find_implications(edges_of(has))
    assert {tuple(sorted(pair)) for pair in pairs(found.never_verbs)} == {(0, 1)}
    assert len(found.needs) == 0


def test_what_is_returned_was_bought() -> None:
    """A rule of verbs is one of every object, also of one that nobody has returned yet."""
    has = drawn(4, mean=6.0)
    has[:, 1] &= has[:, 0]
    has[:, 1, 3] = False
    found = find_implications(edges_of(has))
    assert pairs(found.needs) == {(OBJECTS + object, object) for object in range(OBJECTS)}
    assert len(found.never_verbs) == 0


@pytest.mark.parametrize("verbs", [(0, 0), (0, 1)], ids=["one verb", "two verbs"])
def test_a_link_that_needs_another(verbs: tuple[int, int]) -> None:
    has = drawn(2)
    x, y = popular(has, verbs[0])[2], popular(has, verbs[1])[9]
    has[has[:, verbs[0], x], verbs[1], y] = True
    found = find_implications(edges_of(has))
    assert pairs(found.needs) == {(verbs[0] * OBJECTS + x, verbs[1] * OBJECTS + y)}
    assert len(found.never) == 0


def test_an_attribute_that_needs_a_link() -> None:
    has, value = drawn(2), np.random.default_rng(0).integers(0, 3, SUBJECTS)
    has[value == 2, 0, 5] = True
    edges, sizes = with_attribute(has, value)
    wide = OBJECTS + 3
    assert pairs(find_implications(edges, sizes).needs) == {(2 * wide + OBJECTS + 2, 5)}


def test_chains_are_closed() -> None:
    has = drawn(2)
    x, y, w, z = (popular(has, 0)[at] for at in (7, 4, 5, 0))
    has[has[:, 0, x], 0, y] = True
    has[has[:, 0, y], 0, w] = True
    has[has[:, 0, w], 0, z] = False
    found = find_implications(edges_of(has))
    assert pairs(found.needs) == {(x, y), (x, w), (y, w)}
    assert pairs(found.never) == {(min(z, one), max(z, one)) for one in (x, y, w)}


def test_every_training_subject_keeps_every_rule() -> None:
    has, value = drawn(6, verbs=3, mean=6.0), np.random.default_rng(1).integers(0, 5, SUBJECTS)
    has[:, 2] &= has[:, 0]
    has[:, 1] &= ~has[:, 0]
    has[value == 1, 0, 4] = False
    has[has[:, 0, 2], 0, 6] = True
    has[:, 1, 6] &= ~has[:, 0, 6]
    edges, sizes = with_attribute(has, value)
    found = find_implications(edges, sizes, [np.arange(5)])
    assert len(found.never) > 0
    assert len(found.needs) > 0
    assert len(found.never_verbs) > 0
    assert broken(edges, found) == 0


def rules(never: Iterable[tuple[int, int]] = (), needs: Iterable[tuple[int, int]] = ()) -> Implications:
    made = (np.array(list(part), np.int64).reshape(-1, 2) for part in (never, needs))
    return Implications(*made)


def test_closing_rules_a_second_time_adds_nothing() -> None:
    once = closed(rules(never=[(4, 9), (2, 7)], needs=[(0, 1), (1, 2), (3, 4), (5, 0), (2, 1)]), 10)
    twice = closed(once, 10)
    assert pairs(once.needs) == {(0, 1), (0, 2), (1, 2), (2, 1), (3, 4), (5, 0), (5, 1), (5, 2)}
    assert pairs(once.never) == {(4, 9), (2, 7), (3, 9), (0, 7), (1, 7), (5, 7)}
    assert (pairs(twice.needs), pairs(twice.never)) == (pairs(once.needs), pairs(once.never))


def test_what_two_links_need_may_exclude_each_other() -> None:
    found = closed(rules(never=[(1, 3)], needs=[(0, 1), (2, 3)]), 10)
    assert pairs(found.never) == {(1, 3), (0, 3), (1, 2), (0, 2)}


def test_a_needed_object_of_another_verb_that_excludes_it() -> None:
    """By verbs 0 and 1 nobody has one object; 0·10 + 5 needs 1·10 + 3, so that it never comes with 0·10 + 3."""
    found = closed(Implications(needs=np.array([[5, 13]]), never_verbs=np.array([[0, 1]])), 10)
    assert pairs(found.never) == {(3, 5), (3, 13)}


def test_rules_without_needs_are_closed_already() -> None:
    own = rules(never=[(1, 3)])
    assert closed(own, 10) is own


def test_more_tries_need_more_evidence() -> None:
    assert enough(0) == enough(1) < enough(100_000) < enough(10_000_000)
