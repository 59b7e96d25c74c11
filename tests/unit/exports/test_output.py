"""Lines of text into files, whole or not at all."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from assoc_synth.errors import InputError
from assoc_synth.exports.output import put_lines, quoted, write_lines


def test_lines_are_written_and_packed(tmp_path: Path) -> None:
    for name in ("a.txt", "a.txt.gz"):
        write_lines(tmp_path / name, ["é\n", "b\r\n"])
    assert (tmp_path / "a.txt").read_bytes() == "é\nb\r\n".encode()
    assert gzip.decompress((tmp_path / "a.txt.gz").read_bytes()) == "é\nb\r\n".encode()


def test_half_a_surrogate_pair_is_told_and_nothing_is_left(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="half a surrogate pair"):
        write_lines(tmp_path / "a.txt", ["fine\n", "\ud800"])
    assert not list(tmp_path.iterdir())
    with pytest.raises(InputError, match="half a surrogate pair"):
        put_lines(tmp_path / "b.txt", ["\ud800"])


def test_quotes_are_doubled() -> None:
    assert quoted('a"b') == '"a""b"'
    assert quoted("") == '""'
