"""Text is a number only if writing it gives every cell again, character by character."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assoc_synth.errors import InputError
from assoc_synth.transactions.columns.missing_words import missing_word
from assoc_synth.transactions.columns.number_marks import MARKS, Affixes
from assoc_synth.transactions.columns.number_text import (
    NumberFormat,
    first_odd,
    read_asked,
    read_numbers,
)

NAN = float("nan")


def column(cells: list[str | None]) -> pd.Series:
    return pd.Series(cells, name="x", dtype=object)


@pytest.mark.parametrize(
    "cells",
    [
        ["+49300000136", "+4930123"],
        ["0049301", "0049302"],
        ["1.10", "1.1", "1.9"],
        ["1.0.0", "1.0.1"],
        ["1E15", "2E3"],
        ["1e15", "2e3"],
        ["3E12", "12"],
        ["0311", "1200"],
        ["00", "1"],
        ["1234567890123456789", "1234567890123456790"],
        ["9007199254740994"],
        ["0.1234567890123456789"],
        ["1,5", "1.5"],
        ["£5", "€5"],
        ["(212)", "(313)"],
        ["732 829 320", "542 107 651"],
        ["5 kg", "6 g"],
        ["5 kg", "6kg"],
        ["1st", "21st"],
        ["12A", "14A"],
        ["1234kg", "5678kg"],
        [".10", ".9", ".1"],
        [".5", "0.25"],
        ["1,23,456", "1,234,567"],
        ["1E5", "2.5e5"],
        ["2024-01-31"],
        ["12:30"],
        ["inf", "1"],
        ["１２", "3"],
        ["1_000", "2"],
        ["0x10"],
        ["NA", "NA", "1"],
        ["NA", None],
        [None, None],
        [" 5", "6"],
        ["1.5", "2.50", "3"],
    ],
)
def test_what_only_looks_like_a_number_stays_text(cells: list[str | None]) -> None:
    assert read_numbers(column(cells)) is None


@pytest.mark.parametrize(
    ("cells", "values", "more"),
    [
        (["0.00", "1.50"], [0, 1.5], "2.25"),
        (["1", "-20"], [1, -20], "2"),
        (["1.0", "2.5"], [1, 2.5], "2.2"),
        (["3.0", "2.25"], [3, 2.25], "2.25"),
        (["3", "2.5"], [3, 2.5], "2.2"),
        (["1,5", "2", "3,25"], [1.5, 2, 3.25], "2,25"),
        (["1,50", "2,00"], [1.5, 2], "2,25"),
        (["1.234,50", "3,00"], [1234.5, 3], "2,25"),
        (["€ 1.234,50", "€ -3,00"], [1234.5, -3], "€ 2,25"),
        (["1.234,50 €", "-3,00 €"], [1234.5, -3], "2,25 €"),
        (["$1,234.50", "($3.00)"], [1234.5, -3], "$2.25"),
        (["(5)", "3"], [-5, 3], "2"),
        (["5-", "3"], [-5, 3], "2"),
        (["−5", "3"], [-5, 3], "2"),
        (["+5", "-3", "0"], [5, -3, 0], "+2"),
        (["5 %", "10 %"], [5, 10], "2 %"),
        (["1\u00a0234,5", "2,5"], [1234.5, 2.5], "2,2"),
        (["1'234.50", "3.20"], [1234.5, 3.2], "2.25"),
        (["NA", "1.5", "2.5"], [NAN, 1.5, 2.5], "2.2"),
        (["-", "1.5", "2.25"], [NAN, 1.5, 2.25], "2.25"),
        (["null", None, "null", "1", "2", "3"], [NAN, NAN, NAN, 1, 2, 3], "2"),
        (["-0.0", "1.5"], [-0.0, 1.5], "2.2"),
        (["0.5", "1e-05", "0.25"], [0.5, 1e-5, 0.25], "2.25"),
        (["0.30000000000000004", "1.5"], [0.1 + 0.2, 1.5], "2.2"),
        ([".5", "-.25", "1.75"], [0.5, -0.25, 1.75], "2.25"),
        ([".300", ".275"], [0.3, 0.275], "2.250"),
        (["1,23,456", "12,345", "999"], [123456, 12345, 999], "2"),
        (["12,34,567.50", "99.00"], [1234567.5, 99], "2.25"),
        (["5 kg", "-12 kg"], [5, -12], "2 kg"),
        (["5kg", "12.5kg"], [5, 12.5], "2.2kg"),
        (["1,5 m²", "NA", "2,25 m²"], [1.5, NAN, 2.25], "2,25 m²"),
        (["20 °C", "-5 °C"], [20, -5], "2 °C"),
        (["1E5", "2.5E5"], [1e5, 2.5e5], "2.2E0"),
        (["1.50E+05", "2.25E-03"], [1.5e5, 2.25e-3], "2.25E+00"),
        (["1.0E7", "100.0", "1.0E-4", "12.75"], [1e7, 100, 1e-4, 12.75], "2.25"),
        (["1e+05", "99999", "123456"], [1e5, 99999, 123456], "2.25"),
    ],
)
def test_numbers_are_read_and_written_as_they_were(cells: list[str | None], values: list[float], more: str) -> None:
    found = read_numbers(column(cells))
    assert found is not None
    np.testing.assert_array_equal(found.values, values)
    same = [cell if cell is not None else found.format.missing for cell in cells]
    assert found.write(found.values) == same
    assert found.write(np.array([2.25])) == [more]
    assert NumberFormat.from_dict(json.loads(json.dumps(found.format.to_dict()))) == found.format


def test_decisions_are_told() -> None:
    found = read_numbers(column(["1.234,50", "NA", "N/A", "NA", "3,00", "4,00"]))
    assert found is not None
    assert found.notes == (
        "column 'x': numbers are written like '1.234,50'",
        "column 'x': 'NA', 'N/A' mean that a number is missing",
        "column 'x': missing values are given back as 'NA'",
    )
    plain = read_numbers(column(["1.5", None]))
    assert plain is not None
    assert plain.notes == ()


def test_numbers_that_are_asked_for_may_be_written_in_several_ways() -> None:
    found = read_asked(column(["1.5", "2.50", "1e3", " 4"]))
    assert found is not None
    assert (found.values.tolist(), found.exact) == ([1.5, 2.5, 1000, 4], False)
    assert read_asked(column(["1.5", "1,5"])) is None
    assert first_odd(column(["1.5", None, "x", "NA"])) == 2
    assert first_odd(column(["1.5", "NA"])) is None
    assert missing_word("#N/A")


def test_a_damaged_format_is_refused() -> None:
    state = NumberFormat("fixed", 2).to_dict()
    for damage in ({"style": "roman"}, {"decimals": -1}, {"decimals": None}, {"marks": {"point": 1}}, {"missing": 5}):
        with pytest.raises(InputError, match=r"number format|unexpected|string"):
            NumberFormat.from_dict({**state, **damage})


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=8),
    st.sampled_from(MARKS),
    st.sampled_from([Affixes(), Affixes("$"), Affixes("", " €"), Affixes("", "", "(", ")"), Affixes("", "", "", "-")]),
    st.integers(1, 4),
)
def test_whatever_is_written_in_a_format_is_read_so(
    values: list[float], marks: object, affixes: object, n: int
) -> None:
    made = NumberFormat("fixed", n, marks, affixes)  # type: ignore[arg-type]
    values = [1.0, 1234567.5, *values]
    cells = made.write(np.array(values))
    found = read_asked(column(cells))
    assert found is not None
    assert found.exact
    assert found.write(found.values) == cells
    np.testing.assert_allclose(found.values, np.round(values, n), atol=10.0**-n)


def test_a_number_with_a_mark_beside_text_without_one_is_no_column_of_numbers() -> None:
    assert read_asked(pd.Series(["65+", "under 18", "18-64"])) is None
