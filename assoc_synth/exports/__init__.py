"""The formats in which a table or its link graph can be written: one file each, tested by reading the output back."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from assoc_synth.errors import InputError
from assoc_synth.exports.entities import entity_notes
from assoc_synth.exports.formats import Format
from assoc_synth.exports.output import ROWS_PER_PART
from assoc_synth.exports.registry import FORMATS
from assoc_synth.exports.source import Source, table_of
from assoc_synth.transactions.files.atomic import check_file
from assoc_synth.transactions.files.directories import check_directory
from assoc_synth.transactions.files.parts import is_folder
from assoc_synth.transactions.files.writing import written_kind

__all__ = ["export", "check_export", "FORMATS", "Format", "Source"]


def export(source: Source, format: str, path: str | os.PathLike[str], **options: object) -> tuple[str, ...]:
    """Write a table or its link graph to `path`, completely or not at all.

    Args:
        source: a `TransactionTable` or a `LinkGraph`.
        format: one of `FORMATS`.
        path: the file to write, or the folder; see `Format.files`. An earlier one is replaced. CSV, JSON Lines and
            Parquet are written as a folder of part files where it ends in a slash, or is a folder.
        options: the format's own; see its writer.

    Returns:
        Notes for people: what of the rows the format cannot hold, columns that have another name in the file, and
        whether names that are subject and object are one node.

    Raises:
        InputError: the format or an option is unknown, or the writer refuses the path.
        MissingExtraError: the library that writes the format is absent.

    Example:
        >>> import tempfile
        >>> from assoc_synth.datasets import toy_shop
        >>> path = Path(tempfile.mkdtemp()) / "shop.csv"
        >>> export(toy_shop(subjects=3), "csv", path)
        ()
        >>> path.read_text().splitlines()[0]
        'customer,action,product,date,price'
    """
    check_export(format, path, options)
    known, table = FORMATS[format], table_of(source)
    notes: tuple[str, ...] = ()
    if "entities" in known.options() and not options.get("projection"):
        notes = entity_notes(table, None if options.get("entities") is None else str(options["entities"]))
    if known.is_parted and options.get("part_rows") is None and is_folder(path):
        options["part_rows"] = ROWS_PER_PART
    told = known.load()(source, Path(path), **options) or ()
    return (*notes, *known.left_out(table), *told)


def check_export(format: str, path: str | os.PathLike[str], options: Collection[str] | Mapping[str, Any] = ()) -> None:
    """Refuse what `export` would refuse whatever the rows are; call it before long work.

    Args:
        format, path: as for `export`.
        options: its options, or their names.

    Raises:
        InputError: the format or an option is unknown, nothing of that format can be written to `path`, or the suffix
            is that of another format.
        MissingExtraError: the library that writes the format is absent.

    Example:
        >>> check_export("csv", "shop.csv", ["safe"])
    """
    if format not in FORMATS:
        raise InputError(f"unknown format {format[:40]!r}; there are: {', '.join(FORMATS)}")
    known = FORMATS[format].options()
    unknown = [name for name in options if name not in known]
    if unknown:
        raise InputError(f"format {format} has no option {unknown[0]!r}; it has: {', '.join(known) or 'none'}")
    given = options if isinstance(options, Mapping) else {}
    _check_part_rows(given.get("part_rows"))
    parted = FORMATS[format].is_parted and (is_folder(path) or given.get("part_rows") is not None)
    contents = FORMATS[format].replaced(path, split=bool(given.get("split")))
    if parted or FORMATS[format].files_in("", split=bool(given.get("split"))):
        check_directory(path, contents)
        return
    check_file(path)
    if format in ("csv", "parquet", "jsonl"):
        tabs = format == "csv" and Path(path).name.lower().endswith((".tsv", ".tsv.gz"))
        written_kind(path, "tsv" if tabs else format)
    elif format in ("rules", "associations"):
        written_kind(path)
    else:
        _check_suffix(format, Path(path).name)


def _check_part_rows(rows: object) -> None:
    """Raises: InputError: it is no number of rows."""
    if rows is not None and (not isinstance(rows, int) or isinstance(rows, bool) or rows < 1):
        raise InputError(f"part_rows is a number of rows, at least 1, not {str(rows)[:40]!r}")


def _check_suffix(format: str, name: str) -> None:
    """Refuse a name that says another format: no reader would find out. One without a known suffix says nothing.

    Raises:
        InputError: the suffix is that of other formats.
    """
    own = FORMATS[format].suffixes()
    suffix = Path(name.lower().removesuffix(".gz")).suffix
    # Any text may be in a .txt file.
    others = {one for other in FORMATS.values() for one in other.suffixes()} - {*own, ".txt"}
    if suffix in others:
        raise InputError(
            f"the suffix of {name!r} is that of another format: a file of {format} ends in {' or '.join(own)}"
        )
