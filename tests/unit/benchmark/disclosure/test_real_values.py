"""What too few subjects have, column by column."""

import numpy as np
import pandas as pd

from assoc_synth import TransactionTable
from assoc_synth.benchmark.disclosure.real_values import columns_of, rare_values


def test_values_of_few_subjects_are_rare_however_many_rows_have_them(table: TransactionTable) -> None:
    found = {one.column: one for one in rare_values(table, 5)}
    assert found["job"].texts == {"lighthouse keeper"}
    assert found["job"].parts == {"lighthouse keeper", "lighthouse", "keeper"}
    assert 4_711.123 in found["weight"].numbers
    assert float(pd.Timestamp("2024-03-05 11:07:43").value) in found["when"].numbers
    assert "2019-03-05" in found["when"].texts
    assert not found["product"].texts
    assert "action" not in found
    assert len(found["customer"].numbers) == 120


def test_days_of_few_subjects_are_rare_whatever_the_time_of_the_day(table: TransactionTable) -> None:
    found = {one.column: one for one in rare_values(table, 5)}
    days = found["when"].days.astype("datetime64[D]").astype(str).tolist()
    assert {"2019-03-05"} <= set(days)
    assert not len(found["weight"].days)
    assert 0 < len(days) < len(found["when"].numbers)


def test_names_of_objects_may_be_left_out(table: TransactionTable) -> None:
    assert "product" not in {one.column for one in rare_values(table, 5, objects=False)}


def test_missing_baskets_are_missing() -> None:
    frame = pd.DataFrame({"s": [1, 2], "v": "a", "o": "b", "basket": [9, None]})
    table = TransactionTable.from_frame(frame, subject="s", verb="v", object="o", basket="basket")
    cells = dict(columns_of(table))["basket"]
    assert cells.isna().tolist() == [False, True]
    assert np.isfinite(cells.dropna().astype(float)).all()


def test_a_cell_inside_of_a_frequent_one_is_looked_for_as_a_whole() -> None:
    frame = pd.DataFrame({"s": range(20), "v": "a", "o": "b", "what": ["haemoglobin A1c"] * 18 + ["haemoglobin"] * 2})
    table = TransactionTable.from_frame(frame, subject="s", verb="v", object="o")
    found = {one.column: one for one in rare_values(table, 5)}["what"]
    assert (found.texts, found.parts) == ({"haemoglobin"}, set())
