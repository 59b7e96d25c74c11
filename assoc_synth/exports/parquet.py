"""The rows as one Parquet file, with the user's own column names, typed."""

from __future__ import annotations

from pathlib import Path

from assoc_synth.exports.source import Source, table_of
from assoc_synth.transactions.files import write_frame


def write_parquet(source: Source, path: Path) -> None:
    """Write one Parquet file: times, numbers and truth values as such, also of a table that was read from text.

    Raises:
        InputError: the suffix says another format, the folder does not exist, or Parquet cannot hold a column.
    """
    write_frame(table_of(source).to_frame(typed=True), path, kind="parquet")
