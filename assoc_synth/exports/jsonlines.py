"""The rows as JSON Lines, with the user's own column names."""

from __future__ import annotations

from pathlib import Path

from assoc_synth.exports.source import Source, table_of
from assoc_synth.transactions.files import write_frame


def write_jsonl(source: Source, path: Path) -> None:
    """Write one JSON object in each line; a missing value is `null`; compressed if `path` ends in .gz.

    Raises:
        InputError: the suffix says another format, or the folder does not exist.
    """
    write_frame(table_of(source).to_frame(), path, kind="jsonl")
