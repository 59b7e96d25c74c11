"""Parquet files and the Cypher script that loads them into Ladybug (the embedded graph database after Kuzu)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from assoc_synth.exports.entities import Entities
from assoc_synth.exports.output import only_text, put_lines
from assoc_synth.exports.qualifiers import Cells, Kind
from assoc_synth.exports.source import Source, names_of, slices, table_of
from assoc_synth.exports.walk import Walk
from assoc_synth.transactions.arrays import Ints
from assoc_synth.transactions.files.directories import replacing_directory
from assoc_synth.transactions.files.parts import part_name, parts_in

CONTENTS = ("subject.parquet", "object.parquet", "entity.parquet", "link.parquet", "load.cypher")
NODES = pa.schema([("id", pa.int64()), ("name", pa.string())])
ENTITIES = pa.schema([("id", pa.int64()), ("name", pa.string()), ("kind", pa.string())])
WORDS = {"time": "on_time"}
TAKEN = ("from", "to", "id", "label", "_id", "_label", "_src", "_dst")
UNWRITABLE = re.compile("[\x00-\x1f\x7f`]")
"""What no name in backticks can hold."""
ARROW: dict[Kind, pa.DataType] = {
    "text": pa.string(), "integer": pa.int64(), "number": pa.float64(), "truth": pa.bool_(), "date": pa.date32(),
    "datetime": pa.timestamp("us"), "instant": pa.timestamp("us"),
}  # fmt: skip
CYPHER = {
    pa.string(): "STRING", pa.int64(): "INT64", pa.float64(): "DOUBLE", pa.bool_(): "BOOLEAN", pa.date32(): "DATE",
    pa.timestamp("us"): "TIMESTAMP", pa.timestamp("ns"): "TIMESTAMP_NS",
}  # fmt: skip


def write_ladybug(
    source: Source, path: Path, *, entities: str | None = None, part_rows: int | None = None
) -> tuple[str, ...]:
    """Write a folder with a Parquet file per kind of node, link.parquet, and load.cypher, which creates and copies.

    A relation's first two columns are the ids of its ends; then verb, and on_time, amount and basket if the table has
    them, and the extra columns, typed, null where missing. Run load.cypher from within the folder.

    Args:
        source: table or graph.
        path: the folder.
        entities: "shared" or "apart", see `Entities`; None decides by the names. Entities that are shared are one node
            table, Entity, with the column kind.
        part_rows: links are in files of so many, link-00000.parquet and so on.

    Returns:
        Notes on columns that have another name in the file.
    """
    walk = Walk.of(table_of(source), entities, taken=TAKEN, words=WORDS, plain=plain, fold=True)
    table, nodes = walk.table, walk.nodes
    with replacing_directory(path, (*CONTENTS, *parts_in(path, ".parquet", "link"))) as folder, only_text():
        if nodes.shared:
            _write(_entities(nodes), ENTITIES, folder / "entity.parquet")
        else:
            _write(_nodes(names_of(table.subjects)), NODES, folder / "subject.parquet")
            _write(_nodes(names_of(table.objects)), NODES, folder / "object.parquet")
        schema = link_schema(walk)
        batches, files = link_batches(walk, schema), ["link.parquet"]
        if part_rows is None:
            _write(batches, schema, folder / files[0])
        else:
            files = []
            for number, own in groupby(_numbered(batches, part_rows), key=itemgetter(0)):
                files.append(part_name(number, ".parquet", "link"))
                _write((batch for _, batch in own), schema, folder / files[-1])
        put_lines(folder / "load.cypher", script(nodes.shared, schema, files))
    return walk.notes


def plain(name: str) -> str:
    """A name that backticks can hold."""
    return UNWRITABLE.sub("_", name)


def _write(batches: Iterator[pa.RecordBatch], schema: pa.Schema, path: Path) -> None:
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for batch in batches:
            writer.write_batch(batch)


def _numbered(batches: Iterable[pa.RecordBatch], rows: int) -> Iterator[tuple[int, pa.RecordBatch]]:
    """Batches cut where a file of so many rows ends, each with the number of its file."""
    done = 0
    for batch in batches:
        start = 0
        while start < len(batch):
            size = min(rows - done % rows, len(batch) - start)
            yield done // rows, batch.slice(start, size)
            done, start = done + size, start + size


def _nodes(names: list[str]) -> Iterator[pa.RecordBatch]:
    for part in slices(len(names)):
        columns = [pa.array(np.arange(part.start, part.stop)), pa.array(names[part], pa.string())]
        yield pa.RecordBatch.from_arrays(columns, schema=NODES)


def _entities(nodes: Entities) -> Iterator[pa.RecordBatch]:
    for part in slices(len(nodes.names)):
        ids = pa.array(np.arange(part.start, part.stop))
        columns = [ids, pa.array(nodes.names[part], pa.string()), pa.array(nodes.kinds[part], pa.string())]
        yield pa.RecordBatch.from_arrays(columns, schema=ENTITIES)


def link_schema(walk: Walk) -> pa.Schema:
    """The columns of link.parquet in the order of the relation table."""
    fields = [("from", pa.int64()), ("to", pa.int64()), ("verb", pa.string())]
    return pa.schema(
        fields + [(one.name, pa.timestamp("ns") if one.unit == "ns" else ARROW[one.kind]) for one in walk.qualifiers]
    )


def link_batches(walk: Walk, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """The rows of the relation table, a slice at a time."""
    table = walk.table
    object: Ints = walk.nodes.object if walk.nodes.shared else np.arange(table.num_objects)
    verbs = pa.array(names_of(table.verbs), pa.string())
    baskets = pa.array([] if table.baskets is None else names_of(table.baskets), pa.string())
    for part in slices(len(table)):
        columns = [
            pa.array(table.subject[part], pa.int64()),
            pa.array(object[table.object[part]], pa.int64()),
            verbs.take(pa.array(table.verb[part])),
        ]
        if table.time is not None:
            columns.append(pa.array(table.time[part]).cast(schema.field(WORDS["time"]).type))
        if table.amount is not None:
            columns.append(pa.array(table.amount[part], from_pandas=True))
        if table.basket is not None:
            codes = table.basket[part]
            columns.append(baskets.take(pa.array(codes, pa.int64(), mask=codes < 0)))
        for values, field in zip(walk.extras, list(schema)[len(columns) :], strict=True):
            columns.append(_cells(values.values(part), field.type))
        yield pa.RecordBatch.from_arrays(columns, schema=schema)


def _cells(values: Cells, kind: pa.DataType) -> pa.Array:
    if not pa.types.is_temporal(kind):
        return pa.array(values, kind)
    # Arrow reads no zone into times without one; they are in UTC.
    texts = [None if value is None else str(value).removesuffix("Z") for value in values]
    return pa.array(texts, pa.string()).cast(kind)


def script(shared: bool, schema: pa.Schema, files: Sequence[str]) -> Iterator[str]:
    """The statements that create and fill the tables; `files` hold the links."""
    kinds = ["Entity"] if shared else ["Subject", "Object"]
    more = ", kind STRING" if shared else ""
    for kind in kinds:
        yield f"CREATE NODE TABLE {kind}(id INT64, name STRING{more}, PRIMARY KEY(id));\n"
    columns = [f"`{field.name}` {CYPHER[field.type]}" for field in list(schema)[2:]]
    yield f"CREATE REL TABLE Link(FROM {kinds[0]} TO {kinds[-1]}, {', '.join(columns)});\n"
    for kind in kinds:
        yield f'COPY {kind} FROM "{kind.lower()}.parquet";\n'
    for name in files:
        yield f'COPY Link FROM "{name}";\n'
