"""Whole numbers that identify something, and those that count something."""

import numpy as np
import pytest

from assoc_synth.transactions.columns.number_codes import are_codes, are_years, words_of

RNG = np.random.default_rng(0)
SPREAD = np.sort(RNG.choice(90_000_000, 400, replace=False)) + 10_000_000


@pytest.mark.parametrize(
    ("numbers", "name", "codes"),
    [
        (SPREAD, "x", True),
        (np.arange(5, 905), "x", True),
        (np.array([3, 900, 70_000]), "customer_id", True),
        (np.array([3, 900, 70_000]), "zipCode", True),
        (np.array([3, 900, 70_000]), "x", False),
        (np.sort(RNG.integers(20_000, 95_000, 300)), "income", False),
        (SPREAD * 100, "x", False),
        (np.arange(1920, 2020), "born", False),
        (np.arange(30), "x", False),
    ],
)
def test_codes_are_dense_wide_or_called_so(numbers: np.ndarray, name: str, codes: bool) -> None:
    assert are_codes(numbers, name) is codes


def test_years_are_of_this_and_the_last_thousand() -> None:
    assert are_years(np.array([1066, 2024]))
    assert not are_years(np.array([12, 2024]))


def test_words_of_a_name() -> None:
    assert words_of("customerID_no2") >= {"no"}
    assert words_of("zipCode") == {"zip", "code"}
