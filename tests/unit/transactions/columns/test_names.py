"""Names: sorted by text, whole numbers stay whole numbers, blanks are missing."""

import numpy as np
import pandas as pd
import pytest

from assoc_synth.transactions.columns.names import read_names


def test_whole_numbers_with_a_gap_are_whole_numbers() -> None:
    names = read_names(pd.Series([*range(30), np.nan], name="subject"))
    assert names.names.dtype == np.int64
    assert names.codes.tolist() == [*(sorted(range(30), key=str).index(number) for number in range(30)), -1]
    assert names.notes == ()


def test_texts_that_look_missing_are_names() -> None:
    names = read_names(pd.Series(["NA", "null", "nan", "None"]))
    assert set(names.names) == {"NA", "null", "nan", "None"}


def test_mixed_types_become_text_with_a_note() -> None:
    names = read_names(pd.Series([1, "1", 2.5, "x"], name="object", dtype=object))
    assert names.names.tolist() == ["1", "2.5", "x"]
    assert any("'object'" in note and "read as text" in note for note in names.notes)


def test_names_that_collide_under_nfc_are_kept() -> None:
    assert len(read_names(pd.Series(["é", "e\u0301", "a\u200b", "ا"], name="subject")).names) == 4


def test_codes_are_positions_in_the_names_sorted_by_text() -> None:
    names = read_names(pd.Series([10, 9, 100, 9]))
    assert names.names.tolist() == [10, 100, 9]
    assert names.codes.tolist() == [0, 2, 1, 2]


def test_missing_and_blank_cells_have_no_code() -> None:
    names = read_names(pd.Series(["b", None, " \t", "", "a", np.nan], dtype=object))
    assert names.names.tolist() == ["a", "b"]
    assert names.codes.tolist() == [1, -1, -1, -1, 0, -1]


def test_fractions_are_text_with_a_note() -> None:
    names = read_names(pd.Series([1.5, 2.0, np.nan], name="size"))
    assert names.names.tolist() == ["1.5", "2.0"]
    assert names.notes == ("column 'size' holds fractions: they are read as text",)
    assert names.format.dtype == "object"


@pytest.mark.parametrize(
    "column",
    [
        pd.Series([2, 1], dtype="uint8"),
        pd.Series([2, None], dtype="Int64"),
        pd.Series([True, False]),
        pd.Series([2**70, 1], dtype=object),
        pd.Series(["b", "a"], dtype="string"),
        pd.Series([2.0, 1.0]),
    ],
    ids=lambda column: str(column.dtype),
)
def test_names_come_back_in_their_dtype(column: pd.Series) -> None:
    names = read_names(column)
    cells = np.array([*names.names, None], dtype=object)[names.codes]
    pd.testing.assert_series_equal(names.format.give(cells), column, check_names=False)


def test_categories_are_kept_on_demand_only() -> None:
    column = pd.Series(pd.Categorical(["b", "a"], categories=["b", "a", "c"]))
    assert read_names(column).format.categories is None
    assert read_names(column, keep_categories=True).format.categories == ("b", "a", "c")


def test_whole_numbers_that_were_floats_once_are_the_same_names_in_text() -> None:
    text = read_names(pd.Series(["12346.0", None, "7.0", "12346.0"], name="id", dtype=object))
    numbers = read_names(pd.Series([12346.0, None, 7.0, 12346.0], name="id"))
    assert text.names.tolist() == numbers.names.tolist() == [12346, 7]
    assert text.codes.tolist() == numbers.codes.tolist() == [0, -1, 1, 0]
    assert text.format.give(text.names).tolist() == ["12346.0", "7.0"]
    assert numbers.format.give(numbers.names).tolist() == [12346.0, 7.0]
    assert text.notes == ("column 'id': whole numbers that end in .0 are read as whole numbers and given back so",)


@pytest.mark.parametrize(
    "cells", [["1.0", "1.1"], ["1.0", "tea"], ["01.0", "2.0"], ["-0.0"], ["1.00"], ["1234567890123456.0"]]
)
def test_other_text_with_points_stays_text(cells: list[str]) -> None:
    found = read_names(pd.Series(cells, dtype=object))
    assert sorted(found.names) == sorted(cells)
    assert (found.format.suffix, found.notes) == ("", ())
