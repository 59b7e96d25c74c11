"""Distinct numbers are those of NumPy."""

import numpy as np
import pytest

from assoc_synth.transactions.distinct import distinct, positions


@pytest.mark.parametrize("size", [0, 1, 2, 1_000])
def test_distinct_numbers_are_those_of_numpy(size: int) -> None:
    numbers = np.random.default_rng(size).integers(-50, 300, size)
    before = numbers.copy()
    found = distinct(numbers)
    assert np.array_equal(found, np.unique(numbers))
    assert found.dtype == numbers.dtype
    assert np.array_equal(numbers, before)


def test_equal_numbers_are_one() -> None:
    assert distinct(np.full(9, 7)).tolist() == [7]


def test_positions_of_codes_that_are_not_known() -> None:
    assert positions(np.array([[1, 9], [4, 0]]), np.array([1, 4])).tolist() == [[0, -1], [1, -1]]
    assert positions(np.array([1, 2]), np.zeros(0, np.int64)).tolist() == [-1, -1]
