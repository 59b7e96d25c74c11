"""GEXF 1.2: a directed multigraph with an edge for each transaction, for Gephi; networkx reads it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from assoc_synth.exports.entities import Entities
from assoc_synth.exports.graphml import attribute
from assoc_synth.exports.output import write_lines
from assoc_synth.exports.source import Source, links_of, names_of, table_of
from assoc_synth.transactions.table import TransactionTable

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<gexf xmlns="http://www.gexf.net/1.2draft" version="1.2">
<graph defaultedgetype="directed" mode="static">
<attributes class="node" mode="static">
<attribute id="kind" title="kind" type="string"/>
<attribute id="name" title="name" type="string"/>
</attributes>
<attributes class="edge" mode="static">
<attribute id="verb" title="verb" type="string"/>
<attribute id="time" title="time" type="string"/>
<attribute id="amount" title="amount" type="double"/>
<attribute id="basket" title="basket" type="string"/>
</attributes>
<nodes>
"""
FOOT = "</edges>\n</graph>\n</gexf>\n"


def write_gexf(source: Source, path: Path, *, entities: str | None = None) -> None:
    r"""Write GEXF: nodes with kind and name, edges with verb, time (ISO 8601), amount and basket.

    A missing qualifier has no value. Characters that XML forbids are written `\uXXXX`.

    Args:
        source: table or graph.
        path: the file, compressed if it ends in .gz.
        entities: "shared" or "apart", see `Entities`; None decides by the names.
    """
    table = table_of(source)
    write_lines(path, lines(table, Entities.of(table, entities)))


def lines(table: TransactionTable, nodes: Entities) -> Iterator[str]:
    """The document in pieces: nodes, then an edge per row."""
    yield HEAD
    keys = nodes.keys()
    for key, kind, name in zip(keys, nodes.kinds, nodes.names, strict=True):
        values = f'<attvalue for="kind" value="{kind}"/><attvalue for="name" value="{attribute(name)}"/>'
        yield f'<node id="{key}" label="{attribute(name)}"><attvalues>{values}</attvalues></node>\n'
    yield "</nodes>\n<edges>\n"
    subjects = [keys[node] for node in nodes.subject.tolist()]
    objects = [keys[node] for node in nodes.object.tolist()]
    verbs = [attribute(name) for name in names_of(table.verbs)]
    for part in links_of(table):
        for row, s, v, o, time, amount, basket in part.rows():
            values = f'<attvalue for="verb" value="{verbs[v]}"/>'
            values += "" if time is None else f'<attvalue for="time" value="{time}"/>'
            values += "" if amount is None else f'<attvalue for="amount" value="{amount!r}"/>'
            values += "" if basket is None else f'<attvalue for="basket" value="{attribute(basket)}"/>'
            ends = f'source="{subjects[s]}" target="{objects[o]}"'
            yield f'<edge id="{row}" {ends} label="{verbs[v]}"><attvalues>{values}</attvalues></edge>\n'
    yield FOOT
