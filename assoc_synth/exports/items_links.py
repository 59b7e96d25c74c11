"""Williams' two tables: items, and links whose source is an item or another link.

`((alice buys tea) on 2026-01-02) for 12.50` is three links: the first from the item alice over the item buys to the
item tea, the second from the first link over the item on, the third from the second link over the item for. Items and
links share one sequence of ids, so that a source is an item or a link by its id alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from assoc_synth.exports.graphml import written
from assoc_synth.exports.output import only_text
from assoc_synth.exports.qualifiers import Cells, ExtraValues, Kind, Value
from assoc_synth.exports.source import Clock, Source, amount_texts, names_of, slices, table_of
from assoc_synth.exports.walk import Walk
from assoc_synth.transactions.arrays import Bools, Floats, Ints, Times
from assoc_synth.transactions.files.directories import replacing_directory
from assoc_synth.transactions.table import TransactionTable

CONTENTS = ("items.parquet", "links.parquet")
ITEMS = pa.schema([("id", pa.int64()), ("kind", pa.string()), ("name", pa.string())])
LINKS = pa.schema([("id", pa.int64()), ("source", pa.int64()), ("verb", pa.int64()), ("target", pa.int64())])


def write_items_links(source: Source, path: Path, *, entities: str | None = None) -> None:
    """Write the directory `path` with `items.parquet` (id, kind, name) and `links.parquet` (id, source, verb, target).

    Kinds are subject, verb, object, "both" (of a name that is subject and object) and, if the table has them, time (ISO
    8601), amount and basket. An extra column is a verb of its name, its values are items of the kinds "text value",
    "integer value" and so on, see `qualifiers.Kind`. What is missing has no link.

    Args:
        source: table or graph.
        path: the directory.
        entities: "shared" or "apart", see `Entities`; None decides by the names.

    Raises:
        InputError: `path` is a file, or a directory that holds other things.
    """
    table = table_of(source)
    walk = Walk.of(table, entities)
    items = _Items.of(walk)
    with replacing_directory(path, CONTENTS) as directory, only_text():
        _write(items.batches(), ITEMS, directory / "items.parquet")
        _write(link_batches(table, items), LINKS, directory / "links.parquet")


def _write(batches: Iterator[pa.RecordBatch], schema: pa.Schema, path: Path) -> None:
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for batch in batches:
            writer.write_batch(batch)


def link_batches(table: TransactionTable, items: _Items) -> Iterator[pa.RecordBatch]:
    """The links in the order of the rows, each followed by its qualifiers; their ids continue those of the items."""
    next_id = items.size
    for part in slices(len(table)):
        qualifiers = list(items.qualifiers(table, part))
        present = [target >= 0 for _, target in qualifiers]
        size = 1 + sum((mask.astype(np.int64) for mask in present), np.zeros(part.stop - part.start, np.int64))
        first = np.cumsum(size) - size
        ids = next_id + np.arange(int(size.sum()))
        # A qualifier's source is the link before it; a first link's is a subject.
        source, verb, target = ids - 1, np.empty_like(ids), np.empty_like(ids)
        source[first] = items.subject[table.subject[part]]
        verb[first] = items.start["verb"] + table.verb[part]
        target[first] = items.object[table.object[part]]
        at = first + 1
        for (by, value), mask in zip(qualifiers, present, strict=True):
            verb[at[mask]] = by
            target[at[mask]] = value[mask]
            at = at + mask
        next_id += len(ids)
        yield pa.RecordBatch.from_arrays([pa.array(column) for column in (ids, source, verb, target)], schema=LINKS)


@dataclass(frozen=True)
class _Items:
    """Where each kind of item begins in the sequence of ids, and the values behind the qualifiers.

    Attributes:
        start: the first id of each kind.
        size: the number of items.
        subject, object: the item of each subject and of each object.
        kinds: the kind of each subject, which may be an object too.
        names: the texts of each kind except times and amounts, in the order of the ids.
        times, amounts: the distinct values, sorted; the item of a value is `start[kind]` plus its position.
        clock: how times are written.
        by: the item that is the verb of each qualifier, by its role, or its place among the extra columns.
        extras: the values of the extra columns.
        values: the distinct values of all extra columns, by kind.
    """

    start: dict[str, int]
    size: int
    subject: Ints
    object: Ints
    kinds: list[str]
    names: dict[str, list[str]]
    times: Times
    amounts: Floats
    clock: Clock
    by: dict[str | int, int]
    extras: tuple[ExtraValues, ...]
    values: dict[Kind, pd.Index]

    @classmethod
    def of(cls, walk: Walk) -> _Items:
        table, nodes, extras = walk.table, walk.nodes, walk.extras
        columns = [str(column) for column in table.schema.extras]
        time = np.zeros(0, "datetime64[ns]") if table.time is None else table.time
        amount = np.zeros(0) if table.amount is None else table.amount
        times, amounts = np.unique(time[~np.isnat(time)]), np.unique(amount[~np.isnan(amount)])
        verbs = names_of(table.verbs)
        words = {"time": "on", "amount": "for", "basket": "in"}
        used = [word for kind, word in words.items() if getattr(table, kind) is not None]
        # A verb of the table may be "on" too: it is the same item, and a link with a link as source is a qualifier.
        verbs += [word for word in dict.fromkeys([*used, *columns]) if word not in set(verbs)]
        values = distinct_values(table, extras)
        names = {
            "subject": nodes.names[: table.num_subjects],
            "verb": verbs,
            "object": nodes.names[table.num_subjects :],
            "basket": [] if table.baskets is None else names_of(table.baskets),
        }
        sizes = {kind: len(names[kind]) for kind in ("subject", "verb", "object")}
        sizes |= {"time": len(times), "amount": len(amounts), "basket": len(names["basket"])}
        sizes |= {kind: len(found) for kind, found in values.items()}
        ends = np.cumsum(list(sizes.values())).tolist()
        start = dict(zip(sizes, [0, *ends], strict=False))
        place = {word: start["verb"] + number for number, word in enumerate(verbs)}
        by: dict[str | int, int] = {kind: place[word] for kind, word in words.items() if word in used}
        by |= {number: place[column] for number, column in enumerate(columns)}
        # Subjects come first, so that their items are their nodes; the other objects follow the verbs.
        object = np.where(nodes.object < table.num_subjects, nodes.object, nodes.object + len(verbs))
        kinds = nodes.kinds[: table.num_subjects]
        parts = (kinds, names, times, amounts, Clock.of(table), by, extras, values)
        return cls(start, ends[-1], nodes.subject, object, *parts)

    def qualifiers(self, table: TransactionTable, part: slice) -> Iterator[tuple[int, Ints]]:
        """For each qualifier of the table: the item of its verb, and of its value in each row, -1 where missing."""
        if table.time is not None:
            time = table.time[part]
            yield self.by["time"], self._at("time", np.searchsorted(self.times, time), np.isnat(time))
        if table.amount is not None:
            amount = table.amount[part]
            yield self.by["amount"], self._at("amount", np.searchsorted(self.amounts, amount), np.isnan(amount))
        if table.basket is not None:
            basket = table.basket[part]
            yield self.by["basket"], self._at("basket", basket, basket < 0)
        for number, one in enumerate(self.extras):
            cells = one.values(part)
            missing = np.array([cell is None for cell in cells], np.bool_)
            yield self.by[number], self._at(one.kind, self.values[one.kind].get_indexer(_index(cells)), missing)

    def _at(self, kind: str, position: Ints, missing: Bools) -> Ints:
        return np.where(missing, -1, self.start[kind] + position)

    def batches(self) -> Iterator[pa.RecordBatch]:
        for kind, start in self.start.items():
            if kind in self.values:
                yield from self._values(kind)
                continue
            values = {"time": self.times, "amount": self.amounts}.get(kind)
            for part in slices(len(self.names[kind] if values is None else values)):
                if kind == "time":
                    names: list[str] | list[str | None] = self.clock.texts(self.times[part])
                else:
                    names = amount_texts(self.amounts[part]) if kind == "amount" else self.names[kind][part]
                ids = np.arange(start + part.start, start + part.stop)
                kinds = self.kinds[part] if kind == "subject" else [kind] * len(ids)
                columns = [pa.array(ids), pa.array(kinds), pa.array(names, pa.string())]
                yield pa.RecordBatch.from_arrays(columns, schema=ITEMS)

    def _values(self, kind: str) -> Iterator[pa.RecordBatch]:
        known: pd.Index = {str(name): values for name, values in self.values.items()}[kind]
        for part in slices(len(known)):
            ids = np.arange(self.start[kind] + part.start, self.start[kind] + part.stop)
            names = [written(value) for value in known[part].tolist()]
            yield pa.RecordBatch.from_arrays(
                [pa.array(ids), pa.array([f"{kind} value"] * len(ids)), pa.array(names, pa.string())], schema=ITEMS
            )


def distinct_values(table: TransactionTable, extras: tuple[ExtraValues, ...]) -> dict[Kind, pd.Index]:
    """The values of all extra columns that are of one kind, in the order in which they come."""
    found: dict[Kind, dict[Value, None]] = {}
    for one in extras:
        known = found.setdefault(one.kind, {})
        for part in slices(len(table)):
            known.update(dict.fromkeys(cell for cell in one.values(part) if cell is not None))
    return {kind: _index(list(known)) for kind, known in found.items()}


def _index(cells: Cells) -> pd.Index:
    found: pd.Index = pd.Index(np.array([*cells, None], dtype=object)[:-1], dtype=object)
    return found
