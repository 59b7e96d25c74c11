"""What is stored is shared by enough subjects: counts, ends of ranges, means of neighbours."""

import numpy as np
import pytest

from assoc_synth.attributes.sharing import (
    aggregated,
    ends_of,
    groups_of_neighbours,
    least_size,
    shared_numbers,
    subjects_per,
)

RNG = np.random.default_rng(0)


def subjects_of_each(values: np.ndarray, subject: np.ndarray) -> list[int]:
    return [len(np.unique(subject[values == value])) for value in np.unique(values)]


def test_subjects_count_once_however_many_rows_they_have() -> None:
    assert subjects_per(np.array([0, 0, 1, 1, -1]), np.array([4, 4, 4, 5, 6]), 3).tolist() == [1, 2, 0]


@pytest.mark.parametrize("fewest", [2, 5, 9])
def test_an_end_has_enough_subjects_at_or_beyond_it_and_is_nobodys_own(fewest: int) -> None:
    values, subject = RNG.normal(size=300), RNG.integers(0, 40, 300)
    low, high = ends_of(values, subject, fewest)
    assert len(np.unique(subject[values <= low])) == len(np.unique(subject[values >= high])) == fewest
    assert not np.isin([low, high], values).any()


def test_one_subject_with_many_rows_ends_no_range() -> None:
    values, subject = np.append(np.arange(50.0), [900.0] * 30), np.append(np.arange(50), [0] * 30)
    assert ends_of(values, subject, 1) == (0.0, 900.0)
    assert ends_of(values, subject, 5)[1] < 50


def test_ends_of_too_few_subjects_meet_between_them() -> None:
    low, high = ends_of(np.array([1.0, 5.0, 9.0]), np.arange(3), 5)
    assert low == high
    assert 1 < low < 9
    assert ends_of(np.zeros(0), np.zeros(0, int), 5) == (0.0, 0.0)


@pytest.mark.parametrize("seed", range(5))
def test_means_of_neighbours_have_enough_subjects_and_keep_the_mean(seed: int) -> None:
    rng = np.random.default_rng(seed)
    values, subject = rng.lognormal(size=200).round(2), rng.integers(0, 60, 200)
    found = aggregated(values, subject, 5)
    assert min(subjects_of_each(found.means, subject)) >= 5
    assert found.means.mean() == pytest.approx(values.mean(), rel=0.05)
    assert (np.diff(found.means[np.lexsort((found.means, values))]) >= -1e-9).all()
    assert not len(aggregated(values[:9], np.arange(9) % 4, 5).means)


def test_what_one_subject_repeats_is_joined_with_what_others_have() -> None:
    subject = np.append([0] * 40, np.arange(1, 9))
    assert groups_of_neighbours(subject, 5).tolist()[:40] == [0] * 40  # type: ignore[union-attr]
    assert groups_of_neighbours(np.zeros(50, int), 5) is None


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("fewest", [2, 5])
def test_every_shared_number_has_enough_subjects(seed: int, fewest: int) -> None:
    rng = np.random.default_rng(seed)
    values = np.where(rng.random(400) < 0.5, rng.choice([1.0, 2.5, 4.0], 400), rng.lognormal(1, 1, 400).round(2))
    values[rng.random(400) < 0.1] = np.nan
    subject = rng.integers(0, int(rng.integers(fewest, 90)), 400)
    made = shared_numbers(values, subject, fewest, 2)
    known = ~np.isnan(values)
    assert (np.isnan(made) == np.isnan(values)).all()
    assert min(subjects_of_each(made[known], subject[known])) >= fewest
    often = [v for v in (1.0, 2.5, 4.0) if len(np.unique(subject[values == v])) >= fewest]
    assert all((made[values == value] == value).all() for value in often)


def test_no_number_is_left_of_too_few_subjects() -> None:
    assert np.isnan(shared_numbers(np.array([1.0, 2.0]), np.arange(2), 5, None)).all()
    assert shared_numbers(np.array([1.0, 2.0]), np.arange(2), 1, None).tolist() == [1.0, 2.0]


def test_the_least_size_is_not_one_subjects() -> None:
    sizes = np.append([0.01], np.arange(1.0, 20.0))
    assert least_size(sizes, np.arange(20), 1) == 0.01
    assert least_size(-sizes, np.arange(20), 5) == 4.505
    assert least_size(np.zeros(3), np.arange(3), 5) == np.inf


@pytest.mark.parametrize("seed", range(20))
def test_no_end_of_a_range_is_a_value_of_a_few_in_a_column_of_few_digits(seed: int) -> None:
    rng = np.random.default_rng(seed)
    values, subject = rng.lognormal(2, 1, 200).round(seed % 3), rng.integers(0, 60, 200)
    others = rng.lognormal(2, 1, 100).round(seed % 3)  # of subjects that are not looked at
    for end in ends_of(values, subject, 5):
        holders = len(np.unique(subject[values == end]))
        assert holders >= 5 or end not in {*values.tolist(), *others.tolist()}


def test_a_mean_in_the_place_of_rare_numbers_is_none_of_them() -> None:
    paid = np.array([1.0, 2.0, 3.0, 4.0, 5.1])
    assert shared_numbers(paid, np.arange(5), 5, 1).tolist() == [3.1] * 5
