"""GraphML, read back with networkx."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import networkx as nx
import pandas as pd
import pytest

from assoc_synth.datasets import toy_shop
from assoc_synth.errors import InputError
from assoc_synth.exports import export
from assoc_synth.exports.graphml import escape_name
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.link_graph.imports.graphml import unescape_name
from assoc_synth.transactions.table import TransactionTable


def read_rows(path: Path) -> pd.DataFrame:
    """The rows of the file, by networkx alone, in the order of the edges' keys."""
    graph = nx.read_graphml(path, force_multigraph=True)
    assert graph.is_directed()
    names = {node: unescape_name(data["name"]) for node, data in graph.nodes(data=True)}
    kinds = dict(graph.nodes(data="kind"))
    found = []
    for source, target, row, data in graph.edges(keys=True, data=True):
        assert kinds[source] in ("subject", "both")
        assert kinds[target] in ("object", "both")
        data["verb"] = unescape_name(data["verb"])
        found.append({"row": row, "subject": names[source], "object": names[target], **data})
    return pd.DataFrame(found).sort_values("row").reset_index(drop=True)


def test_every_row_comes_back(hostile: TransactionTable, rows: pd.DataFrame, tmp_path: Path) -> None:
    export(hostile, "graphml", tmp_path / "table.graphml")
    back = read_rows(tmp_path / "table.graphml")
    assert back["row"].tolist() == list(range(len(rows)))
    for ours, theirs in (("subject", "Who"), ("verb", "Did what"), ("object", "What")):
        assert back[ours].tolist() == rows[theirs].tolist()
    pd.testing.assert_series_equal(back["amount"], rows["How much"], check_names=False)
    times = pd.to_datetime(back["time"], format="ISO8601")
    pd.testing.assert_series_equal(times, rows["When"], check_names=False)
    trips = [unescape_name(name) if isinstance(name, str) else None for name in back["basket"]]
    assert trips == [name if isinstance(name, str) else None for name in rows["Trip"]]


@pytest.mark.parametrize("entities", ["shared", "apart", None])
def test_our_own_reader_and_igraph_read_it(
    entities: str | None, hostile: TransactionTable, same: Callable[..., None], tmp_path: Path
) -> None:
    export(hostile, "graphml", tmp_path / "table.graphml", entities=entities)
    same(hostile, LinkGraph.read(tmp_path / "table.graphml").table)
    igraph = pytest.importorskip("igraph")
    graph = igraph.Graph.Read_GraphML(str(tmp_path / "table.graphml"))
    assert graph.ecount() == len(hostile)
    names = [unescape_name(name) for name in graph.vs["name"]]
    assert [names[edge.source] for edge in graph.es] == hostile.subjects.take(hostile.subject).tolist()


def test_a_missing_qualifier_is_absent(tmp_path: Path) -> None:
    table = TransactionTable.from_frame(
        pd.DataFrame(
            {
                "s": ["a", "b"],
                "v": ["has", "has"],
                "o": ["x", "y"],
                "t": pd.to_datetime([None, "2026-01-02"]),
                "n": [1.5, None],
            }
        ),
        subject="s",
        verb="v",
        object="o",
        time="t",
        amount="n",
    )
    export(table, "graphml", tmp_path / "g.graphml")
    text = (tmp_path / "g.graphml").read_text("utf-8")
    assert not re.search(r"nan|nat|none", text, re.IGNORECASE)
    edges = list(nx.read_graphml(tmp_path / "g.graphml", force_multigraph=True).edges(data=True))
    assert [data for _, _, data in edges] == [{"verb": "has", "amount": 1.5}, {"verb": "has", "time": "2026-01-02"}]


def test_a_table_without_time_and_amount(tmp_path: Path) -> None:
    table = TransactionTable.from_frame(
        pd.DataFrame({"s": ["a"], "v": ["has"], "o": ["a"]}),
        subject="s",
        verb="v",
        object="o",
    )
    export(LinkGraph.from_table(table), "graphml", tmp_path / "g.graphml")
    graph = nx.read_graphml(tmp_path / "g.graphml", force_multigraph=True)
    assert dict(graph.nodes(data=True)) == {"s0": {"kind": "both", "name": "a"}}
    assert list(graph.edges(data=True)) == [("s0", "s0", {"verb": "has"})]
    export(LinkGraph.from_table(table), "graphml", tmp_path / "g.graphml", entities="apart")
    graph = nx.read_graphml(tmp_path / "g.graphml", force_multigraph=True)
    nodes = {"s0": {"kind": "subject", "name": "a"}, "o0": {"kind": "object", "name": "a"}}
    assert dict(graph.nodes(data=True)) == nodes
    assert list(graph.edges(data=True)) == [("s0", "o0", {"verb": "has"})]


@pytest.mark.parametrize(
    ("times", "texts"),
    [
        (pd.to_datetime(["2026-01-02", "2026-01-03"]), ["2026-01-02", "2026-01-03"]),
        (pd.to_datetime(["2026-01-02 00:00", "2026-01-03 04:05"]), ["2026-01-02T00:00:00", "2026-01-03T04:05:00"]),
        (
            pd.to_datetime(["2026-01-02", "2026-01-03"]).tz_localize("UTC"),
            ["2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z"],
        ),
        (
            pd.to_datetime(["2026-07-02", "2026-01-03"]).tz_localize("Europe/Berlin"),
            ["2026-07-01T22:00:00Z", "2026-01-02T23:00:00Z"],
        ),
        (
            ["2026-01-02T00:00:00.125+02:00", "2026-01-03T00:00:00.000+02:00"],
            ["2026-01-01T22:00:00.125Z", "2026-01-02T22:00:00.000Z"],
        ),
    ],
)
def test_times_are_dates_moments_or_utc(times: list[str], texts: list[str], tmp_path: Path) -> None:
    frame = pd.DataFrame({"s": ["a", "b"], "v": ["has", "has"], "o": ["x", "y"], "t": times})
    export(TransactionTable.from_frame(frame, subject="s", verb="v", object="o", time="t"), "graphml", tmp_path / "g")
    graph = nx.read_graphml(tmp_path / "g", force_multigraph=True)
    assert [time for _, _, time in graph.edges(data="time")] == texts


def test_escapes_are_reversible() -> None:
    for name in ("\x00", "\\u0000", "\\\\u0000", "\\u005cu0000", "\\", "\\u", "\\uzzzz", "\ud800", "a\\u12", "tea"):
        assert unescape_name(escape_name(name)) == name
        ElementTree.fromstring(f"<a>{escape_name(name)}</a>")


def test_same_table_same_bytes(tmp_path: Path) -> None:
    table = toy_shop(subjects=40)
    for options in ({}, {"projection": True, "min_count": 2}):
        export(table, "graphml", tmp_path / "one", **options)
        export(LinkGraph.from_table(table), "graphml", tmp_path / "two", **options)
        assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_the_projection_is_the_also_buy_graph(tmp_path: Path) -> None:
    graph = LinkGraph.from_table(toy_shop())
    export(graph, "graphml", tmp_path / "g.graphml", projection=True, verb="bought", min_lift=2.0)
    back, expected = nx.read_graphml(tmp_path / "g.graphml"), graph.also_buy_graph(verb="bought", min_lift=2.0)
    assert not back.is_directed()
    assert back.number_of_edges() > 20
    assert nx.utils.graphs_equal(back, expected) or dict(back.edges) == dict(expected.edges)
    assert back["kettle"]["tea"]["weight"] > 3


def test_the_projection_carries_hostile_names(hostile: TransactionTable, tmp_path: Path) -> None:
    export(hostile, "graphml", tmp_path / "g.graphml", projection=True, min_count=1, min_lift=0.0)
    back = nx.read_graphml(tmp_path / "g.graphml")
    assert back.number_of_nodes() > 5
    assert {unescape_name(name) for name in back} <= set(hostile.objects)


def test_a_verb_without_projection_is_refused(hostile: TransactionTable, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="one verb is of the projection alone"):
        export(hostile, "graphml", tmp_path / "g", verb="plain")
    assert not list(tmp_path.iterdir())


def test_a_packed_file_is_read_too_and_is_the_same_every_time(tmp_path: Path) -> None:
    table = toy_shop(subjects=10)
    for options in ({}, {"projection": True, "min_count": 1}):
        for name in ("one.graphml.gz", "two.graphml.gz"):
            export(table, "graphml", tmp_path / name, **options)
        assert (tmp_path / "one.graphml.gz").read_bytes() == (tmp_path / "two.graphml.gz").read_bytes()
        assert nx.read_graphml(tmp_path / "one.graphml.gz").number_of_edges() > 5
