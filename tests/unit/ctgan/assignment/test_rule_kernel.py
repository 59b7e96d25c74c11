"""What breaks a rule is counted, and a swap's change is that of the counts."""

import numpy as np
import pytest

from assoc_synth.ctgan.assignment.rule_kernel import (
    AFTER,
    ALONE,
    NEVER,
    UNSEEN,
    WITH,
    Law,
    broken,
    change,
    change_of_transfer,
    exchange,
    law_of,
    part,
    reorder,
    repair,
    rules_of,
    transfer,
)

HELD = np.array([[1, 0, 2], [1, 1, 0], [0, 1, 0]])
"""Links of kinds 0, 1, 2 in three visits."""
RANK = np.arange(3)


def law(rank: np.ndarray) -> Law:
    """Of no rule; kinds 0 and 1 lead."""
    leads, none = np.array([True, True, False]), np.zeros((0, 3), np.int64)
    earliest = [min((rank[v] for v in np.flatnonzero(HELD[:, k]) if rank[v] >= 0), default=UNSEEN) for k in range(3)]
    return Law(np.zeros(4, np.int64), none, HELD.copy(), rank, HELD.sum(0), leads, np.array(earliest))


@pytest.mark.parametrize(
    ("rule", "count"),
    [
        ((WITH, 0, 1), 1),  # the first visit has 0 without 1
        ((NEVER, 0, 1), 1),  # the second has both
        ((ALONE, 2, 2), 1),  # the first has 2 twice
        ((AFTER, 0, 1), 1),  # one link of 0 is before the first 1
        ((AFTER, 1, 0), 0),
        ((AFTER, 2, 1), 2),
    ],
)
def test_what_breaks_a_rule(rule: tuple[int, int, int], count: int) -> None:
    assert sum(broken(law(RANK), rule, visit) for visit in range(3)) == count


def test_undated_visits_break_no_order() -> None:
    assert not any(broken(law(np.array([-1, 0, 1])), (AFTER, 0, 1), visit) for visit in range(3))


@pytest.mark.parametrize("seed", range(8))
def test_changes_are_those_of_a_count_of_everything(seed: int) -> None:
    """Random moves under random rules of all kinds, some visits undated or at one time."""
    rng = np.random.default_rng(seed)
    kinds, rank = rng.integers(0, 5, 14), np.array([-1, 0, 1, 1, 2, 3])
    pairs = [rng.choice(5, 2, replace=False) for _ in range(7)]
    rules = np.array(sorted({(int(rng.integers(0, 3)), int(y), int(x)) for y, x in pairs}))
    visit, local = rng.integers(0, 6, 14), np.unique(kinds, return_inverse=True)[1]
    found = law_of(rules_of(rules, np.arange(5), alone=True), np.unique(kinds), local, visit, rank)

    def total() -> int:
        whole = law_of(rules_of(rules, np.arange(5), alone=True), np.unique(kinds), local, visit, rank)
        assert (whole.held == found.held).all()
        assert (whole.earliest == found.earliest).all()
        each = {(kind, y, x) for kind, y, x in found.rule.tolist()}
        return sum(broken(whole, rule, at) for rule in each for at in range(6))

    changes = set()
    for _ in range(60):
        one, other = rng.integers(0, 14, 2)
        first, second, before = visit[one], visit[other], total()
        if first == second:
            continue
        if rng.random() < 0.5:
            more = change(found, local[one], local[other], first, second)
            exchange(found, local[one], local[other], first, second)
            visit[one], visit[other] = second, first
        else:
            more = change_of_transfer(found, local[one], first, second)
            transfer(found, local[one], first, second)
            visit[one] = second
        assert total() - before == more
        changes.add(more)
    assert len(changes) > 2


def made(rules: list[tuple[int, int, int]], kinds: list[int], visit: list[int]) -> tuple[Law, np.ndarray, np.ndarray]:
    """The law of one subject with kinds 0, 1, 2, …, and its links."""
    own, local = np.unique(kinds, return_inverse=True)
    places = np.array(visit)
    found = rules_of(np.array(rules).reshape(-1, 3), np.arange(own.max() + 1))
    return law_of(found, own, local, places, np.arange(places.max() + 1)), local, places


def test_a_swap_changes_what_it_says() -> None:
    law, _, _ = made([(WITH, 0, 1), (AFTER, 2, 1)], [0, 1, 2], [0, 1, 2])
    before = law.held.copy()
    assert change(law, 0, 1, 0, 1) == 0  # 0 and 1 change places: still apart, and 2 after 1
    assert change(law, 1, 2, 1, 2) > 0  # now 2 would be before 1
    assert (law.held == before).all()


def test_what_can_be_repaired_is() -> None:
    law, local, visit = made([(WITH, 0, 1), (AFTER, 2, 1)], [0, 1, 2, 3, 3, 3], [0, 1, 0, 1, 2, 2])
    repair(law, local, visit, 0, 0, np.random.default_rng(0))
    assert visit[0] == visit[1]
    assert visit[2] >= visit[1]
    assert np.bincount(visit).tolist() == [2, 2, 2]


def test_rules_of_kinds_that_a_sample_lacks_are_left_out() -> None:
    listed = rules_of(np.array([[AFTER, 3, 1], [WITH, 1, 7]]), np.array([1, 3, 5]))
    assert listed.offsets.tolist() == [0, 1, 2, 2]
    assert listed.rule.tolist() == [[AFTER, 1, 0], [AFTER, 1, 0]]
    assert listed.alone == 0


def test_a_transfer_changes_what_it_says() -> None:
    law, _, _ = made([(WITH, 0, 1), (AFTER, 2, 1)], [0, 1, 2, 3], [0, 1, 2, 2])
    before = law.held.copy()
    assert change_of_transfer(law, 0, 0, 1) == -1
    assert change_of_transfer(law, 2, 2, 0) == 1  # 2 would be before 1
    assert change_of_transfer(law, 3, 2, 0) == 0
    assert (law.held == before).all()


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
    rules = rules_of(np.array([[AFTER, 0, 1], [WITH, 2, 1], [NEVER, 0, 2]]), np.arange(3))
    local, visit, rank = np.array([0, 1, 2, 2]), np.array([0, 1, 1, 1]), np.arange(2)
    own = law_of(rules, np.arange(3), local, visit, rank)
    reorder(own, visit, 0, most)
    assert visit.tolist() == ([1, 0, 0, 0] if reordered else [0, 1, 1, 1])
    assert (own.held == law_of(rules, np.arange(3), local, visit, rank).held).all()
    assert own.earliest[1] == (0 if reordered else 1)
