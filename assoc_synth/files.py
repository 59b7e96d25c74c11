"""Tables in files: CSV, TSV, Parquet and JSON Lines, compressed or not. Cells of text formats stay exact text."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import json
import os
import re
import secrets
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import IO, Any, cast

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from assoc_synth.errors import InputError, SchemaError

MAX_CELL_BYTES = 1_000_000
MAX_COLUMNS = 2_000
DELIMITERS = (",", ";", "\t", "|")
KINDS = {".csv": "csv", ".txt": "csv", ".tsv": "tsv", ".parquet": "parquet", ".jsonl": "jsonl", ".ndjson": "jsonl"}
# A gzip stream can hold a thousand times its size: beyond both of these it is taken for a bomb.
BOMB_BYTES, BOMB_RATIO = 256 * 2**20, 200
PLAIN_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")
MAX_PARQUET_CELLS = 2_000_000_000
JSON_LINES_AT_ONCE = 20_000


def kind_of(path: str | os.PathLike[str]) -> str:
    """ "csv", "tsv", "parquet" or "jsonl", by the suffix.

    Raises:
        InputError: the suffix says none of them.
    """
    suffixes = [suffix.lower() for suffix in Path(path).suffixes]
    packed = bool(suffixes) and suffixes[-1] == ".gz"
    kind = KINDS.get(suffixes[-2] if packed and len(suffixes) > 1 else suffixes[-1] if suffixes else "")
    if kind is None or (packed and kind == "parquet"):
        known = ".csv .tsv .txt .jsonl .ndjson (each also with .gz) and .parquet"
        raise InputError(f"the kind of {Path(path).name!r} is unknown: the suffix must be one of {known}")
    return kind


def read_frame(path: str | os.PathLike[str]) -> pd.DataFrame:
    """Read a table.

    CSV and TSV: every cell is text exactly as written, an empty cell is missing. JSON Lines: whole numbers stay whole
    numbers, `null` and absent keys are missing. Parquet: the file's own dtypes; whole numbers with gaps become Int64.

    Raises:
        InputError: the file is absent, empty, broken, too wide or of an unknown kind; the message says where.
        SchemaError: two columns have one name.
    """
    path = Path(path)
    kind = kind_of(path)
    if not path.exists():
        raise InputError(f"there is no file {str(path)!r}")
    if path.is_dir():
        raise InputError(f"{str(path)!r} is a folder: give the file in it")
    try:
        if kind == "parquet":
            return _read_parquet(path)
        data = _utf8(_bytes(path), path.name)
    except OSError as error:
        raise InputError(f"{path.name!r} can not be read: {error.strerror or type(error).__name__}") from None
    return _read_jsonl(data, path.name) if kind == "jsonl" else _read_csv(data, path.name, kind)


def _bytes(path: Path) -> bytes:
    if path.suffix.lower() != ".gz":
        return path.read_bytes()
    parts, size, packed = [], 0, max(path.stat().st_size, 1)
    try:
        with gzip.open(path) as stream:
            while part := stream.read(2**24):
                parts.append(part)
                size += len(part)
                if size > BOMB_BYTES and size > BOMB_RATIO * packed:
                    raise InputError(
                        f"{path.name!r} unpacks to over {BOMB_RATIO} times its size: unpack it yourself first"
                    )
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise InputError(f"{path.name!r} is a broken gzip file: it ends early or its content is damaged") from None
    return b"".join(parts)


def _utf8(data: bytes, name: str) -> bytes:
    """The content as UTF-8 without a byte order mark, and free of NUL."""
    skipped = 0
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            data = data.decode("utf-16").encode()
        except UnicodeDecodeError as error:
            raise InputError(f"{name!r} is no valid UTF-16 at byte {error.start}: save it as UTF-8") from None
    elif data.startswith(codecs.BOM_UTF8):
        skipped = len(codecs.BOM_UTF8)
        data = data[skipped:]
    nul = data.find(b"\0")
    if nul >= 0:
        raise InputError(f"{name!r} holds a NUL byte at byte {nul + skipped}: it is no text file, or it is damaged")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"{name!r} is no valid UTF-8 at byte {error.start + skipped}: save it as UTF-8") from None
    if not data.strip():
        raise InputError(f"{name!r} is empty: a header and at least one row are needed")
    return data


def _read_csv(data: bytes, name: str, kind: str) -> pd.DataFrame:
    start = len(data) - len(data.lstrip(b"\r\n"))
    skipped, data = len(data[:start].replace(b"\r\n", b"\n")), data[start:]
    delimiter, header = _header(data, name, DELIMITERS if kind == "csv" else ("\t",))
    columns = [column or f"Unnamed: {position}" for position, column in enumerate(header)]
    _check_columns(columns, name)
    # Pandas fills short rows in silence, Arrow refuses them; but Arrow lets an unclosed quote pass.
    if data.count(b'"') % 2:
        _locate_csv_fault(data, name, delimiter, len(columns), skipped)
    positions = [str(position) for position in range(len(columns))]
    try:
        table = pa.csv.read_csv(
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
    except pa.ArrowInvalid:
        _locate_csv_fault(data, name, delimiter, len(columns), skipped)
        raise InputError(f"{name!r} can not be read as {kind.upper()}: check its quotes and delimiters") from None
    _check_cells(table, columns)
    if not table.num_rows:
        raise InputError(f"{name!r} has a header and no rows")
    frame: pd.DataFrame = table.to_pandas().astype(object)
    frame.columns = pd.Index(columns)
    return frame


def _header(data: bytes, name: str, delimiters: tuple[str, ...]) -> tuple[str, list[str]]:
    """The delimiter that cuts the header into most cells, and these cells."""
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
        known = "a tab" if delimiters == ("\t",) else "a comma, semicolon, tab or |"
        raise InputError(f"{name!r}: the header is a single column: columns must be separated by {known}")
    return best


def _locate_csv_fault(data: bytes, name: str, delimiter: str, width: int, skipped: int) -> None:
    """Read row by row, for the sake of the line number of what is wrong.

    Raises:
        InputError: always, if there is a row that is not `width` cells, a cell over the limit or an unclosed quote.
    """
    old_limit = csv.field_size_limit(MAX_CELL_BYTES)
    reader = csv.reader(io.StringIO(data.decode("utf-8"), newline=""), delimiter=delimiter, strict=True)
    line = 1 + skipped
    try:
        for row in reader:
            if row and len(row) != width:
                raise InputError(f"{name!r}, line {line}: {len(row)} cells where the header has {width}")
            line = reader.line_num + 1 + skipped
    except csv.Error as error:
        if "field limit" in str(error):
            raise InputError(f"{name!r}, line {line}: a cell is over {MAX_CELL_BYTES:,} bytes") from None
        what = "a quote is never closed" if "end of data" in str(error) else "a quote is out of place"
        raise InputError(f"{name!r}, line {line}: {what}") from None
    finally:
        csv.field_size_limit(old_limit)


def _check_columns(columns: list[str], name: str) -> None:
    if len(columns) > MAX_COLUMNS:
        raise InputError(f"{name!r} has {len(columns):,} columns: at most {MAX_COLUMNS:,} are read")
    twice = sorted({column for column in columns if columns.count(column) > 1})
    if twice:
        shown = ", ".join(repr(column[:60]) for column in twice[:20])
        raise SchemaError(f"{name!r} has duplicate column names: {shown}; rename one of each")


def _check_cells(table: pa.Table, columns: list[str]) -> None:
    for column, cells in zip(columns, table.columns, strict=True):
        lengths = pc.binary_length(cells)
        longest = pc.max(lengths).as_py()
        if longest is not None and longest > MAX_CELL_BYTES:
            row = pc.index(lengths, longest).as_py() + 1
            raise InputError(f"column {column[:60]!r}, row {row}: the cell is over {MAX_CELL_BYTES:,} bytes")


def _read_jsonl(data: bytes, name: str) -> pd.DataFrame:
    lines = data.split(b"\n")
    frames, columns = [], dict[str, None]()
    for start in range(0, len(lines), JSON_LINES_AT_ONCE):
        rows = _json_rows(lines[start : start + JSON_LINES_AT_ONCE], start + 1, name)
        for row in rows:
            columns.update(dict.fromkeys(row))
        _check_columns(list(columns), name)
        frames.append(pd.DataFrame(rows, dtype=object))
    frame = pd.concat(frames, ignore_index=True).reindex(columns=list(columns))
    if frame.empty:
        raise InputError(f"{name!r} holds no rows")
    return pd.DataFrame({column: _typed(frame[column]) for column in frame})


def _json_rows(lines: list[bytes], first: int, name: str) -> list[dict[str, Any]]:
    kept = [line for line in lines if line.strip()]
    text = b"[" + b",".join(kept) + b"]"
    try:
        rows = json.loads(text)
        sound = len(rows) == len(kept) and all(type(row) is dict for row in rows)
        sound = sound and max(map(len, kept), default=0) <= MAX_CELL_BYTES and b"\\ud" not in text.lower()
        if sound and not any(type(cell) in (dict, list) for row in rows for cell in row.values()):
            return list(rows)
    except (ValueError, RecursionError):
        pass
    return [_json_row(line, f"{name!r}, line {number}") for number, line in enumerate(lines, first) if line.strip()]


def _json_row(line: bytes, where: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        raise InputError(f"{where}: no valid JSON; write one object in each line") from None
    if not isinstance(row, dict):
        raise InputError(f"{where}: the JSON is no object; write one object in each line")
    for column, cell in row.items():
        what = ""
        if isinstance(cell, dict | list):
            what = "nested values can not be read; flatten them first"
        elif isinstance(cell, str) and len(cell.encode("utf-8", "surrogatepass")) > MAX_CELL_BYTES:
            what = f"the cell is over {MAX_CELL_BYTES:,} bytes"
        elif isinstance(cell, str) and any("\ud800" <= char <= "\udfff" for char in cell):
            what = "half a surrogate pair, which is no text"
        if what:
            raise InputError(f"{where}, column {column[:60]!r}: {what}")
    return row


def _typed(cells: pd.Series) -> pd.Series:
    """Objects to the narrowest dtype that holds them exactly; text and mixtures stay objects."""
    found = pd.api.types.infer_dtype(cells, skipna=True)
    try:
        if found == "integer":
            return cells.astype("Int64" if cells.isna().any() else "int64")
        if found in ("floating", "mixed-integer-float"):
            return cells.astype("float64")
        if found == "boolean":
            return cells.astype("boolean" if cells.isna().any() else "bool")
    except (OverflowError, TypeError, ValueError):
        pass
    return cells.where(cells.notna(), None)


def _read_parquet(path: Path) -> pd.DataFrame:
    try:
        file = pq.ParquetFile(path)
        _check_columns(list(file.schema_arrow.names), path.name)
        if file.metadata.num_rows * file.metadata.num_columns > MAX_PARQUET_CELLS:
            raise InputError(f"{path.name!r} claims over {MAX_PARQUET_CELLS:,} cells: split it")
        frame: pd.DataFrame = file.read().to_pandas(integer_object_nulls=True)
    except (pa.ArrowException, OSError, ValueError) as error:
        if isinstance(error, InputError) or (isinstance(error, OSError) and error.errno):
            raise
        raise InputError(f"{path.name!r} is no sound Parquet file") from None
    if any(name is not None for name in frame.index.names):
        frame = frame.reset_index()
    if frame.empty:
        raise InputError(f"{path.name!r} holds no rows")
    for column in frame.columns[[str(dtype) == "object" for dtype in frame.dtypes]]:
        if pd.api.types.infer_dtype(frame[column], skipna=True) == "integer":
            frame[column] = _typed(frame[column])
    return frame.reset_index(drop=True)


@contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[Path]:
    """A temporary path beside `path`, of the same suffix; it replaces `path` if the block succeeds, else it goes.

    Raises:
        InputError: the folder does not exist or may not be written to, or `path` is a folder.
    """
    target = Path(os.path.realpath(path))
    if target.is_dir():
        raise InputError(f"{str(path)!r} is a folder: give the name of a file")
    if not target.parent.is_dir():
        raise InputError(f"the folder of {str(path)!r} does not exist: create it first")
    stem = target.name.split(".")[0]
    temporary = target.with_name(f".{stem[:100]}.{secrets.token_hex(8)}{''.join(target.suffixes)}")
    try:
        yield temporary
        _flush(temporary)
        os.replace(temporary, target)
        _flush(target.parent)
    except PermissionError:
        raise InputError(f"{str(path)!r} can not be written: permission denied") from None
    finally:
        temporary.unlink(missing_ok=True)


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_frame(frame: pd.DataFrame, path: str | os.PathLike[str], *, raw: bool = False) -> None:
    """Write a table of the kind that the suffix says, all of it or nothing. The index is not written.

    Args:
        frame: the table.
        path: ends in .csv, .tsv, .txt, .jsonl, .ndjson (each also .gz) or .parquet.
        raw: CSV and TSV only. By default text that a spreadsheet would run as a formula (it begins with = + - @, tab or
            CR and is no plain number) gets a leading '; True leaves it alone.

    Raises:
        InputError: an unknown suffix, no such folder, or values that the format can not hold.
    """
    kind = kind_of(path)
    with replacing(path) as temporary:
        if kind == "parquet":
            try:
                frame.to_parquet(temporary, index=False)
            except (pa.ArrowException, TypeError, ValueError) as error:
                what = " ".join(str(note) for note in error.args[1:]) or type(error).__name__
                raise InputError(f"a column can not be written to Parquet: {what[:200]}") from None
        else:
            with _stream(temporary) as stream:
                if kind == "jsonl":
                    _write_jsonl(frame, stream)
                else:
                    _write_csv(frame if raw else _without_formulas(frame), stream, "\t" if kind == "tsv" else ",")


@contextmanager
def _stream(path: Path) -> Iterator[IO[bytes]]:
    # Neither the name nor the time goes into the gzip header: the same rows are the same bytes.
    with open(path, "wb") as file:
        if path.suffix.lower() == ".gz":
            with gzip.GzipFile("", "wb", 6, file, mtime=0) as packed:
                yield cast(IO[bytes], packed)
        else:
            yield file


def _write_csv(frame: pd.DataFrame, stream: IO[bytes], delimiter: str) -> None:
    columns = (frame.iloc[:, position] for position in range(frame.shape[1]))
    texts = (pd.unique(cells.astype(object)) for cells in columns if cells.dtype.kind == "O")
    # Python's writer quotes a carriage return only where it is part of the line's end.
    quoted = any(isinstance(cell, str) and "\r" in cell for cell in chain(frame.columns, *texts))
    text = io.TextIOWrapper(stream, encoding="utf-8", newline="")
    frame.to_csv(text, sep=delimiter, index=False, lineterminator="\r\n" if quoted else "\n")
    text.detach()


def _without_formulas(frame: pd.DataFrame) -> pd.DataFrame:
    safe = frame.copy(deep=False)
    for position, dtype in enumerate(frame.dtypes):
        if not isinstance(dtype, np.dtype) or dtype.kind == "O":
            codes, names = pd.factorize(frame.iloc[:, position].astype(object))
            safe.isetitem(position, np.array([*map(_safe, names), None], dtype=object)[codes])
    safe.columns = pd.Index([_safe(name) for name in frame.columns])
    return safe


def _safe(cell: Any) -> Any:
    risky = isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    return "'" + cell if risky and not PLAIN_NUMBER.fullmatch(cell) else cell


def _write_jsonl(frame: pd.DataFrame, stream: IO[bytes]) -> None:
    columns = [str(name) for name in frame.columns]
    for start in range(0, len(frame), JSON_LINES_AT_ONCE):
        part = frame.iloc[start : start + JSON_LINES_AT_ONCE]
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
