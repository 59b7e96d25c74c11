"""Williams' two tables, as `exports.items_links` writes them: items, and links whose source is an item or a link."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from assoc_synth.errors import InputError
from assoc_synth.link_graph.imports.graphml import value_of
from assoc_synth.link_graph.imports.rows import QUALIFIERS, Rows

ITEMS, LINKS = ("id", "kind", "name"), ("id", "source", "verb", "target")
KINDS = {"on": "time", "for": "amount", "in": "basket"}
"""The qualifier of a link whose target has none of the kinds, by its verb."""
TYPES = {"integer": "long", "number": "double", "truth": "boolean"}
"""XML's names of the kinds of values of extra columns that are no text."""
VALUE = " value"
"""What the kind of an item ends in that is the value of an extra column."""


def read_items_links(path: Path) -> Rows:
    """Read a folder with items.parquet (id, kind, name) and links.parquet (id, source, verb, target).

    A link from an item is a row; a link from a link qualifies the row that the chain of sources begins with: its time,
    amount or basket, or an extra column that has the name of its verb.

    Raises:
        InputError: a file or a column is absent, a column's cells are neither text nor numbers, or an id is unknown.
    """
    items, links = _read(path / "items.parquet", ITEMS), _read(path / "links.parquet", LINKS)
    names, kinds = ([str(cell) for cell in items[name].to_pylist()] for name in ("name", "kind"))
    place = {item: row for row, item in enumerate(items["id"].to_pylist())}
    if len(place) != len(names):
        raise InputError("items.parquet: two items have one id")
    rows, begins = Rows(), dict[int, int]()
    for batch in links.to_batches(max_chunksize=65_536):
        for link, source, verb, target in zip(*(batch[name].to_pylist() for name in LINKS), strict=True):
            if link in place or link in begins:
                raise InputError(f"links.parquet: the id {link} is there twice")
            try:
                by, value = names[place[verb]], place[target]
            except KeyError:
                raise InputError(f"links.parquet, link {link}: its verb or target is not an item") from None
            if source in place:
                begins[link] = rows.add(names[place[source]], by, names[value])
            elif source in begins:
                begins[link] = begins[source]
                kind = kinds[value]
                role = kind if kind in QUALIFIERS else "" if kind.endswith(VALUE) else KINDS.get(by, "")
                if role:
                    rows.qualify(begins[link], role, names[value])
                else:
                    rows.say(begins[link], by, value_of(names[value], TYPES.get(kind.removesuffix(VALUE), "")))
            else:
                raise InputError(f"links.parquet, link {link}: its source is neither an item nor a link before it")
    return rows


def _read(path: Path, columns: tuple[str, ...]) -> pa.Table:
    if not path.is_file():
        raise InputError(f"{str(path.parent)!r} is no graph of items and links: it has no {path.name}")
    try:
        table = pq.read_table(path)
    except (pa.ArrowException, OSError) as error:
        raise InputError(f"{path.name!r} is not a Parquet file: {str(error)[:100]}") from None
    missing = [name for name in columns if name not in table.column_names]
    if missing:
        raise InputError(f"{path.name!r} has no column {missing[0]!r}; it needs {', '.join(columns)}")
    if any(table[name].null_count for name in columns):
        raise InputError(f"{path.name!r} has an empty cell: fill it, or leave its row out")
    strange = [name for name in columns if not _plain(table[name].type)]
    if strange:
        raise InputError(f"{path.name!r}, column {strange[0]!r}: its cells are neither text nor numbers")
    return table.select(list(columns))


def _plain(kind: pa.DataType) -> bool:
    """Whether cells are text or numbers, also as a dictionary."""
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    known = (pa.types.is_string, pa.types.is_large_string, pa.types.is_integer, pa.types.is_floating, pa.types.is_null)
    return any(is_one(kind) for is_one in known)
