"""CSV files for `neo4j-admin database import`: nodes and relationships with typed headers.

Source: Neo4j Operations Manual, "Import: CSV header format".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain, groupby
from pathlib import Path

from assoc_synth.exports.graphml import written
from assoc_synth.exports.output import put_lines, quoted
from assoc_synth.exports.qualifiers import Kind
from assoc_synth.exports.source import Source, names_of, table_of
from assoc_synth.exports.walk import Walk
from assoc_synth.transactions.files.directories import replacing_directory
from assoc_synth.transactions.files.parts import part_name, parts_in

LINKS = "relationships-links"
CONTENTS = (
    "nodes-subject.csv", "nodes-object.csv", "nodes-entity.csv", f"{LINKS}.csv", f"{LINKS}-header.csv", "import.sh",
)  # fmt: skip

TYPES: dict[Kind, str] = {
    "text": "string", "integer": "long", "number": "double", "truth": "boolean", "date": "date",
    "datetime": "localdatetime", "instant": "datetime",
}  # fmt: skip
WORDS = {"time": "on"}
TAKEN = ("amount", "basket")
UNWRITABLE = re.compile("[\x00-\x1f\x7f\"',;:|\\\\(){}\\[\\]]")
"""What a field of a header cannot hold."""


def write_neo4j(
    source: Source, path: Path, *, entities: str | None = None, part_rows: int | None = None
) -> tuple[str, ...]:
    """Write a folder with nodes-*.csv, relationships-links.csv, and import.sh, the command that imports them.

    A node has the property name and the label Subject, Object or both; a relationship has its verb as type, and on
    (date, localdatetime, or datetime in UTC), amount (double), basket and the extra columns, typed. An empty cell is an
    absent property; text is in quotes, so that blanks stay.

    Args:
        source: table or graph.
        path: the folder.
        entities: "shared" or "apart", see `Entities`; None decides by the names. Entities that are shared are in one
            file, nodes-entity.csv.
        part_rows: relationships are in files of so many, relationships-links-00000.csv and so on, and their header is
            in relationships-links-header.csv.

    Returns:
        Notes on columns that have another name in the file.
    """
    walk = Walk.of(table_of(source), entities, taken=TAKEN, words=WORDS, plain=plain)
    kinds = ["entity"] if walk.nodes.shared else ["subject", "object"]
    with replacing_directory(path, (*CONTENTS, *parts_in(path, ".csv", LINKS))) as folder:
        for kind in kinds:
            put_lines(folder / f"nodes-{kind}.csv", node_lines(walk, kind))
        files = [f"{LINKS}.csv"]
        if part_rows is None:
            put_lines(folder / files[0], chain([header(walk)], link_lines(walk)))
        else:
            files = [f"{LINKS}-header.csv"]
            put_lines(folder / files[0], [header(walk)])
            for number, lines in groupby(enumerate(link_lines(walk)), key=lambda line: line[0] // part_rows):
                files.append(part_name(number, ".csv", LINKS))
                put_lines(folder / files[-1], (line for _, line in lines))
        put_lines(folder / "import.sh", [command(kinds, files)])
    return walk.notes


def plain(name: str) -> str:
    """A name that the field of a header can hold.

    Example:
        >>> plain('price: "net"')
        'price_ _net_'
    """
    return UNWRITABLE.sub("_", name).strip()


def node_lines(walk: Walk, kind: str) -> Iterator[str]:
    """The file of the nodes of one kind, or of all."""
    yield f"id:ID({kind.capitalize()}),name:string,:LABEL\n"
    for key, own, name in walk.each_node():
        if kind in ("entity", own):
            label = "Subject;Object" if own == "both" else own.capitalize()
            yield f"{key},{quoted(name)},{label}\n"


def header(walk: Walk) -> str:
    """The first line of the relationships."""
    ends = ("Entity", "Entity") if walk.nodes.shared else ("Subject", "Object")
    fields = [f":START_ID({ends[0]})", f":END_ID({ends[1]})", ":TYPE"]
    return ",".join([*fields, *(f"{one.name}:{TYPES[one.kind]}" for one in walk.qualifiers)]) + "\n"


def link_lines(walk: Walk) -> Iterator[str]:
    """The relationships, a line per row."""
    is_text = [one.kind == "text" for one in walk.qualifiers]
    verbs = [quoted(name) for name in names_of(walk.table.verbs)]
    for _, *parts, said in walk.edges(walk.keys, verbs):
        cells = (
            "" if value is None else quoted(str(value)) if textual else written(value)
            for textual, value in zip(is_text, said, strict=True)
        )
        yield ",".join([parts[0], parts[2], parts[1], *cells]) + "\n"


def command(kinds: list[str], files: list[str]) -> str:
    """The command that imports the folder, to be run in it.

    Args:
        kinds: of nodes.
        files: of the relationships, the one with the header first.
    """
    nodes = "".join(f" --nodes=nodes-{kind}.csv" for kind in kinds)
    return (
        f"neo4j-admin database import full neo4j{nodes} --relationships={','.join(files)} "
        "--multiline-fields=true --overwrite-destination\n"
    )
