"""Where a path is a folder of parts, and which parts are there."""

from __future__ import annotations

from pathlib import Path

from assoc_synth.transactions.files.parts import is_folder, part_name, parts_in


def test_a_slash_or_a_folder_that_is_there_is_a_folder(tmp_path: Path) -> None:
    assert is_folder(tmp_path)
    assert is_folder("rows/")
    assert not is_folder(tmp_path / "rows.csv")


def test_only_parts_of_one_kind_are_found(tmp_path: Path) -> None:
    names = [part_name(number, ".csv") for number in (3, 0, 123_456)]
    for name in (*names, "part-00000.parquet", "part-1.csv", "part-00000.csv.bak", "links-00000.csv"):
        (tmp_path / name).touch()
    assert parts_in(tmp_path, ".csv") == ["part-00000.csv", "part-00003.csv", "part-123456.csv"]
    assert parts_in(tmp_path) == ["part-00000.parquet"]
    assert parts_in(tmp_path, ".csv", "links") == ["links-00000.csv"]
    assert parts_in(tmp_path / "absent") == []
