"""The rows themselves, with the user's own column names and dtypes: CSV, Parquet and JSON Lines."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from assoc_synth.errors import InputError
from assoc_synth.exports.source import Source, table_of
from assoc_synth.transactions.files import KINDS, kind_of, replacing, write_frame
from assoc_synth.transactions.files.atomic import stream


def write_csv(source: Source, path: Path, *, raw: bool = False) -> None:
    """Write comma-separated rows, or tab-separated ones where `path` ends in .tsv; packed where it ends in .gz.

    Text that a spreadsheet would run as a formula is prefixed with `'`, unless `raw`.

    Raises:
        InputError: the suffix says another format, or the folder does not exist.
    """
    _write(source, path, "tsv" if path.name.lower().endswith((".tsv", ".tsv.gz")) else "csv", raw)


def write_parquet(source: Source, path: Path) -> None:
    """Write one Parquet file.

    Raises:
        InputError: the suffix says another format, the folder does not exist, or Parquet cannot hold a column.
    """
    _write(source, path, "parquet", raw=True)


def write_jsonl(source: Source, path: Path) -> None:
    """Write JSON Lines, one object in each; a missing value is `null`; packed where `path` ends in .gz.

    Raises:
        InputError: the suffix says another format, or the folder does not exist.
    """
    _write(source, path, "jsonl", raw=True)


def _write(source: Source, path: Path, kind: str, raw: bool) -> None:
    packed = path.suffix.lower() == ".gz"
    if (packed or path.suffix.lower() in KINDS) and kind_of(path) != kind:
        raise InputError(f"the suffix of {path.name!r} says {kind_of(path)}, the format asked for is {kind}")
    # The format decides where the suffix says nothing: `write_frame` reads it off the temporary file's name.
    with replacing(path) as temporary:
        named = temporary.with_name(f"{temporary.name}.{kind}")
        try:
            write_frame(table_of(source).to_frame(), named, raw=raw)
            if not packed:
                os.replace(named, temporary)
                return
            with open(named, "rb") as plain, stream(temporary) as file:
                shutil.copyfileobj(plain, file)
        finally:
            named.unlink(missing_ok=True)
