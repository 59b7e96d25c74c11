"""Node-link JSON as networkx's `node_link_data` writes it: a node per entity, an edge per transaction."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from assoc_synth.exports.graphml import written
from assoc_synth.exports.output import write_lines
from assoc_synth.exports.source import Source, names_of, table_of
from assoc_synth.exports.walk import Walk

HEAD = '{"directed": true, "multigraph": true, "graph": {}, "nodes": [\n'
TAKEN = ("source", "target", "key")


def write_node_link(source: Source, path: Path, *, entities: str | None = None) -> tuple[str, ...]:
    """Write JSON with the keys directed, multigraph, graph, nodes and edges.

    A node has id, kind and name; an edge source, target, key (the number of its row), verb, and time (ISO 8601),
    amount, basket and extra columns where they are known; numbers and truth values are such. JSON has no infinite
    numbers: they are the text "Infinity" and "-Infinity".

    Args:
        source: table or graph.
        path: the file, compressed if it ends in .gz.
        entities: "shared" or "apart", see `Entities`; None decides by the names.

    Returns:
        Notes on columns that have another name in the file.
    """
    walk = Walk.of(table_of(source), entities, taken=TAKEN)
    write_lines(path, lines(walk))
    return walk.notes


def lines(walk: Walk) -> Iterator[str]:
    """The document in pieces."""
    yield HEAD
    before = ""
    for key, kind, name in walk.each_node():
        yield before + _json({"id": key, "kind": kind, "name": name})
        before = ",\n"
    yield '\n], "edges": [\n'
    before, names = "", [one.name for one in walk.qualifiers]
    for row, source, verb, target, said in walk.edges(walk.keys, names_of(walk.table.verbs)):
        edge: dict[str, Any] = {"source": source, "target": target, "key": row, "verb": verb}
        yield before + _json(edge | {name: value for name, value in zip(names, said, strict=True) if value is not None})
        before = ",\n"
    yield "\n]}\n"


def _json(values: dict[str, Any]) -> str:
    try:
        return json.dumps(values, ensure_ascii=False, allow_nan=False)
    except ValueError:
        return json.dumps({key: _finite(value) for key, value in values.items()}, ensure_ascii=False)


def _finite(value: Any) -> Any:
    return written(value) if isinstance(value, float) and abs(value) == float("inf") else value
