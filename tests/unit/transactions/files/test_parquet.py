"""Parquet: values as they are written, and no file that unpacks to far more than its size."""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from assoc_synth.errors import InputError
from assoc_synth.transactions.files import kinds
from assoc_synth.transactions.files.parquet import read_parquet


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.binary(), pa.dictionary(pa.int8(), pa.string())])
def test_repeated_texts_keep_their_type_and_gaps(tmp_path: Path, kind: pa.DataType) -> None:
    text = pa.array(["tea", None, "tea", ""]).cast(pa.string()).cast(kind)
    table = pa.table({"item": text, "n": [1, 2, 3, 4], "tags": [["a"], None, [], ["b", "c"]]})
    pq.write_table(table, tmp_path / "t.parquet", row_group_size=2)
    pd.testing.assert_frame_equal(
        read_parquet(tmp_path / "t.parquet"), table.to_pandas(integer_object_nulls=True), check_exact=True
    )


def test_a_cell_over_the_limit_is_named_with_its_column(tmp_path: Path) -> None:
    pq.write_table(pa.table({"item": ["tea", "x" * 1_000_001]}), tmp_path / "t.parquet")
    with pytest.raises(InputError, match=r"'t\.parquet', column 'item': a cell is over 1,000,000 bytes"):
        read_parquet(tmp_path / "t.parquet")


@pytest.mark.parametrize(
    "table",
    [
        pa.table({"verb": pa.array(["bought"]).take(pa.array(np.zeros(3_000_000, np.int32)))}),
        pa.table({"item": pa.array(["x" * 900_000]).take(pa.array(np.zeros(2_000, np.int32)))}),
        pa.table({"amount": np.zeros(3_000_000), "on": np.zeros(3_000_000, np.int64)}),
    ],
    ids=["rows", "long texts", "numbers"],
)
def test_what_unpacks_to_far_more_than_its_size_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, table: pa.Table
) -> None:
    monkeypatch.setattr(kinds, "BOMB_BYTES", 10_000_000)
    pq.write_table(table, tmp_path / "t.parquet", compression="zstd", store_schema=False)
    with pytest.raises(InputError, match="unpacks to over 200 times its size: write it again as CSV, or split it"):
        read_parquet(tmp_path / "t.parquet")


def test_damaged_notes_of_pandas_are_one_sentence(tmp_path: Path) -> None:
    table = pa.Table.from_pandas(pd.DataFrame({"item": ["tea"], "n": [1]}))
    for damaged in (
        b'{"columns": [{}], "index_columns": []}',
        b'{"columns": 3}',
        b"[]",
        b'{"index_columns": ["gone"]}',
    ):
        pq.write_table(table.replace_schema_metadata({b"pandas": damaged}), tmp_path / "t.parquet")
        with pytest.raises(InputError, match="is not a readable Parquet file"):
            read_parquet(tmp_path / "t.parquet")
