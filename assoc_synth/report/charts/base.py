"""What all charts share: the library at the door, tables in, colours and sizes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import ModuleType
from typing import TypeAlias

import pandas as pd

from assoc_synth.errors import InputError, MissingExtraError
from assoc_synth.link_graph.drawing.names import shown
from assoc_synth.transactions.frames import AnyFrame
from assoc_synth.transactions.table import TransactionTable

Data: TypeAlias = TransactionTable | AnyFrame
"""A table, or a frame whose columns have obvious names."""
REAL, FIRST, BAD, SOFT, BAND = "#8793a3", "#0f766e", "#c62828", "#5b6675", "#d9e6e4"
OTHERS = ("#b4530a", "#4f5fb8", "#a8327d", "#5c7a12", "#8a6d00", "#2b7bb0", "#6b5b4d")
WIDTH, HEIGHT = 420, 260


def altair() -> ModuleType:
    """The library.

    Raises:
        MissingExtraError: it is not installed.
    """
    try:
        import altair as library
    except ImportError:
        raise MissingExtraError("a chart", "plots") from None
    return library


def as_table(data: Data) -> TransactionTable:
    """A table as it is, a frame by its columns' names.

    Raises:
        InputError, SchemaError: it is neither, or its columns are not obvious.
    """
    return data if isinstance(data, TransactionTable) else TransactionTable.from_frame(data)


def as_tables(tables: Mapping[str, Data] | Data) -> dict[str, TransactionTable]:
    """Tables by name as they can be shown; a single one is "table".

    Raises:
        InputError: there is none, or two names are shown alike.
    """
    named = tables if isinstance(tables, Mapping) else {"table": tables}
    found = {shown(name): as_table(data) for name, data in named.items()}
    if not found or len(found) < len(named):
        raise InputError("a chart takes tables by name, such as {'real': table, 'ours': rows}, each its own name")
    return found


def colours(names: Iterable[str]) -> tuple[list[str], list[str]]:
    """Names and their colours: grey for "real" and "held out", a colour for each other one."""
    every = list(names)
    palette = iter((FIRST, *OTHERS) * (1 + len(every) // 8))
    return every, [REAL if name == "real" else "#c9a227" if name == "held out" else next(palette) for name in every]


def rows(records: Sequence[Mapping[str, object]]) -> pd.DataFrame:
    """Records as a frame for Altair."""
    return pd.DataFrame.from_records([dict(record) for record in records])
