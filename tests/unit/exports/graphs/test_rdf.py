"""N-Triples and Turtle, read back with pyoxigraph (RDF 1.2) and rdflib (RDF 1.1)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from assoc_synth.errors import InputError
from assoc_synth.exports import export
from assoc_synth.exports.graphs.rdf import RDF, XSD
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.transactions.table import TransactionTable

pytest.importorskip("pyoxigraph")


@pytest.mark.parametrize(
    "options",
    [{}, {"entities": "apart"}, {"reification": "classic"}, {"base": "https://example.org/", "entities": "shared"}],
)
def test_every_row_comes_back(
    options: dict[str, str], hostile: TransactionTable, same: Callable[..., None], tmp_path: Path
) -> None:
    export(hostile, "ntriples", tmp_path / "g.nt.gz", **options)
    same(hostile, LinkGraph.read(tmp_path / "g.nt.gz").table)


@pytest.mark.parametrize("reification", ["reifier", "classic"])
def test_turtle_says_the_same(reification: str, hostile: TransactionTable, tmp_path: Path) -> None:
    import pyoxigraph as ox

    found = []
    for name, kind in (("ntriples", ox.RdfFormat.N_TRIPLES), ("turtle", ox.RdfFormat.TURTLE)):
        export(hostile, name, tmp_path / name, reification=reification)
        graph = ox.Dataset(ox.parse(path=str(tmp_path / name), format=kind))
        graph.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
        found.append({str(quad) for quad in graph})
    assert found[0] == found[1]


def test_rdflib_reads_classic_statements(hostile: TransactionTable, rows: pd.DataFrame, tmp_path: Path) -> None:
    rdflib = pytest.importorskip("rdflib")
    for name, kind in (("ntriples", "nt"), ("turtle", "turtle")):
        export(hostile, name, tmp_path / name, reification="classic")
        graph = rdflib.Graph().parse(str(tmp_path / name), format=kind)
        labels = {one: str(label) for one, label in graph.subject_objects(rdflib.RDFS.label)}
        rdf = rdflib.RDF
        back = sorted(
            tuple(labels[graph.value(one, part)] for part in (rdf.subject, rdf.predicate, rdf.object))
            for one in graph.subjects(rdf.type, rdf.Statement)
        )
        assert back == sorted(map(tuple, rows[["Who", "Did what", "What"]].values.tolist()))


def test_literals_are_typed_and_missing_ones_are_absent(tmp_path: Path) -> None:
    frame = pd.DataFrame({"subject": ["a", "b"], "verb": "has", "object": ["é x", "y"]})
    frame["t"], frame["n"] = pd.to_datetime([None, "2026-01-02"]), [1.5, None]
    table = TransactionTable.from_frame(frame, time="t", amount="n", layout="rows")
    export(table, "ntriples", tmp_path / "g.nt")
    text = (tmp_path / "g.nt").read_text("utf-8")
    assert f'_:r0 <urn:assoc-synth:for> "1.5"^^<{XSD}double> .' in text
    assert f'_:r1 <urn:assoc-synth:on> "2026-01-02"^^<{XSD}date> .' in text
    assert "<urn:assoc-synth:object:%C3%A9%20x>" in text
    assert f"_:r1 <{RDF}reifies> <<( <urn:assoc-synth:subject:b> <urn:assoc-synth:verb:has>" in text
    assert text.count("_:r0 ") == text.count("_:r1 ") == 2


@pytest.mark.parametrize(
    ("options", "words"),
    [({"base": "no iri"}, "--base is the beginning of an IRI"), ({"reification": "x"}, "reifier or classic, not 'x'")],
)
def test_wrong_options_are_told(options: dict[str, str], words: str, people: TransactionTable, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=words):
        export(people, "turtle", tmp_path / "g.ttl", **options)
    assert not list(tmp_path.iterdir())
