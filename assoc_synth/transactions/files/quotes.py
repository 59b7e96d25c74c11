"""Quotes in text with delimiters: closed where they must be, or an error with the line where they open."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assoc_synth.errors import InputError
from assoc_synth.transactions.files.kinds import MAX_CELL_BYTES

QUOTE, BREAKS = 34, (10, 13)
LINE_BREAK = re.compile(r"\r\n|\r|\n")
TWICE = 'a closing quote may be missing; a quote that is part of the text is written twice ("") in a cell in quotes'


def sound_quotes(data: bytes, delimiter: str) -> bool:
    """Whether every quote opens or closes a cell or is written twice; others need a closer look.

    Args:
        data: the content.
        delimiter: one character.

    Example:
        >>> sound_quotes(b'a,"b ""c"" d"', ","), sound_quotes(b'a,"b" c', ",")
        (True, False)
    """
    bytes_ = np.frombuffer(data, dtype=np.uint8)
    at = np.flatnonzero(bytes_ == QUOTE)
    if len(at) % 2:
        return False
    opens, closes = at[::2], at[1::2]
    borders = np.array([ord(delimiter), *BREAKS], dtype=np.uint8)
    before = (opens == 0) | np.isin(bytes_[np.maximum(opens - 1, 0)], borders)
    behind = (closes == len(bytes_) - 1) | np.isin(bytes_[np.minimum(closes + 1, len(bytes_) - 1)], borders)
    twice = opens[1:] == closes[:-1] + 1
    before[1:] |= twice
    behind[:-1] |= twice
    return bool(before.all() and behind.all())


def locate_fault(data: bytes, name: str, delimiter: str, width: int, skipped: int) -> None:
    """Read row by row to find the line of an error.

    Args:
        data: the content from the header on, in UTF-8.
        name: the file's name.
        delimiter: one character.
        width: the number of columns.
        skipped: empty lines before the header.

    Raises:
        InputError: a row does not have `width` cells, a cell is over the limit, a quote is not closed, or text
            follows a closing quote.
    """
    line = 1 + skipped
    rows = _rows(data, delimiter)
    try:
        for row, behind in rows:
            if row and len(row) != width:
                more = "; the line ends in a delimiter, and the header does not" if row[width:] == [""] else ""
                raise InputError(f"{name!r}, line {line}: {len(row)} cells where the header has {width}{more}")
            line = behind + 1 + skipped
    except csv.Error as error:
        if "field limit" in str(error):
            raise InputError(f"{name!r}, line {line}: a cell is over {MAX_CELL_BYTES:,} bytes") from None
        what = "a quote is never closed" if "end of data" in str(error) else "text follows a closing quote"
        raise InputError(f"{name!r}, line {line}: {what}; {TWICE}") from None


def check_breaks(table: pa.Table, data: bytes, name: str, delimiter: str, skipped: int) -> None:
    """No cell has swallowed rows: two quotes that are not closed on their own lines make one cell of all between them.

    Such a cell has a line break where no other cell of its column has one that is its own, and cutting it at its line
    breaks gives rows with as many cells as the header.

    Args:
        table: the cells as text.
        data, name, delimiter, skipped: as for `locate_fault`.

    Raises:
        InputError: a cell has swallowed rows; the message names the line where it begins.
    """
    width = table.num_columns
    for position, column in enumerate(table.columns):
        broken = pc.match_substring_regex(column, "[\r\n]")
        if not pc.any(broken).as_py():
            continue
        cells = pc.filter(column, pc.fill_null(broken, False))
        if all(_swallows(cell, position, width, delimiter) for cell in cells.to_pylist()):
            row = int(pc.index(broken, True).as_py())
            line, end = _lines_of(data, delimiter, row, skipped)
            what = f"a quote that opens here closes in line {end} only, and the rows between become one cell"
            raise InputError(f"{name!r}, line {line}: {what}: {TWICE}")


def _swallows(cell: str, position: int, width: int, delimiter: str) -> bool:
    """Whether a cell of a file with `width` columns holds the end of a row, whole rows and the beginning of a row."""
    first, *between, last = LINE_BREAK.split(cell)
    counts = [first.count(delimiter), *(line.count(delimiter) for line in between), last.count(delimiter)]
    wanted = [width - 1 - position, *([width - 1] * len(between)), position]
    prose = delimiter + " "
    return counts == wanted and cell.count(delimiter) > cell.count(prose)


def _lines_of(data: bytes, delimiter: str, row: int, skipped: int) -> tuple[int, int]:
    """The first and the last line of a row below the header, rows counted from 0; empty lines are no rows."""
    behind, number = 0, -2
    for cells, end in _rows(data, delimiter):
        number += bool(cells)
        if number == row:
            return behind + 1 + skipped, end + skipped
        behind = end
    return behind + skipped, behind + skipped


def as_text(data: bytes) -> io.TextIOWrapper:
    """Bytes in UTF-8 as a stream of text, which is decoded line by line."""
    return io.TextIOWrapper(io.BytesIO(data), encoding="utf-8", newline="")


def _rows(data: bytes, delimiter: str) -> Iterator[tuple[Sequence[str], int]]:
    """Rows of cells, and the number of lines up to the end of each."""
    old_limit = csv.field_size_limit(MAX_CELL_BYTES)
    try:
        reader = csv.reader(as_text(data), delimiter=delimiter, strict=True)
        for row in reader:
            yield row, reader.line_num
    finally:
        csv.field_size_limit(old_limit)
