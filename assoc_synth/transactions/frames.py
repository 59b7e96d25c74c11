"""Frames of other libraries at the door: pandas, polars, Arrow and DuckDB in, and rows back in the same kind.

What is not pandas becomes a pandas frame with Arrow's dtypes, so that every dtype is known on the way back.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import narwhals as nw
import pandas as pd
import pyarrow as pa

from assoc_synth.errors import InputError, MissingExtraError

AnyFrame: TypeAlias = object
"""A frame of a library that `to_pandas` reads."""
KINDS = ("pandas", "polars", "arrow")
"""What rows are given back as. A DuckDB relation and everything else that narwhals reads come back as Arrow tables."""


def to_pandas(data: AnyFrame) -> tuple[pd.DataFrame, str]:
    """Any frame as a pandas frame, and the kind in which its rows are given back.

    Args:
        data: a frame of pandas, polars (eager or lazy), Arrow (a table, a batch or their reader), a DuckDB relation, or
            any other one that narwhals reads. It is not modified.

    Raises:
        InputError: it is no frame.

    Example:
        >>> frame, kind = to_pandas(pa.table({"item": ["tea"], "price": [1.5]}))
        >>> kind, [str(dtype) for dtype in frame.dtypes]
        ('arrow', ['string[pyarrow]', 'double[pyarrow]'])
    """
    if isinstance(data, pd.DataFrame):
        return data, "pandas"
    if isinstance(data, pa.RecordBatch):
        data = pa.Table.from_batches([data])
    if isinstance(data, pa.RecordBatchReader):
        data = data.read_all()
    if isinstance(data, pa.Table):
        return _from_arrow(data), "arrow"
    try:
        frame = nw.from_native(data)  # type: ignore[call-overload]
    except TypeError:
        raise InputError(_not_a_frame(data)) from None
    kind = "polars" if frame.implementation.is_polars() else "arrow"
    eager = frame.collect("pyarrow") if isinstance(frame, nw.LazyFrame) else frame
    return _from_arrow(eager.to_arrow()), kind


def is_frame(data: object) -> bool:
    """Whether `to_pandas` reads an object.

    Example:
        >>> is_frame(pa.table({"item": ["tea"]})), is_frame({"item": "tea"}), is_frame(None)
        (True, False, False)
    """
    if isinstance(data, pd.DataFrame | pa.Table | pa.RecordBatch | pa.RecordBatchReader):
        return True
    frame = nw.from_native(data, pass_through=True)
    return isinstance(frame, nw.DataFrame | nw.LazyFrame)


def give(frame: pd.DataFrame, kind: str) -> Any:
    """A pandas frame as one of `KINDS`, with the dtypes that it has.

    Raises:
        InputError: there is no such kind.
        MissingExtraError: polars is asked for and not installed.
    """
    if kind == "pandas":
        return frame
    if kind not in KINDS:
        raise InputError(f"there is no kind of frame {kind[:40]!r}: there are {', '.join(KINDS)}")
    table = _to_arrow(frame)
    if kind == "arrow":
        return table
    try:
        import polars
    except ImportError:
        raise MissingExtraError("polars", "polars") from None
    return polars.from_arrow(table)


def _from_arrow(table: Any) -> pd.DataFrame:
    """A pandas frame with Arrow's dtypes.

    Raises:
        SchemaError: two columns have the same name.
    """
    from assoc_synth.transactions.schema import check_column_names

    check_column_names(list(table.column_names))
    # Arrow itself cannot filter the views.
    kinds = [_without_view(kind) for kind in table.schema.types]
    table = table.cast(pa.schema(list(zip(table.column_names, kinds, strict=True))))
    frame: pd.DataFrame = table.to_pandas(types_mapper=_dtype, ignore_metadata=True)
    return frame


def _without_view(kind: Any) -> Any:
    if pa.types.is_string_view(kind):
        return pa.large_string()
    return pa.large_binary() if pa.types.is_binary_view(kind) else kind


def _dtype(kind: Any) -> Any:
    """The pandas dtype of an Arrow type: Arrow's own, but objects for what is nested."""
    if pa.types.is_nested(kind):
        return None
    if pa.types.is_null(kind):
        return None
    return pd.ArrowDtype(kind)


def _to_arrow(frame: pd.DataFrame) -> Any:
    arrays = {}
    for column in frame:
        cells = frame[column]
        try:
            arrays[str(column)] = pa.array(cells, from_pandas=True)
        except (pa.ArrowException, TypeError, ValueError, OverflowError):
            # Objects of several kinds, and numbers of more than 64 bits, have no Arrow type: their text.
            arrays[str(column)] = pa.array(cells.map(str, na_action="ignore"), type=pa.string(), from_pandas=True)
    return pa.table(arrays)


def _not_a_frame(data: object) -> str:
    known = "a pandas, polars or Arrow table or a DuckDB relation"
    if isinstance(data, list | tuple):
        return f"{known} is needed, not a {type(data).__name__}: give pandas.DataFrame(rows)"
    if isinstance(data, str):
        return f"{known} is needed, not text: read a file with TransactionTable.read(path)"
    return f"{known} is needed, not a {type(data).__name__}"
