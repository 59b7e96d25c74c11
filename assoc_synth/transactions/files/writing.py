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

from assoc_synth.errors import InputError
from assoc_synth.transactions.files.atomic import replacing, stream
from assoc_synth.transactions.files.delimited import Dialect
from assoc_synth.transactions.files.formulas import guarded
from assoc_synth.transactions.files.jsonlines import write_jsonl
from assoc_synth.transactions.files.kinds import KINDS, kind_of


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
            _write_parquet(frame, temporary)
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


def _write_parquet(frame: pd.DataFrame, path: Path) -> None:
    try:
        frame.to_parquet(path, index=False)
    except (pa.ArrowException, TypeError, ValueError) as error:
        what = " ".join(str(note) for note in error.args[1:]) or type(error).__name__
        raise InputError(f"a column cannot be written to Parquet: {what[:200]}") from None


def _write_csv(frame: pd.DataFrame, stream: IO[bytes], dialect: Dialect) -> None:
    columns = (frame.iloc[:, position] for position in range(frame.shape[1]))
    texts = (pd.unique(cells.astype(object)) for cells in columns if cells.dtype.kind == "O")
    # Python's writer quotes a carriage return only if it is part of the line's end.
    quoted = any(isinstance(cell, str) and "\r" in cell for cell in chain(frame.columns, *texts))
    text = io.TextIOWrapper(stream, encoding="utf-8", newline="")
    ending = "\r\n" if quoted else "\n"
    frame.to_csv(text, sep=dialect.delimiter, header=dialect.header, index=False, lineterminator=ending)
    text.detach()
