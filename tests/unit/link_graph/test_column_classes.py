"""Classes of extra columns, set by a reference and read off other tables."""

import json

import numpy as np
import pandas as pd
import pytest

from assoc_synth.link_graph.column_classes import BINS, CATEGORIES, ColumnClasses, apart


def column(cells: object, name: str = "c") -> pd.Series:
    return pd.Series(cells, name=name)


def test_a_value_that_the_reference_lacks_has_a_class_of_its_own() -> None:
    classes = ColumnClasses.of(column(["b", "a", "b", None]))
    assert classes.labels == ("a", "b", "another value", "missing")
    assert classes.codes(column([None, "b", "z", "a"])).tolist() == [3, 1, 2, 0]
    assert (classes.is_binned, classes.num_values, len(classes)) == (False, 2, 4)


@pytest.mark.parametrize("cells", [[1, 2, 2], [1.0, 2.0, 2.0], ["1", "2", "2"]])
def test_few_numbers_are_categories_whatever_their_type(cells: list[object]) -> None:
    classes = ColumnClasses.of(column([1, 2, 2, 2]))
    assert classes.codes(column(cells)).tolist() == [0, 1, 1]


def test_numbers_fall_in_the_bins_of_the_reference() -> None:
    classes = ColumnClasses.of(column(np.arange(1000.0)))
    assert len(classes) == BINS + 1
    assert classes.codes(column([-5.0, 50.0, 950.0, 5e9, np.nan])).tolist() == [0, 0, 9, 9, 10]


@pytest.mark.parametrize("as_text", [True, False])
def test_dates_are_binned_as_text_or_as_times(as_text: bool) -> None:
    days = pd.Series(pd.date_range("2026-01-01", periods=100), name="c")
    classes = ColumnClasses.of(days.dt.strftime("%Y-%m-%d") if as_text else days)
    assert classes.kind == "date"
    assert classes.codes(days).tolist() == classes.codes(days.dt.strftime("%Y-%m-%d")).tolist()
    assert np.bincount(classes.codes(days)).tolist() == pytest.approx([10] * 10, abs=1)


def test_no_bound_is_anybodys_own_value() -> None:
    numbers = np.random.default_rng(0).normal(50, 20, 300)
    classes = ColumnClasses.of(column(numbers))
    assert not np.isin(classes.edges, numbers).any()
    assert np.bincount(classes.codes(column(numbers))).tolist() == pytest.approx([30] * 10, abs=6)


def test_what_few_subjects_have_is_not_told_from_other_values() -> None:
    cells, subject = column(["common"] * 6 + ["own"] * 6), np.array([0, 1, 2, 3, 4, 5, *[6] * 6])
    assert ColumnClasses.of(cells, subject, fewest=3).categories == ("common",)
    assert ColumnClasses.of(cells, subject).categories == ("common", "own")
    wide = ColumnClasses.of(column(np.arange(30.0)), np.arange(30), fewest=10)
    assert len(wide.edges) == 2, "three bins of ten subjects"


def test_many_categories_share_a_class() -> None:
    classes = ColumnClasses.of(column([f"{at:02d}" for at in range(CATEGORIES + 5) for _ in range(30 - at)]))
    assert len(classes.categories) == CATEGORIES
    assert classes.codes(column([f"{CATEGORIES + 1:02d}"])).tolist() == [CATEGORIES]


@pytest.mark.parametrize(
    "cells", [["a", None, "b"], np.arange(50.0), pd.date_range("2026-01-01", periods=40), [True, False], [None, None]]
)
def test_classes_survive_json(cells: object) -> None:
    classes = ColumnClasses.of(column(cells))
    assert ColumnClasses.from_dict(json.loads(json.dumps(classes.to_dict()))) == classes
    assert len(classes.labels) == len(classes)


def test_an_unknown_kind_is_an_error() -> None:
    with pytest.raises(ValueError, match="kind: input should be 'text', 'number' or 'date'"):
        ColumnClasses.from_dict({"name": "c", "kind": "colour", "edges": [], "categories": []})


def test_no_bound_of_a_bin_is_a_value_of_a_few_and_no_value_changes_its_bin() -> None:
    rng = np.random.default_rng(0)
    values, subject = rng.integers(1_000_000, 1_000_200, 400).astype(float), rng.integers(0, 90, 400)
    classes = ColumnClasses.of(pd.Series(values, name="balance"), subject, fewest=10)
    assert len(classes.edges) > 3
    count = {value: len(set(subject[values == value])) for value in set(values)}
    assert all(count.get(edge, 10) >= 10 for edge in classes.edges)
    plain = ColumnClasses.of(pd.Series(values, name="balance"), fewest=1)
    assert len(plain.edges) > 3
    bounds = np.array(plain.edges)
    moved = apart(bounds, values, subject, 10)
    assert (np.searchsorted(bounds, values, side="right") == np.searchsorted(moved, values, side="right")).all()
