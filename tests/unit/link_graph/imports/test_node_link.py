"""Node-link JSON of others."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assoc_synth.errors import InputError
from assoc_synth.link_graph.imports.node_link import read_node_link


def test_older_networkx_and_numbers_as_ids_are_read(tmp_path: Path) -> None:
    graph = {
        "nodes": [{"id": 1, "label": "one", "size": 3}, {"id": "1"}],
        "links": [{"source": 1, "target": "1", "w": 2, "l": [1]}],
    }
    (tmp_path / "g.json").write_text(json.dumps(graph))
    rows = read_node_link(tmp_path / "g.json")
    assert [rows.columns[name] for name in ("subject", "verb", "object")] == [["one"], ["linked to"], ["1"]]
    assert rows.extras == {"w": [2], "l": ["[1]"]}
    assert rows.notes == ["attributes of nodes that are left out: size"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "is not JSON"),
        ('[{"a": 1}]', "write one object in each line"),
        ('{"nodes": [{"name": "a"}], "edges": []}', "each with an 'id'"),
        ('{"nodes": [{"id": "a"}], "edges": [{"source": "a", "target": "b"}]}', "edge 1: one of its ends"),
    ],
)
def test_damage_is_told(text: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "g.json").write_text(text)
    with pytest.raises(InputError, match=words):
        read_node_link(tmp_path / "g.json")


def test_null_is_no_name(tmp_path: Path) -> None:
    nodes = [{"id": "a", "name": None, "label": "A"}, {"id": "b", "name": None}]
    edge = {"source": "a", "target": "b", "verb": None, "type": "has", "time": None}
    (tmp_path / "g.json").write_text(json.dumps({"nodes": nodes, "edges": [edge]}))
    rows = read_node_link(tmp_path / "g.json")
    assert [rows.columns[name] for name in ("subject", "verb", "object")] == [["A"], ["has"], ["b"]]


def test_two_nodes_of_one_id(tmp_path: Path) -> None:
    (tmp_path / "g.json").write_text('{"nodes": [{"id": 1, "name": "a"}, {"id": 1, "name": "b"}], "edges": []}')
    with pytest.raises(InputError, match="node 2: an earlier node of another name has its id"):
        read_node_link(tmp_path / "g.json")
