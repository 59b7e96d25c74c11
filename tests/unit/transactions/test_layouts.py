"""A row per basket, and a column per object."""

import pandas as pd
import pytest

from assoc_synth.errors import InputError
from assoc_synth.transactions.detection import MissingRoles
from assoc_synth.transactions.layouts import arranged
from assoc_synth.transactions.table import TransactionTable

LINKS = [["a", "tea"], ["a", "pot"], ["b", "tea"]]


@pytest.mark.parametrize(
    "cells",
    [
        {"tea": ["1", "1"], "pot": ["1", "0"], "cup": ["0", "0"]},
        {"tea": [1, 1], "pot": [1, 0], "cup": [0, 0]},
        {"tea": [True, True], "pot": [True, False], "cup": [False, False]},
        {"tea": ["True", "true"], "pot": ["TRUE", "False"], "cup": ["False", "False"]},
        {"tea": ["x", "X"], "pot": ["x", ""], "cup": [None, None]},
        {"tea": ["yes", "y"], "pot": ["t", "?"], "cup": ["no", "n"]},
        {"tea": [1.0, 1.0], "pot": [1.0, None], "cup": [0.0, 0.0]},
    ],
    ids=lambda cells: repr(cells["tea"]),
)
def test_a_matrix_of_marks(cells: dict[str, list[object]]) -> None:
    frame = pd.DataFrame({"customer": ["a", "b"], **cells})
    table = TransactionTable.from_frame(frame, layout="matrix")
    assert table.to_frame().to_numpy().tolist() == LINKS
    assert table.schema.columns() == {"subject": "customer", "object": "item"}
    assert "3 columns are objects, of which each row has some: they become column 'item'" in table.notes


def test_counts_become_rows_and_other_columns_stay() -> None:
    frame = pd.DataFrame(
        {"id": [1, 2, 3], "age": [31, 42, 25], "city": ["Rome", "Bonn", "Oslo"], "tea": [2, 0, 0], "pot": [0, 1, 0]}
    )
    table = TransactionTable.from_frame(frame, layout="matrix", subject="id")
    assert table.to_frame().to_dict("list") == {
        "id": [1, 1, 2],
        "age": [31, 31, 42],
        "city": ["Rome", "Rome", "Bonn"],
        "item": ["tea", "tea", "pot"],
    }
    assert "counts above 1, up to 2, become as many rows" in table.notes
    assert "1 rows have no object: left out" in table.notes


def test_a_matrix_without_a_subject_column_numbers_its_rows() -> None:
    table = TransactionTable.from_frame(pd.DataFrame({"tea": [1, 1], "pot": [0, 1]}), layout="matrix")
    assert table.to_frame().to_numpy().tolist() == [[1, "tea"], [2, "tea"], [2, "pot"]]


def test_the_one_other_column_of_a_matrix_is_the_subject() -> None:
    frame = pd.DataFrame({"Unnamed: 0": ["a", "b"], "tea": [1, 1], "pot": [1, 0]})
    table = TransactionTable.from_frame(frame, layout="matrix")
    assert table.to_frame().to_numpy().tolist() == LINKS
    assert "reading column 'Unnamed: 0' as subject" in table.notes


def test_products_may_be_called_like_roles() -> None:
    frame = pd.DataFrame({"user": ["u", "v"], "book": [1, 0], "item": [0, 1], "date": [1, 1]})
    table = TransactionTable.from_frame(frame, layout="matrix")
    assert sorted(table.objects) == ["book", "date", "item"]
    assert table.schema.object == "item"


@pytest.mark.parametrize(
    ("frame", "asked", "words"),
    [
        ({"customer": ["a"], "city": ["Rome"]}, {"layout": "matrix"}, "no column holds 0 and 1, .* 'customer' is one"),
        ({"customer": ["a"], "tea": [0]}, {"layout": "matrix"}, "no row has an object"),
        ({"customer": ["a"], "tea": [1]}, {"layout": "matrix", "object": "tea"}, "leave --object out"),
        ({"customer": ["a"], "tea": [[1]]}, {"layout": "baskets", "explode": "tea"}, "give one of them"),
        ({"customer": ["a"]}, {"layout": "baskets"}, "none is left for items"),
        ({"customer": ["a", "b"], "tea": [0, 10**9]}, {"layout": "matrix"}, "no column holds"),
        ({"customer": ["a", "b"], "tea": [0, 10**8 + 1]}, {"layout": "matrix"}, "add up to over 100,000,000"),
    ],
)
def test_what_is_no_such_layout(frame: dict[str, list[object]], asked: dict[str, str], words: str) -> None:
    with pytest.raises(InputError, match=words):
        arranged(pd.DataFrame(frame), asked)  # type: ignore[arg-type]


def test_wide_baskets_with_roles() -> None:
    frame = pd.DataFrame(
        {"customer": ["a", "b"], "date": ["2024-01-01"] * 2, "item_1": ["tea", "pot"], "item_2": ["pot", None]}
    )
    with pytest.raises(MissingRoles, match="if these hold a row's items, add --layout baskets"):
        TransactionTable.from_frame(frame)
    table = TransactionTable.from_frame(frame, layout="baskets")
    assert table.to_frame()[["customer", "item", "basket"]].to_numpy().tolist() == [
        ["a", "tea", 1],
        ["a", "pot", 1],
        ["b", "pot", 2],
    ]
    assert table.schema.time == "date"


def test_lists_are_baskets() -> None:
    frame = pd.DataFrame({"customer": ["a", "b"], "goods": [["tea", "pot"], ["tea"]]})
    table = TransactionTable.from_frame(frame, layout="baskets")
    assert table.schema.object == "goods"
    assert table.to_frame()["goods"].tolist() == ["tea", "pot", "tea"]


def test_rows_are_read_as_they_are_on_request() -> None:
    frame = pd.DataFrame(
        {"customer": ["a", "b"], "p1": ["0", "1"], "p2": ["1", "0"], "p3": ["1", "0"], "p4": ["0", "1"]}
    )
    with pytest.raises(InputError, match="--layout matrix"):
        TransactionTable.from_frame(frame)
    table = TransactionTable.from_frame(frame, layout="rows", object="p1")
    assert table.to_frame().equals(frame)


@pytest.mark.parametrize("layout", ["matrix", "baskets"])
def test_rows_that_were_made_of_a_layout_are_read_with_its_option(layout: str) -> None:
    cells = {"matrix": {"tea": [1, 1], "pot": [1, 0]}, "baskets": {"i1": ["tea", "tea"], "i2": ["pot", None]}}[layout]
    first = TransactionTable.from_frame(pd.DataFrame({"customer": ["a", "b"], **cells}), layout=layout)
    again = TransactionTable.from_frame(first.to_frame(), layout=layout)
    assert again.to_frame().equals(first.to_frame())
    assert again.schema == first.schema
