"""N-Triples of others."""

from __future__ import annotations

from pathlib import Path

import pytest

from assoc_synth.errors import InputError
from assoc_synth.link_graph.imports.ntriples import RDF, XSD, read_ntriples

pytest.importorskip("pyoxigraph")


def test_plain_triples_are_rows(tmp_path: Path) -> None:
    text = '<urn:ann> <urn:knows> <urn:bob> .\n<urn:bob> <urn:age> "7" .\n<urn:bob> <urn:says> "a \\"b\\"\\n"@en .\n'
    text += "_:x <urn:knows> _:y .\n"
    (tmp_path / "g.nt").write_text(text)
    rows = read_ntriples(tmp_path / "g.nt")
    assert rows.columns["subject"] == ["urn:ann", "urn:bob", "urn:bob", "_:x"]
    assert rows.columns["object"] == ["urn:bob", "7", 'a "b"\n', "_:y"]


def test_other_properties_of_statements_are_columns(tmp_path: Path) -> None:
    text = (
        f"_:a <{RDF}reifies> <<( <urn:ann> <urn:knows> <urn:bob> )>> .\n"
        '_:a <http://x.org/on> "2026-01-02" .\n_:a <http://x.org/source> "web" .\n'
        f'_:a <http://y.org#source> "7"^^<{XSD}integer> .\n'
        "<urn:ann> <urn:knows> <urn:bob> .\n<urn:ann> <urn:knows> <urn:eve> .\n"
    )
    (tmp_path / "g.nt").write_text(text)
    rows = read_ntriples(tmp_path / "g.nt")
    assert (len(rows), rows.columns["time"]) == (1, ["2026-01-02"])
    assert rows.extras == {"source": ["web"], "http://y.org#source": [7]}
    assert rows.notes == ["triples that are left out, as no statement is about them: 1"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<urn:a> <urn:b>", "is not N-Triples"),
        (f"_:a <{RDF}subject> <urn:b> .\n", "lacks a subject, predicate or object"),
        (f'_:a <{RDF}reifies> "x" .\n', "about something that is no triple"),
    ],
)
def test_damage_is_told(text: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "g.nt").write_text(text)
    with pytest.raises(InputError, match=words):
        read_ntriples(tmp_path / "g.nt")


def test_a_triple_as_an_object_keeps_its_brackets(tmp_path: Path) -> None:
    inner = "<<( <x:a> <x:v> <x:b> )>>"
    (tmp_path / "g.nt").write_text(f"<x:s> <x:says> {inner} .\n")
    assert read_ntriples(tmp_path / "g.nt").columns["object"] == [inner]


def test_a_statement_longer_than_the_parser_has_room_for(tmp_path: Path) -> None:
    (tmp_path / "g.nt").write_text('<x:s> <x:v> "' + "x" * 2**25)
    with pytest.raises(InputError, match="a statement is over 16 MB"):
        read_ntriples(tmp_path / "g.nt")
