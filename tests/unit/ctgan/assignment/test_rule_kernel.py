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
    rules_of,
    transfer,
)

HELD = np.array([[1, 0, 2], [1, 1, 0], [0, 1, 0]])
"""Links of kinds 0, 1, 2 in three visits."""
RANK = np.arange(3)


def kinds_of(number: int) -> np.ndarray:
    """Objects of one verb."""
    return np.stack([np.zeros(number, np.int64), np.arange(number)], axis=1)


def law(rank: np.ndarray) -> Law:
    """Of no rule; kinds 0 and 1 lead."""
    leads, none = np.array([True, True, False]), np.zeros((0, 3), np.int64)
    earliest = [min((rank[v] for v in np.flatnonzero(HELD[:, k]) if rank[v] >= 0), default=UNSEEN) for k in range(3)]
    return Law(np.zeros(4, np.int64), none, HELD.copy(), rank, HELD.sum(0), leads, np.array(earliest), np.full(3, -1))


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


VERBS = np.array([0, 0, 1, 1, 2])
"""Verbs of five kinds of links."""


def random_rules(rng: np.random.Generator) -> np.ndarray:
    """Of all kinds, about kinds of links and their verbs, which are 15, 16 and 17."""
    token, verb = VERBS * 5 + np.arange(5), np.append(VERBS, range(3))
    ends, rules = np.append(token, 15 + np.arange(3)), set()
    while len(rules) < 9:
        y, x = rng.choice(8, 2, replace=False)
        if verb[y] != verb[x] or max(y, x) < 5:
            rules.add((int(rng.integers(0, 3)), int(ends[y]), int(ends[x])))
    return np.array(sorted(rules))


@pytest.mark.parametrize("seed", range(16))
def test_changes_are_those_of_a_count_of_everything(seed: int) -> None:
    """Random moves under random rules of all kinds, some visits undated or at one time."""
    rng = np.random.default_rng(seed)
    kinds, rank = rng.integers(0, 5, 14), np.array([-1, 0, 1, 1, 2, 3])
    rules = rules_of(random_rules(rng), np.stack([VERBS, np.arange(5)], axis=1), (3, 5), alone=True)
    visit, local = rng.integers(0, 6, 14), np.unique(kinds, return_inverse=True)[1]
    found = law_of(rules, np.unique(kinds), local, visit, rank)

    def total() -> int:
        whole = law_of(rules, np.unique(kinds), local, visit, rank)
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
    found = rules_of(np.array(rules).reshape(-1, 3), kinds_of(own.max() + 1), (1, int(own.max()) + 1))
    return law_of(found, own, local, places, np.arange(places.max() + 1)), local, places


def test_a_swap_changes_what_it_says() -> None:
    law, _, _ = made([(WITH, 0, 1), (AFTER, 2, 1)], [0, 1, 2], [0, 1, 2])
    before = law.held.copy()
    assert change(law, 0, 1, 0, 1) == 0  # 0 and 1 change places: still apart, and 2 after 1
    assert change(law, 1, 2, 1, 2) > 0  # now 2 would be before 1
    assert (law.held == before).all()


def test_rules_of_kinds_that_a_sample_lacks_are_left_out() -> None:
    listed = rules_of(np.array([[AFTER, 3, 1], [WITH, 1, 7]]), kinds_of(6)[[1, 3, 5]], (1, 6))
    assert listed.offsets.tolist() == [0, 1, 2, 2, 2]
    assert listed.rule.tolist() == [[AFTER, 1, 0], [AFTER, 1, 0]]
    assert listed.alone == 0


def test_a_transfer_changes_what_it_says() -> None:
    law, _, _ = made([(WITH, 0, 1), (AFTER, 2, 1)], [0, 1, 2, 3], [0, 1, 2, 2])
    before = law.held.copy()
    assert change_of_transfer(law, 0, 0, 1) == -1
    assert change_of_transfer(law, 2, 2, 0) == 1  # 2 would be before 1
    assert change_of_transfer(law, 3, 2, 0) == 0
    assert (law.held == before).all()


def test_a_verb_without_rules_is_no_kind() -> None:
    kinds = np.array([[0, 0], [1, 0]])
    for rules, verb in (([[WITH, 2, 1]], [2, -1]), ([[WITH, 0, 1]], [-1, -1])):
        found = rules_of(np.array(rules), kinds, (2, 1))
        assert law_of(found, np.arange(2), np.arange(2), np.zeros(2, int), np.zeros(1, int)).verb.tolist() == verb
