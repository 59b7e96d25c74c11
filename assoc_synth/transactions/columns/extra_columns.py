"""Extra columns: values that a model can learn within a table, and the user's own cells at its door."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa

from assoc_synth.errors import InputError
from assoc_synth.transactions.arrays import Floats, Values
from assoc_synth.transactions.columns.clock_text import ClockFormat, read_clocks
from assoc_synth.transactions.columns.decimals import EXACT, decimals_of
from assoc_synth.transactions.columns.dtypes import ColumnFormat, text_dtype, with_gaps
from assoc_synth.transactions.columns.number_text import NumberFormat, read_numbers
from assoc_synth.transactions.columns.times import UNITS, read_times, says_no_times
from assoc_synth.transactions.days import DAY
from assoc_synth.transactions.stored import Stored

KINDS = ("text", "decimal", "integer", "duration", "clock", "interval")
WORDS_OF_TRUTH = ({"True", "False"}, {"true", "false"}, {"TRUE", "FALSE"})
FIRST = 1_000
"""Cells that are read before all of a column are."""
INTERVAL = re.compile(r"([\[(])(.+), (.+)([\])])")


@dataclass(frozen=True)
class ExtraFormat(Stored):
    """How values within a table are written as the user's own cells.

    Args:
        kind: "text" (of numbers), "decimal", "integer" (objects), "duration", "clock" (time of day) or "interval".
        column: the dtype of the cells; for intervals that of the intervals.
        numbers: how text and decimals are written; None for the other kinds.
        unit: of durations and times of day, a key of `times.UNITS`.
        clock: how text writes times of day; None where the cells are no text.

    Raises:
        InputError: an unknown kind or unit.

    Example:
        >>> values, made, notes = read_extra(pd.Series(["1,50", "20,00"], name="weight"))
        >>> values.tolist(), made.give(values).tolist()
        ([1.5, 20.0], ['1,50', '20,00'])
    """

    kind: str
    column: ColumnFormat
    numbers: NumberFormat | None = None
    unit: str = "ns"
    clock: ClockFormat | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS or self.unit not in UNITS or (self.kind == "text" and self.numbers is None):
            raise InputError(f"extra columns have no kind {str(self.kind)[:60]!r} with unit {str(self.unit)[:60]!r}")

    def give(self, values: pd.Series) -> pd.Series:
        """Values (n,) of a table as the user's own cells."""
        if self.kind == "interval":
            return self._intervals(values)
        if self.kind == "integer":
            numbers = values.astype("Int64")
            return self.column.give(np.array([None if pd.isna(v) else int(v) for v in numbers], dtype=object))
        if self.kind in ("text", "decimal"):
            written = (self.numbers or NumberFormat()).write(_floats(values))
            cells = [None if text is None else Decimal(text) for text in written] if self.kind == "decimal" else written
            return self.column.give(np.array(cells, dtype=object))
        steps, gone = _floats(values), values.isna().to_numpy(dtype=bool)
        ticks = np.where(gone, 0, np.nan_to_num(steps)).round().astype(np.int64) * UNITS[self.unit]
        if self.clock is not None:
            texts = self.clock.write(np.clip(ticks, 0, DAY - 1))
            texts[gone] = self.clock.missing
            return self.column.give(texts)
        if self.kind == "clock":
            return self.column.give(with_gaps(_clocks(ticks), gone))
        spans = ticks.astype("timedelta64[ns]")
        spans[gone] = np.timedelta64("NaT")
        if self.column.dtype == "object":
            return self.column.give(with_gaps(spans.astype("timedelta64[us]").astype(object), gone))
        return pd.Series(spans).astype(text_dtype(self.column.dtype))

    def typed(self) -> ExtraFormat | None:
        """The format of the same values as such in place of text; None if they are numbers."""
        if self.kind == "text":
            return None
        return self if self.clock is None else ExtraFormat("clock", ColumnFormat(), unit=self.unit)

    def _intervals(self, values: pd.Series) -> pd.Series:
        inner: Any = text_dtype(self.column.categories_dtype)
        read = {text: _interval(text, inner) for text in pd.unique(values.dropna())}
        cells: list[Any] = [None if pd.isna(value) else read[value] for value in values]
        if self.column.dtype == "object":
            return self.column.give(np.array([*cells, None], dtype=object)[:-1])
        if self.column.dtype != "category":
            return pd.Series(pd.arrays.IntervalArray(cells, dtype=inner))
        kept = [_interval(text, inner) for text in self.column.categories or ()]
        kept += sorted(set(read.values()) - set(kept))
        categories = pd.IntervalIndex(kept, dtype=inner)
        return pd.Series(pd.Categorical(cells, categories=categories, ordered=self.column.ordered))

    def to_dict(self) -> dict[str, Any]:
        """The format as JSON values."""
        numbers = None if self.numbers is None else self.numbers.to_dict()
        clock = {} if self.clock is None else {"clock": self.clock.to_dict()}
        kept = {key: value for key, value in asdict(self).items() if key != "clock"}
        return {**kept, "column": self.column.to_dict(), "numbers": numbers, **clock}


Read: TypeAlias = tuple[pd.Series, ExtraFormat | None, tuple[str, ...]]


def read_extra(column: pd.Series) -> Read:
    """Values of an extra column that a model can learn.

    Text becomes numbers where writing them gives every cell again, and times of day. Decimals and whole numbers that
    are objects become numbers, durations and times of day whole numbers of their unit, intervals text. Anything else
    stays what it is.

    Args:
        column: (n,) of any dtype.

    Returns:
        The values (n,); the format that gives the cells back, None if the values are the cells; notes.
    """
    dtype = column.dtype
    inner = dtype.categories.dtype if isinstance(dtype, pd.CategoricalDtype) else dtype
    if isinstance(inner, pd.IntervalDtype):
        return _from_intervals(column, inner)
    if isinstance(dtype, pd.ArrowDtype) and pa.types.is_duration(dtype.pyarrow_dtype):
        return _from_durations(column, column.astype("timedelta64[ns]"))
    if getattr(dtype, "kind", "") == "m":
        return _from_durations(column, column)
    if isinstance(dtype, pd.CategoricalDtype) or (str(dtype) != "object" and not pd.api.types.is_string_dtype(dtype)):
        return column, None, ()
    read = _READERS.get(pd.api.types.infer_dtype(column, skipna=True))
    return (column, None, ()) if read is None else read(column)


def typed_text(cells: pd.Series) -> pd.Series:
    """Cells of text as truth values or times, if all of them are such; otherwise the cells.

    Example:
        >>> typed_text(pd.Series(["2024-01-31", None])).dtype, typed_text(pd.Series(["true", "false"])).tolist()
        (dtype('<M8[ns]'), [True, False])
    """
    if cells.dtype != object or pd.api.types.infer_dtype(cells, skipna=True) != "string":
        return cells
    found = set(pd.unique(cells.dropna()))
    for words in WORDS_OF_TRUTH:
        if found <= words:
            truth = cells.map({word: word.lower() == "true" for word in words}, na_action="ignore")
            return truth.astype("boolean" if cells.isna().any() else "bool")
    first = cells.iloc[:FIRST]
    try:
        read_times(first.reset_index(drop=True))
    except InputError as error:
        if says_no_times(error):
            return cells  # what is no time among the first is none among all, which need not be looked at
    try:
        times, made, _ = read_times(cells)
    except InputError:
        return cells
    return made.typed().give(times) if made.untyped and not np.isnat(times).all() else cells


def _from_text(column: pd.Series) -> Read:
    complete = column.dtype == object and pd.api.types.infer_dtype(column, skipna=False) == "string"
    texts = column if complete else column.astype(object).where(column.notna(), None)
    given_back = ColumnFormat.of(column)
    clocks = read_clocks(texts) if given_back is not None else None
    if clocks is not None and given_back is not None:
        ticks = np.where(clocks.gone, np.timedelta64("NaT"), clocks.ticks.astype("timedelta64[ns]"))
        values, made, notes = _ticks(column, ticks, "clock", given_back)
        return values, made and replace(made, clock=clocks.format), (*clocks.notes, *notes)
    found = read_numbers(texts)
    if found is None or given_back is None:
        return column, None, ()
    values = pd.Series(found.values, index=column.index, name=column.name)
    # Float noise in a text is no decimal of its format, and no whole number either.
    whole = found.format.whole and bool((values.dropna() == values.dropna().round()).all())
    return (
        values.astype("Int64") if whole else values,
        ExtraFormat("text", given_back, found.format),
        found.notes,
    )


def _from_decimals(column: pd.Series) -> Read:
    gone = column.isna().to_numpy(dtype=bool)
    known = [cell for cell, lost in zip(column, gone, strict=True) if not lost]
    if not all(cell.is_finite() for cell in known):
        return column, None, ()
    values = np.array([np.nan if lost else float(cell) for cell, lost in zip(column, gone, strict=True)])
    places = {-int(cell.as_tuple().exponent) for cell in known}
    numbers = NumberFormat("shortest", decimals_of(values))
    if len(places) == 1 and 0 <= min(places) <= 15:
        numbers = NumberFormat("fixed", min(places))
    written = numbers.write(values[~gone])
    if [Decimal(text) for text in written if text is not None] != known:
        note = f"column {str(column.name)!r}: decimals of more than 15 digits are kept as they are and not modelled"
        return column, None, (note,)
    made = ExtraFormat("decimal", ColumnFormat.of(column) or ColumnFormat(), numbers)
    return pd.Series(values, index=column.index, name=column.name), made, ()


def _from_integers(column: pd.Series) -> Read:
    known = column.dropna()
    if len(known) and max(abs(int(known.min())), abs(int(known.max()))) >= 2**63:
        return column, None, ()
    numbers = pd.array([None if pd.isna(cell) else int(cell) for cell in column], dtype="Int64")
    made = ExtraFormat("integer", ColumnFormat.of(column) or ColumnFormat())
    return pd.Series(numbers, index=column.index, name=column.name), made, ()


def _from_durations(column: pd.Series, spans: pd.Series) -> Read:
    given_back = ColumnFormat.of(column)
    if given_back is None:
        return column, None, ()
    ticks = spans.to_numpy().astype("timedelta64[ns]")
    return _ticks(column, ticks, "duration", given_back)


def _from_timedeltas(column: pd.Series) -> Read:
    ticks = pd.to_timedelta(column).to_numpy().astype("timedelta64[ns]")
    return _ticks(column, ticks, "duration", ColumnFormat.of(column) or ColumnFormat())


def _from_clocks(column: pd.Series) -> Read:
    if any(cell.tzinfo is not None for cell in column.dropna()):
        return column, None, (f"column {str(column.name)!r}: times of day with a zone are kept as categories",)
    seconds = [
        None if pd.isna(cell) else dt.timedelta(0, cell.second, cell.microsecond, 0, cell.minute, cell.hour)
        for cell in column
    ]
    ticks = pd.to_timedelta(pd.Series(seconds, dtype=object)).to_numpy().astype("timedelta64[ns]")
    return _ticks(column, ticks, "clock", ColumnFormat.of(column) or ColumnFormat())


def _from_intervals(column: pd.Series, inner: pd.IntervalDtype) -> Read:
    categorical = isinstance(column.dtype, pd.CategoricalDtype)
    kept = tuple(map(str, column.cat.categories)) if categorical else None
    ordered = bool(column.cat.ordered) if categorical else False
    name = "category" if categorical else str(inner)
    made = ExtraFormat("interval", ColumnFormat(name, "nan", kept, str(inner), ordered))
    return _as_text(column, made, inner)


def _from_interval_objects(column: pd.Series) -> Read:
    inner = pd.arrays.IntervalArray(column.dropna()).dtype
    given_back = ColumnFormat.of(column) or ColumnFormat()
    made = ExtraFormat("interval", ColumnFormat("object", given_back.missing, None, str(inner)))
    return _as_text(column, made, inner)


def _as_text(column: pd.Series, made: ExtraFormat, inner: pd.IntervalDtype) -> Read:
    cells = column.astype(object)
    text = cells.map(str, na_action="ignore").astype(object).where(cells.notna(), None)
    readable = all(
        _interval(label, inner) == cell for label, cell in zip(text, cells, strict=True) if label is not None
    )
    if not readable:
        return column, None, (f"column {str(column.name)!r}: {inner} cannot be given back, it becomes text",)
    return text, made, ()


_READERS: dict[str, Callable[[pd.Series], Read]] = {
    "string": _from_text,
    "decimal": _from_decimals,
    "integer": _from_integers,
    "timedelta": _from_timedeltas,
    "time": _from_clocks,
    "interval": _from_interval_objects,
}


def _ticks(column: pd.Series, spans: Values, kind: str, given_back: ColumnFormat) -> Read:
    """Durations as whole numbers of the coarsest unit that holds them all."""
    gone = np.isnat(spans)
    ticks = spans.astype(np.int64)
    known = ticks[~gone]
    unit = next((unit for unit, size in UNITS.items() if not (known % size).any()), "ns") if len(known) else "ns"
    steps = ticks // UNITS[unit]
    if len(known) and np.abs(steps[~gone]).max() > EXACT:
        return column, None, (f"column {str(column.name)!r}: durations over 104 days in nanoseconds are not modelled",)
    values = pd.Series(pd.array(with_gaps(steps, gone), dtype="Int64"), index=column.index, name=column.name)
    return values, ExtraFormat(kind, given_back, unit=unit), ()


def _clocks(ticks: Values) -> Values:
    seconds, rest = np.divmod(np.clip(ticks, 0, DAY - 1), UNITS["s"])
    cells = np.empty(len(ticks), dtype=object)
    cells[:] = [
        dt.time(second // 3600, second // 60 % 60, second % 60, nano // 1000)
        for second, nano in zip(seconds.tolist(), rest.tolist(), strict=True)
    ]
    return cells


def _interval(text: str, dtype: Any) -> pd.Interval:
    """The interval that str() wrote.

    Raises:
        InputError: it is none.
    """
    found = INTERVAL.fullmatch(text)
    if found is None:
        raise InputError(f"{text[:60]!r} is not an interval")
    subtype = np.dtype(dtype.subtype) if isinstance(dtype.subtype, np.dtype) else dtype.subtype
    left, right = pd.Index([found[2], found[3]]).astype(subtype).tolist()
    return pd.Interval(left, right, closed=dtype.closed)


def _floats(values: pd.Series) -> Floats:
    return np.asarray(pd.to_numeric(values, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan), np.float64)
