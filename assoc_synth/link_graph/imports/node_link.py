"""Node-link JSON, as networkx's `node_link_data` writes it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from assoc_synth.errors import InputError
from assoc_synth.link_graph.imports.graphml import LINKED, NAME_KEYS, VERB_KEYS
from assoc_synth.link_graph.imports.opening import content
from assoc_synth.link_graph.imports.rows import QUALIFIERS, Rows


def read_node_link(path: Path) -> Rows:
    """Read JSON with the keys nodes and edges (or links).

    The name of a node is its attribute name or label, else its id; the verb of an edge is its attribute verb, label,
    relation, type or name, else "linked to". Attributes time, amount and basket of edges are qualifiers, others are
    extra columns; those of nodes are left out and told.

    Raises:
        InputError: the file is not such JSON, two nodes of different names have one id, or an edge ends at a node that
            is not there.
    """
    nodes, edges = _parts(path)
    rows, names, left = Rows(), dict[str, str](), set[str]()
    for number, node in enumerate(nodes, 1):
        called = str(next((node[one] for one in NAME_KEYS if node.get(one) is not None), node["id"]))
        if names.setdefault(_key(node["id"]), called) != called:
            raise InputError(f"{path.name!r}, node {number}: an earlier node of another name has its id")
        left |= set(node) - {*NAME_KEYS, "id", "kind"}
    for number, edge in enumerate(edges, 1):
        ends = (_key(edge.get("source")), _key(edge.get("target")))
        if not all(end in names for end in ends):
            raise InputError(f"{path.name!r}, edge {number}: one of its ends is not a node of the file")
        by = next((one for one in VERB_KEYS if edge.get(one) is not None), None)
        known = {one: edge[one] for one in QUALIFIERS if edge.get(one) is not None}
        row = rows.add(names[ends[0]], LINKED if by is None else str(edge[by]), names[ends[1]], **known)
        for one, value in edge.items():
            if value is not None and one not in (by, "source", "target", "key", *QUALIFIERS):
                rows.say(row, one, value if isinstance(value, str | int | float) else _key(value))
    if left:
        rows.notes.append(f"attributes of nodes that are left out: {', '.join(sorted(left))[:200]}")
    return rows


def _parts(path: Path) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The nodes and the edges.

    Raises:
        InputError: the file is not JSON, or not of nodes and edges.
    """
    data = content(path)
    try:
        values = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path.name!r} is not JSON: {str(error)[:100]}") from None
    known = values if isinstance(values, dict) else {}
    nodes, edges = _objects(known.get("nodes")), _objects(known.get("edges", known.get("links")))
    if nodes is None or edges is None or any(one.get("id") is None for one in nodes):
        raise InputError(
            f"{path.name!r} is not a graph of the keys 'nodes' (each with an 'id') and 'edges'; of rows in one list, "
            "write one object in each line and name the file .jsonl"
        )
    return nodes, edges


def _objects(values: Any) -> list[dict[str, Any]] | None:
    """The values if they are a list of objects."""
    return values if isinstance(values, list) and all(isinstance(one, dict) for one in values) else None


def _key(value: Any) -> str:
    """An id as something that can be compared: lists, as networkx writes tuples, and numbers are not their text."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False)
