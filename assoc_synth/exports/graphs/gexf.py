"""GEXF 1.2: a directed multigraph with an edge for each transaction, for Gephi; networkx reads it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from assoc_synth.exports.graphml import TYPES, attribute, edge_keys, written
from assoc_synth.exports.output import write_lines
from assoc_synth.exports.source import Source, names_of, table_of
from assoc_synth.exports.walk import Walk

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<gexf xmlns="http://www.gexf.net/1.2draft" version="1.2">
<graph defaultedgetype="directed" mode="static">
<attributes class="node" mode="static">
<attribute id="kind" title="kind" type="string"/>
<attribute id="name" title="name" type="string"/>
</attributes>
<attributes class="edge" mode="static">
<attribute id="verb" title="verb" type="string"/>
"""
FOOT = "</edges>\n</graph>\n</gexf>\n"
TAKEN = ("id", "label", "weight", "start", "end", "networkx_key")
"""Attributes of edges that readers fill with something else."""


def write_gexf(source: Source, path: Path, *, entities: str | None = None) -> tuple[str, ...]:
    r"""Write GEXF: nodes with kind and name, edges with verb, time (ISO 8601), amount, basket and extra columns, typed.

    What is missing has no value. Characters that XML forbids are written `\uXXXX`.

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
    """The document in pieces: nodes, then an edge per row."""
    yield HEAD
    keys = edge_keys(walk)
    for key, one in zip(keys, walk.qualifiers, strict=True):
        yield f'<attribute id="{key}" title="{attribute(one.name)}" type="{TYPES.get(one.kind, "string")}"/>\n'
    yield "</attributes>\n<nodes>\n"
    for key, kind, name in walk.each_node():
        values = f'<attvalue for="kind" value="{kind}"/><attvalue for="name" value="{attribute(name)}"/>'
        yield f'<node id="{key}" label="{attribute(name)}"><attvalues>{values}</attvalues></node>\n'
    yield "</nodes>\n<edges>\n"
    verbs = [attribute(name) for name in names_of(walk.table.verbs)]
    for row, source, verb, target, said in walk.edges(walk.keys, verbs):
        values = f'<attvalue for="verb" value="{verb}"/>'
        for key, value in zip(keys, said, strict=True):
            if value is not None:
                values += f'<attvalue for="{key}" value="{attribute(written(value))}"/>'
        ends = f'source="{source}" target="{target}"'
        yield f'<edge id="{row}" {ends} label="{verb}"><attvalues>{values}</attvalues></edge>\n'
    yield FOOT
