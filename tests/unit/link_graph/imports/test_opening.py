"""Files of graphs that are damaged as files: one sentence for every format."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from assoc_synth.errors import InputError
from assoc_synth.link_graph.imports import opening
from assoc_synth.link_graph.imports.opening import content, opened
from assoc_synth.link_graph.imports.reading import READERS, is_graph, read_graph
from assoc_synth.transactions.files import kinds

TEXT = b"some words of a graph, many times over. " * 50


def test_packed_and_plain_are_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "AT_ONCE", 7)
    for name, data in (("a.json", TEXT), ("a.json.GZ", gzip.compress(TEXT))):
        (tmp_path / name).write_bytes(data)
        assert content(tmp_path / name) == TEXT


@pytest.mark.parametrize("suffix", [*READERS, ".tsv"])
@pytest.mark.parametrize("damage", ["not packed", "cut", "changed"])
def test_a_broken_gzip_file(suffix: str, damage: str, tmp_path: Path) -> None:
    path, packed = tmp_path / f"graph{suffix}.gz", bytearray(gzip.compress(TEXT))
    packed[12] ^= 0xFF
    path.write_bytes({"not packed": TEXT, "cut": gzip.compress(TEXT)[:-9], "changed": bytes(packed)}[damage])
    assert is_graph(path) == (suffix != ".tsv")
    with pytest.raises(InputError) as told:
        read_graph(path)
    assert "\n" not in str(told.value)
    assert "broken gzip file" in str(told.value) or damage != "not packed"


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "BOMB_BYTES", 1_000_000)
    for name, data in (("a.json.gz", b" " * 5_000_000), ("a.graphml.gz", b"<a>" + b" " * 5_000_000)):
        (tmp_path / name).write_bytes(gzip.compress(data))
        with pytest.raises(InputError, match="unpacks to over 200 times its size"):
            read_graph(tmp_path / name)


def test_what_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read: Is a directory"), opened(tmp_path):
        pass
