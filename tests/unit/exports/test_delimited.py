"""CSV and TSV, read back with the standard library and as a table."""

from __future__ import annotations

import csv
import gzip
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from assoc_synth.datasets import toy_shop
from assoc_synth.errors import InputError
from assoc_synth.exports import export
from assoc_synth.transactions.table import TransactionTable
from assoc_synth.transactions.table_format import TableFormat

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


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("header", [True, False])
def test_a_csv_comes_back_character_by_character(delimiter: str, header: bool, tmp_path: Path) -> None:
    lines = [["customer", "verb", "product", "price"], ["ann", "bought", "tea", "1,50"], ["bob", "saw", "pot", "20,00"]]
    text = "".join(delimiter.join(line) + "\n" for line in lines[0 if header else 1 :])
    text = text.replace("1,50", '"1,50"').replace("20,00", '"20,00"') if delimiter == "," else text
    (tmp_path / "in.csv").write_text(text)
    roles = {} if header else {"subject": "c1", "verb": "c2", "object": "c3", "amount": "c4"}
    table = TransactionTable.read(tmp_path / "in.csv", header=None if header else False, **roles)
    export(table, "csv", tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_text() == text
    restored = replace(table, format=TableFormat.from_dict(json.loads(json.dumps(table.format.to_dict()))))
    export(restored, "csv", tmp_path / "again.csv")
    assert (tmp_path / "again.csv").read_text() == text


def test_a_tsv_becomes_a_csv_with_commas_and_a_csv_a_tsv_with_tabs(tmp_path: Path) -> None:
    for name, delimiter in (("in.tsv", "\t"), ("in.csv", ";")):
        (tmp_path / name).write_text(f"customer{delimiter}product\nann{delimiter}tea\n")
        table = TransactionTable.read(tmp_path / name)
        export(table, "csv", tmp_path / "out.csv")
        export(table, "csv", tmp_path / "out.tsv")
        assert (tmp_path / "out.tsv").read_text() == "customer\tproduct\nann\ttea\n"
        assert (tmp_path / "out.csv").read_text() == f"customer{',' if name == 'in.tsv' else ';'}product\n" + (
            f"ann{',' if name == 'in.tsv' else ';'}tea\n"
        )


@pytest.mark.parametrize("layout", ["matrix", "baskets"])
def test_what_is_written_instead_of_another_layout_is_told(layout: str, tmp_path: Path) -> None:
    cells = {
        "matrix": "customer;tea;pot\nann;x;\nbob;x;x\n",
        "baskets": "customer;item1;item2\nann;tea;\nbob;tea;pot\n",
    }
    (tmp_path / "in.csv").write_text(cells[layout])
    table = TransactionTable.read(tmp_path / "in.csv", layout=layout)
    assert any("rows are given back as one row for each" in note for note in table.notes)
