"""What breaks a rule is counted, and a swap's change is that of the counts."""

import numpy as np
import pytest

from assoc_synth.ctgan.assignment.rule_kernel import (
    AFTER,
    ALONE,
    NEVER,
    WITH,
    Law,
    broken,
    change,
    change_of_transfer,
    law_of,
    part,
    repair,
    rules_of,
)

HELD = np.array([[1, 0, 2], [1, 1, 0], [0, 1, 0]])
"""Links of kinds 0, 1, 2 in three visits."""
RANK = np.arange(3)


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
    assert broken(HELD, RANK, rule, 0, 1) == count


def test_undated_visits_break_no_order() -> None:
    assert broken(HELD, np.array([-1, 0, 1]), (AFTER, 0, 1), 0, 1) == 0


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
