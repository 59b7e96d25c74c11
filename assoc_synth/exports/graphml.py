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
from assoc_synth.exports.output import write_lines
from assoc_synth.exports.qualifiers import Kind, Value
from assoc_synth.exports.source import Source, graph_of, names_of, table_of
from assoc_synth.exports.walk import Walk
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.transactions.files import replacing
from assoc_synth.transactions.files.atomic import stream

if TYPE_CHECKING:
    import networkx as nx

HEAD = """<?xml version='1.0' encoding='utf-8'?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" \
xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">
<key id="kind" for="node" attr.name="kind" attr.type="string"/>
<key id="name" for="node" attr.name="name" attr.type="string"/>
<key id="verb" for="edge" attr.name="verb" attr.type="string"/>
"""
FOOT = "</graph>\n</graphml>\n"
TYPES: dict[Kind, str] = {"integer": "long", "number": "double", "truth": "boolean"}
"""Of XML, for GEXF too; all other kinds are strings."""
TAKEN = ("id",)
"""Attributes of edges that readers fill with something else."""

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
) -> tuple[str, ...]:
    r"""Write GraphML that networkx, Gephi, yEd and igraph read.

    Nodes have `kind` (subject, object or both) and `name`, edges `verb`, `time` (ISO 8601), `amount`, `basket` and the
    extra columns, typed; what is missing has no attribute. Characters that XML forbids are written `\uXXXX`;
    `unescape_name` gives them back.

    Args:
        source: table or graph.
        path: the file, compressed if it ends in .gz.
        entities: "shared" or "apart", see `Entities`; None decides by the names.
        projection: write the undirected also-buy graph instead: objects with edges weighted by lift.
        verb: of the projection, None for all verbs.
        min_count, min_lift: of the projection, the lowest count and lift of an edge.

    Returns:
        Notes on columns that have another name in the file.

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
        return ()
    walk = Walk.of(table_of(source), entities, taken=TAKEN)
    write_lines(path, lines(walk))
    return walk.notes


def lines(walk: Walk) -> Iterator[str]:
    """The document in pieces: nodes s0, s1, … and o0, o1, … by code, then edges 0, 1, … by row."""
    yield HEAD
    keys = edge_keys(walk)
    for key, one in zip(keys, walk.qualifiers, strict=True):
        of_kind = f'attr.type="{TYPES.get(one.kind, "string")}"'
        yield f'<key id="{key}" for="edge" attr.name="{attribute(one.name)}" {of_kind}/>\n'
    yield '<graph edgedefault="directed">\n'
    for node, kind, name in walk.each_node():
        data = f'<data key="kind">{kind}</data><data key="name">{text(name)}</data>'
        yield f'<node id="{node}">{data}</node>\n'
    for row, source, verb, target, said in walk.edges(walk.keys, [text(name) for name in names_of(walk.table.verbs)]):
        data = f'<data key="verb">{verb}</data>'
        for key, value in zip(keys, said, strict=True):
            if value is not None:
                data += f'<data key="{key}">{text(written(value))}</data>'
        yield f'<edge id="{row}" source="{source}" target="{target}">{data}</edge>\n'
    yield FOOT


def edge_keys(walk: Walk) -> list[str]:
    """The ids of the qualifiers in a document: roles by name, extra columns x0, x1, …"""
    return [one.role or f"x{number}" for number, one in enumerate(walk.qualifiers)]


def written(value: Value) -> str:
    """A value as XML has it.

    Example:
        >>> written(True), written(0.5), written(float("inf")), written("tea")
        ('true', '0.5', 'Infinity', 'tea')
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if abs(value) != float("inf") else "Infinity" if value > 0 else "-Infinity"


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
