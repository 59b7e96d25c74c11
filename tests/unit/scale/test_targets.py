"""Where chunks are written: complete, or not at all."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from assoc_synth.errors import InputError
from assoc_synth.scale.targets import check_target, is_folder, kind_at, opened, parts_in, put

ROWS = pa.table({"a": [1, 2]})


def test_a_path_says_whether_it_is_a_folder(tmp_path: Path) -> None:
    assert is_folder(tmp_path)
    assert is_folder("rows/")
    assert kind_at("rows/") == "parquet"
    assert kind_at("rows.csv.gz") == "csv"
    with pytest.raises(InputError, match="the kind of 'rows' is unknown"):
        kind_at("rows")
    check_target(tmp_path / "rows.csv")
    with pytest.raises(InputError, match="does not exist"):
        check_target(f"{tmp_path}/none/rows/")


def test_a_file_begins_anew_and_an_error_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("old")

    def stopped() -> None:
        with opened(path) as target:
            target.begin(None)
            target.add(b"new")
            raise ValueError("stop")

    with pytest.raises(ValueError, match="stop"):
        stopped()
    assert path.read_text() == "old"
    with opened(path) as target:
        target.begin(None)
        target.add(b"thrown away")
        target.begin(None)
        target.add(b"new")
    assert path.read_text() == "new"


def test_a_folder_has_a_file_for_each_chunk(tmp_path: Path) -> None:
    path = tmp_path / "rows"
    with opened(f"{path}/") as target:
        for number in (0, 1):
            place = target.place(number)
            assert place is not None
            assert put(ROWS, place) == place.stat().st_size
        target.begin(ROWS.schema)
        place = target.place(0)
        assert place is not None
        put(ROWS, place)
    assert parts_in(path) == ["part-00000.parquet"]
    assert pq.read_table(path).num_rows == 2
    with pytest.raises(InputError, match="a folder holds Parquet files"):
        put(b"text", path / "part-00001.parquet")
