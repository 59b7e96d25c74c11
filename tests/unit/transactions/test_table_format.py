"""Rows are given back as the user's own columns; the format holds no real subject, and damage is refused."""

import datetime as dt
import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

from assoc_synth.errors import InputError
from assoc_synth.transactions.schema import Schema
from assoc_synth.transactions.table import TransactionTable
from assoc_synth.transactions.table_format import TableFormat


def frame_of(**columns: Any) -> pd.DataFrame:
    plain = {"subject": ["b", "a", "é", "a"], "verb": ["x", "y", "x", "x"], "object": ["p|1", 'q,"', "007", "NA"]}
    return pd.DataFrame({**plain, **columns})


def test_format_holds_no_subject_and_no_basket() -> None:
    frame = frame_of(
        subject=["canary-1", "canary-2", "canary-3", "canary-4"], basket=[f"canary-b{i}" for i in range(4)]
    )
    for given_frame in (frame, frame.astype("category"), frame.assign(email=["canary-x"] * 4).astype("category")):
        assert "canary" not in json.dumps(TransactionTable.from_frame(given_frame).format.to_dict())


def test_generated_values_are_cut_to_what_was_observed() -> None:
    frame = frame_of(
        time=pd.to_datetime(["2024-01-02", "2024-03-31", "2024-10-27", "1999-12-31"]), amount=[1.25, 2.0, 3.5, 4.0]
    )
    made = TransactionTable.from_frame(frame).format
    times = np.array(["2024-05-05T10:11:12.5"], dtype="datetime64[ns]")
    names = {"subject": ["n"], "verb": ["x"], "object": ["007"]}
    rows = made.frame(names, time=times, amount=np.array([1.23456]))
    assert rows["time"].tolist() == [pd.Timestamp("2024-05-05")]
    assert rows["amount"].tolist() == [1.23]
    whole = TransactionTable.from_frame(frame_of(amount=[1, 2, 3, 4])).format
    rows = whole.frame(names, amount=np.array([2.6]))
    assert rows["amount"].dtype == np.int64
    assert rows["amount"].tolist() == [3]


def test_damaged_format_is_refused() -> None:
    values = TransactionTable.from_frame(frame_of(amount=[1, 2, 3, 4])).format.to_dict()
    for key, bad in (
        ("schema", {}),
        ("columns", ["a"]),
        ("names", {}),
        ("amount", None),
        ("new_subjects", {"kind": "x"}),
    ):
        with pytest.raises(InputError):
            TableFormat.from_dict({**values, key: bad})
    with pytest.raises(InputError):
        TableFormat.from_dict({})


def test_columns_without_values_are_missing_in_every_row() -> None:
    frame = frame_of(time=["2024-01-01"] * 4, amount=[1, 2, 3, 4], basket=["b", "c", "b", None], stock=[1, 2, 3, 4])
    made = TransactionTable.from_frame(frame).format
    rows = made.frame({"subject": ["s", "t"], "verb": ["x", "y"], "object": ["o", "o"]})
    assert rows.columns.tolist() == frame.columns.tolist()
    assert rows["subject"].tolist() == ["s", "t"]
    assert rows[["time", "amount", "basket", "stock"]].isna().all(axis=None)
    assert str(rows["stock"].dtype) == "Int64"


def test_rows_without_a_mandatory_role_and_of_other_lengths_are_refused() -> None:
    made = TransactionTable.from_frame(frame_of(amount=[1, 2, 3, 4])).format
    with pytest.raises(InputError, match="rows without a verb cannot be written"):
        made.frame({"subject": ["s"], "object": ["o"]})
    with pytest.raises(InputError, match="rows without a subject cannot be written"):
        made.frame({"verb": ["x"], "object": ["o"]})
    with pytest.raises(InputError, match="2 values of object for 1 rows"):
        made.frame({"subject": ["s"], "verb": ["x"], "object": ["o", "p"]})
    with pytest.raises(InputError, match="3 values of amount for 1 rows"):
        made.frame({"subject": ["s"], "verb": ["x"], "object": ["o"]}, amount=np.ones(3))


def test_typed_turns_text_into_datetimes_and_numbers_and_leaves_the_rest() -> None:
    texts = TransactionTable.from_frame(frame_of(time=["2024-01-01"] * 4, amount=["1.50", "2.00", "3.00", "4.00"]))
    assert texts.to_frame()["amount"].tolist()[0] == "1.50"
    assert texts.to_frame(typed=True)["amount"].tolist()[0] == 1.5
    assert texts.to_frame(typed=True)["time"].tolist()[0] == pd.Timestamp("2024-01-01")
    days = TransactionTable.from_frame(frame_of(time=pd.Series([dt.date(2024, 1, 1)] * 4, dtype=object)))
    assert days.to_frame(typed=True)["time"].tolist()[0] == dt.date(2024, 1, 1)


def test_new_names_are_none_of_the_real_ones() -> None:
    made = TransactionTable.from_frame(frame_of(basket=["b1", "b2", "b1", "b3"])).format
    assert not set(made.new_subject_names(50)) & {"a", "b", "é"}
    assert not set(made.new_basket_names(50)) & {"b1", "b2", "b3"}
    assert made.new_subject_names(3).equals(made.new_subject_names(3))
    with pytest.raises(InputError, match="the table has no basket column"):
        TransactionTable.from_frame(frame_of()).format.new_basket_names(1)


def test_a_format_fits_its_schema() -> None:
    made = TransactionTable.from_frame(frame_of()).format
    with pytest.raises(InputError, match="name different columns"):
        TableFormat(Schema("who", "verb", "object"), made.columns, made.names, None, None, {}, made.new_subjects, None)
    with pytest.raises(InputError, match="lacks the format of a role"):
        TableFormat(made.schema, made.columns, {}, None, None, {}, made.new_subjects, None)


def test_categories_of_extra_columns_are_kept_on_demand() -> None:
    table = TransactionTable.from_frame(frame_of(store=pd.Categorical(["n", "s", "n", "n"], categories=["s", "n"])))
    assert table.format.extras["store"].categories is None
    assert table.format.with_categories(table.extras, ["store"]).extras["store"].categories == ("s", "n")
