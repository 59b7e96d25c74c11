"""A chunk is encoded as the first rows set it: the same dtypes, and room for what these did not have."""

from __future__ import annotations

import pandas as pd
import pytest

from assoc_synth.scale.encoding import Manner
from assoc_synth.transactions.table import TransactionTable


def table(**columns: list[object]) -> TransactionTable:
    frame = pd.DataFrame({"who": [f"c{n}" for n in range(2)], "verb": "bought", "item": ["tea", "pot"], **columns})
    return TransactionTable.from_frame(frame, subject="who", object="item")


def test_whole_numbers_with_a_gap_in_a_later_chunk_stay_whole() -> None:
    manner = Manner.of(table(size=[1, 2]), "csv")
    assert manner.encode(table(size=[3, None]), begins=False) == b"c0,bought,tea,3\nc1,bought,pot,\n"
    schema = Manner.of(table(size=[1, 2]), "parquet").schema
    found = Manner.of(table(size=[1, 2]), "parquet").encode(table(size=[3, None]), begins=True)
    assert not isinstance(found, bytes)
    assert found.schema.equals(schema)
    assert found["size"].to_pylist() == [3, None]


def test_a_column_that_was_empty_holds_text() -> None:
    found = Manner.of(table(note=[None, None]), "parquet").encode(table(note=["late", None]), begins=True)
    assert not isinstance(found, bytes)
    assert found["note"].to_pylist() == ["late", None]


@pytest.mark.parametrize("kind", ["csv", "tsv"])
def test_the_header_is_the_first_chunks(kind: str) -> None:
    manner = Manner.of(table(), kind)
    first, second = manner.encode(table(), begins=True), manner.encode(table(), begins=False)
    assert isinstance(first, bytes)
    assert isinstance(second, bytes)
    between = "," if kind == "csv" else "\t"
    assert first == f"who{between}verb{between}item\n".encode() + second


def test_text_that_a_spreadsheet_would_run_and_broken_lines() -> None:
    found = Manner.of(table(), "csv", safe=True).encode(table(note=["=1", "a\rb"]), begins=False)
    assert found == b'c0,bought,tea,\'=1\r\nc1,bought,pot,"a\rb"\r\n'
