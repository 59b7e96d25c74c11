"""Graphs by their suffix, and what is said of a table that is read from one."""

from __future__ import annotations

from pathlib import Path

import pytest

from assoc_synth.errors import InputError
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.link_graph.imports.reading import is_graph, read_graph

TRIPLES = "uk\texports\tusa\nusa\texports\tuk\nfr\texports\tuk\n"


def test_triples_are_read_and_what_becomes_of_them_is_said(tmp_path: Path) -> None:
    (tmp_path / "nations.tsv").write_text(TRIPLES)
    table = read_graph(tmp_path / "nations.tsv")
    assert (table.num_subjects, table.num_verbs, table.num_objects, len(table)) == (3, 1, 2, 3)
    assert table.notes[0] == "three columns without a header: subject, verb and object"
    assert table.notes[-1].startswith("2 names are both subject and object. A model invents subjects anew")
    assert "symmetric and inverse links" in table.notes[-1]
    assert table.to_frame().columns.tolist() == ["c1", "c2", "c3"]


def test_a_file_of_rows_is_read_as_a_table(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("customer,action,product\nann,bought,tea\nbob,bought,tea\n")
    assert not is_graph(tmp_path / "t.csv")
    assert LinkGraph.read(tmp_path / "t.csv").table.subjects.tolist() == ["ann", "bob"]


def test_absent_and_foreign_files_are_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no file"):
        read_graph(tmp_path / "none.nt")
    with pytest.raises(InputError, match="is no graph of items and links"):
        read_graph(tmp_path)
    (tmp_path / "g.lino").write_bytes(b"(\xff a b)\n")
    with pytest.raises(InputError, match=r"not text in UTF-8|is not Links Notation"):
        read_graph(tmp_path / "g.lino")
    assert not is_graph(tmp_path / "none.csv")
    assert not is_graph(tmp_path)
