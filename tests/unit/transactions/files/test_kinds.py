"""The kind of a file is in its suffix; columns are few and different; objects become the narrowest exact dtype."""

from typing import Any

import pandas as pd
import pytest

from assoc_synth.errors import InputError, SchemaError
from assoc_synth.transactions.files.kinds import KINDS, MAX_COLUMNS, check_columns, kind_of, typed


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("t.csv", "csv"),
        ("t.txt", "csv"),
        ("t.tsv", "tsv"),
        ("t.jsonl", "jsonl"),
        ("t.ndjson.gz", "jsonl"),
        ("T.CSV.GZ", "csv"),
        ("a.b.parquet", "parquet"),
    ],
)
def test_kind_by_suffix(name: str, kind: str) -> None:
    assert kind_of(f"folder.xlsx/{name}") == kind


@pytest.mark.parametrize("name", ["t", "t.xlsx", "t.gz", ".csv", "t.parquet.gz", "t.csv.zip"])
def test_an_unknown_suffix_lists_the_known_ones(name: str) -> None:
    with pytest.raises(InputError, match="the suffix must be one of") as caught:
        kind_of(name)
    assert repr(name) in str(caught.value)
    assert all(suffix in str(caught.value) for suffix in KINDS)


def test_columns_are_few_and_different() -> None:
    check_columns([f"c{number}" for number in range(MAX_COLUMNS)], "t.csv")
    with pytest.raises(InputError, match=r"'t\.csv' has 2,001 columns"):
        check_columns([f"c{number}" for number in range(MAX_COLUMNS + 1)], "t.csv")
    with pytest.raises(SchemaError, match="duplicate column names: 'a', 'b'; rename"):
        check_columns(["b", "a", "c", "a", "b"], "t.csv")


@pytest.mark.parametrize(
    ("cells", "dtype"),
    [
        ([1, 2], "int64"),
        ([2**53 + 1, None], "Int64"),
        ([2**70, 1], "object"),
        ([1.5, 2], "float64"),
        ([1.5, None], "float64"),
        ([True, False], "bool"),
        ([True, None], "boolean"),
        (["1", "2"], "object"),
        ([1, "2"], "object"),
        ([None, None], "object"),
    ],
)
def test_objects_become_the_narrowest_dtype_that_holds_them(cells: list[Any], dtype: str) -> None:
    found = typed(pd.Series(cells, dtype=object))
    assert str(found.dtype) == dtype
    assert [None if pd.isna(cell) else cell for cell in found] == cells


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("book.xlsx", "save the sheet as CSV, or in Python .*read_excel.'book.xlsx'"),
        ("rows.json", "write one object in each line: pandas.read_json.'rows.json'"),
        ("sales.zip", "unpack it first"),
        ("study.sav", "in Python read it with pandas"),
        ("sales.dat", "the suffix must be one of .csv"),
    ],
)
def test_another_kind_says_what_to_do(name: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        kind_of(name)


def test_a_name_of_a_column_that_no_one_reads_is_refused() -> None:
    with pytest.raises(InputError, match="the name of column 2 is over 10,000 characters"):
        check_columns(["a", "b" * 10_001], "t.csv")
