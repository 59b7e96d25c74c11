"""The rows as CSV or TSV, with the user's own column names and ways of writing values."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pandas as pd

from assoc_synth.errors import InputError
from assoc_synth.exports.output import only_text, part_files
from assoc_synth.exports.source import Source, table_of
from assoc_synth.exports.streaming import Frames, in_parts
from assoc_synth.transactions.files.atomic import replacing, stream
from assoc_synth.transactions.files.delimited import Dialect
from assoc_synth.transactions.files.formulas import guarded
from assoc_synth.transactions.files.writing import written_kind


def write_csv(
    source: Source, path: Path, *, safe: bool = False, raw: bool = False, part_rows: int | None = None
) -> None:
    """Write rows with commas, or as the table's own CSV has them; with tabs if `path` ends in .tsv.

    A file that ends in .gz is compressed.

    Args:
        source: table or graph.
        path: the file.
        safe: text that a spreadsheet would run as a formula gets a leading ', which reading takes off again.
        raw: text is written as it is, which is the default.
        part_rows: write a folder of files of so many rows, part-00000.csv and so on, each with its header.

    Raises:
        InputError: both `safe` and `raw`, the suffix says another format, or the folder does not exist.
    """
    if safe and raw:
        raise InputError("a file is either raw or safe: give one of the two")
    tabs = path.name.lower().endswith((".tsv", ".tsv.gz")) and part_rows is None
    if part_rows is None:
        written_kind(path, "tsv" if tabs else "csv")
    table = table_of(source)
    frames, dialect = Frames.of(table, alone=False), table.format.dialect
    dialect = replace(dialect, delimiter="\t") if tabs else dialect
    # Python's writer quotes a carriage return only if it is part of the line's end.
    ending = "\r\n" if frames.carriage else "\n"
    if part_rows is None:
        with replacing(path) as temporary:
            _put(frames, temporary, dialect, ending, safe=safe)
        return
    with part_files(path, ".csv") as place:
        for number, own in in_parts(frames, part_rows):
            _put(own, place(number), dialect, ending, safe=safe)


def _put(frames: Iterable[pd.DataFrame], path: Path, dialect: Dialect, ending: str, *, safe: bool) -> None:
    """Write frames into a file that nobody reads yet."""
    with stream(path) as file, only_text():
        text = io.TextIOWrapper(file, encoding="utf-8", newline="")
        for number, frame in enumerate(frames):
            cells, header = guarded(frame) if safe else frame, dialect.header and not number
            cells.to_csv(text, sep=dialect.delimiter, header=header, index=False, lineterminator=ending)
        text.detach()
