"""Several Parquet files that are one table: folders, partitions, patterns, and what does not belong together."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from assoc_synth.errors import InputError, SchemaError
from assoc_synth.transactions.files import read_file, read_frame
from assoc_synth.transactions.table import TransactionTable

FRAME = pd.DataFrame(
    {
        "subject": ["ann", "ann", "bob", "eve", "eve", "eve"],
        "verb": pd.Categorical(["bought", "viewed", "bought", "bought", "viewed", "bought"]),
        "object": ["tea", "mug", "tea", "pot", "pot", "mug"],
        "amount": [1.5, np.nan, 2.0, 3.0, np.nan, 4.25],
        "day": pd.to_datetime(["2024-01-01"] * 3 + ["2024-01-02"] * 3),
    }
)


def write(path: Path, frame: pd.DataFrame) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    frame.to_parquet(path, index=False)
    return path


def refused(path: Path | str) -> str:
    with pytest.raises(InputError) as caught:
        read_frame(path)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number, rows in ((2, slice(0, 1)), (10, slice(1, 4)), (11, slice(4, 6))):
        write(tmp_path / "sales" / f"part-{number}.parquet", FRAME[rows])
    return tmp_path / "sales"


def test_a_folder_is_the_file_that_it_was_cut_from(folder: Path, tmp_path: Path) -> None:
    whole = read_frame(write(tmp_path / "whole.parquet", FRAME))
    pd.testing.assert_frame_equal(read_frame(folder), whole)
    pd.testing.assert_frame_equal(read_frame(folder / "part-*.parquet"), whole)
    for name in ("_SUCCESS", ".part-2.parquet.crc"):
        (folder / name).write_bytes(b"")
    write(folder / "part-12.parquet", FRAME[:0])
    table, one = TransactionTable.read(folder), TransactionTable.read(tmp_path / "whole.parquet")
    pd.testing.assert_frame_equal(table.to_frame(), one.to_frame())
    assert table.notes == one.notes
    assert table.format == one.format


def test_partitions_are_columns(tmp_path: Path) -> None:
    for store, rows in (("7", [0, 1]), ("12", [2]), ("__HIVE_DEFAULT_PARTITION__", [3, 4, 5])):
        write(tmp_path / f"store={store}" / "city=a%2Fb" / "x.parquet", FRAME.iloc[rows])
    frame = read_frame(tmp_path)
    assert list(frame.columns) == [*FRAME.columns, "store", "city"]
    assert frame["store"].tolist() == [7, 7, 12, pd.NA, pd.NA, pd.NA]
    assert frame["store"].dtype == "Int64"
    assert set(frame["city"]) == {"a/b"}
    schema = TransactionTable.read(tmp_path, subject="subject").schema
    assert (schema.time, schema.extras) == ("day", ("store", "city"))


def test_whole_numbers_of_partitions_with_a_leading_zero_are_text(tmp_path: Path) -> None:
    for code in ("01", "2"):
        write(tmp_path / f"code={code}" / "x.parquet", FRAME)
    assert read_frame(tmp_path)["code"].tolist() == ["01"] * 6 + ["2"] * 6


def test_types_that_hold_one_another_are_widened(tmp_path: Path) -> None:
    frames = [
        pd.DataFrame({"n": np.array([1], "int32"), "x": [1], "t": [None], "c": pd.Categorical(["a"])}),
        pd.DataFrame({"n": np.array([2**40]), "x": [1.5], "t": ["tea"], "c": ["b"]}),
        pd.DataFrame({"c": pd.Categorical(["c"]), "t": ["mug"], "x": [2.0], "n": np.array([3], "int8")}),
    ]
    for number, frame in enumerate(frames):
        write(tmp_path / f"{number}.parquet", frame)
    read = read_frame(tmp_path)
    assert read["n"].tolist() == [1, 2**40, 3]
    assert read["x"].tolist() == [1.0, 1.5, 2.0]
    assert read["t"].tolist() == [None, "tea", "mug"]
    assert read["c"].tolist() == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("other", "what"),
    [
        (FRAME.assign(amount="much"), r"column 'amount' is double in '1\.parquet' and (large_)?string in '2\.parquet'"),
        (FRAME.assign(object=[b"a"] * 6), r"column 'object' is (large_)?string in '1\.parquet' and binary in '2"),
        (FRAME.assign(day=1), r"column 'day' is timestamp\[\w+\] in '1\.parquet' and int64 in '2\.parquet'"),
        (FRAME.assign(amount=True), "column 'amount' is double in '1.parquet' and bool in '2.parquet'"),
        (FRAME.drop(columns="day"), "'2.parquet' has no column 'day', which '1.parquet' has"),
        (FRAME.assign(more=1), "'1.parquet' has no column 'more', which '2.parquet' has"),
    ],
)
def test_different_columns_are_named(tmp_path: Path, other: pd.DataFrame, what: str) -> None:
    write(tmp_path / "1.parquet", FRAME)
    write(tmp_path / "2.parquet", other)
    with pytest.raises(InputError, match=what):
        read_frame(tmp_path)


def test_a_number_that_would_lose_digits_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "1.parquet", pd.DataFrame({"n": [2**60 + 1]}))
    write(tmp_path / "2.parquet", pd.DataFrame({"n": [0.5]}))
    assert "'1.parquet' does not fit the other files: Integer value 1152921504606846977" in refused(tmp_path)


def test_what_is_no_part_is_named(folder: Path, tmp_path: Path) -> None:
    (folder / "notes.csv").write_text("a\n")
    assert "'sales' holds 'notes.csv'" in refused(folder)
    assert "means" in refused(folder / "*")
    (folder / "notes.csv").unlink()
    (folder / "old").mkdir()
    assert "'sales' holds the folder 'old'" in refused(folder)
    (folder / "old").rmdir()
    write(folder / "day=1" / "x.parquet", FRAME)
    assert "lies in the partitions" in refused(folder)
    (tmp_path / "none").mkdir()
    assert "there is no Parquet file in the folder" in refused(tmp_path / "none")
    assert "there is no file" in refused(tmp_path / "no-*.parquet")
    (tmp_path / "none" / "manifest.json").write_text("{}")
    assert "is a model and not a table" in refused(tmp_path / "none")


def test_damage_is_named_by_its_file(folder: Path) -> None:
    (folder / "part-10.parquet").write_bytes(b"PAR1 no")
    assert refused(folder) == "'part-10.parquet' is not a readable Parquet file"


def test_a_partition_that_is_a_column_too(tmp_path: Path) -> None:
    write(tmp_path / "verb=bought" / "x.parquet", FRAME)
    assert "has a column 'verb', which its folder names too" in refused(tmp_path)
    write(tmp_path / "a=1" / "a=2" / "x.parquet", FRAME)
    (tmp_path / "verb=bought" / "x.parquet").unlink()
    assert "lies in the partitions a, a" in refused(tmp_path)


def test_a_folder_without_rows_or_with_a_column_twice(tmp_path: Path) -> None:
    write(tmp_path / "1.parquet", FRAME[:0])
    assert "holds no rows" in refused(tmp_path)
    pq.write_table(pa.table([pa.array([1]), pa.array([2])], names=["a", "a"]), tmp_path / "2.parquet")
    with pytest.raises(SchemaError, match="duplicate column names"):
        read_frame(tmp_path / "2*.parquet")


def test_a_folder_has_no_header_option(folder: Path) -> None:
    with pytest.raises(InputError, match="no header line"):
        read_file(folder, header=False)
