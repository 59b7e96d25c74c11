"""JSON Lines: one object in each line, both ways."""

from __future__ import annotations

import io
import json
from itertools import islice
from typing import IO, Any

import pandas as pd

from assoc_synth.errors import InputError
from assoc_synth.transactions.files.kinds import AS_LINES, MAX_CELL_BYTES, check_columns, typed

LINES_AT_ONCE = 20_000
MAX_LINE_BYTES = 10 * MAX_CELL_BYTES
"""What JSON stands for may take fifty times its bytes: a longer line is refused before it is read."""


def read_jsonl(data: bytes, name: str) -> pd.DataFrame:
    """A frame with a row for each line: whole numbers stay whole numbers, `null` and absent keys are missing.

    Args:
        data: the file's content in UTF-8.
        name: the file's name, for messages.

    Raises:
        InputError: no rows, too many columns, or a line that is not a JSON object; the message names the line.

    Example:
        >>> read_jsonl(b'{"id": 1, "item": "tea"}\\n{"id": null}\\n', "sales.jsonl").to_dict("list")
        {'id': [1, None], 'item': ['tea', None]}
    """
    stream, first = io.BytesIO(data), 1
    frames, columns = [], dict[str, None]()
    while lines := list(islice(stream, LINES_AT_ONCE)):
        rows, first = _json_rows(lines, first, name), first + len(lines)
        for row in rows:
            columns.update(dict.fromkeys(row))
        check_columns(list(columns), name)
        frames.append(pd.DataFrame(rows, dtype=object))
    frame = pd.concat(frames, ignore_index=True).reindex(columns=list(columns))
    if frame.empty:
        raise InputError(f"{name!r} holds no rows")
    return pd.DataFrame({column: typed(frame[column]) for column in frame})


def _json_rows(lines: list[bytes], first: int, name: str) -> list[dict[str, Any]]:
    kept = [line for line in lines if line.strip()]
    if max(map(len, kept), default=0) > MAX_LINE_BYTES:
        long = next(number for number, line in enumerate(lines, first) if len(line) > MAX_LINE_BYTES)
        raise InputError(f"{name!r}, line {long}: the line is over {MAX_LINE_BYTES:,} bytes")
    text = b"[" + b",".join(kept) + b"]"
    try:
        rows = json.loads(text)
        sound = len(rows) == len(kept) and all(type(row) is dict for row in rows)
        sound = sound and max(map(len, kept), default=0) <= MAX_CELL_BYTES and b"\\ud" not in text.lower()
        if sound:
            return list(rows)
    except (ValueError, RecursionError):
        pass
    return [_json_row(line, f"{name!r}, line {number}") for number, line in enumerate(lines, first) if line.strip()]


def _json_row(line: bytes, where: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        raise InputError(f"{where}: not valid JSON; write one object in each line") from None
    if isinstance(row, list) and all(isinstance(one, dict) for one in row[:1]):
        raise InputError(f"{where}: all rows are in one list; {AS_LINES.replace('FILE', 'path')}")
    if not isinstance(row, dict):
        raise InputError(f"{where}: the JSON is not an object; write one object in each line")
    for column, cell in row.items():
        what = ""
        if isinstance(cell, str) and len(cell.encode("utf-8", "surrogatepass")) > MAX_CELL_BYTES:
            what = f"the cell is over {MAX_CELL_BYTES:,} bytes"
        elif isinstance(cell, str | list | dict) and any("\ud800" <= char <= "\udfff" for char in _text_of(cell)):
            what = "half a surrogate pair, which is not text"
        if what:
            raise InputError(f"{where}, column {column[:60]!r}: {what}")
    return row


def _text_of(cell: str | list[Any] | dict[str, Any]) -> str:
    return cell if isinstance(cell, str) else json.dumps(cell, ensure_ascii=False)


def write_jsonl(frame: pd.DataFrame, stream: IO[bytes]) -> None:
    """Write one JSON object in each line, in UTF-8; a missing value is `null`, a time is ISO 8601 text."""
    columns = [str(name) for name in frame.columns]
    for start in range(0, len(frame), LINES_AT_ONCE):
        part = frame.iloc[start : start + LINES_AT_ONCE]
        cells = [_json_cells(part.iloc[:, position]) for position in range(len(columns))]
        for row in zip(*cells, strict=True):
            line = json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=False)
            stream.write(line.encode() + b"\n")


def _json_cells(cells: pd.Series) -> list[Any]:
    missing = cells.isna()
    if pd.api.types.is_datetime64_any_dtype(cells.dtype):
        values = [cell.isoformat() for cell in cells]
    else:
        values = [cell if isinstance(cell, str | int | float | bool) else str(cell) for cell in cells.astype(object)]
    return [None if gone else value for value, gone in zip(values, missing, strict=True)]
