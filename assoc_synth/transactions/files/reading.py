"""A frame from a file of any kind: CSV, TSV, JSON Lines or Parquet."""

from __future__ import annotations

import codecs
import gzip
import os
import zlib
from pathlib import Path

import pandas as pd

from assoc_synth.errors import InputError
from assoc_synth.transactions.files.delimited import Dialect, read_csv
from assoc_synth.transactions.files.folders import read_folder
from assoc_synth.transactions.files.jsonlines import read_jsonl
from assoc_synth.transactions.files.kinds import BOMB_TEXT_BYTES, check_unpacked, is_several, kind_of, kind_to_read
from assoc_synth.transactions.files.parquet import read_parquet

WINDOWS = "Windows-1252 (Western European)"
MAGIC = {
    b"PAR1": "a Parquet file: rename it to .parquet",
    b"PK\x03\x04": "an Excel or zip file: save the sheet as CSV, or unpack it",
    b"\x1f\x8b": "a gzip file: let its name end in .gz",
    b"\xd0\xcf\x11\xe0": "an old Excel file: save the sheet as CSV",
}
"""How files of other kinds begin."""


def read_frame(path: str | os.PathLike[str]) -> pd.DataFrame:
    """The frame of `read_file`.

    Raises:
        InputError, SchemaError: as `read_file`.
    """
    return read_file(path)[0]


def read_file(path: str | os.PathLike[str], *, header: bool = True) -> tuple[pd.DataFrame, tuple[str, ...], Dialect]:
    """Read a table of the kind that the suffix says, notes on how it was read, and how a CSV is written.

    CSV and TSV: every cell is text exactly as written, an empty cell is missing. JSON Lines: whole numbers stay whole
    numbers, `null` and absent keys are missing. Parquet: the file's own dtypes; whole numbers with gaps become Int64.
    Text that is not UTF-8 is read as Windows-1252. A folder, or a pattern, is one table of Parquet files.

    Args:
        path: the file, the folder, or the pattern.
        header: whether the first line of a CSV or TSV names the columns; else they are c1, c2, c3 …

    Raises:
        InputError: the file is absent, empty, broken, too wide or of an unknown kind; the message says where.
        SchemaError: two columns have the same name.
    """
    path = Path(path)
    kind = kind_to_read(path)
    if not header and kind not in ("csv", "tsv"):
        raise InputError(f"{path.name!r} has no header line: leave --no-header out; it is for CSV and TSV")
    if kind == "parquet":
        try:
            if is_several(path):
                return read_folder(path), (), Dialect()
            _check_there(path)
            return read_parquet(path), (), Dialect()
        except OSError as error:
            raise _unreadable(path, error) from None
    data, notes = read_text(path)
    if kind == "jsonl":
        return read_jsonl(data, path.name), notes, Dialect()
    frame, more, dialect = read_csv(data, path.name, kind, header=header)
    return frame, (*notes, *more), dialect


def read_text(path: Path) -> tuple[bytes, tuple[str, ...]]:
    """The content of a file of text in UTF-8, unpacked, and notes on its encoding.

    Raises:
        InputError: the file is absent, empty, broken, or in no encoding that is known.
    """
    _check_there(path)
    try:
        return _utf8(_bytes(path), path.name, kind_of(path))
    except OSError as error:
        raise _unreadable(path, error) from None


def _check_there(path: Path) -> None:
    if not path.exists():
        raise InputError(f"there is no file {str(path)!r}")
    if path.is_dir():
        raise InputError(f"{str(path)!r} is a folder: give the file in it")


def _unreadable(path: Path, error: OSError) -> InputError:
    return InputError(f"{path.name!r} cannot be read: {error.strerror or type(error).__name__}")


def _bytes(path: Path) -> bytes:
    if path.suffix.lower() != ".gz":
        return path.read_bytes()
    parts, size, packed = [], 0, max(path.stat().st_size, 1)
    try:
        with gzip.open(path) as stream:
            while part := stream.read(2**22):
                parts.append(part)
                size += len(part)
                check_unpacked(size, packed, path.name, BOMB_TEXT_BYTES)
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise InputError(f"{path.name!r} is a broken gzip file: it ends early or its content is damaged") from None
    return b"".join(parts)


def _utf8(data: bytes, name: str, kind: str) -> tuple[bytes, tuple[str, ...]]:
    """The content in UTF-8 without a byte order mark and without NUL, and a note if it was in another encoding."""
    notes: tuple[str, ...] = ()
    skipped = 0
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            data = data.decode("utf-16").encode()
        except UnicodeDecodeError as error:
            raise InputError(f"{name!r} is not valid UTF-16 at byte {error.start}: save it as UTF-8") from None
    elif data.startswith(codecs.BOM_UTF8):
        skipped = len(codecs.BOM_UTF8)
        data = data[skipped:]
    other = next((what for magic, what in MAGIC.items() if data.startswith(magic)), "")
    if other:
        raise InputError(f"{name!r} is {other}")
    nul = data.find(b"\0")
    if nul >= 0:
        raise InputError(f"{name!r} holds a NUL byte at byte {nul + skipped}: it is not a text file, or it is damaged")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        where = f"{name!r} is not valid UTF-8 at byte {error.start + skipped}"
        data = _windows(data, where, kind)
        notes = (f"{where}: it is read as {WINDOWS}; save it as UTF-8 if letters are wrong",)
    if not data.strip():
        raise InputError(f"{name!r} is empty: a header and at least one row are needed")
    return data, notes


def _windows(data: bytes, where: str, kind: str) -> bytes:
    """Windows-1252, of which ISO-8859-1 is a part, in UTF-8.

    Raises:
        InputError: JSON, which is UTF-8 by its own rules, or UTF-8 with damage.
    """
    damaged = kind == "jsonl" or not data.decode("utf-8", errors="ignore").isascii()
    if not damaged:
        try:
            return data.decode("cp1252").encode()
        except UnicodeDecodeError:
            pass
    raise InputError(f"{where}: save it as UTF-8")
