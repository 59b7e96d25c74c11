"""Rows as CSV, Parquet and JSON Lines, read back with the standard library and pyarrow, and as a table."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from assoc_synth.datasets import toy_shop
from assoc_synth.errors import InputError
from assoc_synth.exports import export
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.transactions.table import TransactionTable

TEXT = ["Who", "Did what", "What"]
ROLES = {"subject": "Who", "verb": "Did what", "object": "What", "time": "When", "amount": "How much"}


def test_parquet_gives_names_order_and_dtypes_back(
    hostile: TransactionTable,
    rows: pd.DataFrame,
    tmp_path: Path,
) -> None:
    export(hostile, "parquet", tmp_path / "rows.parquet")
    pd.testing.assert_frame_equal(pq.read_table(tmp_path / "rows.parquet").to_pandas(), rows)


def test_jsonl_gives_every_value_back(hostile: TransactionTable, rows: pd.DataFrame, tmp_path: Path) -> None:
    export(LinkGraph.from_table(hostile), "jsonl", tmp_path / "rows.jsonl")
    back = [json.loads(line) for line in (tmp_path / "rows.jsonl").read_bytes().split(b"\n")[:-1]]
    assert [list(row) for row in back] == [list(rows.columns)] * len(rows)
    for name in TEXT:
        assert [row[name] for row in back] == rows[name].tolist()
    assert [row["How much"] for row in back] == rows["How much"].replace({np.nan: None}).tolist()
    assert pd.to_datetime([row["When"] for row in back], format="ISO8601").equals(pd.DatetimeIndex(rows["When"]))


@pytest.mark.parametrize("raw", [False, True])
def test_csv_gives_every_value_back(rows: pd.DataFrame, raw: bool, tmp_path: Path) -> None:
    rows = rows[~rows[TEXT].isin(["carriage\rreturn"]).any(axis=1)].reset_index(drop=True)
    export(TransactionTable.from_frame(rows, **ROLES), "csv", tmp_path / "rows.csv", raw=raw)
    with open(tmp_path / "rows.csv", encoding="utf-8", newline="") as file:
        header, *back = csv.reader(file)
    assert header == list(rows.columns)
    columns = dict(zip(header, zip(*back, strict=True), strict=True))
    for name in TEXT:
        formula = {text: f"'{text}" for text in ("=1+2", "@cmd")} if not raw else {}
        assert list(columns[name]) == [formula.get(text, text) for text in rows[name]]
    amounts = [float(cell) if cell else None for cell in columns["How much"]]
    assert amounts == rows["How much"].replace({np.nan: None}).tolist()
    assert [cell == "" for cell in columns["When"]] == rows["When"].isna().tolist()


def test_csv_quotes_a_lone_carriage_return(tmp_path: Path) -> None:
    frame = pd.DataFrame({"s": ["a\rb", "c"], "v": ["has", "has"], "o": ["x", "y\r"]})
    export(TransactionTable.from_frame(frame, subject="s", verb="v", object="o"), "csv", tmp_path / "rows.csv")
    with open(tmp_path / "rows.csv", encoding="utf-8", newline="") as file:
        assert list(csv.reader(file)) == [["s", "v", "o"], ["a\rb", "has", "x"], ["c", "has", "y\r"]]


@pytest.mark.parametrize(
    ("name", "suffix"),
    [("csv", ".csv.gz"), ("csv", ".tsv"), ("jsonl", ".jsonl.gz"), ("parquet", ".parquet")],
)
def test_what_is_written_reads_as_the_same_table(name: str, suffix: str, tmp_path: Path) -> None:
    table = toy_shop(subjects=60)
    export(table, name, tmp_path / f"rows{suffix}")
    back = TransactionTable.read(
        tmp_path / f"rows{suffix}",
        subject="customer",
        verb="action",
        object="product",
        time="date",
        amount="price",
    )
    frame, expected = back.to_frame(), table.to_frame()
    for column in ("customer", "action", "product"):
        assert frame[column].tolist() == expected[column].tolist()
    np.testing.assert_array_equal(back.amount, table.amount)
    np.testing.assert_array_equal(back.time, table.time)


def test_the_format_decides_where_the_suffix_says_nothing(tmp_path: Path) -> None:
    table = toy_shop(subjects=5)
    for name in ("csv", "jsonl", "parquet"):
        export(table, name, tmp_path / f"{name}.data")
    assert (tmp_path / "csv.data").read_text("utf-8").startswith("customer,action,product,date,price\n")
    assert (tmp_path / "jsonl.data").read_text("utf-8").startswith('{"customer"')
    assert pq.read_table(tmp_path / "parquet.data").num_rows == len(table)
    export(table, "csv", tmp_path / "rows.csv.gz")
    assert gzip.decompress((tmp_path / "rows.csv.gz").read_bytes()) == (tmp_path / "csv.data").read_bytes()
    assert len(list(tmp_path.iterdir())) == 4
    first = (tmp_path / "rows.csv.gz").read_bytes()
    export(table, "csv", tmp_path / "rows.csv.gz")
    assert (tmp_path / "rows.csv.gz").read_bytes() == first


def test_a_suffix_of_another_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"'rows\.csv' says csv, the format asked for is parquet"):
        export(toy_shop(subjects=5), "parquet", tmp_path / "rows.csv")
    with pytest.raises(InputError, match="suffix"):
        export(toy_shop(subjects=5), "parquet", tmp_path / "rows.parquet.gz")
    assert not list(tmp_path.iterdir())
