"""What a reader of a graph collects: a row per link, with its qualifiers where it has some."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import pandas as pd

from assoc_synth.errors import InputError
from assoc_synth.transactions.table import TransactionTable

QUALIFIERS = ("time", "amount", "basket")
COLUMNS = ("subject", "verb", "object", *QUALIFIERS)
Value: TypeAlias = str | int | float | bool
LARGEST = 2**63 - 1


@dataclass
class Rows:
    """Rows as they are read, in order.

    Attributes:
        columns: the cells by column, None where missing.
        extras: the cells of extra columns; rows after the last that has one are left out.
        notes: remarks for the user on how the file was read.

    Example:
        >>> rows = Rows()
        >>> _ = rows.add("alice", "buys", "tea", amount="12.5")
        >>> rows.table("shop.lino").to_frame().to_dict("list")
        {'subject': ['alice'], 'verb': ['buys'], 'object': ['tea'], 'amount': [12.5]}
    """

    columns: dict[str, list[str | float | None]] = field(default_factory=lambda: {name: [] for name in COLUMNS})
    extras: dict[str, list[Value | None]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def add(self, subject: str, verb: str, object: str, **qualifiers: str | float | None) -> int:
        """Append a row; returns its number."""
        for name, cell in zip(COLUMNS, (subject, verb, object, None, None, None), strict=True):
            self.columns[name].append(qualifiers.get(name, cell))
        return len(self) - 1

    def qualify(self, row: int, name: str, value: str | float | None) -> None:
        """Set a qualifier of a row."""
        self.columns[name][row] = value

    def say(self, row: int, name: str, value: Value) -> None:
        """Set a cell of an extra column.

        Example:
            >>> rows = Rows()
            >>> rows.say(rows.add("alice", "buys", "tea"), "organic", True)
            >>> rows.table("shop.lino").extras.to_dict("list")
            {'organic': [True]}
        """
        cells = self.extras.setdefault(name, [])
        cells.extend([None] * (row + 1 - len(cells)))
        cells[row] = value

    def __len__(self) -> int:
        return len(self.columns["subject"])

    def table(self, file: str) -> TransactionTable:
        """The rows as a table; a qualifier that no row has is no column.

        Args:
            file: the file's name, for messages.

        Raises:
            InputError: there are no rows, or a cell cannot be read.
        """
        if not len(self):
            raise InputError(f"{file!r} holds no link")
        kept = {
            name: cells
            for name, cells in self.columns.items()
            if name not in QUALIFIERS or any(cell is not None for cell in cells)
        }
        if "amount" in kept:
            kept["amount"] = [
                None if cell is None else number(cell, file, row) for row, cell in enumerate(kept["amount"])
            ]
        columns = {name: pd.Series(cells, dtype=object) for name, cells in kept.items()}
        if "amount" in kept:
            columns["amount"] = columns["amount"].astype(float)
        for name, values in self.extras.items():
            columns[_free(name, columns)] = typed([*values, *[None] * (len(self) - len(values))])
        frame = pd.DataFrame(columns)
        roles = {name: name if name in kept else "" for name in COLUMNS}
        table = TransactionTable.from_frame(frame, layout="rows", **roles)  # type: ignore[arg-type]
        told = tuple(note for note in table.notes if not note.startswith("reading column"))
        return replace(table, notes=(*self.notes, *told))


def typed(cells: Sequence[Value | None]) -> pd.Series:
    """A column of truth values, whole numbers or numbers where all of its cells are such, else of text.

    Example:
        >>> typed([1, None]).dtype, typed([True, False]).dtype, typed([1, "a"]).tolist()
        (Int64Dtype(), dtype('bool'), ['1', 'a'])
    """
    known = [cell for cell in cells if cell is not None]
    gaps = len(known) < len(cells)
    if known and all(isinstance(cell, bool) for cell in known):
        return pd.Series(cells, dtype="boolean" if gaps else "bool")
    if known and all(_is_whole(cell) for cell in known):
        return pd.Series(cells, dtype="Int64" if gaps else "int64")
    # JSON has no infinite numbers: they are text there.
    infinite = ("Infinity", "-Infinity") if any(isinstance(cell, float) for cell in known) else ()
    if known and all(isinstance(cell, float) or _is_whole(cell) or cell in infinite for cell in known):
        return pd.Series([math.nan if cell is None else float(cell) for cell in cells], dtype="float64")
    return pd.Series([None if cell is None else str(cell) for cell in cells], dtype=object)


def _is_whole(cell: Value) -> bool:
    return isinstance(cell, int) and not isinstance(cell, bool) and abs(cell) <= LARGEST


def _free(name: str, known: Collection[str]) -> str:
    """The name of an extra column: followed by _ where that of a role or of another column is the same."""
    while name in COLUMNS or name in known:
        name += "_"
    return name


def number(cell: str | float, file: str, row: int) -> float:
    """A cell of the column amount.

    Raises:
        InputError: it is no finite number.

    Example:
        >>> number("12.5", "shop.lino", 0)
        12.5
    """
    try:
        found = float(cell)
    except (TypeError, ValueError, OverflowError):
        found = math.nan
    if not math.isfinite(found):
        raise InputError(f"{file!r}, link {row + 1}: its amount is not a number")
    return found
