"""The guard against formulas: a ' before text that a spreadsheet would run, put on when asked for and taken off."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

PLAIN_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")
_BEGINS = r"[=+\-@\t\r]"
_FORMULA, _GUARDED, _ANY = (re.compile(guards + _BEGINS) for guards in ("", "'+", "'*"))


def guarded(frame: pd.DataFrame) -> pd.DataFrame:
    """Text (and names of columns) that begins like a formula and is no plain number gets a leading '; guards too.

    Example:
        >>> guarded(pd.DataFrame({"a": ["=1+1", "-3.50", "@calendar"]}))["a"].tolist()
        ["'=1+1", '-3.50', "'@calendar"]
    """
    safe = frame.copy(deep=False)
    for position, dtype in enumerate(frame.dtypes):
        if not isinstance(dtype, np.dtype) or dtype.kind == "O":
            codes, names = pd.factorize(frame.iloc[:, position].astype(object))
            safe.isetitem(position, np.array([*map(_safe, names), None], dtype=object)[codes])
    safe.columns = pd.Index([_safe(name) for name in frame.columns])
    return safe


def without_guards(table: pa.Table, columns: list[str]) -> tuple[pa.Table, list[str], tuple[str, ...]]:
    """Take the guards off a table that has them throughout, and say so.

    That is where a cell or name begins with ' and what formulas begin with, and none begins like a formula without it.

    Args:
        table: the cells as text.
        columns: the names of its columns.

    Returns:
        The table, the names, and a note if guards were taken off.
    """
    names = [column for column in columns if _GUARDED.match(column)]
    positions = [at for at, cells in enumerate(table.columns) if _guarded(cells)]
    if not names and not positions:
        return table, columns, ()
    if any(map(_runs, columns)) or any(map(_bare, table.columns)):
        return table, columns, ()
    for at in positions:
        cells = pc.replace_substring_regex(table.column(at), f"^'('*{_BEGINS})", r"\1")
        table = table.set_column(at, table.schema.field(at), cells)
    where = ", ".join(repr(columns[at][:60]) for at in positions[:5]) or "the header"
    note = f"a leading ' before = + - @ is taken for a guard against formulas and left out (in {where})"
    return table, [column[1:] if column in names else column for column in columns], (note,)


def _guarded(cells: pa.ChunkedArray) -> bool:
    if not pc.any(pc.starts_with(cells, "'")).as_py():
        return False
    return bool(pc.any(pc.match_substring_regex(cells, f"^{_GUARDED.pattern}")).as_py())


def _bare(cells: pa.ChunkedArray) -> bool:
    """Whether a cell begins like a formula, is no plain number and has no guard."""
    begun = cells.filter(pc.fill_null(pc.match_substring_regex(cells, f"^{_BEGINS}"), False))
    return any(map(_runs, pc.unique(begun).to_pylist()))


def _runs(cell: str) -> bool:
    return _FORMULA.match(cell) is not None and not PLAIN_NUMBER.fullmatch(cell)


def _safe(cell: object) -> object:
    if not isinstance(cell, str) or not _ANY.match(cell) or PLAIN_NUMBER.fullmatch(cell):
        return cell
    return "'" + cell
