"""An edge list for Gephi: the distinct links as Source, Target, Label, Weight."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from assoc_synth.exports.entities import Entities, both_names
from assoc_synth.exports.output import quoted, write_lines
from assoc_synth.exports.source import Source, graph_of, names_of, slices
from assoc_synth.link_graph.graph import LinkGraph


def write_edges(source: Source, path: Path, *, entities: str | None = None) -> None:
    """Write a CSV with a line per distinct link; Label is its verb, Weight the number of its rows.

    Source and Target are names. Where a name is a subject and an object and these stay apart, both columns begin with
    "subject:" or "object:", as Gephi takes equal names for one node.

    Args:
        source: table or graph.
        path: the file, compressed if it ends in .gz.
        entities: "shared" or "apart", see `Entities`; None decides by the names.
    """
    graph = graph_of(source)
    write_lines(path, lines(graph, Entities.of(graph.table, entities)))


def lines(graph: LinkGraph, nodes: Entities) -> Iterator[str]:
    """The file in pieces."""
    table, edges = graph.table, graph.edges
    marks = ("subject:", "object:") if not nodes.shared and both_names(table) else ("", "")
    subjects, objects = (
        [quoted(mark + name) for name in names_of(index)]
        for mark, index in zip(marks, (table.subjects, table.objects), strict=True)
    )
    verbs = [quoted(name) for name in names_of(table.verbs)]
    yield "Source,Target,Label,Weight\n"
    for part in slices(len(edges)):
        columns = (edges.subject[part], edges.object[part], edges.verb[part], edges.count[part])
        for s, o, v, count in zip(*(column.tolist() for column in columns), strict=True):
            yield f"{subjects[s]},{objects[o]},{verbs[v]},{int(count)}\n"
