"""Subjects are in groups by the mean size of their visits and by how unlike these are."""

import numpy as np
import pytest
import torch

from assoc_synth.ctgan.assignment.size_groups import (
    FEWEST_SUBJECTS,
    FEWEST_VISITS,
    GROUPS,
    LEVELS,
    SPREADS,
    SizeGroups,
    enough_groups,
    summary,
)

SUBJECTS, VISITS = 2 * FEWEST_SUBJECTS * LEVELS * SPREADS, 30


@pytest.fixture(scope="module")
def visits() -> tuple[np.ndarray, np.ndarray]:
    """Half of the subjects have visits of one size, about, half of them small and large ones."""
    rng = np.random.default_rng(0)
    owner = np.repeat(np.arange(SUBJECTS), VISITS)
    even = 10 + rng.integers(0, 2, len(owner))
    uneven = np.where(rng.random(len(owner)) < 0.2, 40, 3)
    return owner, np.where(owner < SUBJECTS // 2, even, uneven)


@pytest.fixture(scope="module")
def groups(visits: tuple[np.ndarray, np.ndarray]) -> SizeGroups:
    made = SizeGroups(GROUPS)
    made.learn(*visits)
    return made


def test_who_has_even_visits_is_in_other_groups(groups: SizeGroups, visits: tuple[np.ndarray, np.ndarray]) -> None:
    own = groups.of(*visits)[::VISITS]
    even, uneven = set(own[: SUBJECTS // 2]), set(own[SUBJECTS // 2 :])
    assert max(even | uneven) < GROUPS
    assert np.mean([one in uneven for one in own[: SUBJECTS // 2]]) < 0.15  # cuts lie between the two


def test_all_visits_of_a_subject_are_in_one_group(groups: SizeGroups, visits: tuple[np.ndarray, np.ndarray]) -> None:
    owner, size = visits
    for rng in (None, np.random.default_rng(1)):
        own = groups.of(owner, size, rng).reshape(SUBJECTS, VISITS)
        assert (own == own[:, :1]).all()


def test_groups_are_drawn_as_often_as_subjects_have_them(
    groups: SizeGroups, visits: tuple[np.ndarray, np.ndarray]
) -> None:
    owner, size = visits
    true, drawn = (
        np.bincount(groups.of(owner, size, rng)[::VISITS], minlength=GROUPS) / SUBJECTS
        for rng in (None, np.random.default_rng(2))
    )
    assert np.abs(true - drawn).max() < 0.05
    # Neither looks at the true sizes: how unlike they are is forgotten.
    again = groups.of(owner, np.full(len(owner), int(size.mean())), np.random.default_rng(2))
    assert len(np.unique(again)) > 1


def test_few_visits_say_nothing_of_their_variation(groups: SizeGroups) -> None:
    few = groups.of(np.repeat(0, FEWEST_VISITS - 1), np.arange(1, FEWEST_VISITS))
    assert set(few % (1 + SPREADS)) == {0}


def test_few_subjects_make_no_groups(visits: tuple[np.ndarray, np.ndarray]) -> None:
    owner, size = visits
    some = owner < FEWEST_SUBJECTS
    assert enough_groups(owner, size) == GROUPS
    assert enough_groups(owner[some], size[some]) == 0
    assert SizeGroups().of(owner, size).tolist() == [0] * len(owner)


def test_a_number_of_groups_that_there_is_not_is_refused() -> None:
    with pytest.raises(ValueError, match="groups of sizes"):
        SizeGroups(3)


def test_shares_that_are_none_are_unsound(groups: SizeGroups) -> None:
    assert groups.is_sound()
    broken = SizeGroups(GROUPS)
    broken.shares.copy_(torch.full_like(broken.shares, 0.5))
    assert not broken.is_sound()


def test_a_subject_without_visits_has_none() -> None:
    assert [part.tolist() for part in summary(np.array([1, 1]), np.array([2, 2]))] == [[0, 2], [0.0, 2.0], [0.0, 0.0]]
