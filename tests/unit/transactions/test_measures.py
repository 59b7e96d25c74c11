"""A column whose name only looks like a time or an amount is no reason to refuse a table."""

import pandas as pd
import pytest

from assoc_synth.errors import InputError
from assoc_synth.transactions.table import TransactionTable


def table(asked: dict[str, object] | None = None, **columns: list[object]) -> TransactionTable:
    rows = len(next(iter(columns.values())))
    base = pd.DataFrame({"customer": ["ann"] * rows, "verb": "bought", "product": "tea", **columns})
    return TransactionTable.from_frame(base, **(asked or {}))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "cells", "said"),
    [
        ("rating", ["3", "3½"], "row 2: the amount is not a number"),
        ("rating", ["good", "bad"], "row 1: the amount is not a number"),
        ("payment", ["cash", "card"], "row 1: the amount is not a number"),
        ("total", ["1.5", "inf"], "row 2: the amount is infinite"),
        ("quantity", [True, False], "does not hold amounts (boolean)"),
    ],
)
def test_a_weak_name_gives_way(name: str, cells: list[object], said: str) -> None:
    made = table(**{name: cells})
    assert made.schema.amount is None
    assert made.schema.extras == (name,)
    assert made.to_frame()[name].tolist() == cells
    note = next(note for note in made.notes if "extra column" in note)
    assert said in note
    assert f"--amount {name} insists on numbers" in note
    assert f"reading column {name!r} as amount" not in made.notes


def test_the_next_name_is_tried() -> None:
    made = table(payment=["cash", "card"], qty=["1", "2"])
    assert made.schema.amount == "qty"
    assert made.amount is not None
    assert made.amount.tolist() == [1, 2]
    assert "reading column 'qty' as amount" in made.notes


@pytest.mark.parametrize("name", ["amount", "price", "Unit Price", "betrag"])
def test_a_strong_name_is_an_error_that_says_what_to_type(name: str) -> None:
    with pytest.raises(InputError, match=r"row 2: the amount is not a number.*; if it is no amount, add --column "):
        table(**{name: ["1", "much"]})
    made = table({"columns": {name: "category"}}, **{name: ["1", "much"]})
    assert made.schema.extras == (name,)


def test_an_amount_that_is_asked_for_insists() -> None:
    with pytest.raises(InputError, match="column 'rating', row 2: the amount is not a number"):
        table({"amount": "rating"}, rating=["3", "3½"])
    with pytest.raises(InputError, match="'rating' is given as amount and as 'category': one of them"):
        table({"amount": "rating", "columns": {"rating": "category"}}, rating=["3", "3½"])


def test_a_time_of_day_alone_is_no_time() -> None:
    made = table(time=["14:27", "09:05"])
    assert made.schema.time is None
    assert made.to_frame()["time"].tolist() == ["14:27", "09:05"]
    assert "column 'time' holds times of day without a date: it is read as an extra column" in made.notes
    both = table(time=["14:27", "09:05"], created_at=["2024-01-05", "2024-01-06"])
    assert both.schema.time == "created_at"


def test_words_for_a_time_are_an_error_that_says_what_to_type() -> None:
    with pytest.raises(InputError, match="if it is no time, add --column when=category"):
        table(when=["morning", "evening"])
    assert table({"columns": {"when": "category"}}, when=["morning", "evening"]).schema.time is None


@pytest.mark.parametrize("cell", [["a", "b"], {"a": 1}, ("a",)])
def test_a_nested_column_is_left_out_on_request(cell: object) -> None:
    with pytest.raises(InputError, match="or leave it out with --column tags=drop"):
        table(tags=[cell, cell])
    made = table({"columns": {"tags": "drop"}}, tags=[cell, cell])
    assert made.to_frame()["tags"].tolist() == [None, None]


def test_any_column_is_released_and_an_unknown_one_is_told() -> None:
    made = table({"columns": {"customer": "category"}}, client=["ann", "bob"])
    assert (made.schema.subject, made.schema.extras) == ("client", ("customer",))
    with pytest.raises(InputError, match="no column 'colour' for --column"):
        table({"columns": {"colour": "drop"}}, shade=["a"])
    with pytest.raises(InputError, match="columns must be a dict"):
        table({"columns": "drop"}, shade=["a"])
