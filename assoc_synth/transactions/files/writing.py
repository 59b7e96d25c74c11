"""A file of any kind from a frame: afterwards there is the old file or the complete new one, never a part."""

from __future__ import annotations

import io
import os
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import IO

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from assoc_synth.errors import InputError
from assoc_synth.transactions.files.atomic import replacing, stream
from assoc_synth.transactions.files.delimited import Dialect
from assoc_synth.transactions.files.formulas import guarded
from assoc_synth.transactions.files.jsonlines import write_jsonl
from assoc_synth.transactions.files.kinds import KINDS, kind_of

_UNFIT = (pa.ArrowException, TypeError, ValueError, OverflowError)
"""What Arrow says of cells that it has no column for."""
_SURROGATE = "a name holds half a surrogate pair, which is not text: rename it"


def write_frame(
    frame: pd.DataFrame,
    path: str | os.PathLike[str],
    *,
    kind: str | None = None,
    safe: bool = False,
    dialect: Dialect | None = None,
) -> None:
    """Write a table as a file of one kind, completely or not at all. The index is not written.

    Args:
        frame: the table.
        path: the file; compressed if it ends in .gz.
        kind: "csv", "tsv", "jsonl" or "parquet"; None for the kind that the suffix says, see `kind_of`.
        safe: CSV and TSV only. Text that a spreadsheet would run as a formula (it begins with = + - @, tab or CR and is
            not a plain number) gets a leading ', which reading takes off again.
        dialect: of a CSV; default commas and a header. A TSV has tabs.

    Raises:
        InputError: the suffix is unknown or says another kind, the folder does not exist, or the format cannot hold a
            value.
    """
    kind, written = written_kind(path, kind), dialect or Dialect()
    with replacing(path) as temporary:
        if kind == "parquet":
            pq.write_table(arrow_table(frame), temporary)
            return
        with stream(temporary) as file:
            if kind == "jsonl":
                write_jsonl(frame, file)
            else:
                written = replace(written, delimiter="\t") if kind == "tsv" else written
                _write_csv(guarded(frame) if safe else frame, file, written)


def written_kind(path: str | os.PathLike[str], wanted: str | None = None) -> str:
    """The kind of file that is written: the one that is wanted, or that the suffix says.

    Raises:
        InputError: the suffix is unknown or says another kind.

    Example:
        >>> written_kind("sales.tsv.gz"), written_kind("sales", "csv")
        ('tsv', 'csv')
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if wanted is not None and suffix != ".gz" and suffix not in KINDS:
        return wanted
    said = kind_of(path)
    if wanted not in (None, said):
        raise InputError(f"the suffix of {path.name!r} says {said}, the format asked for is {wanted}")
    return said


def arrow_table(frame: pd.DataFrame, schema: pa.Schema | None = None) -> pa.Table:
    """A frame as Arrow has it, without its index.

    Args:
        schema: of the table; None for the one that the cells say.

    Raises:
        InputError: Arrow has no column for some cells; the message names the column.

    Example:
        >>> arrow_table(pd.DataFrame({"n": [1, 2**70]}))
        Traceback (most recent call last):
        ...
        assoc_synth.errors.InputError: column 'n' cannot be written to Parquet: a number in it has more than 64 bits
    """
    try:
        table = pa.Table.from_pandas(frame, schema, preserve_index=False)
        if schema is None:  # one that is given is that of a table before it
            _write_nothing(table.schema)
    except _UNFIT as error:
        why = _SURROGATE if isinstance(error, UnicodeEncodeError) else type(error).__name__
        whole = InputError(f"a column cannot be written to Parquet: {why}")
        found = (_unfit(str(name), cells, schema) for name, cells in frame.items())
        raise next((one for one in found if one is not None), whole) from None
    return table


def _unfit(name: str, cells: pd.Series, schema: pa.Schema | None) -> InputError | None:
    """What to tell of a column that Arrow or Parquet does not take; None where both do."""
    known = None if schema is None or name not in schema.names else schema.field(name).type
    try:
        _write_nothing(pa.schema([("cells", pa.array(cells, known, from_pandas=True).type)]))
    except OverflowError:
        why = "a number in it has more than 64 bits"
    except UnicodeEncodeError:
        why = _SURROGATE
    except _UNFIT:
        why = "its cells are of several kinds, or of one that it has none for"
        why = why if known is None else f"some of its cells are no {known}"
    else:
        return None
    return InputError(f"column {name[:60]!r} cannot be written to Parquet: {why}")


def _write_nothing(schema: pa.Schema) -> None:
    """Raises: pa.ArrowException: Parquet has no type for a column, though Arrow has; a file without rows tells."""
    try:
        pq.write_table(schema.empty_table(), io.BytesIO())
    except OSError as error:  # of categories whose values are intervals; there is no disk that could fail
        raise pa.ArrowNotImplementedError(str(error)) from None


def _write_csv(frame: pd.DataFrame, stream: IO[bytes], dialect: Dialect) -> None:
    columns = (frame.iloc[:, position] for position in range(frame.shape[1]))
    texts = (pd.unique(cells.astype(object)) for cells in columns if cells.dtype.kind == "O")
    # Python's writer quotes a carriage return only if it is part of the line's end.
    quoted = any(isinstance(cell, str) and "\r" in cell for cell in chain(frame.columns, *texts))
    text = io.TextIOWrapper(stream, encoding="utf-8", newline="")
    ending = "\r\n" if quoted else "\n"
    frame.to_csv(text, sep=dialect.delimiter, header=dialect.header, index=False, lineterminator=ending)
    text.detach()
