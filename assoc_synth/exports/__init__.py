"""The formats in which a table or its link graph can be written: one file each, tested by reading the output back."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable
from pathlib import Path

from assoc_synth.errors import InputError
from assoc_synth.exports.delimited import write_csv
from assoc_synth.exports.graphml import write_graphml
from assoc_synth.exports.items_links import write_items_links
from assoc_synth.exports.jsonlines import write_jsonl
from assoc_synth.exports.parquet import write_parquet
from assoc_synth.exports.source import Source

FORMATS: dict[str, Callable[..., None]] = {
    "csv": write_csv,
    "parquet": write_parquet,
    "jsonl": write_jsonl,
    "items-links": write_items_links,
    "graphml": write_graphml,
}
"""The writer of each format by its name: `writer(source, path, **options)`."""

__all__ = ["export", "FORMATS", "Source"]


def export(source: Source, format: str, path: str | os.PathLike[str], **options: object) -> None:
    """Write a table or its link graph to `path`, completely or not at all.

    Args:
        source: a `TransactionTable` or a `LinkGraph`.
        format: one of `FORMATS`.
        path: the file to write; a directory for `items-links`. An earlier one is replaced.
        options: the format's own; see its writer.

    Raises:
        InputError: the format or an option is unknown, or the writer refuses the path.

    Example:
        >>> import tempfile
        >>> from assoc_synth.datasets import toy_shop
        >>> path = Path(tempfile.mkdtemp()) / "shop.csv"
        >>> export(toy_shop(subjects=3), "csv", path)
        >>> path.read_text().splitlines()[0]
        'customer,action,product,date,price'
    """
    if format not in FORMATS:
        raise InputError(f"unknown format {format[:40]!r}; there are: {', '.join(FORMATS)}")
    writer = FORMATS[format]
    parameters = inspect.signature(writer).parameters.values()
    known = [parameter.name for parameter in parameters if parameter.kind is parameter.KEYWORD_ONLY]
    unknown = [name for name in options if name not in known]
    if unknown:
        raise InputError(f"format {format} has no option {unknown[0]!r}; it has: {', '.join(known) or 'none'}")
    writer(source, Path(path), **options)
