"""The rows as one Parquet file, with the user's own column names, typed."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from assoc_synth.errors import InputError
from assoc_synth.exports.output import only_text
from assoc_synth.exports.source import Source, table_of
from assoc_synth.exports.streaming import Frames
from assoc_synth.transactions.files.atomic import replacing
from assoc_synth.transactions.files.writing import written_kind
from assoc_synth.transactions.table import TransactionTable


def write_parquet(source: Source, path: Path) -> None:
    """Write one Parquet file: times, numbers and truth values as such, also of a table that was read from text.

    Raises:
        InputError: the suffix says another format, the folder does not exist, or Parquet cannot hold a column.
    """
    written_kind(path, "parquet")
    with replacing(path) as temporary:
        put_parquet(table_of(source), temporary)


def put_parquet(table: TransactionTable, path: Path) -> None:
    """Write the rows into a file that nobody reads yet.

    Raises:
        InputError: Parquet cannot hold a column.
    """
    frames = Frames.of(table, typed=True)
    try:
        with only_text():
            schema = _schema(frames)
            with pq.ParquetWriter(path, schema) as writer:
                for frame in frames:
                    writer.write_table(pa.Table.from_pandas(frame, schema, preserve_index=False))
    except InputError:
        raise
    except (pa.ArrowException, TypeError, ValueError) as error:
        what = " ".join(str(note) for note in error.args[1:]) or type(error).__name__
        raise InputError(f"a column cannot be written to Parquet: {what[:200]}") from None


def _schema(frames: Frames) -> pa.Schema:
    """The schema of all frames: a column that is empty in one has the type that it has in the others."""
    found = None
    for frame in frames:
        own = pa.Table.from_pandas(frame, preserve_index=False).schema
        if found is None or found.equals(own):
            found = own if found is None else found
        else:
            found = pa.unify_schemas([found, own]).with_metadata(own.metadata)
    return found
