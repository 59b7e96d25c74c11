"""The rows as CSV or TSV, with the user's own column names and ways of writing values."""

from __future__ import annotations

from pathlib import Path

from assoc_synth.errors import InputError
from assoc_synth.exports.source import Source, table_of
from assoc_synth.transactions.files import write_frame


def write_csv(source: Source, path: Path, *, safe: bool = False, raw: bool = False) -> None:
    """Write rows with commas, or as the table's own CSV has them; with tabs if `path` ends in .tsv.

    A file that ends in .gz is compressed.

    Args:
        source: table or graph.
        path: the file.
        safe: text that a spreadsheet would run as a formula gets a leading ', which reading takes off again.
        raw: text is written as it is, which is the default.

    Raises:
        InputError: both `safe` and `raw`, the suffix says another format, or the folder does not exist.
    """
    if safe and raw:
        raise InputError("a file is either raw or safe: give one of the two")
    tabs = path.name.lower().endswith((".tsv", ".tsv.gz"))
    table = table_of(source)
    kind = "tsv" if tabs else "csv"
    write_frame(table.to_frame(), path, kind=kind, safe=safe, dialect=table.format.dialect)
