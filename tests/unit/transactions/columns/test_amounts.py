"""Amounts: from numbers and text to float64, and back as they were written."""

import json
import math
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from assoc_synth.errors import InputError
from assoc_synth.transactions.columns.amounts import AmountFormat, read_amounts


@pytest.mark.parametrize(
    ("amounts", "message"),
    [
        (["1.5", "1,5", "2", "3"], "row 2: a decimal comma"),
        (["1.5", "2", "inf", "3"], "row 3: the amount is infinite"),
        ([1.5, 2, 3, -np.inf], "row 4: the amount is infinite"),
        (["1.5", "$2", "2", "3"], "row 2: a decimal comma, thousands mark or currency unlike those above"),
        (["1.5", "two", "2", "3"], "row 2: the amount is not a number"),
        (["1.5", "1_000", "2", "3"], "row 2: the amount is not a number"),
        (["1", "1e999", "2", "3"], "row 2: the amount is infinite"),
        ([True, False, True, True], "does not hold amounts"),
    ],
)
def test_bad_amounts_name_the_row(amounts: Any, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        read_amounts(pd.Series(amounts, name="amount"))
    assert "'amount'" in str(caught.value)


def test_float_noise_is_no_decimal_and_is_given_back() -> None:
    column = pd.Series([0.1 + 0.2, 1.25, 1.776357e-15, 2.0], name="amount")
    amounts, made, _ = read_amounts(column)
    assert made.decimals == 2
    pd.testing.assert_series_equal(made.give(amounts), column, check_exact=True, check_names=False)
    assert made.give(np.array([1.23456, 0.004])).tolist() == [1.23, 0.0]
    _, thin, _ = read_amounts(pd.Series(np.array([1.1, 2.25, 3, 4], dtype="float32")))
    assert thin.decimals == 2


@pytest.mark.parametrize(
    ("texts", "style", "decimals"),
    [
        (["1.50", "2.00", "-3.25"], "fixed", 2),
        (["1.50", "2.10", "10.00"], "fixed", 2),
        (["1.5", "2.0", "3.25"], "float", 2),
        (["1.5", "2", "3.25"], "shortest", 2),
        (["1", "2", "30"], "fixed", 0),
        (["0.12345678", "1"], "shortest", None),
    ],
)
def test_text_is_given_back_as_it_was_written(texts: list[str], style: str, decimals: int | None) -> None:
    amounts, made, notes = read_amounts(pd.Series([*texts, None], name="price", dtype=object))
    assert (made.style, made.decimals, notes) == (style, decimals, ())
    assert amounts[:-1].tolist() == [float(text) for text in texts]
    assert math.isnan(amounts[-1])
    assert made.give(amounts).tolist() == [*texts, None]
    assert made.untyped


def test_several_ways_of_writing_are_noted_and_become_one() -> None:
    amounts, made, notes = read_amounts(pd.Series(["1.5", "2.00", "3"], name="price"))
    assert notes == ("column 'price': amounts are written in several ways; given back with 2 decimals",)
    assert made.give(amounts).tolist() == ["1.50", "2.00", "3.00"]


def test_texts_of_missing_cells() -> None:
    amounts, _, _ = read_amounts(pd.Series(["nan", "NA", "", "N/A", "none", " null ", "1.50"]))
    assert np.isnan(amounts).tolist() == [True] * 6 + [False]


@pytest.mark.parametrize(
    "column",
    [
        pd.Series([1, 2, -3], dtype="int16"),
        pd.Series([1, None, 3], dtype="Int64"),
        pd.Series([1.5, None, -2.25]),
        pd.Series([1.1, None], dtype="Float64"),
        pd.Series([Decimal("1.50"), None, Decimal("3")], dtype=object),
        pd.Series(
            pd.array(pa.array([Decimal("1.50"), None], pa.decimal128(7, 2)), dtype=pd.ArrowDtype(pa.decimal128(7, 2)))
        ),
        pd.Series([1.5, 2.5, 1.5], dtype="category"),
    ],
    ids=lambda column: str(column.dtype),
)
def test_numbers_come_back_in_their_dtype(column: pd.Series) -> None:
    amounts, made, notes = read_amounts(column)
    assert amounts.dtype == np.float64
    assert notes == ()
    assert not made.untyped
    pd.testing.assert_series_equal(made.give(amounts), column, check_names=False)


def test_drawn_values_are_rounded_to_the_decimals_of_the_column() -> None:
    _, prices, _ = read_amounts(pd.Series(["1.50", "2.25"]))
    assert prices.give(np.array([1.23456, np.nan, 1e10])).tolist() == ["1.23", None, "10000000000.00"]
    _, counts, _ = read_amounts(pd.Series([1, 2], dtype="int8"))
    assert counts.whole
    assert counts.give(np.array([2.6, 300.0])).tolist() == [3, 300]
    assert counts.give(np.array([2.6, np.nan])).tolist() == [3, pd.NA]


def test_typed_amounts_are_numbers() -> None:
    _, made, _ = read_amounts(pd.Series(["1.50", "2.25"]))
    assert made.typed().give(np.array([1.234])).tolist() == [1.23]
    _, whole, _ = read_amounts(pd.Series(["1", None]))
    assert str(whole.typed().give(np.array([3.0, np.nan])).dtype) == "Int64"


def test_large_amounts_are_noted() -> None:
    _, _, notes = read_amounts(pd.Series([2**53 + 2, 1], name="n"))
    assert notes == ("column 'n': amounts above 2^53 lose their last digits",)
    _, _, notes = read_amounts(pd.Series([str(2**53 + 3), "1"], name="n"))
    assert notes[0] == "column 'n': amounts above 2^53 lose their last digits"


@pytest.mark.parametrize(
    ("texts", "amounts", "more"),
    [
        (["€ 1.234,50", "€ 3,00", "NA"], [1234.5, 3, math.nan], "€ 2,25"),
        (["(5)", "(6)"], [-5, -6], "2"),
        (["5-", "6-"], [-5, -6], "2"),
        (["−5.5", "6.0"], [-5.5, 6], "2.2"),
        (["1,50", "2,00"], [1.5, 2], "2,25"),
        (["$1,234.50", "$2.00"], [1234.5, 2], "$2.25"),
    ],
)
def test_amounts_of_whatever_spelling_come_back_in_it(texts: list[str], amounts: list[float], more: str) -> None:
    found, made, _ = read_amounts(pd.Series(texts, name="price", dtype=object))
    np.testing.assert_array_equal(found, amounts)
    assert made.give(found).tolist() == texts
    assert made.give(np.array([2.25])).tolist() == [more]
    assert AmountFormat.from_dict(json.loads(json.dumps(made.to_dict()))) == made


def test_decimals_come_back_with_their_places() -> None:
    column = pd.Series([Decimal("1.50"), Decimal("20.00"), None], dtype=object)
    amounts, made, _ = read_amounts(column)
    assert list(map(str, made.give(amounts))) == ["1.50", "20.00", "None"]


def test_the_format_survives_json_and_damage_is_refused() -> None:
    _, made, _ = read_amounts(pd.Series(["1.50", "2.25"]))
    assert AmountFormat.from_dict(json.loads(json.dumps(made.to_dict()))) == made
    for damage in ({"style": "roman"}, {"decimals": 7}, {"decimals": -1}):
        with pytest.raises(InputError, match="an amount format has no style"):
            AmountFormat.from_dict({**made.to_dict(), **damage})
