"""What cells hold decides where a name does not."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from assoc_synth.transactions.contents import NOTHING, Contents


def contents(cells: list[object]) -> Contents:
    return Contents.of(pd.DataFrame({"x": pd.Series(cells)}))


@pytest.mark.parametrize(
    ("cells", "dates", "surely"),
    [
        (["2024-01-31", None], True, True),
        (["31.1.2024", "1.2.2024"], True, True),
        (["20240131", "20240201"], True, True),
        ([20240131, 20240201], True, True),
        ([pd.Timestamp("2024-01-31"), None], True, True),
        ([dt.date(2024, 1, 31)], True, True),
        (["01/02/2024", "03/04/2024"], True, True),
        (["2020", "2021"], True, False),
        ([1_700_000_000, 1_700_000_001], True, False),
        (["2024-01", "2024-02"], True, False),
        (["14:27", "09:05"], False, False),
        (["Mon", "Tue"], False, False),
        ([1, 2, 3], False, False),
        ([["2024-01-31"]], False, False),
        ([None, None], False, False),
    ],
)
def test_dates(cells: list[object], dates: bool, surely: bool) -> None:
    assert contents(cells).holds_dates("x") is dates
    assert contents(cells).holds_dates("x", surely=True) is surely


@pytest.mark.parametrize(
    ("cells", "numbers", "money"),
    [
        (["1,50 €", "2,00 €"], True, True),
        (["$5", "$6"], True, True),
        ([1.5, 2.25, 3.99, 10.5, 7.75], True, True),
        (["1.50", "2.25", "3.99", "10.50", "7.75"], True, True),
        ([1.5, 2.25, 1.5, 2.25], True, False),
        ([0.11, 0.25, 0.31, 0.42, 0.55], True, False),
        ([48.123456, 11.654321, 9.111111, 8.222222, 7.333333], True, False),
        ([80331, 80333, 80335, 80337, 80339], True, False),
        (["cash", "card"], False, False),
        ([True, False], False, False),
        ([None, None], False, False),
    ],
)
def test_numbers_and_money(cells: list[object], numbers: bool, money: bool) -> None:
    assert contents(cells).holds_numbers("x") is numbers
    assert contents(cells).holds_money("x") is money


def test_an_odd_cell_is_no_reason_to_overlook_a_column_that_is_named() -> None:
    for odd in (0, 90):
        cells = [f"2024-01-{day % 28 + 1:02d}" for day in range(100)]
        cells[odd] = "soon"
        assert contents([*cells]).holds_dates("x")
        assert not contents([*cells]).holds_dates("x", surely=True)


def test_of_names_alone_nothing_is_known() -> None:
    assert not NOTHING.holds_dates("x")
    assert not NOTHING.holds_numbers("x")
    assert not NOTHING.holds_money("x")
    assert not NOTHING.holds_cells("x")
