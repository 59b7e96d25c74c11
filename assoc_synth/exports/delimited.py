"""The rows as CSV or TSV, with the user's own column names and ways of writing values."""

from __future__ import annotations

from pathlib import Path

from assoc_synth.exports.source import Source, table_of
from assoc_synth.transactions.files import write_frame


def write_csv(source: Source, path: Path, *, raw: bool = False) -> None:
    """Write comma-separated rows, or tab-separated ones if `path` ends in .tsv; compressed if it ends in .gz.

    Args:
        source: table or graph.
        path: the file.
        raw: by default text that a spreadsheet would run as a formula gets a leading '; True leaves it alone.

    Raises:
        InputError: the suffix says another format, or the folder does not exist.
    """
    tabs = path.name.lower().endswith((".tsv", ".tsv.gz"))
    write_frame(table_of(source).to_frame(), path, kind="tsv" if tabs else "csv", raw=raw)
