"""What a format says of itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from assoc_synth.errors import MissingExtraError
from assoc_synth.exports.formats import Format


def test_an_absent_library_names_the_extra() -> None:
    made = Format("delimited:write_csv", "FILE", extra="exports", needs="no_such_library")
    with pytest.raises(MissingExtraError, match=r"pip install 'assoc-synth\[exports\]'"):
        made.load()


def test_options_are_those_of_the_writer() -> None:
    assert Format("delimited:write_csv", "FILE").options() == ["safe", "raw", "part_rows"]


def test_parts_that_were_written_may_be_replaced(tmp_path: Path) -> None:
    for name in ("part-00000.csv", "part-00001.csv", "part-00000.parquet"):
        (tmp_path / name).touch()
    assert Format("", "FILE", part=("part", ".csv")).replaced(tmp_path) == ("part-00000.csv", "part-00001.csv")
    assert Format("", "FILE").replaced(tmp_path) == ()
    known = Format("", "", contents=("x.csv",), part=("part", ".parquet"))
    assert known.replaced(tmp_path) == ("x.csv", "part-00000.parquet")
    assert (known.is_parted, Format("", "", part=("part", ".csv")).is_parted) == (False, True)


def test_a_folder_knows_its_files() -> None:
    assert Format("", "", contents=("{name}.inter", "x")).files_in("shop") == ("shop.inter", "x")
    assert Format("", "").files_in("shop") == ()
    assert Format("", "").files_in("shop", split=True) == ("train.tsv", "valid.tsv", "test.tsv")
