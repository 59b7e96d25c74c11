"""GEXF, read back with networkx."""

from __future__ import annotations

from pathlib import Path

import networkx as nx
import pandas as pd
import pytest

from assoc_synth.exports import export
from assoc_synth.link_graph.imports.graphml import unescape_name
from assoc_synth.transactions.table import TransactionTable


@pytest.mark.parametrize("entities", ["shared", "apart"])
def test_every_row_comes_back(entities: str, hostile: TransactionTable, rows: pd.DataFrame, tmp_path: Path) -> None:
    export(hostile, "gexf", tmp_path / "g.gexf", entities=entities)
    graph = nx.read_gexf(tmp_path / "g.gexf")
    assert graph.is_directed()
    names = {node: unescape_name(data["name"]) for node, data in graph.nodes(data=True)}
    assert len(names) == (hostile.num_subjects if entities == "shared" else hostile.num_subjects + hostile.num_objects)
    edges = sorted(graph.edges(data=True), key=lambda edge: int(edge[2]["id"]))
    assert [names[edge[0]] for edge in edges] == rows["Who"].tolist()
    assert [names[edge[1]] for edge in edges] == rows["What"].tolist()
    data = [edge[2] for edge in edges]
    assert [unescape_name(one["verb"]) for one in data] == rows["Did what"].tolist()
    assert [unescape_name(one["basket"]) if "basket" in one else None for one in data] == rows["Trip"].tolist()
    pd.testing.assert_series_equal(pd.Series([one.get("amount") for one in data]), rows["How much"], check_names=False)
    times = pd.to_datetime([one.get("time") for one in data], format="ISO8601")
    assert times.tolist() == rows["When"].tolist() or times.equals(pd.DatetimeIndex(rows["When"]))


def test_one_node_for_a_name_that_is_both(people: TransactionTable, tmp_path: Path) -> None:
    export(people, "gexf", tmp_path / "g.gexf")
    graph = nx.read_gexf(tmp_path / "g.gexf")
    assert dict(graph.nodes(data="kind")) == {"s0": "both", "s1": "both", "o2": "object"}
    assert graph.number_of_edges("s0", "s1") == 2
