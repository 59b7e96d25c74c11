"""Node-link JSON, read back with networkx and with our own reader."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import networkx as nx
import pytest

from assoc_synth.exports import export
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.transactions.table import TransactionTable


@pytest.mark.parametrize("entities", ["shared", "apart"])
def test_every_row_comes_back(
    entities: str, hostile: TransactionTable, same: Callable[..., None], tmp_path: Path
) -> None:
    export(hostile, "node-link", tmp_path / "g.json", entities=entities)
    same(hostile, LinkGraph.read(tmp_path / "g.json").table)
    graph = nx.node_link_graph(json.loads((tmp_path / "g.json").read_text("utf-8")), edges="edges")
    assert (graph.is_directed(), graph.is_multigraph()) == (True, True)
    edges = sorted(graph.edges(keys=True, data=True), key=lambda edge: edge[2])
    names = dict(graph.nodes(data="name"))
    assert [names[edge[0]] for edge in edges] == hostile.subjects.take(hostile.subject).tolist()
    assert [edge[3]["verb"] for edge in edges] == hostile.verbs.take(hostile.verb).tolist()
    assert all(value is not None for edge in edges for value in edge[3].values())


def test_networkx_writes_what_we_read(people: TransactionTable, same: Callable[..., None], tmp_path: Path) -> None:
    graph = LinkGraph.from_table(people).to_networkx()
    (tmp_path / "g.json").write_text(json.dumps(nx.node_link_data(graph, edges="edges")))
    back = LinkGraph.read(tmp_path / "g.json").table
    rows = sorted(map(tuple, people.to_frame().values.tolist()))
    assert sorted(map(tuple, back.to_frame()[["subject", "verb", "object"]].values.tolist())) == rows
