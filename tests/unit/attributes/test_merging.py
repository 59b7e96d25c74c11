"""Rare values become missing or the nearest frequent one, in the column's own dtype."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from assoc_synth.attributes.merging import merged_categories, merged_numbers, withheld

EIGHT, ALL = np.arange(8, dtype=np.int32), np.ones(8, bool)


@pytest.mark.parametrize(
    ("cells", "made"),
    [
        (pd.Series(["E10"] * 5 + ["E11", "K21", "K21"]), ["E10"] * 6 + [None] * 2),
        (pd.Series(["E10"] * 5 + ["E11", "K21", None]), ["E10"] * 5 + [None] * 3),
        (pd.Series(["E10"] * 5 + ["E11", "K21", None], dtype="string"), ["E10"] * 5 + [None] * 3),
        (pd.Series([1] * 5 + [2, 3, 9]), [1] * 8),
        (pd.Series([1] * 5 + [2, 3, None], dtype="Int64"), [1] * 7 + [None]),
        (pd.Series([True] * 6 + [False] * 2), [True] * 8),
        (pd.Series(["a"] * 5 + ["b", "c", "c"], dtype="category"), ["a"] * 5 + [None] * 3),
        (pd.Series(pd.Categorical(["lo"] * 5 + ["mid", "hi", "hi"], ["lo", "mid", "hi"], ordered=True)), ["lo"] * 8),
    ],
)
def test_rare_categories_are_merged(cells: pd.Series, made: list[Any]) -> None:
    found = merged_categories(cells, EIGHT, ALL, 5)
    assert found.column is not None
    assert [None if pd.isna(cell) else cell for cell in found.column] == made
    assert found.column.dtype.kind == cells.dtype.kind
    note = found.note("code", 5)
    assert f"{found.missing + found.nearest} value" in note
    assert "fewer than 5 training subjects" in note


def test_a_category_that_nobody_has_leaves_the_dtype() -> None:
    cells = pd.Series(["a"] * 8, dtype=pd.CategoricalDtype(["a", "somebody else"]))
    found = merged_categories(cells, EIGHT, ALL, 5).column
    assert found is not None
    assert found.cat.categories.tolist() == ["a"]


def test_a_step_of_a_scale_that_nobody_has_stays_and_a_rare_one_leaves() -> None:
    scale = pd.CategoricalDtype(["none", "low", "mid", "high"], ordered=True)
    cells = pd.Series(["low"] * 5 + ["mid", "high", "high"], dtype=scale)
    found = merged_categories(cells, EIGHT, ALL, 5).column
    assert found is not None
    assert found.cat.categories.tolist() == ["none", "low"]
    assert merged_categories(pd.Series(["low"] * 8, dtype=scale), EIGHT, ALL, 5).column is not None


def test_frequent_categories_stay_as_they_are() -> None:
    cells = pd.Series(["a"] * 4 + ["b"] * 4)
    found = merged_categories(cells, EIGHT, ALL, 4)
    assert found.column is cells
    assert found.note("x", 4) == ""


def test_rows_do_not_count_and_neither_do_other_subjects() -> None:
    cells = pd.Series(["a"] * 5 + ["bb"] * 3)
    by_rows = merged_categories(cells, np.array([0] * 5 + [1, 2, 3], np.int32), ALL, 3)
    assert by_rows.column is not None
    assert by_rows.column.isna().tolist() == [True] * 5 + [False] * 3
    few = merged_categories(cells, EIGHT, EIGHT < 6, 3)
    assert few.column is not None
    assert few.column.isna().tolist() == [False] * 5 + [True] * 3
    assert merged_categories(cells, EIGHT, ALL, 6).column is None


def test_rare_numbers_become_means_and_others_follow() -> None:
    found = merged_numbers(pd.Series([1.0, 1.0, 4.0, 5.0, 6.0, None, 7.4, 90.0]), EIGHT, EIGHT < 6, 2)
    assert found.column is not None
    assert found.column.dropna().tolist() == [1.0, 1.0, 5.0, 5.0, 5.0, 5.0, 5.0]
    whole = merged_numbers(pd.Series([1, 1, 4, 5, 6, 6, 6, 6]), EIGHT, ALL, 2)
    assert whole.column is not None
    assert (whole.column.tolist(), whole.column.dtype) == ([1, 1, 4, 4, 6, 6, 6, 6], np.dtype("int64"))
    assert merged_numbers(pd.Series([1.0, None] * 4), EIGHT, ALL, 5).column is None


@pytest.mark.parametrize(
    "cells",
    [
        pd.Series(["tea"] * 5 + ["teas", "tee", None]),
        pd.Series([1] * 5 + [2, 3, 9]),
        pd.Series([1.5] * 5 + [2.5, 3.5, np.nan]),
        pd.Series([True] * 5 + [False] * 3),
        pd.Series(pd.to_datetime(["2024-01-02"] * 5 + ["2024-01-03"] * 3)),
        pd.Series(["tea"] * 5 + ["teas"] * 3, dtype="category"),
    ],
)
def test_what_something_decides_is_withheld_and_never_another_value(cells: pd.Series) -> None:
    found = withheld(cells, EIGHT, ALL, 5)
    assert found.column is not None
    assert found.column.isna().tolist() == [False] * 5 + [True] * 3
    assert found.column[:5].tolist() == cells[:5].tolist()
    assert found.nearest == 0
    assert found.missing == cells.nunique() - 1
    if isinstance(cells.dtype, pd.CategoricalDtype):
        assert found.column.cat.categories.tolist() == ["tea"]
    assert withheld(cells, EIGHT, ALL, 1).column is cells
    assert withheld(cells, EIGHT, ALL, 6).column is None
