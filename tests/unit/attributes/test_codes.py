"""Codes of numbers, counts and categories: there and back, and what the classes mean."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assoc_synth.attributes.categories import CategoryCode
from assoc_synth.attributes.counts import CountCode
from assoc_synth.attributes.numbers import NumberCode


@pytest.fixture(scope="module")
def prices() -> np.ndarray:
    rng = np.random.default_rng(0)
    values = np.concatenate([rng.normal(5, 1, 900), rng.normal(80, 10, 500), np.full(300, 1.99), np.full(200, np.nan)])
    return np.round(values, 2)


def test_numbers_come_back_within_their_mode(prices: np.ndarray) -> None:
    rng = np.random.default_rng(0)
    code = NumberCode.learn("price", prices, rng)
    back = code.decode(code.encode(prices, rng))
    assert np.array_equal(np.isnan(back), np.isnan(prices))
    known = ~np.isnan(prices)
    assert np.abs(back[known] - prices[known]).max() < 0.02 * (prices[known].max() - prices[known].min())
    assert np.median(np.abs(back[known] - prices[known])) < 0.01


def test_a_frequent_value_is_a_class_of_its_own(prices: np.ndarray) -> None:
    rng = np.random.default_rng(0)
    code = NumberCode.learn("price", prices, rng)
    assert 1.99 in code.atoms
    own = code.encode(np.array([1.99, 1.99]), rng)
    assert (own.value == 0).all()
    assert (code.decode(own) == 1.99).all()


def test_decimals_and_range_hold_for_any_draw(prices: np.ndarray) -> None:
    rng = np.random.default_rng(0)
    code = NumberCode.learn("price", prices, rng)
    column = code.encode(prices, rng)
    wild = type(column)(column.spec, rng.permutation(column.code), rng.uniform(-1, 1, len(column)).astype(np.float32))
    drawn = code.decode(wild)
    drawn = drawn[~np.isnan(drawn)]
    assert drawn.min() >= np.nanmin(prices)
    assert drawn.max() <= np.nanmax(prices)
    assert np.allclose(drawn, np.round(drawn, 2))


@pytest.mark.parametrize(
    "values", [[], [np.nan, np.nan], [3.0], [3.0, 3.0, np.nan], [1.0, 2.0], [-5.0, 0.0, 5.0] * 4, list(range(40))]
)
def test_thin_columns_do_not_trip(values: list[float]) -> None:
    rng = np.random.default_rng(0)
    column = np.array(values, float)
    code = NumberCode.learn("x", column, rng)
    back = code.decode(code.encode(column, rng))
    assert np.array_equal(np.isnan(back), np.isnan(column))
    assert np.nanmax(np.abs(back - column), initial=0) <= 1.0


def test_number_code_survives_json(prices: np.ndarray) -> None:
    rng = np.random.default_rng(0)
    code = NumberCode.learn("price", prices, rng, log=True)
    again = NumberCode.from_dict(json.loads(json.dumps(code.to_dict())))
    column = code.encode(prices, rng)
    assert np.array_equal(code.decode(column), again.decode(column), equal_nan=True)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(1, 5000), min_size=1, max_size=50))
def test_counts_come_back_exactly_when_small_and_in_their_bucket_when_large(counts: list[int]) -> None:
    values = np.array(counts)
    code = CountCode.learn("count", values)
    column = code.encode(values)
    assert column.code.max() < code.classes
    back = code.decode(column.code, np.random.default_rng(0))
    assert (back[values <= 16] == values[values <= 16]).all()
    assert back.max() <= values.max()
    assert (np.abs(back - values) <= 0.25 * values + 1).all()


def test_categories_come_back_with_their_types_and_missing_stays_missing() -> None:
    for values in (["b", "a", None, "a"], [True, False, None, True], [1, 2, 2, 1]):
        column = pd.Series(values, dtype=object)
        code = CategoryCode.from_dict(json.loads(json.dumps(CategoryCode.learn("x", column).to_dict())))
        assert code.decode(code.encode(column).code) == values


def test_free_text_and_identifiers_are_no_categories() -> None:
    assert not CategoryCode.fits(pd.Series([f"order {i}" for i in range(500)]))
    assert CategoryCode.fits(pd.Series(["card", "cash"] * 50))
