"""What a format says of itself."""

from __future__ import annotations

import pytest

from assoc_synth.errors import MissingExtraError
from assoc_synth.exports.formats import Format


def test_an_absent_library_names_the_extra() -> None:
    made = Format("delimited:write_csv", "FILE", extra="exports", needs="no_such_library")
    with pytest.raises(MissingExtraError, match=r"pip install 'assoc-synth\[exports\]'"):
        made.load()


def test_options_are_those_of_the_writer() -> None:
    assert Format("delimited:write_csv", "FILE").options() == ["safe", "raw"]


def test_a_folder_knows_its_files() -> None:
    assert Format("", "", contents=("{name}.inter", "x")).files_in("shop") == ("shop.inter", "x")
    assert Format("", "").files_in("shop") == ()
    assert Format("", "").files_in("shop", split=True) == ("train.tsv", "valid.tsv", "test.tsv")
