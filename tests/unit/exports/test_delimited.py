"""CSV and TSV, read back with the standard library and as a table."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from assoc_synth.datasets import toy_shop
from assoc_synth.errors import InputError
from assoc_synth.exports import export
from assoc_synth.transactions.table import TransactionTable

TEXT = ["Who", "Did what", "What"]
ROLES = {"subject": "Who", "verb": "Did what", "object": "What", "time": "When", "amount": "How much"}


@pytest.mark.parametrize("safe", [False, True])
def test_csv_gives_every_value_back(rows: pd.DataFrame, safe: bool, tmp_path: Path) -> None:
    rows = rows[~rows[TEXT].isin(["carriage\rreturn"]).any(axis=1)].reset_index(drop=True)
    export(TransactionTable.from_frame(rows, **ROLES), "csv", tmp_path / "rows.csv", safe=safe)
    with open(tmp_path / "rows.csv", encoding="utf-8", newline="") as file:
        header, *back = csv.reader(file)
    assert header == list(rows.columns)
    columns = dict(zip(header, zip(*back, strict=True), strict=True))
    for name in TEXT:
        formula = {text: f"'{text}" for text in ("=1+2", "@cmd")} if safe else {}
        assert list(columns[name]) == [formula.get(text, text) for text in rows[name]]
    amounts = [float(cell) if cell else None for cell in columns["How much"]]
    assert amounts == rows["How much"].replace({np.nan: None}).tolist()
    assert [cell == "" for cell in columns["When"]] == rows["When"].isna().tolist()


def test_raw_is_the_default(tmp_path: Path) -> None:
    table = TransactionTable.from_frame(
        pd.DataFrame({"s": ["a"], "v": ["has"], "o": ["-"]}), subject="s", verb="v", object="o"
    )
    export(table, "csv", tmp_path / "rows.csv", raw=True)
    assert (tmp_path / "rows.csv").read_text() == "s,v,o\na,has,-\n"
    with pytest.raises(InputError, match="either raw or safe"):
        export(table, "csv", tmp_path / "rows.csv", raw=True, safe=True)


def test_csv_quotes_a_lone_carriage_return(tmp_path: Path) -> None:
    frame = pd.DataFrame({"s": ["a\rb", "c"], "v": ["has", "has"], "o": ["x", "y\r"]})
    export(TransactionTable.from_frame(frame, subject="s", verb="v", object="o"), "csv", tmp_path / "rows.csv")
    with open(tmp_path / "rows.csv", encoding="utf-8", newline="") as file:
        assert list(csv.reader(file)) == [["s", "v", "o"], ["a\rb", "has", "x"], ["c", "has", "y\r"]]


@pytest.mark.parametrize("suffix", [".csv.gz", ".tsv", ".tsv.gz"])
def test_what_is_written_reads_as_the_same_table(suffix: str, tmp_path: Path) -> None:
    table = toy_shop(subjects=60)
    export(table, "csv", tmp_path / f"rows{suffix}")
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


def test_the_format_decides_if_the_suffix_says_nothing(tmp_path: Path) -> None:
    table = toy_shop(subjects=5)
    export(table, "csv", tmp_path / "csv.data")
    assert (tmp_path / "csv.data").read_text("utf-8").startswith("customer,action,product,date,price\n")
    export(table, "csv", tmp_path / "rows.csv.gz")
    assert gzip.decompress((tmp_path / "rows.csv.gz").read_bytes()) == (tmp_path / "csv.data").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["csv.data", "rows.csv.gz"]
    first = (tmp_path / "rows.csv.gz").read_bytes()
    export(table, "csv", tmp_path / "rows.csv.gz")
    assert (tmp_path / "rows.csv.gz").read_bytes() == first


def test_a_suffix_of_another_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"'rows\.jsonl' says jsonl, the format asked for is csv"):
        export(toy_shop(subjects=5), "csv", tmp_path / "rows.jsonl")
    assert not list(tmp_path.iterdir())
