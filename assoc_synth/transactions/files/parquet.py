"""Tables in Parquet, read with distrust: a few bytes of it can stand for more cells than a machine holds."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from assoc_synth.errors import InputError
from assoc_synth.transactions.files.kinds import MAX_CELL_BYTES, check_columns, check_unpacked, typed

TEXTS = (pa.string(), pa.large_string(), pa.binary(), pa.large_binary())
DAMAGE = (pa.ArrowException, OSError, ValueError, OverflowError, KeyError, TypeError, AttributeError, IndexError)
"""What the libraries raise where a file, or what pandas has noted in it, is damaged."""
CELL_BYTES = 8
"""What a cell takes in a frame at least."""


def read_parquet(path: Path) -> pd.DataFrame:
    """The columns with the file's own dtypes, a named index as columns; whole numbers with gaps become Int64.

    Raises:
        InputError: the file is not Parquet, is damaged, holds a cell over the limit or no rows, or unpacks to far more
            than its size.
        OSError: the system cannot read the file.
    """
    return as_frame(parquet_table(path, path.name), path.name)


def as_frame(table: pa.Table, name: str) -> pd.DataFrame:
    """A table of Arrow as a frame with a RangeIndex, see `read_parquet`.

    Args:
        name: the file's, for the message.

    Raises:
        InputError: it holds no rows, or what pandas has noted in it is damaged.
    """
    try:
        frame: pd.DataFrame = table.to_pandas(integer_object_nulls=True)
    except DAMAGE:
        raise InputError(f"{name!r} is not a readable Parquet file") from None
    if any(own is not None for own in frame.index.names):
        frame = frame.reset_index()
    if frame.empty:
        raise InputError(f"{name!r} holds no rows")
    for column in frame.columns[[str(dtype) == "object" for dtype in frame.dtypes]]:
        if pd.api.types.infer_dtype(frame[column], skipna=True) == "integer":
            frame[column] = typed(frame[column])
    return frame if isinstance(frame.index, pd.RangeIndex) else frame.reset_index(drop=True)


def parquet_table(path: Path, name: str) -> pa.Table:
    """The table as Arrow.

    Args:
        name: the file's, for the message.

    Raises:
        InputError, OSError: as `read_parquet`, but for what has no rows.
    """
    try:
        return _table(path, name)
    except DAMAGE as error:
        if isinstance(error, InputError) or (isinstance(error, OSError) and error.errno):
            raise
        raise InputError(f"{name!r} is not a readable Parquet file") from None


def _table(path: Path, name: str) -> pa.Table:
    """Texts are decoded once each, so that repeated ones are counted before they are spread out."""
    packed = os.path.getsize(path)
    file = pq.ParquetFile(path)
    schema, metadata = file.schema_arrow, file.metadata
    check_columns(list(schema.names), name)
    groups = range(metadata.num_row_groups)
    check_unpacked(sum(metadata.row_group(group).total_byte_size for group in groups), packed, name)
    check_unpacked(CELL_BYTES * metadata.num_rows * metadata.num_columns, packed, name)
    texts = [field.name for field in schema if _is_text(field.type)]
    table = pq.ParquetFile(path, read_dictionary=texts).read()
    size = sum(_size(table[text], text, name) for text in texts)
    check_unpacked(size + table.drop_columns(texts).nbytes, packed, name)
    return table.cast(schema)


def _is_text(kind: pa.DataType) -> bool:
    """Whether a column holds text, or categories that are text."""
    return kind in TEXTS or (pa.types.is_dictionary(kind) and kind.value_type in TEXTS)


def _size(column: pa.ChunkedArray, name: str, file: str) -> int:
    """Bytes of a column of text when each cell is written out: one long text may stand in a million cells.

    Raises:
        InputError: a cell is over the limit.
    """
    size = 0
    for chunk in column.chunks:
        lengths = pc.binary_length(chunk.dictionary)
        if (pc.max(lengths).as_py() or 0) > MAX_CELL_BYTES:
            raise InputError(f"{file!r}, column {name[:60]!r}: a cell is over {MAX_CELL_BYTES:,} bytes")
        size += pc.sum(pc.take(lengths, chunk.indices)).as_py() or 0
    return size
