"""The dtype of a column as text, and values given back in it."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
from pandas.api.extensions import ExtensionDtype

from assoc_synth.errors import InputError
from assoc_synth.transactions.arrays import Bools, Values
from assoc_synth.transactions.stored import Cell, Stored

Dtype: TypeAlias = np.dtype[Any] | ExtensionDtype

MISSING = {"None": None, "nan": np.nan, "NA": pd.NA, "NaT": pd.NaT}


@dataclass(frozen=True)
class ColumnFormat(Stored):
    """How a column is given back.

    Args:
        dtype: the dtype as text, see `dtype_text`.
        missing: how a column of objects marks a missing cell, a key of `MISSING`.
        categories: a categorical's categories in order; None if they are not kept, as they may be names of subjects.
        categories_dtype: the dtype of the categories as text.
        ordered: whether the categories have an order.
        suffix: what text of whole numbers ends in: ".0" where they were floats once.

    Example:
        >>> made = ColumnFormat.of(pd.Series([1, 2], dtype="int8"))
        >>> made.give([3, None]).tolist(), str(made.give([300]).dtype)  # Int8, as one is missing; int64, as 300 is wide
        ([3, <NA>], 'int64')
    """

    dtype: str = "object"
    missing: str = "None"
    categories: tuple[Cell, ...] | None = None
    categories_dtype: str = "object"
    ordered: bool = False
    suffix: str = ""

    def __post_init__(self) -> None:
        if self.missing not in MISSING:
            raise InputError(f"{str(self.missing)[:60]!r} does not mark a missing cell")
        text_dtype(self.dtype), text_dtype(self.categories_dtype)

    @classmethod
    def of(cls, column: pd.Series, *, keep_categories: bool = False) -> ColumnFormat | None:
        """The format of a column, or None if its dtype cannot be written as text."""
        dtype = column.dtype
        if isinstance(dtype, pd.CategoricalDtype):
            inner = dtype_text(dtype.categories.dtype) or "object"
            kept = tuple(dtype.categories.tolist()) if keep_categories and inner.startswith(PLAIN) else None
            return cls("category", "nan", kept, inner, bool(dtype.ordered))
        text = dtype_text(dtype)
        if text is None:
            return None
        # Nothing is missing where all are texts, which is known sooner.
        gaps = text == "object" and pd.api.types.infer_dtype(column, skipna=False) != "string"
        gone = column[column.isna()] if gaps else column[:0]
        first = gone.iloc[0] if len(gone) else None
        marker = next((key for key, value in MISSING.items() if value is first), "None" if first is None else "nan")
        return cls(text, marker)

    def give(self, values: pd.Index | npt.ArrayLike) -> pd.Series:
        """Values in this dtype, or in the nearest wider one if they do not fit.

        Args:
            values: (n,) array or index; None, NaN, NaT and NA are missing.

        Returns:
            Series (n,) with a RangeIndex.
        """
        values = values.to_numpy() if isinstance(values, pd.Index) else np.asarray(values)
        gone = np.asarray(pd.isna(values))
        if self.suffix:
            values = np.array(
                [None if lost else f"{v}{self.suffix}" for v, lost in zip(values, gone, strict=True)], object
            )
        if self.dtype == "category":
            return self._categorical(values, gone)
        if self.dtype == "object":
            cells = values.astype(object)
            cells[gone] = MISSING[self.missing]
            return pd.Series(cells, dtype=object)
        dtype: Any = text_dtype(self.dtype)
        kind = dtype.kind if isinstance(dtype, np.dtype) else ""
        if kind and kind in "iu":
            dtype = _room_for(values, gone, dtype)
        elif kind == "b" and gone.any():
            dtype = pd.BooleanDtype()
        if values.dtype == object and gone.any():
            values = values.copy()
            values[gone] = np.nan if kind == "f" else None
        try:
            return pd.Series(pd.array(values, dtype=dtype))
        except (TypeError, ValueError, OverflowError):
            return pd.Series(values, dtype=object)

    def nothing(self, length: int) -> pd.Series:
        """`length` missing cells of this dtype."""
        dtype = text_dtype(self.dtype)
        if isinstance(dtype, np.dtype) and dtype.kind in "iu":
            dtype = pd.api.types.pandas_dtype(NULLABLE[dtype.name])
        elif isinstance(dtype, np.dtype) and dtype.kind == "b":
            dtype = pd.BooleanDtype()
        return pd.Series([None] * length, dtype=dtype)

    def _categorical(self, values: Values, gone: Bools) -> pd.Series:
        found = pd.unique(values[~gone])
        kept = list(self.categories) if self.categories is not None else sorted(found.tolist())
        known = set(kept)
        kept += sorted((name for name in found.tolist() if name not in known), key=str)
        inner = text_dtype(self.categories_dtype)
        try:
            categories = pd.Index(kept, dtype=inner)
        except (TypeError, ValueError, OverflowError):
            categories = pd.Index(kept)
        return pd.Series(pd.Categorical(values, categories=categories, ordered=self.ordered))

    def to_dict(self) -> dict[str, Any]:
        """The format as JSON values."""
        values = asdict(self)
        return {**values, "categories": None if self.categories is None else list(self.categories)}


PLAIN = ("object", "int", "uint", "bool", "string", "str[", "float")  # categories that JSON holds exactly


def with_gaps(values: Values, gone: Bools) -> Values:
    """Values (n,) as objects with None where `gone` (n,) is true; unchanged if nothing is gone."""
    if not gone.any():
        return values
    cells = values.astype(object)
    cells[gone] = None
    return cells


def dtype_text(dtype: Dtype) -> str | None:
    """A dtype as text that `text_dtype` reads back, or None if there is no such text."""
    text = str(dtype)
    if isinstance(dtype, pd.ArrowDtype):
        text = f"arrow:{dtype.pyarrow_dtype}"
    if isinstance(dtype, pd.StringDtype):
        # str() of the dtype does not say how the strings are stored.
        text = f"{'string' if dtype.na_value is pd.NA else 'str'}[{dtype.storage}]"
    try:
        return text if text_dtype(text) == dtype else None
    except InputError:
        return None


def text_dtype(text: str) -> Dtype:
    """The dtype that `dtype_text` wrote.

    Raises:
        InputError: the text is not a dtype.

    Example:
        >>> text_dtype("datetime64[ns, UTC]"), text_dtype("string[python]")
        (datetime64[ns, UTC], string[python])
    """
    try:
        if text == "str[python]":
            return pd.StringDtype("python", na_value=np.nan)
        if text == "str[pyarrow]":
            return pd.StringDtype("pyarrow", na_value=np.nan)
        if text.startswith("arrow:"):
            return pd.ArrowDtype(_arrow_type(text.removeprefix("arrow:")))
        dtype: Dtype = pd.api.types.pandas_dtype(text)
        if isinstance(dtype, np.dtype) and dtype.kind not in "biufcmMO":
            raise TypeError
        return dtype
    except (TypeError, ValueError, NotImplementedError, KeyError, AttributeError, SyntaxError) as error:
        raise InputError(f"{str(text)[:60]!r} is not a dtype that can be given back") from error


def _arrow_type(text: str) -> Any:
    """The Arrow type of its own text; of the nested ones only dictionaries."""
    decimal = re.fullmatch(r"decimal(128|256)\((\d+), (-?\d+)\)", text)
    if decimal:
        make = pa.decimal128 if decimal[1] == "128" else pa.decimal256
        return make(int(decimal[2]), int(decimal[3]))
    coded = re.fullmatch(r"dictionary<values=([\w ,\[\]=/]+), indices=(\w+), ordered=([01])>", text)
    if coded:
        return pa.dictionary(_arrow_type(coded[2]), _arrow_type(coded[1]), coded[3] == "1")
    if text in ("string", "large_string", "bool", "double", "float", "halffloat"):
        return pa.type_for_alias(text)
    return pd.api.types.pandas_dtype(f"{text}[pyarrow]").pyarrow_dtype  # type: ignore[union-attr]


def _room_for(values: Values, gone: Bools, dtype: np.dtype[Any]) -> Any:
    """`dtype` if it holds the whole numbers, otherwise the nearest wider one that does."""
    there = values[~gone]
    if len(there) and not all(isinstance(value, int | np.integer) for value in there[:1]):
        return dtype
    low, high = (int(there.min()), int(there.max())) if len(there) else (0, 0)
    for candidate in (dtype, np.dtype("int64"), np.dtype("uint64")):
        if np.iinfo(candidate).min <= low and high <= np.iinfo(candidate).max:
            return pd.api.types.pandas_dtype(NULLABLE[candidate.name]) if gone.any() else candidate
    return np.dtype(object)


NULLABLE = {f"{sign}int{bits}": f"{sign.upper()}Int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)}
