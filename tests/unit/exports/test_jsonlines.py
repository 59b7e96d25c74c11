"""JSON Lines, read back with the standard library and as a table."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from assoc_synth.datasets import toy_shop
from assoc_synth.errors import InputError
from assoc_synth.exports import export
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.transactions.table import TransactionTable

TEXT = ["Who", "Did what", "What"]


def test_jsonl_gives_every_value_back(hostile: TransactionTable, rows: pd.DataFrame, tmp_path: Path) -> None:
    export(LinkGraph.from_table(hostile), "jsonl", tmp_path / "rows.jsonl")
    back = [json.loads(line) for line in (tmp_path / "rows.jsonl").read_bytes().split(b"\n")[:-1]]
    assert [list(row) for row in back] == [list(rows.columns)] * len(rows)
    for name in TEXT:
        assert [row[name] for row in back] == rows[name].tolist()
    assert [row["How much"] for row in back] == rows["How much"].replace({np.nan: None}).tolist()
    assert pd.to_datetime([row["When"] for row in back], format="ISO8601").equals(pd.DatetimeIndex(rows["When"]))


@pytest.mark.parametrize("suffix", [".jsonl", ".jsonl.gz"])
def test_what_is_written_reads_as_the_same_table(suffix: str, tmp_path: Path) -> None:
    table = toy_shop(subjects=60)
    export(table, "jsonl", tmp_path / f"rows{suffix}")
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
    export(toy_shop(subjects=5), "jsonl", tmp_path / "jsonl.data")
    assert (tmp_path / "jsonl.data").read_text("utf-8").startswith('{"customer"')


def test_a_suffix_of_another_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"'rows\.csv\.gz' says csv, the format asked for is jsonl"):
        export(toy_shop(subjects=5), "jsonl", tmp_path / "rows.csv.gz")
    assert not list(tmp_path.iterdir())
