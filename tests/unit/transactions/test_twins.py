"""Names that look alike are told, and merged on request."""

import numpy as np
import pandas as pd
import pytest

from assoc_synth.transactions.columns.names import read_names
from assoc_synth.transactions.table import TransactionTable
from assoc_synth.transactions.twins import Twins, ascii_shown, treat_twins


@pytest.mark.parametrize(
    "spellings",
    [
        ["tea", "Tea"],
        ["tea", "tea "],
        ["tea", "\ttea"],
        ["green tea", "green  tea"],
        ["green tea", "green\u00a0tea"],
        ["green tea", "green\u3000tea"],
        ["caf\u00e9", "cafe\u0301"],
        ["tea", "te\u200ba"],
        ["tea", "\ufefftea"],
        ["tea", "te\u00ada"],
        ["tea", "\uff54\uff45\uff41"],
        ["\u00c4pfel", "a\u0308pfel"],
        ["ﬁg", "fig"],
    ],
    ids=ascii,
)
def test_twins_are_found_and_merged_to_the_most_frequent(spellings: list[str]) -> None:
    often, seldom = spellings
    column = pd.Series([seldom, often, often, "other"])
    names = read_names(column)
    told = treat_twins(names, "item", merge=False, private=False)
    assert told.names.equals(names.names)
    assert told.codes is names.codes
    (note,) = told.notes
    expected = f"1 names differ from another one only in blanks, case or encoding: {ascii_shown(often)} (2)"
    assert f"column 'item': {expected}, {ascii_shown(seldom)} (1)" in note
    assert "kept apart; --normalise-names merges them" in note
    merged = treat_twins(names, "item", merge=True, private=False)
    assert merged.names.tolist() == sorted([often, "other"])
    assert merged.names[merged.codes].tolist() == [often, often, often, "other"]
    assert "merged to the most frequent" in merged.notes[0]


@pytest.mark.parametrize(
    "values",
    [["tea", "coffee"], ["a b", "ab"], ["e", "é"], ["1", "2"], [1, 2], ["\u200b", "\u200d"], ["x"], ["\ud800", "a"]],
    ids=ascii,
)
def test_what_differs_otherwise_is_no_twin(values: list[object]) -> None:
    names = read_names(pd.Series(values, dtype=object))
    assert treat_twins(names, "item", merge=True, private=False) is names


def test_three_groups_with_the_most_rows_are_shown() -> None:
    column = pd.Series(["a"] * 9 + ["A"] * 5 + ["b"] * 99 + ["B"] + ["c", "c", "C", "C"] + ["d", "d", "D", "D", "D"])
    names = read_names(column)
    twins = Twins.of(names.names, names.codes)
    assert twins is not None
    assert twins.num_twins == 4
    assert twins.examples(names.names) == ["'a' (9), 'A' (5)", "'C' (2), 'c' (2)", "'D' (3), 'd' (2)"]


def test_names_of_persons_are_not_shown() -> None:
    names = read_names(pd.Series(["Ann Lee", "ann lee", None]))
    (note,) = treat_twins(names, "customer", merge=False, private=True).notes
    assert "Lee" not in note
    assert "1 names differ" in note


def test_missing_cells_stay_missing() -> None:
    names = read_names(pd.Series(["Tea", None, "tea", "tea"], dtype=object))
    assert treat_twins(names, "item", merge=True, private=False).codes.tolist() == [0, -1, 0, 0]


def test_a_table_tells_twins_and_merges_them_on_request() -> None:
    frame = pd.DataFrame({"customer": list("abcab"), "item": ["tea", "Tea", "tea ", "tea", "pot"]})
    told = TransactionTable.from_frame(frame)
    assert any("column 'item': 2 names differ" in note for note in told.notes)
    assert told.to_frame().equals(frame)
    merged = TransactionTable.from_frame(frame, normalise_names=True)
    assert merged.objects.tolist() == ["pot", "tea"]
    assert merged.to_frame()["item"].tolist() == ["tea", "tea", "tea", "tea", "pot"]
    assert np.bincount(merged.object).tolist() == [1, 4]
