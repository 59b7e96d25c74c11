"""Distances of classes given their group, and the direction towards destroyed subjects."""

import numpy as np
import pytest
import scipy.sparse as sp

from assoc_synth.gate.scopes.parts.conditional import (
    MAX_Z,
    ClassDistance,
    Direction,
    Never,
    RuleDistance,
    given_group,
    group_starts,
)
from assoc_synth.transactions.arrays import Floats, Ints

GROUP = np.array([0, 0, 1, 1])


def drawn(shares: list[float], subjects: int, seed: int) -> sp.csr_matrix:
    """Subjects in both groups, the first class of each with its share."""
    first = np.random.default_rng(seed).random((subjects, len(shares))) < shares
    return sp.csr_matrix(np.stack([first, ~first], axis=2).reshape(subjects, -1).astype(np.float32))


def counts(features: sp.csr_matrix) -> Floats:
    return np.asarray(features.sum(axis=0), np.float64).reshape(1, -1)


def columns() -> Ints:
    return np.arange(4)


def test_shares_are_those_of_the_group() -> None:
    shares, totals = given_group(np.array([[1.0, 3.0, 0.0, 0.0], [2.0, 2.0, 5.0, 0.0]]), group_starts(GROUP))
    assert shares.tolist() == [[0.25, 0.75, 0.0, 0.0], [0.5, 0.5, 1.0, 0.0]]
    assert totals.tolist() == [[4.0, 0.0], [4.0, 5.0]]


def test_a_distance_does_not_see_how_many_are_in_a_group() -> None:
    distance = ClassDistance(columns(), group_starts(GROUP))
    real = np.array([[50.0, 50.0, 10.0, 90.0]])
    assert distance(np.array([[5.0, 5.0, 1.0, 9.0]]), 10, real, 100) == pytest.approx(0.0)
    assert distance(np.array([[100.0, 0.0, 10.0, 90.0]]), 100, real, 100) == pytest.approx(0.25, abs=0.01)
    assert distance(np.array([[100.0, 0.0, 100.0, 0.0]]), 100, real, 100) == pytest.approx((0.5 + 0.9) / 2, abs=0.015)


def test_one_subject_more_or_less_is_no_difference() -> None:
    distance = ClassDistance(columns(), group_starts(GROUP))
    real = np.array([[50.0, 0.0, 50.0, 0.0]])
    assert distance(np.array([[49.0, 1.0, 50.0, 0.0]]), 50, real, 50) == pytest.approx(0.0)
    assert distance(np.array([[48.0, 2.0, 50.0, 0.0]]), 50, real, 50) > 0.005


def test_a_rule_is_refuted_by_more_breaks_than_chance_makes() -> None:
    distance = RuleDistance(columns(), group_starts(GROUP), np.array([False, True] * 2), np.full(2, 0.05))
    real = np.array([[100.0, 0.0, 100.0, 0.0]])
    few, many = (np.array([[100.0 - breaks, breaks, 100.0, 0.0]]) for breaks in (8.0, 40.0))
    assert distance(few, 100, real, 100) == 0.0
    assert distance(many, 100, real, 100) == pytest.approx((0.4 - 0.05 - 2.33 * np.sqrt(0.05 * 0.95 / 100) - 0.005) / 2)
    assert distance(np.array([[3.0, 0.0, 0.0, 0.0]]), 3, real, 100) == 0.0, "a rule about nobody is kept"


def test_groups_weigh_by_their_real_subjects() -> None:
    distance = ClassDistance(columns(), group_starts(GROUP))
    real = np.array([[900.0, 0.0, 100.0, 0.0]])
    assert distance(np.array([[0.0, 500.0, 500.0, 0.0]]), 500, real, 1000) == pytest.approx(0.9, abs=0.01)


def test_the_loss_is_the_share_of_destroyed_subjects() -> None:
    real, destroyed = drawn([0.5, 0.9], 4000, 1), drawn([0.5, 0.2], 4000, 2)
    direction = Direction.learn(real, destroyed, group_starts(GROUP))
    assert direction.changed.tolist() == [False, False, True, True]
    found = direction.loss(columns(), GROUP)
    assert found is not None
    loss, information = found
    assert information > 0
    for share in (0.0, 0.25, 1.0):
        mixed = counts(real) * (1 - share) + counts(destroyed) * share
        assert loss(mixed, 4000, counts(real), 4000) == pytest.approx(share, abs=2e-3)


def test_a_group_that_the_sample_lacks_is_no_loss() -> None:
    real, destroyed = drawn([0.9, 0.9], 2000, 1), drawn([0.1, 0.1], 2000, 2)
    found = Direction.learn(real, destroyed, group_starts(GROUP)).loss(columns(), GROUP)
    assert found is not None
    lacking = counts(real)
    lacking[0, 2:] = 0
    assert found[0](lacking, 2000, counts(real), 2000) == pytest.approx(0.0)


def test_what_the_destroyer_does_not_change_has_no_loss() -> None:
    direction = Direction.learn(drawn([0.5, 0.5], 500, 1), drawn([0.5, 0.5], 1500, 2), group_starts(GROUP))
    assert not direction.changed.any()
    assert direction.loss(columns(), GROUP) is None


def test_a_rule_without_exceptions_does_not_drown_the_rest() -> None:
    direction = Direction.learn(drawn([1.0, 0.7], 4000, 1), drawn([0.0, 0.5], 4000, 2), group_starts(GROUP))
    information = direction.weight * direction.contrast
    assert information.max() <= MAX_Z**2 + 1e-6
    assert information[2:].sum() > 0.5 * information[:2].sum()


def test_what_nobody_does_is_told_from_what_few_do() -> None:
    ours = np.repeat([[1.0, 0.0, 0.0, 1.0, 0.0, 0.0]], 100, axis=0)
    ours[0, :3] = [0.0, 1.0, 0.0]
    real = sp.csr_matrix(ours)
    destroyed = sp.csr_matrix(np.repeat([[1.0, 0.0, 0.0, 0.0, 1.0, 0.0]], 100, axis=0))
    group = np.repeat([0, 1], 3)
    never = Never.learn(real, destroyed, group_starts(group))
    assert never.column.tolist() == [False, False, True, False, False, True], "destroyed subjects do the fifth"
    assert never.unknown.tolist() == [0.04, 0.03]
    distance = never.distance(np.arange(6), group)
    assert distance is not None
    counts = np.array([[99.0, 1.0, 0.0, 100.0, 0.0, 0.0]])
    assert distance(counts, 100, counts, 100) == 0.0
    few, many = (np.array([[99.0 - odd, 1.0, odd, 100.0, 0.0, 0.0]]) for odd in (5.0, 30.0))
    assert distance(few, 100, counts, 100) == 0.0 < distance(many, 100, counts, 100)
    assert Never.learn(real[:50], destroyed, group_starts(group)).distance(np.arange(6), group) is None, "too few"
