"""Names of subjects, verbs, objects and baskets: whole numbers stay whole numbers, everything else is text."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from assoc_synth.transactions.arrays import Floats, Ints, Values
from assoc_synth.transactions.columns.dtypes import ColumnFormat

EXACT = 2**53  # floats above it no longer tell neighbouring whole numbers apart
FLOAT = re.compile(r"(0|-?[1-9]\d{0,14})\.0")


@dataclass(frozen=True, eq=False)
class Names:
    """A column of names as codes.

    Args:
        codes: int64 (n,) positions in `names`; -1 where the cell is missing or blank.
        names: the distinct names, sorted by their text: the order of rows does not matter.
        format: how the column is given back.
        notes: remarks for the user.
    """

    codes: Ints
    names: pd.Index
    format: ColumnFormat
    notes: tuple[str, ...]


def read_names(column: pd.Series, *, keep_categories: bool = False) -> Names:
    """Code a column of names.

    Args:
        column: (n,) of any dtype; `column.name` is used in notes.
        keep_categories: keep a categorical's list of categories in the format. Not for names of subjects.

    Example:
        >>> names = read_names(pd.Series(["tea", " ", "coffee", "tea"]))
        >>> names.names.tolist(), names.codes.tolist()
        (['coffee', 'tea'], [1, -1, 0, 1])
    """
    values, note = _plain(column)
    codes, found = pd.factorize(values)
    floats = _once_floats(found)
    names = _index(found if floats is None else floats)
    # Independent of the order of rows: sort by text, then renumber; blank names get no number.
    text = names.astype(str) if names.dtype != object else pd.Index([str(name) for name in names], dtype=object)
    kept = np.array([bool(name.strip()) for name in text], dtype=bool)
    order = np.argsort(text.to_numpy(dtype=object), kind="stable")
    order = order[kept[order]]
    renumbered = np.full(len(names) + 1, -1, dtype=np.int64)
    renumbered[order] = np.arange(len(order))
    names = names.take(order)
    given_back = ColumnFormat.of(column, keep_categories=keep_categories)
    notes = [note] if note else []
    if given_back is None or note:
        given_back = ColumnFormat()
        notes = notes or [f"column {column.name!r}: {column.dtype} cannot be given back, it becomes objects"]
    if floats is not None:
        given_back = replace(given_back, suffix=".0")
        notes.append(
            f"column {column.name!r}: whole numbers that end in .0 are read as whole numbers and given back so"
        )
    return Names(renumbered[codes], names, given_back, tuple(notes))


def _plain(column: pd.Series) -> tuple[Any, str]:
    """Numbers, or objects that are all text, all whole numbers or all truth values; and a note if converted."""
    dtype = column.dtype
    kind = getattr(dtype, "kind", "O")
    if isinstance(dtype, np.dtype) and kind in "iub":
        return column.to_numpy(), ""
    if kind in "iub" and not isinstance(dtype, pd.CategoricalDtype):
        if column.isna().any():
            return column.astype(object).where(column.notna(), None).to_numpy(), ""
        return column.to_numpy(dtype=np.dtype({"i": "int64", "u": "uint64", "b": "bool"}[kind])), ""
    if kind == "f" and not isinstance(dtype, pd.CategoricalDtype):
        return _whole(column.to_numpy(dtype=np.float64, na_value=np.nan), str(column.name))
    cells = column.astype(object)
    if len(cells) and kind != "M":
        found = pd.api.types.infer_dtype(cells, skipna=True)
        if found in ("string", "integer", "boolean", "empty"):
            return cells.to_numpy(), ""
        if found in ("floating", "mixed-integer-float"):
            return _whole(cells.to_numpy(dtype=np.float64, na_value=np.nan), str(column.name))
    return _text(cells), f"column {column.name!r} is neither all text nor all whole numbers: it is read as text"


def _once_floats(found: Any) -> Values | None:
    """Distinct texts of whole numbers that end in .0, as numbers; None for others.

    A missing cell makes floats of whole numbers, which CSV then holds; in another kind of file they are numbers.
    """
    if not len(found) or not isinstance(found, np.ndarray) or found.dtype != object:
        return None
    if not all(isinstance(name, str) and FLOAT.fullmatch(name) for name in found):
        return None
    numbers: Values = np.array([int(name[:-2]) for name in found], dtype=np.int64)
    return numbers


def _whole(values: Floats, name: str) -> tuple[Any, str]:
    """Whole numbers that a missing cell turned into floats become whole numbers again."""
    gone = np.isnan(values)
    there = values[~gone]
    if not (np.isfinite(there).all() and (there == np.rint(there)).all() and (np.abs(there) <= EXACT).all()):
        return _text(pd.Series(values, dtype=object)), f"column {name!r} holds fractions: they are read as text"
    if not gone.any():
        return values.astype(np.int64), ""
    cells = np.full(len(values), None, dtype=object)
    cells[~gone] = there.astype(np.int64)
    return cells, ""


def _text(cells: pd.Series) -> Values:
    return cells.map(str, na_action="ignore").astype(object).to_numpy()


def _index(found: Any) -> Any:
    values: Any = np.asarray(found)
    if values.dtype == object and len(values) and pd.api.types.infer_dtype(values) == "integer":
        try:
            return pd.Index(values.astype(np.int64))
        except OverflowError:
            return pd.Index(values, dtype=object)
    return pd.Index(values)
