"""Text with a basket in each line: lines of any length, with or without a header."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from assoc_synth.errors import InputError
from assoc_synth.transactions.files.delimited import DELIMITERS
from assoc_synth.transactions.files.kinds import MAX_CELL_BYTES, check_columns, kind_of
from assoc_synth.transactions.files.reading import read_text
from assoc_synth.transactions.role_names import obvious

LINES_LOOKED_AT = 200
MOST_CELLS = 200_000_000


def read_baskets(path: Path, *, header: bool | None = None) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """A frame with a row for each line and a column for each place in the longest line, and notes.

    Args:
        path: a CSV or TSV.
        header: whether the first line names the columns; None finds out.

    Returns:
        The frame, cells as text, missing where empty or beyond the line's end; columns are c1, c2, … without a header.

    Raises:
        InputError: the file cannot be read, or a line is longer than the header.
    """
    data, notes = read_text(path)
    rows = _rows(data.decode(), path.name, DELIMITERS if kind_of(path) == "csv" else ("\t",))
    width = max(map(len, rows))
    if width * len(rows) > MOST_CELLS:
        raise InputError(f"{path.name!r}: a line has {width:,} items: at most {MOST_CELLS:,} cells are read; split it")
    if header is None:
        header = looks_like_header(rows)
        what = "names the columns" if header else "is a basket as well"
        notes = (*notes, f"the first line {what}" + ("; --no-header makes it a basket" if header else ""))
    names = [f"c{number}" for number in range(1, width + 1)]
    if header:
        names = [name.strip() or f"Unnamed: {at}" for at, name in enumerate(rows[0])]
        check_columns(names, path.name)
        longer = next((at for at, row in enumerate(rows) if len(row) > len(names)), None)
        if longer is not None:
            raise InputError(
                f"{path.name!r}, basket {longer}: {len(rows[longer])} cells where the header has {len(names)}; if the "
                "first line is a basket too, add --no-header"
            )
        rows = rows[1:]
    if not rows:
        raise InputError(f"{path.name!r} has a header and no rows")
    frame = pd.DataFrame([row + [""] * (len(names) - len(row)) for row in rows], columns=names, dtype=object)
    return frame.where(frame != "", None), notes


def looks_like_header(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first of some lines names columns: one says who, when or which basket, or they are numbered.

    Example:
        >>> looks_like_header([["customer", "item 1"], ["ann", "tea"]]), looks_like_header([["tea", "pot"], ["tea"]])
        (True, False)
    """
    first = [cell.strip() for cell in rows[0] if cell.strip()]
    later = {cell.strip() for row in rows[1:] for cell in row}
    if not first or any(cell in later for cell in first):
        return False
    if any(obvious(role, first) is not None for role in ("subject", "basket", "time")):
        return True
    return len(numbered(first)) >= 2 or (len(first) == 1 and obvious("object", first) is not None)


def numbered(names: Sequence[str]) -> list[str]:
    """The names that are a word and a number, where at least two have the same word.

    Example:
        >>> numbered(["customer", "item_1", "item_2"])
        ['item_1', 'item_2']
    """
    stems = {name: match[1] for name in names if (match := re.fullmatch(r"\s*(\D*?)[ _.-]?\d{1,4}\s*", name))}
    stems = {name: stem for name, stem in stems.items() if stem}
    return [name for name, stem in stems.items() if list(stems.values()).count(stem) > 1]


def _rows(text: str, name: str, delimiters: Sequence[str]) -> list[list[str]]:
    start = text.splitlines()[:LINES_LOOKED_AT]
    delimiter = max(delimiters, key=lambda mark: sum(mark in line for line in start))
    old_limit = csv.field_size_limit(MAX_CELL_BYTES)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        return [row for row in reader if row]
    except csv.Error as error:
        raise InputError(f"{name!r}, line {reader.line_num}: {error}") from None
    finally:
        csv.field_size_limit(old_limit)
