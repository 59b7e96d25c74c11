"""GraphML: a directed multigraph with an edge for each transaction, or the also-buy graph of the objects.

It is written line by line: only the names of a table are in memory, whatever its length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import networkx as nx

from assoc_synth.errors import InputError
from assoc_synth.exports.source import Clock, Source, amount_texts, graph_of, names_of, slices, table_of
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.transactions.files import replacing
from assoc_synth.transactions.files.atomic import stream
from assoc_synth.transactions.table import TransactionTable

HEAD = """<?xml version='1.0' encoding='utf-8'?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" \
xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">
<key id="kind" for="node" attr.name="kind" attr.type="string"/>
<key id="name" for="node" attr.name="name" attr.type="string"/>
<key id="verb" for="edge" attr.name="verb" attr.type="string"/>
<key id="time" for="edge" attr.name="time" attr.type="string"/>
<key id="amount" for="edge" attr.name="amount" attr.type="double"/>
<graph edgedefault="directed">
"""
FOOT = "</graph>\n</graphml>\n"

# Characters that XML 1.0 cannot write; and a backslash that would be read as the start of such an escape.
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]|\\\\(?=u[0-9a-fA-F]{4})")


def write_graphml(
    source: Source,
    path: Path,
    *,
    projection: bool = False,
    verb: str | None = None,
    min_count: int = 20,
    min_lift: float = 1.0,
) -> None:
    r"""Write GraphML that networkx, Gephi, yEd and igraph read.

    Nodes have `kind` (subject or object) and `name`, edges `verb`, `time` (ISO 8601) and `amount`; a missing qualifier
    has no attribute. Characters that XML forbids are written `\uXXXX`; `unescape_name` gives them back.

    Args:
        source: table or graph.
        path: the file, compressed if it ends in .gz.
        projection: write the undirected also-buy graph instead: objects with edges weighted by lift.
        verb: of the projection, None for all verbs.
        min_count, min_lift: of the projection, the lowest count and lift of an edge.

    Raises:
        InputError: `verb` without `projection`, or a verb that the table does not have.
    """
    if verb is not None and not projection:
        raise InputError("graphml: the option 'verb' needs the projection")
    if projection:
        graph = also_buy(graph_of(source), verb=verb, min_count=min_count, min_lift=min_lift)
        with replacing(path) as temporary, stream(temporary) as file:
            nx.write_graphml(graph, file)
        return
    with replacing(path) as temporary, stream(temporary) as file:
        file.writelines(line.encode() for line in lines(table_of(source)))


def lines(table: TransactionTable) -> Iterator[str]:
    """The document in pieces: nodes s0, s1, … and o0, o1, … by code, then edges 0, 1, … by row."""
    yield HEAD
    for kind, index in (("subject", table.subjects), ("object", table.objects)):
        for code, name in enumerate(names_of(index)):
            data = f'<data key="kind">{kind}</data><data key="name">{text(name)}</data>'
            yield f'<node id="{kind[0]}{code}">{data}</node>\n'
    verbs = [text(name) for name in names_of(table.verbs)]
    clock = Clock.of(table)
    for part in slices(len(table)):
        columns = (table.subject[part].tolist(), table.object[part].tolist(), table.verb[part].tolist())
        absent = [None] * len(columns[0])
        times = absent if table.time is None else clock.texts(table.time[part])
        amounts = absent if table.amount is None else amount_texts(table.amount[part])
        for row, (s, o, v, time, amount) in enumerate(zip(*columns, times, amounts, strict=True), part.start):
            data = f'<data key="verb">{verbs[v]}</data>'
            data += "" if time is None else f'<data key="time">{time}</data>'
            data += "" if amount is None else f'<data key="amount">{amount}</data>'
            yield f'<edge id="{row}" source="s{s}" target="o{o}">{data}</edge>\n'
    yield FOOT


def also_buy(graph: LinkGraph, *, verb: str | None, min_count: int, min_lift: float) -> nx.Graph[Any]:
    """The also-buy graph with names that XML can hold."""
    objects = graph.also_buy_graph(verb=verb, min_count=min_count, min_lift=min_lift)
    return nx.relabel_nodes(objects, {name: escape_name(str(name)) for name in objects})


def text(name: str) -> str:
    """A name as element content."""
    # A parser turns a bare carriage return into a line feed.
    return escape(escape_name(name), {"\r": "&#13;"})


def escape_name(name: str) -> str:
    r"""A name with the characters that XML forbids as `\uXXXX`; `unescape_name` reverses it.

    Example:
        >>> escape_name("bell \a"), unescape_name(escape_name("bell \a")) == "bell \a"
        ('bell \\u0007', True)
    """
    return UNWRITABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", name)


def unescape_name(name: str) -> str:
    """The inverse of `escape_name`."""
    return re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), name)
