"""GraphML: a directed multigraph with an edge for each transaction, or the also-buy graph of the objects.

It is written line by line: only the names of a table are in memory, whatever its length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from assoc_synth.errors import InputError
from assoc_synth.exports.entities import Entities
from assoc_synth.exports.output import write_lines
from assoc_synth.exports.source import Source, graph_of, links_of, names_of, table_of
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.transactions.files import replacing
from assoc_synth.transactions.files.atomic import stream
from assoc_synth.transactions.table import TransactionTable

if TYPE_CHECKING:
    import networkx as nx

HEAD = """<?xml version='1.0' encoding='utf-8'?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" \
xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">
<key id="kind" for="node" attr.name="kind" attr.type="string"/>
<key id="name" for="node" attr.name="name" attr.type="string"/>
<key id="verb" for="edge" attr.name="verb" attr.type="string"/>
<key id="time" for="edge" attr.name="time" attr.type="string"/>
<key id="amount" for="edge" attr.name="amount" attr.type="double"/>
<key id="basket" for="edge" attr.name="basket" attr.type="string"/>
<graph edgedefault="directed">
"""
FOOT = "</graph>\n</graphml>\n"

# Characters that XML 1.0 cannot write; and a backslash that would be read as the start of such an escape.
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]|\\\\(?=u[0-9a-fA-F]{4})")


def write_graphml(
    source: Source,
    path: Path,
    *,
    entities: str | None = None,
    projection: bool = False,
    verb: str | None = None,
    min_count: int = 20,
    min_lift: float = 1.0,
) -> None:
    r"""Write GraphML that networkx, Gephi, yEd and igraph read.

    Nodes have `kind` (subject, object or both) and `name`, edges `verb`, `time` (ISO 8601), `amount` and `basket`; a
    missing qualifier has no attribute. Characters that XML forbids are written `\uXXXX`; `unescape_name` gives
    them back.

    Args:
        source: table or graph.
        path: the file, compressed if it ends in .gz.
        entities: "shared" or "apart", see `Entities`; None decides by the names.
        projection: write the undirected also-buy graph instead: objects with edges weighted by lift.
        verb: of the projection, None for all verbs.
        min_count, min_lift: of the projection, the lowest count and lift of an edge.

    Raises:
        InputError: `verb` without `projection`, or a verb that the table does not have.
    """
    if verb is not None and not projection:
        raise InputError("graphml: one verb is of the projection alone: add --projection (projection=True)")
    if projection:
        graph = also_buy(graph_of(source), verb=verb, min_count=min_count, min_lift=min_lift)
        import networkx as nx

        with replacing(path) as temporary, stream(temporary) as file:
            nx.write_graphml(graph, file)
        return
    table = table_of(source)
    write_lines(path, lines(table, Entities.of(table, entities)))


def lines(table: TransactionTable, nodes: Entities) -> Iterator[str]:
    """The document in pieces: nodes s0, s1, … and o0, o1, … by code, then edges 0, 1, … by row."""
    yield HEAD
    keys = nodes.keys()
    for key, kind, name in zip(keys, nodes.kinds, nodes.names, strict=True):
        data = f'<data key="kind">{kind}</data><data key="name">{text(name)}</data>'
        yield f'<node id="{key}">{data}</node>\n'
    subjects, objects = ([keys[node] for node in codes.tolist()] for codes in (nodes.subject, nodes.object))
    verbs = [text(name) for name in names_of(table.verbs)]
    for part in links_of(table):
        for row, s, v, o, time, amount, basket in part.rows():
            data = f'<data key="verb">{verbs[v]}</data>'
            data += "" if time is None else f'<data key="time">{time}</data>'
            data += "" if amount is None else f'<data key="amount">{amount!r}</data>'
            data += "" if basket is None else f'<data key="basket">{text(basket)}</data>'
            yield f'<edge id="{row}" source="{subjects[s]}" target="{objects[o]}">{data}</edge>\n'
    yield FOOT


def also_buy(graph: LinkGraph, *, verb: str | None, min_count: int, min_lift: float) -> nx.Graph[Any]:
    """The also-buy graph with names that XML can hold."""
    import networkx as nx

    objects = graph.also_buy_graph(verb=verb, min_count=min_count, min_lift=min_lift)
    return nx.relabel_nodes(objects, {name: escape_name(str(name)) for name in objects})


def text(name: str) -> str:
    """A name as element content."""
    # A parser turns a bare carriage return into a line feed.
    return escape(escape_name(name), {"\r": "&#13;"})


def attribute(name: str) -> str:
    """A name as the value of an attribute in double quotes."""
    # A parser turns bare blanks of other kinds into spaces.
    return escape(escape_name(name), {"\r": "&#13;", "\n": "&#10;", "\t": "&#9;", '"': "&quot;"})


def escape_name(name: str) -> str:
    r"""A name with the characters that XML forbids as `\uXXXX`; `unescape_name` reverses it.

    Example:
        >>> from assoc_synth.link_graph.imports.graphml import unescape_name
        >>> escape_name("bell \a"), unescape_name(escape_name("bell \a")) == "bell \a"
        ('bell \\u0007', True)
    """
    return UNWRITABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", name)
