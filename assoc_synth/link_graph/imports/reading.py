"""Which reader a graph's file has, by its suffix."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from assoc_synth.errors import InputError
from assoc_synth.link_graph.imports.graphml import read_graphml
from assoc_synth.link_graph.imports.items_links import read_items_links
from assoc_synth.link_graph.imports.lino import read_lino
from assoc_synth.link_graph.imports.node_link import read_node_link
from assoc_synth.link_graph.imports.ntriples import read_ntriples
from assoc_synth.link_graph.imports.rows import Rows
from assoc_synth.link_graph.imports.triples import is_triples
from assoc_synth.transactions.table import TransactionTable

READERS: dict[str, Callable[[Path], Rows]] = {
    ".graphml": read_graphml,
    ".json": read_node_link,
    ".nt": read_ntriples,
    ".lino": read_lino,
}
"""The reader of each suffix; .gz may follow it."""


def is_graph(path: str | os.PathLike[str]) -> bool:
    """Whether `read_graph` reads it as a graph, not as a table: by its suffix, its first lines, or a folder's files.

    Example:
        >>> is_graph("shop.graphml"), is_graph("shop.nt.gz"), is_graph("shop.csv")
        (True, True, False)
    """
    path = Path(path)
    return _suffix(path) in READERS or (path / "items.parquet").is_file() or (path.is_file() and is_triples(path))


def read_graph(path: str | os.PathLike[str]) -> TransactionTable:
    """The rows of a graph's file: a folder of items and links, or a file by its suffix; any other is read as a table.

    Raises:
        InputError: it cannot be read; the message says where.
        MissingExtraError: the library that reads it is absent.
    """
    path = Path(path)
    if not path.exists():
        raise InputError(f"there is no file {str(path)[:200]!r}")
    if path.is_dir():
        return _noted(read_items_links(path).table(path.name))
    reader = READERS.get(_suffix(path))
    if reader is not None:
        try:
            return _noted(reader(path).table(path.name))
        except UnicodeDecodeError:
            raise InputError(f"{path.name!r} is not text in UTF-8") from None
    if not is_triples(path):
        return TransactionTable.read(path)
    table = TransactionTable.read(path, header=False, subject="c1", verb="c2", object="c3", layout="rows")
    return _noted(replace(table, notes=("three columns without a header: subject, verb and object", *table.notes)))


def _suffix(path: Path) -> str:
    suffixes = [suffix.lower() for suffix in path.suffixes]
    return suffixes[-2] if len(suffixes) > 1 and suffixes[-1] == ".gz" else suffixes[-1] if suffixes else ""


def _noted(table: TransactionTable) -> TransactionTable:
    """The table with a remark on names that are subject and object, which a generator does not keep together."""
    both = len(set(map(str, table.subjects)) & set(map(str, table.objects)))
    if not both:
        return table
    note = (
        f"{both:,} names are both subject and object. A model invents subjects anew and keeps the names of objects, so "
        "that no synthetic subject is an object too: which objects go together is kept; symmetric and inverse links "
        "(a knows b, b knows a) and paths over more than one link are not"
    )
    return replace(table, notes=(*table.notes, note))
