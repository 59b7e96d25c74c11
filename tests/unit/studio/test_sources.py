"""Tables of the studio."""

from __future__ import annotations

from pathlib import Path

import pytest

from assoc_synth.errors import InputError
from assoc_synth.studio.sources import Source, built_in, dropped, first_cells, safe_name


def test_a_file_is_read_as_it_was_said(tmp_path: Path) -> None:
    path = tmp_path / "w.csv"
    path.write_text("a,b\nx,y\n")
    source = dropped(path, subject="a", object="b")
    assert Source.from_dict(source.to_dict()) == source
    assert source.read().num_objects == 1
    assert first_cells(str(path)) == (["a", "b"], [["x", "y"]])
    with pytest.raises(InputError, match="no built-in table"):
        built_in("x")
    assert safe_name("a/..\\..\\b<c>.csv") == "b_c_.csv"
