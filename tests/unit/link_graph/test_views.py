"""A graph in the memory of other libraries."""

from __future__ import annotations

import sys

import pandas as pd
import pytest

from assoc_synth.errors import MissingExtraError
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.transactions.table import TransactionTable


@pytest.fixture
def graph() -> LinkGraph:
    frame = pd.DataFrame({"who": ["ann", "bob", "ann"], "verb": ["has", "has", "saw"], "what": ["ann", "tea", "tea"]})
    frame["n"], frame["t"], frame["trip"] = [1.5, None, 2.0], ["2026-01-02", None, None], ["x", None, "y"]
    roles = {"subject": "who", "object": "what", "amount": "n", "time": "t", "basket": "trip"}
    return LinkGraph.from_table(TransactionTable.from_frame(frame, layout="rows", **roles))


def test_networkx_has_all_qualifiers(graph: LinkGraph) -> None:
    made = graph.to_networkx()
    edges = {(u[1], v[1], data.pop("verb")): data for u, v, data in made.edges(data=True)}
    assert edges["ann", "ann", "has"] == {"time": pd.Timestamp("2026-01-02"), "amount": 1.5, "basket": "x"}
    assert edges["bob", "tea", "has"] == {}


def test_igraph_has_all_qualifiers(graph: LinkGraph) -> None:
    pytest.importorskip("igraph")
    made = graph.to_igraph()
    assert made.vs["name"] == ["subject:ann", "subject:bob", "object:ann", "object:tea"]
    assert [edge.tuple for edge in made.es] == [(0, 2), (1, 3), (0, 3)]
    assert made.es["verb"] == ["has", "has", "saw"]
    assert made.es["amount"] == [1.5, None, 2.0]
    assert made.es["basket"] == ["x", None, "y"]
    assert made.es["time"][1:] == [None, None]
    assert made.es["time"][0].startswith("2026-01-02")


def test_frames_are_typed(graph: LinkGraph) -> None:
    assert graph.to_arrow().column_names == ["who", "verb", "what", "n", "t", "trip"]
    polars = pytest.importorskip("polars")
    made = graph.to_polars()
    assert isinstance(made, polars.DataFrame)
    assert made["trip"].to_list() == ["x", None, "y"]
    assert made["t"].dtype == polars.Datetime("ns") or made["t"].dtype.is_temporal()


def test_pyg_is_valid(graph: LinkGraph) -> None:
    pytest.importorskip("torch_geometric")
    made = graph.to_pyg()
    assert made.validate()
    assert made["subject", "has", "object"].edge_index.tolist() == [[0, 1], [0, 1]]
    assert made["object"].names == ["ann", "tea"]


@pytest.mark.parametrize(
    ("module", "call"), [("igraph", "to_igraph"), ("torch_geometric.data", "to_pyg"), ("polars", "to_polars")]
)
def test_an_absent_library_names_its_extra(
    module: str, call: str, graph: LinkGraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtraError, match=rf"{call}\(\) needs an extra: pip install"):
        getattr(graph, call)()
