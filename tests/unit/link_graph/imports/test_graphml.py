"""GraphML of others."""

from __future__ import annotations

from pathlib import Path

import networkx as nx
import pytest

from assoc_synth.errors import InputError
from assoc_synth.link_graph.imports.graphml import read_graphml, unescape_name, value_of


def test_graphs_of_networkx_are_read(tmp_path: Path) -> None:
    graph = nx.DiGraph()
    graph.add_node(1, label="Ann \\u0041", age=30)
    graph.add_node(2)
    graph.add_edge(1, 2, relation="knows", weight=2.0)
    graph.add_edge(2, 1, time="2026-01-02", amount=3.5, subject=True)
    nx.write_graphml(graph, tmp_path / "g.graphml")
    rows = read_graphml(tmp_path / "g.graphml")
    assert rows.columns["subject"] == ["Ann \\u0041", "2"]
    assert rows.columns["verb"] == ["knows", "linked to"]
    assert rows.columns["time"] == [None, "2026-01-02"]
    assert rows.columns["amount"] == [None, "3.5"]
    assert rows.extras == {"weight": [2.0], "subject": [None, True]}
    assert rows.notes == ["attributes of nodes that are left out: age"]
    extras = rows.table("g").extras
    assert extras["weight"].tolist()[:1] == [2.0]
    assert extras["subject_"].tolist()[1] is True


def test_values_that_are_none_of_their_type_are_text() -> None:
    assert [value_of(*one) for one in (("x", "int"), ("x", "double"), ("x", "boolean"), ("1", "boolean"))] == [
        "x",
        "x",
        "x",
        True,
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<graphml><node", "not well-formed XML"),
        ('<graphml><graph><node id="a"/><edge source="a" target="b"/></graph></graphml>', "edge 1: one of its ends"),
    ],
)
def test_damage_is_told(text: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "g.graphml").write_text(text)
    with pytest.raises(InputError, match=words):
        read_graphml(tmp_path / "g.graphml")
    (tmp_path / "g.graphml.gz").write_text(text)
    with pytest.raises(InputError, match="broken gzip file"):
        read_graphml(tmp_path / "g.graphml.gz")


def test_escapes_are_undone() -> None:
    assert unescape_name("a\\u0007b\\") == "a\ab\\"


@pytest.mark.parametrize("encoding", ["utf-7", "big5", "no-such-encoding"])
def test_an_encoding_that_the_parser_does_not_know(encoding: str, tmp_path: Path) -> None:
    (tmp_path / "g.graphml").write_text(f'<?xml version="1.0" encoding="{encoding}"?><graphml/>')
    with pytest.raises(InputError, match="save it as UTF-8"):
        read_graphml(tmp_path / "g.graphml")


def test_two_nodes_of_one_id(tmp_path: Path) -> None:
    node = '<node id="a"><data key="name">{}</data></node>'
    edge = '<node id="b"/><edge source="a" target="b"/>'
    (tmp_path / "g.graphml").write_text(f"<graphml>{node.format('x')}{node.format('x')}{edge}</graphml>")
    assert read_graphml(tmp_path / "g.graphml").columns["subject"] == ["x"]
    (tmp_path / "g.graphml").write_text(f"<graphml>{node.format('x')}{node.format('y')}{edge}</graphml>")
    with pytest.raises(InputError, match="node 2: an earlier node of another name has its id"):
        read_graphml(tmp_path / "g.graphml")


def test_entities_that_multiply_are_refused(tmp_path: Path) -> None:
    more = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 12))
    (tmp_path / "g.graphml").write_text(f'<!DOCTYPE g [<!ENTITY l0 "lol">{more}]><graphml><node id="&l9;"/></graphml>')
    with pytest.raises(InputError, match="not well-formed XML"):
        read_graphml(tmp_path / "g.graphml")
