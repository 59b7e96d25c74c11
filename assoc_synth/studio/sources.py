"""Tables of the studio: built in, or a file that was dropped onto the page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Unpack, cast

import numpy as np

from assoc_synth import datasets
from assoc_synth.errors import InputError
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.link_graph.imports.reading import is_graph, read_graph
from assoc_synth.transactions.files import read_file
from assoc_synth.transactions.schema import FileRoles, Roles
from assoc_synth.transactions.table import TransactionTable

FIRST_ROWS = 5
BUILT_IN = {
    "toy-shop": "a shop, 2,000 customers",
    "ratings": "films that viewers liked",
    "clickstream": "sessions on a web page",
    "clinic": "patients and diagnoses",
    "random-svo": "pure noise, for comparison",
}
"""The built-in tables that come without another package, and what they are."""
_MOST_CHARACTERS = 40
_LINKS = ("subject", "verb", "object", "basket")


@dataclass(frozen=True)
class Source:
    """Where a table comes from, and how it is read.

    Attributes:
        place: the name of a built-in table, or the path of a file.
        roles: the keywords of `TransactionTable.read`; empty for a built-in table and a graph.
        is_file: whether `place` is a path.
    """

    place: str
    roles: FileRoles
    is_file: bool

    @property
    def name(self) -> str:
        """What a person calls it."""
        return Path(self.place).name if self.is_file else self.place

    @property
    def has_roles(self) -> bool:
        """Whether its columns may be given other roles."""
        return self.is_file and not is_graph(self.place)

    def read(self) -> TransactionTable:
        """The table.

        Raises:
            InputError, SchemaError: it cannot be read, or its roles are not known.

        Example:
            >>> Source("random-svo", {}, is_file=False).read().num_verbs
            4
        """
        if not self.is_file:
            return datasets.load(self.place)
        return TransactionTable.read(self.place, **self.roles) if self.has_roles else read_graph(self.place)

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return {"place": self.place, "roles": dict(self.roles), "is_file": self.is_file}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Source:
        """From `to_dict`."""
        return cls(str(values["place"]), cast(FileRoles, dict(values["roles"])), bool(values["is_file"]))


def built_in(name: str) -> Source:
    """A built-in table.

    Raises:
        InputError: there is none of this name.
    """
    if name not in BUILT_IN:
        raise InputError(f"there is no built-in table {name[:40]!r}; there are: {', '.join(BUILT_IN)}")
    return Source(name, {}, is_file=False)


def dropped(path: Path, **roles: Unpack[FileRoles]) -> Source:
    """A file that was dropped onto the page."""
    return Source(str(path), roles, is_file=True)


def safe_name(name: str) -> str:
    """The name of a dropped file without folders and odd characters: it becomes a path of this machine.

    Example:
        >>> safe_name("../../etc/pass wd.csv"), safe_name("")
        ('pass wd.csv', 'table')
    """
    last = re.split(r"[\\/]", name)[-1]
    plain = re.sub(r"[^\w .,()+-]", "_", last).strip(" .") or "table"
    return plain[-120:]


def first_cells(path: str, *, header: bool = True) -> tuple[list[str], list[list[str]]]:
    """The columns of a file whose roles are not known yet, and the first rows as they are shown.

    Raises:
        InputError, SchemaError: the file cannot be read.
    """
    frame = read_file(path, header=header)[0]
    return [str(name) for name in frame.columns], shown_cells(frame.head(FIRST_ROWS).itertuples(index=False))


def first_rows(table: TransactionTable) -> tuple[list[str], list[list[str]]]:
    """The columns of a table and its first rows as they are shown."""
    frame = table.take_rows(np.arange(min(len(table), FIRST_ROWS))).to_frame()
    return [str(name) for name in frame.columns], shown_cells(frame.itertuples(index=False))


def write_links(table: TransactionTable, path: Path) -> None:
    """Write what can be explored of a table, without times, amounts and extra columns; `read_links` reads it."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    def named(codes: Any, names: Any) -> pa.DictionaryArray:
        return pa.DictionaryArray.from_arrays(pa.array(codes, pa.int32()), pa.array([str(name) for name in names]))

    graph = LinkGraph.from_table(table)
    columns = {
        "subject": named(table.subject, table.subjects),
        "verb": named(table.verb, table.verbs),
        "object": named(table.object, table.objects),
    }
    if (graph.baskets >= 0).any():
        columns["basket"] = pa.array([None if code < 0 else code for code in graph.baskets.tolist()], pa.int64())
    pq.write_table(pa.table(columns), path)


def read_links(path: Path) -> LinkGraph:
    """The graph of the links that `write_links` wrote; every name is text."""
    import pyarrow.parquet as pq

    frame = pq.read_table(path).to_pandas()
    roles = {name: name if name in frame else "" for name in _LINKS} | {"time": "", "amount": ""}
    return LinkGraph.from_table(TransactionTable.from_frame(frame, **cast(Roles, roles)))


def shown_cells(rows: Any) -> list[list[str]]:
    """Cells as short text; a missing one is empty.

    Example:
        >>> shown_cells([("tea", None, 2.5)])
        [['tea', '', '2.5']]
    """
    return [[_shown(cell) for cell in row] for row in rows]


def _shown(cell: object) -> str:
    if cell is None or cell != cell or str(cell) in ("<NA>", "NaT"):
        return ""
    text = str(cell)
    return text if len(text) <= _MOST_CHARACTERS else f"{text[: _MOST_CHARACTERS - 1]}…"
