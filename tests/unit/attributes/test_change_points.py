"""Change points: planted ones are found at their number, and none where nothing changes."""

import numpy as np
import pytest

from assoc_synth.attributes.change_points import BETWEEN_ENDS, LEAST_SUBJECTS, MOST_CUTS, change_points, cut_points


@pytest.fixture(scope="module")
def born() -> np.ndarray:
    return np.sort(np.random.default_rng(0).integers(1920, 2015, 2_000)).astype(np.float64)


def test_begin_and_end_of_what_some_years_have(born: np.ndarray) -> None:
    rng = np.random.default_rng(1)
    has = (born >= 1956) & (born < 1980) & (rng.random(len(born)) < 0.3)
    assert change_points(born, has[:, None]).tolist() == pytest.approx([1956, 1980], abs=1)


def test_each_token_may_have_its_own(born: np.ndarray) -> None:
    rng = np.random.default_rng(1)
    has = np.stack([born >= 1940, born < 1990, rng.random(len(born)) < 0.5], 1)
    assert change_points(born, has).tolist() == [1940, 1990]


def test_a_change_of_share_is_found_and_not_only_of_presence(born: np.ndarray) -> None:
    share = np.where(born < 1970, 0.2, 0.6)
    has = np.random.default_rng(2).random(len(born)) < share
    (cut,) = change_points(born, has[:, None]).tolist()
    assert 1966 <= cut <= 1974


def test_nothing_is_found_in_random_tokens(born: np.ndarray) -> None:
    """One of a hundred tables may have one by chance."""
    found = 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        has = rng.random((len(born), 20)) < rng.random(20)
        found += len(change_points(born, has)) > 0
    assert found <= 4  # of a Poisson number with mean 1 at most: 0.4 % have more


def test_a_cut_leaves_enough_subjects_on_both_sides() -> None:
    values = np.arange(60.0)
    assert change_points(values, (values < LEAST_SUBJECTS - 1)[:, None]).tolist() != [LEAST_SUBJECTS - 1]
    assert change_points(values, (values < LEAST_SUBJECTS)[:, None]).tolist() == [LEAST_SUBJECTS]


def test_equal_numbers_are_never_cut_apart() -> None:
    values = np.repeat([1.0, 2.0, 3.0], 50)
    has = np.arange(150) >= 75  # changes inside of the twos
    assert set(change_points(values, has[:, None])) <= {2.0, 3.0}


def test_there_are_never_too_many() -> None:
    values = np.arange(20_000.0)
    has = (values // 100) % 2 == 0
    assert len(change_points(values, has[:, None])) <= MOST_CUTS
    assert len(change_points(values[:600], has[:600, None])) == 5


@pytest.mark.parametrize("shape", [(0, 3), (50, 0)])
def test_without_subjects_or_tokens_there_is_none(shape: tuple[int, int]) -> None:
    assert change_points(np.arange(float(shape[0])), np.zeros(shape, bool)).tolist() == []


def test_what_all_or_none_have_does_not_change(born: np.ndarray) -> None:
    has = np.stack([np.ones(len(born), bool), np.zeros(len(born), bool)], 1)
    assert change_points(born, has).tolist() == []


def test_a_token_that_few_have_ends_at_a_cut(born: np.ndarray) -> None:
    has = (born >= 1938) & (born <= 1983) & (np.random.default_rng(3).random(len(born)) < 0.05)
    first, last = born[has].min(), born[born > born[has].max()].min()
    assert {first, last} <= set(cut_points(born, has[:, None]).tolist())
    assert cut_points(born, np.zeros((len(born), 0), bool)).tolist() == []


def test_cuts_are_not_too_near_to_each_other() -> None:
    values = np.arange(400.0)
    has = np.stack([values >= 100 + step for step in range(4)], 1)
    cuts = cut_points(values, has)
    assert len(cuts) == 1
    many = cut_points(values, np.stack([values >= 7 * step for step in range(1, 50)], 1))
    assert np.diff(many).min() >= BETWEEN_ENDS
