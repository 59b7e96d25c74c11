"""Parquet, read back with pyarrow and as a table."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from assoc_synth.datasets import toy_shop
from assoc_synth.errors import InputError
from assoc_synth.exports import export
from assoc_synth.exports.parquet import _schema
from assoc_synth.transactions.table import TransactionTable


def test_parquet_gives_names_order_and_dtypes_back(
    hostile: TransactionTable,
    rows: pd.DataFrame,
    tmp_path: Path,
) -> None:
    export(hostile, "parquet", tmp_path / "rows.parquet")
    pd.testing.assert_frame_equal(pq.read_table(tmp_path / "rows.parquet").to_pandas(), rows)


def test_what_is_written_reads_as_the_same_table(tmp_path: Path) -> None:
    table = toy_shop(subjects=60)
    export(table, "parquet", tmp_path / "rows.parquet")
    back = TransactionTable.read(
        tmp_path / "rows.parquet",
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


def test_a_table_that_was_read_from_text_is_typed(tmp_path: Path) -> None:
    cells = "customer,action,item,date,price,stars,born,member\na,bought,tea,31.12.2024 10:11,1.50,5,05/1948,true\n"
    (tmp_path / "t.csv").write_text(cells + "b,bought,tea,01.01.2025 08:00,NA,4,06/1950,false\n")
    table = TransactionTable.read(tmp_path / "t.csv")
    export(table, "parquet", tmp_path / "t.parquet")
    types = {field.name: str(field.type) for field in pq.read_schema(tmp_path / "t.parquet")}
    assert types == {
        "customer": "string",
        "action": "string",
        "item": "string",
        "date": "timestamp[ns]",
        "price": "double",
        "stars": "int64",
        "born": "timestamp[ns]",
        "member": "bool",
    }
    export(table, "csv", tmp_path / "back.csv")
    assert (tmp_path / "back.csv").read_text() == (tmp_path / "t.csv").read_text()


def test_the_format_decides_if_the_suffix_says_nothing(tmp_path: Path) -> None:
    table = toy_shop(subjects=5)
    export(table, "parquet", tmp_path / "parquet.data")
    assert pq.read_table(tmp_path / "parquet.data").num_rows == len(table)


def test_a_suffix_of_another_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"'rows\.csv' says csv, the format asked for is parquet"):
        export(toy_shop(subjects=5), "parquet", tmp_path / "rows.csv")
    with pytest.raises(InputError, match="suffix"):
        export(toy_shop(subjects=5), "parquet", tmp_path / "rows.parquet.gz")
    assert not list(tmp_path.iterdir())


def test_what_parquet_cannot_hold_is_an_error_that_names_the_column(tmp_path: Path) -> None:
    """Intervals are known to Arrow and not to Parquet; slices of one column have to have one type."""
    frame = pd.DataFrame({"customer": list("abc") * 4, "verb": "x", "product": list("pq") * 6})
    bands = TransactionTable.from_frame(frame.assign(band=pd.cut(pd.Series(range(12)), 3)))
    with pytest.raises(InputError, match="'band' cannot be written to Parquet"):
        export(bands, "parquet", tmp_path / "rows.parquet")
    slices = [pd.DataFrame({"a": pd.Series(cells, dtype=object)}) for cells in ([1], ["x"])]
    with pytest.raises(InputError, match="Field a has incompatible types"):
        _schema(slices)  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []
