"""Names that may mean a time or an amount do so where the cells fit."""

from __future__ import annotations

import pandas as pd
import pytest

from assoc_synth.transactions.contents import NOTHING, Contents
from assoc_synth.transactions.likely_names import likely
from assoc_synth.transactions.table import TransactionTable

DAYS = ["2024-01-31", "2024-02-01"] * 5
PRICES = [f"{price / 4:.2f}" for price in range(9, 19)]
BASE = {"customer": ["ann", "bob"] * 5, "item": ["tea", "pot", "mug", "cup", "jar"] * 2}


def read(**columns: list[object] | list[str]) -> TransactionTable:
    return TransactionTable.from_frame(pd.DataFrame({**BASE, **columns}))


@pytest.mark.parametrize(
    "name",
    [
        "Day",
        "Tag",
        "DAY",
        "jour",
        "Día",
        "dag",
        "Kauftag",
        "purchase_day",
        "day_of_sale",
        "saledate",
        "Verkaufsdatum",
        "data",
        "dataAcquisto",
        "Monat",
    ],
)
def test_a_name_of_a_day_is_the_time_where_it_holds_dates(name: str) -> None:
    made = read(**{name: DAYS})
    assert (made.schema.time, made.schema.object) == (name, "item")
    note = next(note for note in made.notes if note.startswith(f"reading column {name!r} as time"))
    assert "it holds dates" in note
    assert "add --time '' (in Python time='')" in note
    assert TransactionTable.from_frame(pd.DataFrame({**BASE, name: DAYS}), time="").schema.extras == (name,)
    words = read(**{name: ["new", "old"] * 5})
    assert (words.schema.time, words.schema.extras) == (None, (name,))
    assert not [note for note in words.notes if "time" in note]


@pytest.mark.parametrize(
    "name",
    [
        "Euro",
        "EUR",
        "€",
        "Dollars",
        "Preis in Euro",
        "Price (USD)",
        "price_gbp",
        "Kosten",
        "Netto",
        "ticket_price",
        "Verkaufspreis",
        "precio_total",
    ],
)
def test_a_name_of_money_is_the_amount_where_it_holds_numbers(name: str) -> None:
    made = read(**{name: PRICES})
    assert made.schema.amount == name
    note = next(note for note in made.notes if note.startswith(f"reading column {name!r} as amount"))
    assert "add --amount '' (in Python amount='')" in note
    words = read(**{name: ["cheap", "dear"] * 5})
    assert (words.schema.amount, words.schema.extras) == (None, (name,))


@pytest.mark.parametrize("name", ["Geburtstag", "birthday", "Lieferdatum", "expiry_day", "last_day", "updatedate"])
def test_dates_of_something_else_are_neither_taken_nor_offered(name: str) -> None:
    made = read(**{name: DAYS})
    assert made.schema.extras == (name,)
    assert not [note for note in made.notes if "time" in note]


@pytest.mark.parametrize("name", ["tax", "shipping_cost", "discount_eur", "Saldo", "min_price"])
def test_numbers_of_something_else_are_neither_taken_nor_offered(name: str) -> None:
    made = read(**{name: PRICES})
    assert made.schema.extras == (name,)
    assert not [note for note in made.notes if "amount" in note]


def test_a_plainer_name_wins() -> None:
    made = read(Day=DAYS, Euro=PRICES, date=DAYS, price=PRICES)
    assert (made.schema.time, made.schema.amount, made.schema.extras) == ("date", "price", ("Day", "Euro"))


def test_a_date_wins_over_a_time_of_day_and_money_over_a_quantity() -> None:
    made = read(Day=DAYS, Time=["14:27"] * 10, quantity=[1, 2] * 5, Euro=PRICES)
    assert (made.schema.time, made.schema.amount) == ("Day", "Euro")
    assert "reading column 'Day' as time: column 'Time' holds no dates" in made.notes
    money = "reading column 'Euro' as amount and not 'quantity', which counts; --amount quantity takes that"
    assert money in made.notes
    assert not [note for note in made.notes if note.startswith(("reading column 'Time'", "reading column 'quantity'"))]


def test_a_tag_of_dates_is_no_object() -> None:
    frame = pd.DataFrame({"Kunde": BASE["customer"], "Tag": DAYS, "Getränk": BASE["item"]})
    schema = TransactionTable.from_frame(frame).schema
    assert (schema.time, schema.object) == ("Tag", "Getränk")
    assert TransactionTable.from_frame(frame[["Kunde", "Tag"]].assign(Tag="new")).schema.object == "Tag"


def test_a_cell_that_does_not_fit_is_told() -> None:
    made = read(Day=[*DAYS[:-1], "soon"], Euro=[*PRICES[:-1], "much"])
    # Ten rows are looked at together.
    assert made.schema.extras == ("Day", "Euro")
    many = pd.concat([pd.DataFrame({**BASE, "Day": DAYS, "Euro": PRICES})] * 30, ignore_index=True)
    many.loc[200, ["Day", "Euro"]] = ["soon", "much"]
    told = TransactionTable.from_frame(many)
    assert told.schema.extras == ("Day", "Euro")
    for column, role, row in (("Day", "time", "row 201"), ("Euro", "amount", "row 201")):
        note = next(note for note in told.notes if note.startswith(f"column {column!r}"))
        assert f"is read as an extra column and not as the {role} ({row}: " in note
        assert f"--{role} {column} insists on" in note
    assert not [note for note in told.notes if note.startswith("no column is read as")]


def test_what_cells_alone_say_is_offered_and_not_done() -> None:
    made = read(wann=DAYS, x=PRICES)
    assert made.schema.extras == ("wann", "x")
    assert made.notes[-2:] == (
        "no column is read as the time; 'wann' holds dates: if it says when, add --time wann (in Python time='wann')",
        "no column is read as the amount; 'x' holds numbers: if it says how much, add --amount x "
        "(in Python amount='x')",
    )
    several = read(ordered=DAYS, shipped=DAYS)
    assert several.notes[-1] == (
        "no column is read as the time; 'ordered', 'shipped' hold dates: if one says when, name it, such as "
        "--time ordered"
    )


def test_nothing_is_offered_for_a_role_that_has_a_column_or_is_switched_off() -> None:
    frame = pd.DataFrame({**BASE, "wann": DAYS, "x": PRICES})
    for asked in ({"time": "wann", "amount": "x"}, {"time": "", "amount": ""}):
        notes = TransactionTable.from_frame(frame, **asked).notes  # type: ignore[arg-type]
        assert not [note for note in notes if note.startswith("no column is read as")]
    kinds = TransactionTable.from_frame(frame, columns={"wann": "category", "x": "number"})
    assert not [note for note in kinds.notes if note.startswith("no column is read as")]


def test_names_without_cells_say_nothing() -> None:
    assert likely("time", ["Day"], NOTHING) is None
    assert likely("amount", ["Euro"], Contents.of(pd.DataFrame({"Euro": [None]}))) is None


def test_a_name_of_small_words_alone_says_nothing() -> None:
    frame = pd.DataFrame({"a": ["1", "0", "2"], "in Euro": ["1", "0", "2"]})
    assert likely("amount", ["a"], Contents.of(frame)) is None
    assert likely("amount", ["in Euro"], Contents.of(frame)) == "in Euro"
