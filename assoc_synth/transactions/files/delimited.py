"""Text with delimiters (CSV, TSV): every cell keeps its text, and an error names the line."""

from __future__ import annotations

import csv
import io
import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from assoc_synth.errors import InputError
from assoc_synth.transactions.files.formulas import without_guards
from assoc_synth.transactions.files.kinds import MAX_CELL_BYTES, MAX_COLUMNS, check_columns
from assoc_synth.transactions.files.quotes import check_breaks, locate_fault, sound_quotes
from assoc_synth.transactions.stored import Stored

DELIMITERS = (",", ";", "\t", "|")
LINES_LOOKED_AT, NEARLY_ALL = 200, 0.9


@dataclass(frozen=True)
class Dialect(Stored):
    """How a CSV is written.

    Args:
        delimiter: what stands between cells, one of `DELIMITERS`.
        header: whether the first line names the columns.

    Raises:
        InputError: another delimiter.
    """

    delimiter: str = ","
    header: bool = True

    def __post_init__(self) -> None:
        if self.delimiter not in DELIMITERS or not isinstance(self.header, bool):
            raise InputError(f"no CSV is written with the delimiter {str(self.delimiter)[:9]!r}")


def numbered_columns(count: int) -> list[str]:
    """The names of columns that have none: c1, c2, c3 …"""
    return [f"c{number}" for number in range(1, count + 1)]


def read_csv(
    data: bytes, name: str, kind: str, *, header: bool = True
) -> tuple[pd.DataFrame, tuple[str, ...], Dialect]:
    """A frame of objects, notes, and how the file is written.

    Each cell is text exactly as it is written, None if it is empty.

    Where the file is guarded against formulas throughout, the guards are taken off, see `formulas`.

    Args:
        data: the file's content in UTF-8.
        name: the file's name, for messages.
        kind: "csv", which finds its delimiter in the header (comma, semicolon, tab or |), or "tsv".
        header: whether the first line names the columns; else it is a row, and columns are c1, c2, c3 …

    Raises:
        InputError: no rows, a single column, a row of another length, a quote that is not closed or out of place, or a
            cell over the limit; the message names the line.
        SchemaError: two columns have the same name.

    Example:
        >>> read_csv(b"id;price\\n007;1,5\\n", "sales.csv", "csv")[0].to_dict("list")
        {'id': ['007'], 'price': ['1,5']}
    """
    skipped, data, told = _from_header(data, name)
    delimiter, first = first_cells(data, name, kind)
    columns = [column or f"Unnamed: {position}" for position, column in enumerate(first)]
    header = header or first == numbered_columns(len(first))
    if not header:
        columns = numbered_columns(len(first))
        skipped, data = skipped - 1, delimiter.join(columns).encode() + b"\n" + data
    check_columns(columns, name)
    # Pandas silently fills short rows; Arrow refuses them but accepts an unclosed quote.
    quoted = b'"' in data
    if quoted and not sound_quotes(data, delimiter):
        locate_fault(data, name, delimiter, len(columns), skipped)
    try:
        table = _cells(data, delimiter, len(columns))
    except pa.ArrowInvalid:
        locate_fault(data, name, delimiter, len(columns), skipped)
        raise InputError(f"{name!r} cannot be read as {kind.upper()}: check its quotes and delimiters") from None
    if quoted:
        check_breaks(table, data, name, delimiter, skipped)
    _check_cells(table, columns)
    if not table.num_rows:
        raise InputError(f"{name!r} has a header and no rows")
    table, columns, notes = without_guards(table, columns)
    frame: pd.DataFrame = table.to_pandas().astype(object)
    frame.columns = pd.Index(columns)
    return frame, (*told, *notes), Dialect("," if kind == "tsv" else delimiter, header)


def _cells(data: bytes, delimiter: str, width: int) -> pa.Table:
    """The cells below the header as text, null where empty.

    Raises:
        pyarrow.ArrowInvalid: a row does not have `width` cells.
    """
    positions = [str(position) for position in range(width)]
    return pa.csv.read_csv(
        pa.BufferReader(data),
        read_options=pa.csv.ReadOptions(column_names=positions, skip_rows_after_names=1, block_size=4 * 2**20),
        parse_options=pa.csv.ParseOptions(delimiter=delimiter, newlines_in_values=b'"' in data),
        convert_options=pa.csv.ConvertOptions(
            column_types={position: pa.string() for position in positions},
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=True,
        ),
    )


def first_cells(data: bytes, name: str, kind: str) -> tuple[str, list[str]]:
    """The delimiter that cuts the first line into the most cells, and these cells.

    Args:
        data, name, kind: as `read_csv` takes them.

    Raises:
        InputError: it is a single cell.
    """
    delimiters = DELIMITERS if kind == "csv" else ("\t",)
    text = data[: MAX_COLUMNS * 1_000].decode("utf-8", errors="ignore")
    best: tuple[str, list[str]] = ("", [])
    for delimiter in delimiters:
        try:
            cells = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
        except csv.Error:  # a "cell" of 128 KB: not this delimiter
            continue
        if len(cells) > len(best[1]):
            best = (delimiter, cells)
    if len(best[1]) < 2:
        begins = _begin_of_columns(text, delimiters)
        if begins:
            raise InputError(
                f"{name!r}: line 1 is no header, the columns begin in line {begins}: take the lines above it out, such "
                f"as with tail -n +{begins} {shlex.quote(name)} > table.csv"
            )
        known = "a tab" if delimiters == ("\t",) else "a comma, semicolon, tab or |"
        raise InputError(f"{name!r}: the header is a single column: columns must be separated by {known}")
    return best


def _from_header(data: bytes, name: str) -> tuple[int, bytes, tuple[str, ...]]:
    """How many lines are skipped, the data from the header on, and a note."""
    skipped, data = without_sep_line(data)
    told = (f"{name!r}: the first line says which delimiter follows and is left out",) if skipped else ()
    start = len(data) - len(data.lstrip(b"\r\n"))
    return skipped + len(data[:start].replace(b"\r\n", b"\n")), data[start:], told


def without_sep_line(data: bytes) -> tuple[int, bytes]:
    """How many lines are skipped, and the rest: Excel's first line, such as `sep=;`, is no row."""
    found = re.match(rb'"?sep=[,;\t|]"?\r?\n', data, re.IGNORECASE)
    return (0, data) if found is None else (1, data[found.end() :])


def _begin_of_columns(text: str, delimiters: Sequence[str]) -> int:
    """The line, from 1 on, below titles from which nearly all lines have as many cells; 0 if there is none."""
    lines = text.splitlines()[:LINES_LOOKED_AT]
    for delimiter in delimiters:
        widths = [line.count(delimiter) for line in lines]
        first = next((at for at, width in enumerate(widths) if width), 0)
        rest = [width for line, width in zip(lines[first:], widths[first:], strict=True) if line.strip()]
        if first and len(rest) > 2 and sum(width == rest[0] for width in rest) >= NEARLY_ALL * len(rest):
            return first + 1
    return 0


def _check_cells(table: pa.Table, columns: list[str]) -> None:
    for column, cells in zip(columns, table.columns, strict=True):
        lengths = pc.binary_length(cells)
        longest = pc.max(lengths).as_py()
        if longest is not None and longest > MAX_CELL_BYTES:
            row = pc.index(lengths, longest).as_py() + 1
            raise InputError(f"column {column[:60]!r}, row {row}: the cell is over {MAX_CELL_BYTES:,} bytes")
