"""The kinds of files by suffix, their limits, and what reading each of them needs."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd

from assoc_synth.errors import InputError, SchemaError

KINDS = {".csv": "csv", ".txt": "csv", ".tsv": "tsv", ".parquet": "parquet", ".jsonl": "jsonl", ".ndjson": "jsonl"}
_SHEET = "save the sheet as CSV, or in Python TransactionTable.from_frame(pandas.read_excel(FILE))"
_FRAME = "in Python read it with pandas and give the frame to TransactionTable.from_frame(frame)"
AS_LINES = "write one object in each line: pandas.read_json(FILE).to_json('table.jsonl', orient='records', lines=True)"
ADVICE = {
    **dict.fromkeys((".xlsx", ".xls", ".xlsm", ".ods"), _SHEET),
    **dict.fromkeys((".zip", ".7z", ".tar", ".bz2", ".xz", ".zst"), "unpack it first and give the file in it"),
    **dict.fromkeys((".feather", ".arrow", ".orc", ".sas7bdat", ".sav", ".dta", ".pkl", ".h5", ".xml"), _FRAME),
    ".json": AS_LINES,
}
"""What to do with files of other kinds, by suffix."""
MAX_CELL_BYTES = 1_000_000
MAX_COLUMNS, MAX_NAME = 2_000, 10_000
BOMB_BYTES, BOMB_TEXT_BYTES, BOMB_RATIO = 256 * 2**20, 32 * 2**20, 200
"""A packed file can hold a thousand times its size: what unpacks beyond both limits counts as a bomb. Text takes many
times its bytes to read; Parquet of few different cells may be far smaller than they are."""


def kind_of(path: str | os.PathLike[str]) -> str:
    """The kind by the suffix: "csv", "tsv", "parquet" or "jsonl".

    Raises:
        InputError: the suffix is unknown.

    Example:
        >>> kind_of("sales.csv.gz"), kind_of("SALES.PARQUET"), kind_of("sales.ndjson")
        ('csv', 'parquet', 'jsonl')
    """
    suffixes = [suffix.lower() for suffix in Path(path).suffixes]
    packed = bool(suffixes) and suffixes[-1] == ".gz"
    kind = KINDS.get(suffixes[-2] if packed and len(suffixes) > 1 else suffixes[-1] if suffixes else "")
    if kind is None or (packed and kind == "parquet"):
        name, advice = Path(path).name, ADVICE.get(suffixes[-1] if suffixes else "", "")
        known = ".csv .tsv .txt .jsonl .ndjson (each also with .gz) and .parquet"
        more = f"; {advice.replace('FILE', repr(name))}" if advice else ""
        raise InputError(f"the kind of {name!r} is unknown: the suffix must be one of {known}{more}")
    return kind


def is_several(path: str | os.PathLike[str]) -> bool:
    """Whether a path names several files: a folder, or a pattern such as `part-*.parquet`.

    Example:
        >>> is_several("sales/part-*.parquet"), is_several("sales.parquet")
        (True, False)
    """
    return os.path.isdir(path) or (any(mark in os.fspath(path) for mark in "*?[") and not os.path.exists(path))


def kind_to_read(path: str | os.PathLike[str]) -> str:
    """The kind of what is read from a path: `kind_of` a file; several files are Parquet.

    Raises:
        InputError: the suffix is unknown.
    """
    return "parquet" if is_several(path) else kind_of(path)


def check_columns(columns: list[str], name: str) -> None:
    """A file's columns are few enough and have different names.

    Args:
        columns: their names in the file's order.
        name: the file's name, for the message.

    Raises:
        InputError: more than `MAX_COLUMNS` columns, or a name of more than `MAX_NAME` characters.
        SchemaError: two columns have the same name.
    """
    if len(columns) > MAX_COLUMNS:
        raise InputError(f"{name!r} has {len(columns):,} columns: at most {MAX_COLUMNS:,} are read")
    long = next((number for number, column in enumerate(columns, 1) if len(column) > MAX_NAME), 0)
    if long:
        raise InputError(f"{name!r}: the name of column {long} is over {MAX_NAME:,} characters")
    twice = sorted({column for column in columns if columns.count(column) > 1})
    if twice:
        shown = ", ".join(repr(column[:60]) for column in twice[:20])
        raise SchemaError(f"{name!r} has duplicate column names: {shown}; rename one of each")


def check_unpacked(size: int, packed: int, name: str, most: int | None = None) -> None:
    """A packed file does not hold far more than its size.

    Args:
        size: bytes of the content, as far as it is known.
        packed: bytes of the file.
        name: the file's name, for the message.
        most: bytes that any file may hold; None for `BOMB_BYTES`.

    Raises:
        InputError: the content is over `most` and over `BOMB_RATIO` times as large as the file.
    """
    if size > (BOMB_BYTES if most is None else most) and size > BOMB_RATIO * max(packed, 1):
        advice = "unpack it yourself first" if name.lower().endswith(".gz") else "write it again as CSV, or split it"
        raise InputError(f"{name!r} unpacks to over {BOMB_RATIO} times its size: {advice}")


def typed(cells: pd.Series) -> pd.Series:
    """Objects in the narrowest dtype that holds them exactly; text and mixtures stay objects.

    Example:
        >>> typed(pd.Series([1, None], dtype=object)).dtype, typed(pd.Series([1, "a"], dtype=object)).dtype
        (Int64Dtype(), dtype('O'))
    """
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
