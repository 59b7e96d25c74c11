"""Which line of a file a row stands in: a header, empty lines and line breaks in cells come between."""

from __future__ import annotations

import csv
import os
import re
from pathlib import Path

from assoc_synth.errors import InputError
from assoc_synth.transactions.files.delimited import first_cells, numbered_columns, without_sep_line
from assoc_synth.transactions.files.kinds import MAX_CELL_BYTES, kind_of, kind_to_read
from assoc_synth.transactions.files.quotes import as_text
from assoc_synth.transactions.files.reading import read_text

ROW = re.compile(r"\brow (\d+)\b")


def with_line(message: str, path: str | os.PathLike[str], *, header: bool = True) -> str:
    """A message about a row that says its line too, where the file has lines and the two differ.

    Args:
        message: with the row counted from 1 below the header, as in "row 5".
        path: the file, which could be read before.
        header: whether the first line names the columns.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "sales.csv"
        >>> _ = path.write_text("item,price\\ntea,1\\npot,x\\n")
        >>> with_line("column 'price', row 2: the amount is not a number", path)
        "column 'price', row 2 (line 3 of the file): the amount is not a number"
    """
    found = ROW.search(message)
    if found is None or kind_to_read(path) == "parquet":
        return message
    row = int(found[1])
    try:
        line = line_of(Path(path), row, header=header)
    except (InputError, csv.Error):
        return message
    if line in (None, row):
        return message
    return f"{message[: found.end()]} (line {line} of the file){message[found.end() :]}"


def line_of(path: Path, row: int, *, header: bool = True) -> int | None:
    """The line in which a row begins, both counted from 1; None if there is no such row.

    Raises:
        InputError: the file cannot be read.
        csv.Error: its quotes cannot be.
    """
    data, _ = read_text(path)
    if kind_of(path) == "jsonl":
        there = (number for number, line in enumerate(data.split(b"\n"), 1) if line.strip())
        return next((line for at, line in enumerate(there, 1) if at == row), None)
    above, data = without_sep_line(data)
    delimiter, first = first_cells(data.lstrip(b"\r\n"), path.name, kind_of(path))
    wanted = row + (header or first == numbered_columns(len(first)))
    old_limit = csv.field_size_limit(MAX_CELL_BYTES)
    try:
        reader = csv.reader(as_text(data), delimiter=delimiter)
        at = behind = 0
        for cells in reader:
            at += bool(cells)
            if at == wanted:
                return above + behind + 1
            behind = reader.line_num
    finally:
        csv.field_size_limit(old_limit)
    return None
