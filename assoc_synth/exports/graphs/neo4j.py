"""CSV files for `neo4j-admin database import`: nodes and relationships with typed headers.

Source: Neo4j Operations Manual, "Import: CSV header format".
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from assoc_synth.exports.entities import Entities
from assoc_synth.exports.output import put_lines, quoted
from assoc_synth.exports.source import Clock, Source, links_of, names_of, table_of
from assoc_synth.transactions.files.directories import replacing_directory
from assoc_synth.transactions.table import TransactionTable

CONTENTS = ("nodes-subject.csv", "nodes-object.csv", "nodes-entity.csv", "relationships-links.csv", "import.sh")


def write_neo4j(source: Source, path: Path, *, entities: str | None = None) -> None:
    """Write a folder with nodes-*.csv, relationships-links.csv, and import.sh, the command that imports them.

    A node has the property name and the label Subject, Object or both; a relationship has its verb as type, and on
    (date, localdatetime, or datetime in UTC), amount (double) and basket. An empty cell is an absent property; text is
    in quotes, so that blanks stay.

    Args:
        source: table or graph.
        path: the folder.
        entities: "shared" or "apart", see `Entities`; None decides by the names. Entities that are shared are in one
            file, nodes-entity.csv.
    """
    table = table_of(source)
    nodes = Entities.of(table, entities)
    kinds = ["entity"] if nodes.shared else ["subject", "object"]
    with replacing_directory(path, CONTENTS) as folder:
        for kind in kinds:
            put_lines(folder / f"nodes-{kind}.csv", node_lines(nodes, kind))
        put_lines(folder / "relationships-links.csv", link_lines(table, nodes))
        put_lines(folder / "import.sh", [command(kinds)])


def node_lines(nodes: Entities, kind: str) -> Iterator[str]:
    """The file of the nodes of one kind, or of all."""
    yield f"id:ID({kind.capitalize()}),name:string,:LABEL\n"
    for key, own, name in zip(nodes.keys(), nodes.kinds, nodes.names, strict=True):
        if kind in ("entity", own):
            label = "Subject;Object" if own == "both" else own.capitalize()
            yield f"{key},{quoted(name)},{label}\n"


def link_lines(table: TransactionTable, nodes: Entities) -> Iterator[str]:
    """The file of the relationships, a line per row."""
    ends = ("Entity", "Entity") if nodes.shared else ("Subject", "Object")
    has = {"on": table.time, "amount": table.amount, "basket": table.basket}
    types = {"on": time_type(table), "amount": "double", "basket": "string"}
    known = [name for name, values in has.items() if values is not None]
    header = [f":START_ID({ends[0]})", f":END_ID({ends[1]})", ":TYPE", *(f"{name}:{types[name]}" for name in known)]
    yield ",".join(header) + "\n"
    keys = nodes.keys()
    subjects, objects = ([keys[node] for node in codes.tolist()] for codes in (nodes.subject, nodes.object))
    verbs = [quoted(name) for name in names_of(table.verbs)]
    for part in links_of(table):
        for _, s, v, o, time, amount, basket in part.rows():
            cells = {
                "on": time or "",
                "amount": "" if amount is None else repr(amount),
                "basket": "" if basket is None else quoted(basket),
            }
            yield ",".join([subjects[s], objects[o], verbs[v], *(cells[name] for name in known)]) + "\n"


def time_type(table: TransactionTable) -> str:
    """Neo4j's type of the times: date, localdatetime, or datetime where the zone is known."""
    clock = Clock.of(table)
    return "date" if clock.unit == "D" else "datetime" if clock.zone else "localdatetime"


def command(kinds: list[str]) -> str:
    """The command that imports the folder, to be run in it."""
    files = "".join(f" --nodes=nodes-{kind}.csv" for kind in kinds)
    return (
        "neo4j-admin database import full neo4j"
        f"{files} --relationships=relationships-links.csv --multiline-fields=true --overwrite-destination\n"
    )
