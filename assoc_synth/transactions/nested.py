"""Cells that hold several values: lists that become rows, and records that become columns, on request; else refused."""

from __future__ import annotations

import ast
import json
import shlex
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from assoc_synth.errors import InputError, SchemaError
from assoc_synth.transactions.role_names import obvious
from assoc_synth.transactions.schema import DROP, Roles, listed

LISTS = (list, tuple, set, frozenset, np.ndarray)
MARKS = frozenset(",;|[{(")
"""What stands between items, or begins a list that was written as text."""
LOOKED_AT = 1000
"""Cells of a column of objects that are looked at, from its first one that is not missing."""


def without_nested(frame: pd.DataFrame, asked: Roles) -> tuple[pd.DataFrame, list[str]]:
    """The frame with one value in each cell, and notes.

    A column that `explode` names becomes a row for each item of its lists, or a column for each key of its records.

    Args:
        frame: (n, columns) with a RangeIndex.
        asked: see `Roles`.

    Raises:
        InputError: a cell is nested and its column is not named; or the named column holds single values.
        SchemaError: there is no such column.
    """
    notes: list[str] = []
    column, separator = asked.get("explode"), asked.get("separator")
    if column:
        if column not in frame.columns:
            raise SchemaError(
                f"there is no column {column!r} for --explode; the columns are {listed(list(frame.columns))}"
            )
        frame, notes = _exploded(frame, column, separator, asked)
    elif separator:
        raise InputError("--separator needs --explode COLUMN: say whose cells hold several items")
    dropped = [name for name, kind in (asked.get("columns") or {}).items() if kind == DROP]
    for name in frame.columns:
        if name not in dropped:
            refuse_nested(frame[name])
        elif _first_nested(frame[name]) is not None:
            frame = frame.assign(**{name: pd.Series([None] * len(frame), dtype=object, index=frame.index)})
    return frame, notes


def refuse_nested(cells: pd.Series) -> None:
    """Every cell of a column is one value.

    Raises:
        InputError: one is not; the message names the column, the row and the line that reshapes it.
    """
    first = _first_nested(cells)
    if first is None:
        return
    where, name = f"column {str(cells.name)!r}, row {first + 1}", str(cells.name)
    drop = shlex.quote(f"{name}={DROP}")
    leave = f"; or leave it out with --column {drop} (in Python columns={{{name!r}: {DROP!r}}})"
    option = f"read it with --explode {name!r} (in Python explode={name!r})"
    cell = cells.iloc[first]
    if isinstance(cell, dict) or (
        isinstance(cells.dtype, pd.ArrowDtype) and pa.types.is_struct(cells.dtype.pyarrow_dtype)
    ):
        raise InputError(
            f"{where}: the cell is a record of several values: {option}, or reshape it first: "
            f"frame.join(pandas.json_normalize(frame.pop({name!r}))){leave}"
        )
    raise InputError(
        f"{where}: the cell is a list of several values: {option}, or reshape it first: frame.explode({name!r}){leave}"
    )


def _first_nested(cells: pd.Series) -> int | None:
    """The position of the first nested cell, None if there is none."""
    if isinstance(cells.dtype, pd.ArrowDtype) and pa.types.is_nested(cells.dtype.pyarrow_dtype):
        return next((at for at, gone in enumerate(cells.isna()) if not gone), 0)
    if isinstance(cells.dtype, pd.CategoricalDtype):
        odd = [code for code, name in enumerate(cells.cat.categories) if isinstance(name, (*LISTS, dict))]
        return int(np.isin(cells.cat.codes, odd).argmax()) if odd else None
    if cells.dtype != object:
        return None
    seen = 0
    for position, cell in enumerate(cells.array):
        if isinstance(cell, (*LISTS, dict)):
            return position
        if cell is not None:
            seen += 1
            if seen > LOOKED_AT:
                break
    inferred = pd.api.types.infer_dtype(cells, skipna=True)
    if inferred not in ("mixed",):
        return None
    return next((at for at, cell in enumerate(cells.array) if isinstance(cell, (*LISTS, dict))), None)


def _exploded(frame: pd.DataFrame, column: str, separator: str | None, asked: Roles) -> tuple[pd.DataFrame, list[str]]:
    cells = frame[column].astype(object)
    if any(isinstance(cell, dict) for cell in cells.head(LOOKED_AT)):
        return _flattened(frame, column)
    if separator is None and _are_single(cells):
        return frame, [f"column {column!r}: each cell holds one item already"]
    lists = [_items(cell, column, row, separator) for row, cell in enumerate(cells, 1)]
    return with_items(frame.drop(columns=column), lists, column, asked, at=list(frame.columns).index(column))


def with_items(
    rest: pd.DataFrame, lists: Iterable[list[Any]], column: str, asked: Roles, *, at: int
) -> tuple[pd.DataFrame, list[str]]:
    """A row for each item: its row's other cells, and a basket for each row unless a column is one.

    Args:
        rest: (n, columns) the other columns.
        lists: n lists of items.
        column: the name of the items' column.
        asked: see `Roles`; `basket` says whether there is a basket.
        at: the position of the items' column.

    Returns:
        The frame, and notes.
    """
    lists = list(lists)
    lengths = np.fromiter(map(len, lists), np.int64, len(lists))
    items = [item for one in lists for item in one]
    if not items:
        raise InputError(f"column {column!r} holds no item in any row")
    rows = np.repeat(np.arange(len(lists)), lengths)
    made = rest.iloc[rows].reset_index(drop=True)
    made.insert(at, column, pd.Series(items, dtype=object).infer_objects())
    notes = [f"column {column!r}: {len(lists):,} rows of several items are read as {len(items):,} rows"]
    if (lengths == 0).any():
        notes.append(f"column {column!r}: {int((lengths == 0).sum()):,} rows have no item: left out")
    if asked.get("basket") is None and obvious("basket", list(rest.columns)) is None and len(rest.columns):
        name = fresh_name("basket", made.columns)
        made[name] = rows + 1
        notes.append(f"each of them is a basket: column {name!r} is added and numbers them")
    return made, notes


def fresh_name(name: str, columns: Iterable[str]) -> str:
    """The name, or the name with underscores that no column has.

    Example:
        >>> fresh_name("item", ["item", "price"])
        'item_'
    """
    taken = set(columns)
    while name in taken:
        name += "_"
    return name


def _are_single(cells: pd.Series) -> bool:
    """Whether no cell is a list or looks like several items, as in rows that were made of such a column."""
    return not any(isinstance(cell, LISTS) or (isinstance(cell, str) and MARKS & {*cell}) for cell in cells)


def _items(cell: Any, column: str, row: int, separator: str | None) -> list[Any]:
    """The items of a cell; none if it is missing or empty."""
    if isinstance(cell, LISTS):
        items = sorted(cell, key=str) if isinstance(cell, set | frozenset) else list(cell)
    elif cell is None or cell is pd.NA or (isinstance(cell, float) and np.isnan(cell)):
        items = []
    elif isinstance(cell, str) and separator:
        items = [part.strip() for part in cell.split(separator)]
    elif isinstance(cell, str) and cell.strip()[:1] in ("[", "{", "(") and (found := _literal(cell)) is not None:
        items = found
    elif isinstance(cell, str) and separator is None:
        raise InputError(
            f"column {column!r}, row {row}: the cell is text; say what stands between its items, such as "
            f"--explode {column!r} --separator ', '"
        )
    else:
        items = [cell]
    for item in items:
        if isinstance(item, (*LISTS, dict)):
            raise InputError(f"column {column!r}, row {row}: an item is itself a list or a record; flatten it first")
    return [item for item in items if item is not None and item == item and str(item).strip()]


def _literal(text: str) -> list[Any] | None:
    """A list that was written as text by JSON or Python; None if it is something else."""
    for read in (json.loads, ast.literal_eval):
        try:
            found = read(text)
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            continue
        if isinstance(found, list | tuple | set):
            return sorted(found, key=str) if isinstance(found, set) else list(found)
    return None


def _flattened(frame: pd.DataFrame, column: str) -> tuple[pd.DataFrame, list[str]]:
    records = [cell if isinstance(cell, dict) else {} for cell in frame[column]]
    odd = next((at for at, cell in enumerate(frame[column]) if isinstance(cell, (*LISTS, str))), None)
    if odd is not None:
        raise InputError(f"column {column!r}, row {odd + 1}: the cell is no record, though others are")
    flat = pd.json_normalize(records).add_prefix(f"{column}.")
    rest = frame.drop(columns=column)
    made = pd.concat([rest, flat.set_axis(rest.index)], axis=1)
    return made, [f"column {column!r}: its records are read as the columns {listed(list(flat.columns))}"]
