"""What a reader of a graph collects: a row per link, with its qualifiers where it has some."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import pandas as pd

from assoc_synth.errors import InputError
from assoc_synth.transactions.table import TransactionTable

QUALIFIERS = ("time", "amount", "basket")
COLUMNS = ("subject", "verb", "object", *QUALIFIERS)


@dataclass
class Rows:
    """Rows as they are read, in order.

    Attributes:
        columns: the cells by column, None where missing.
        notes: remarks for the user on how the file was read.

    Example:
        >>> rows = Rows()
        >>> _ = rows.add("alice", "buys", "tea", amount="12.5")
        >>> rows.table("shop.lino").to_frame().to_dict("list")
        {'subject': ['alice'], 'verb': ['buys'], 'object': ['tea'], 'amount': [12.5]}
    """

    columns: dict[str, list[str | float | None]] = field(default_factory=lambda: {name: [] for name in COLUMNS})
    notes: list[str] = field(default_factory=list)

    def add(self, subject: str, verb: str, object: str, **qualifiers: str | float | None) -> int:
        """Append a row; returns its number."""
        for name, cell in zip(COLUMNS, (subject, verb, object, None, None, None), strict=True):
            self.columns[name].append(qualifiers.get(name, cell))
        return len(self) - 1

    def qualify(self, row: int, name: str, value: str | float | None) -> None:
        """Set a qualifier of a row."""
        self.columns[name][row] = value

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
        frame = pd.DataFrame({name: pd.Series(cells, dtype=object) for name, cells in kept.items()})
        if "amount" in kept:
            frame["amount"] = frame["amount"].astype(float)
        roles = {name: name if name in kept else "" for name in COLUMNS}
        table = TransactionTable.from_frame(frame, layout="rows", **roles)  # type: ignore[arg-type]
        told = tuple(note for note in table.notes if not note.startswith("reading column"))
        return replace(table, notes=(*self.notes, *told))


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
