"""Node-link JSON as networkx's `node_link_data` writes it: a node per entity, an edge per transaction."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from assoc_synth.exports.entities import Entities
from assoc_synth.exports.output import write_lines
from assoc_synth.exports.source import Source, links_of, names_of, table_of
from assoc_synth.transactions.table import TransactionTable

HEAD = '{"directed": true, "multigraph": true, "graph": {}, "nodes": [\n'


def write_node_link(source: Source, path: Path, *, entities: str | None = None) -> None:
    """Write JSON with the keys directed, multigraph, graph, nodes and edges.

    A node has id, kind and name; an edge source, target, key (the number of its row), verb, and time (ISO 8601), amount
    and basket where they are known.

    Args:
        source: table or graph.
        path: the file, compressed if it ends in .gz.
        entities: "shared" or "apart", see `Entities`; None decides by the names.
    """
    table = table_of(source)
    write_lines(path, lines(table, Entities.of(table, entities)))


def lines(table: TransactionTable, nodes: Entities) -> Iterator[str]:
    """The document in pieces."""
    yield HEAD
    keys = nodes.keys()
    before = ""
    for key, kind, name in zip(keys, nodes.kinds, nodes.names, strict=True):
        yield before + _json({"id": key, "kind": kind, "name": name})
        before = ",\n"
    yield '\n], "edges": [\n'
    subjects, objects = nodes.subject.tolist(), nodes.object.tolist()
    verbs = names_of(table.verbs)
    before = ""
    for part in links_of(table):
        for row, s, v, o, time, amount, basket in part.rows():
            ends = {"source": keys[subjects[s]], "target": keys[objects[o]], "key": row, "verb": verbs[v]}
            known = {"time": time, "amount": amount, "basket": basket}
            yield before + _json(ends | {name: value for name, value in known.items() if value is not None})
            before = ",\n"
    yield "\n]}\n"


def _json(values: dict[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False)
