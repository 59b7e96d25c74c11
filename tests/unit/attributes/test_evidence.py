"""Evidence of a function: groups that repeat, by owner, and few contradictions where chance makes many."""

import numpy as np
import pytest

from assoc_synth.attributes.evidence import FirstLook, contradictions, contradicts, holds

RNG = np.random.default_rng(0)


def test_contradictions_are_of_groups_of_two_and_more() -> None:
    code, group = np.array([0, 0, 1, 1, 2]), np.array([5, 5, 5, 6, -1])
    differ, rows, chance = contradictions(code, group)
    assert (differ, rows) == (1, 3)
    assert chance == pytest.approx(2 * (1 - 0.25 - 0.25))
    assert contradicts(code, group) == (True, 1 / 3)
    assert contradicts(code[:2], group[:2]) == (False, 0)


def test_a_key_that_is_nearly_unique_determines_nothing() -> None:
    group = np.append(np.arange(1_000), np.arange(15))
    assert not holds(group % 7, group, None)
    assert holds(np.arange(1_000) % 10 % 7, np.arange(1_000) % 10, None)


def test_rows_of_one_owner_in_a_group_count_as_one() -> None:
    owner = np.repeat(np.arange(100), 10)
    assert holds(owner % 3, owner, None)
    assert not holds(owner % 3, owner, owner)
    group = np.tile(np.arange(10), 100)
    assert holds(group % 3, group, owner)


def test_there_may_have_to_be_more_groups_and_rows() -> None:
    group = np.append(np.repeat(np.arange(30), 3), np.arange(100, 1_000))
    assert holds(group % 3, group, None, (20, 0.0))
    assert not holds(group % 3, group, None, (31, 0.0))
    assert not holds(group % 3, group, None, (0, 0.1 * len(group)))


@pytest.mark.parametrize("groups", [5, 1_500, 40_000])
def test_the_first_look_sees_what_does_not_hold_and_nothing_else(groups: int) -> None:
    group = RNG.integers(0, groups, 100_000)
    look = FirstLook.of(group)
    assert len(look.rows) < 60_000
    assert look.contradicts(RNG.integers(0, 5, 100_000), False)
    assert not look.contradicts(group % 3, False)
    gaps = np.where(RNG.random(100_000) < 0.5, -1, group % 3)
    assert look.contradicts(gaps, False)
    assert not look.contradicts(gaps, True)
