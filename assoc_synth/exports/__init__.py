"""The formats in which a table or its link graph can be written: one file each, tested by reading the output back."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Collection
from pathlib import Path

from assoc_synth.errors import InputError
from assoc_synth.exports.delimited import write_csv
from assoc_synth.exports.graphml import write_graphml
from assoc_synth.exports.items_links import CONTENTS, write_items_links
from assoc_synth.exports.jsonlines import write_jsonl
from assoc_synth.exports.parquet import write_parquet
from assoc_synth.exports.source import Source
from assoc_synth.transactions.files.atomic import check_file
from assoc_synth.transactions.files.directories import check_directory
from assoc_synth.transactions.files.writing import written_kind

FORMATS: dict[str, Callable[..., None]] = {
    "csv": write_csv,
    "parquet": write_parquet,
    "jsonl": write_jsonl,
    "items-links": write_items_links,
    "graphml": write_graphml,
}
"""The writer of each format by its name: `writer(source, path, **options)`."""

__all__ = ["export", "check_export", "FORMATS", "Source"]


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
    check_export(format, path, options)
    FORMATS[format](source, Path(path), **options)


def check_export(format: str, path: str | os.PathLike[str], options: Collection[str] = ()) -> None:
    """Refuse what `export` would refuse whatever the rows are; call it before long work.

    Args:
        format, path: as for `export`.
        options: the names of its options.

    Raises:
        InputError: the format or an option is unknown, or nothing of that format can be written to `path`.

    Example:
        >>> check_export("csv", "shop.csv", ["safe"])
    """
    if format not in FORMATS:
        raise InputError(f"unknown format {format[:40]!r}; there are: {', '.join(FORMATS)}")
    parameters = inspect.signature(FORMATS[format]).parameters.values()
    known = [parameter.name for parameter in parameters if parameter.kind is parameter.KEYWORD_ONLY]
    unknown = [name for name in options if name not in known]
    if unknown:
        raise InputError(f"format {format} has no option {unknown[0]!r}; it has: {', '.join(known) or 'none'}")
    if format == "items-links":
        check_directory(path, CONTENTS)
        return
    check_file(path)
    if format != "graphml":
        tabs = format == "csv" and Path(path).name.lower().endswith((".tsv", ".tsv.gz"))
        written_kind(path, "tsv" if tabs else format)
