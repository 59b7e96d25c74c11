"""What breaks rules of visits is repaired, by moves of one link, of two, or of whole visits."""

import numpy as np
import pytest

from assoc_synth.ctgan.assignment.rule_kernel import AFTER, ALONE, NEVER, WITH, Law, law_of, rules_of
from assoc_synth.ctgan.assignment.rule_repair import part, reorder, repair


def kinds_of(number: int) -> np.ndarray:
    """Objects of one verb."""
    return np.stack([np.zeros(number, np.int64), np.arange(number)], axis=1)


def made(rules: list[tuple[int, int, int]], kinds: list[int], visit: list[int]) -> tuple[Law, np.ndarray, np.ndarray]:
    """The law of one subject with kinds 0, 1, 2, …, and its links."""
    own, local = np.unique(kinds, return_inverse=True)
    places = np.array(visit)
    found = rules_of(np.array(rules).reshape(-1, 3), kinds_of(own.max() + 1), (1, int(own.max()) + 1))
    return law_of(found, own, local, places, np.arange(places.max() + 1)), local, places


def test_what_can_be_repaired_is() -> None:
    law, local, visit = made([(WITH, 0, 1), (AFTER, 2, 1)], [0, 1, 2, 3, 3, 3], [0, 1, 0, 1, 2, 2])
    repair(law, local, visit, 0, 0, np.random.default_rng(0))
    assert visit[0] == visit[1]
    assert visit[2] >= visit[1]
    assert np.bincount(visit).tolist() == [2, 2, 2]


def test_a_transfer_repairs_what_no_swap_can() -> None:
    """0 needs 1 in its visit, 2 needs 3: each visit has two links, and no swap of 0 joins it to 1 for good."""
    kinds, visits = [0, 4, 1, 5], [0, 0, 1, 1]
    for most, together in ((0, False), (3, True)):
        law, local, visit = made([(WITH, 0, 1), (WITH, 5, 1), (WITH, 1, 5)], kinds, visits)
        repair(law, local, visit, 0, most, np.random.default_rng(0))
        assert (visit[0] == visit[2] == visit[3]) == together


def test_links_that_a_visit_may_not_hold_twice_are_parted() -> None:
    law, local, visit = made([(ALONE, 0, 0)], [0, 0, 1, 0, 2], [0, 0, 0, 1, 2])
    part(law, local, visit, 0, 3, np.random.default_rng(0))
    assert sorted(visit[local == 0].tolist()) == [0, 1, 2]
    assert visit[local != 0].tolist() == [0, 2]


@pytest.mark.parametrize(("most", "reordered"), [(9, True), (0, False)])
def test_visits_change_places_whole_where_a_leader_came_too_late(most: int, reordered: bool) -> None:
    """Kind 0 is after 1, which is with 2 in its visit: no single link can go, and both visits can if sizes may."""
    rules = rules_of(np.array([[AFTER, 0, 1], [WITH, 2, 1], [NEVER, 0, 2]]), kinds_of(3), (1, 3))
    local, visit, rank = np.array([0, 1, 2, 2]), np.array([0, 1, 1, 1]), np.arange(2)
    own = law_of(rules, np.arange(3), local, visit, rank)
    reorder(own, visit, 0, most)
    assert visit.tolist() == ([1, 0, 0, 0] if reordered else [0, 1, 1, 1])
    assert (own.held == law_of(rules, np.arange(3), local, visit, rank).held).all()
    assert own.earliest[1] == (0 if reordered else 1)


def test_links_of_verbs_that_break_rules_are_repaired() -> None:
    """Whatever is bought (verb 1) only where something is viewed (verb 0), and never where it is returned (verb 2)."""
    kinds = np.array([[0, 0], [0, 1], [1, 0], [1, 1], [2, 0]])
    rules = rules_of(np.array([[WITH, 7, 6], [NEVER, 7, 8]]), kinds, (3, 2))
    local, visit = np.array([0, 1, 1, 2, 3, 4, 4]), np.array([0, 0, 1, 2, 3, 0, 1])
    law = law_of(rules, np.arange(5), local, visit, np.arange(4))
    repair(law, local, visit, 0, 4, np.random.default_rng(0))
    verb = kinds[local, 0]
    bought = np.unique(visit[verb == 1])
    assert set(bought) <= set(visit[verb == 0])
    assert not set(bought) & set(visit[verb == 2])


def test_what_is_alone_and_needs_another_gets_it() -> None:
    """No visit may be empty, so that a link of a third visit takes the place of the one that comes."""
    rules = [(WITH, 0, 1), (NEVER, 2, 1), (NEVER, 2, 0)]
    for seed in range(8):
        law, local, visit = made(rules, [0, 1, 2, 2], [0, 1, 2, 2])
        repair(law, local, visit, 0, 4, np.random.default_rng(seed))
        assert visit[0] == visit[1]
        assert np.bincount(visit).tolist() in ([1, 2, 1], [2, 1, 1])
