"""The rows as one Parquet file, with the user's own column names, typed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from assoc_synth.errors import InputError
from assoc_synth.exports.output import part_files
from assoc_synth.exports.source import Source, table_of
from assoc_synth.exports.streaming import Frames, in_parts
from assoc_synth.transactions.files.atomic import replacing
from assoc_synth.transactions.files.writing import arrow_table, written_kind
from assoc_synth.transactions.table import TransactionTable


def write_parquet(source: Source, path: Path, *, part_rows: int | None = None) -> None:
    """Write one Parquet file: times, numbers and truth values as such, also of a table that was read from text.

    Args:
        source: table or graph.
        path: the file.
        part_rows: write a folder of files of so many rows, part-00000.parquet and so on, all with one schema.

    Raises:
        InputError: the suffix says another format, the folder does not exist, or Parquet cannot hold a column.
    """
    table = table_of(source)
    if part_rows is None:
        written_kind(path, "parquet")
        with replacing(path) as temporary:
            put_parquet(table, lambda _: temporary)
        return
    with part_files(path, ".parquet") as place:
        put_parquet(table, place, part_rows)


def put_parquet(table: TransactionTable, place: Callable[[int], Path], part_rows: int | None = None) -> None:
    """Write the rows into files that nobody reads yet.

    Args:
        table: the rows.
        place: the path of each part by its number, from 0.
        part_rows: rows of a part; None for one part.

    Raises:
        InputError: Parquet cannot hold a column.
    """
    frames = Frames.of(table, typed=True)
    schema = _schema(frames)
    for number, own in in_parts(frames, part_rows or max(len(table), 1)):
        with pq.ParquetWriter(place(number), schema) as writer:
            for frame in own:
                writer.write_table(arrow_table(frame, schema))


def _schema(frames: Frames) -> pa.Schema:
    """The schema of all frames: a column that is empty in one has the type that it has in the others."""
    found = None
    for frame in frames:
        own = arrow_table(frame).schema
        if found is None or found.equals(own):
            found = own if found is None else found
        else:
            try:
                found = pa.unify_schemas([found, own]).with_metadata(own.metadata)
            except pa.ArrowException as error:  # it names the column and both types
                raise InputError(f"a column cannot be written to Parquet: {str(error)[:200]}") from None
    return found
