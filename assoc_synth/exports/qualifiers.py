"""What is said of a link beyond subject, verb and object: time, amount, basket and extra columns, as typed values."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd

from assoc_synth.exports.source import Clock, TimeUnit
from assoc_synth.transactions.arrays import Times
from assoc_synth.transactions.columns.extra_columns import typed_text
from assoc_synth.transactions.columns.times import UNITS
from assoc_synth.transactions.table import TransactionTable

Kind: TypeAlias = Literal["text", "integer", "number", "truth", "date", "datetime", "instant"]
"""Of values: a date has no time of day, a datetime no zone, an instant is in UTC; the three are ISO 8601 text."""
Value: TypeAlias = str | int | float | bool
Cells: TypeAlias = list[Value | None]
ROLES = ("subject", "verb", "object", "time", "amount", "basket")
"""Names that no extra column has in any graph's file: readers take them for the roles."""
LARGEST = 2**63 - 1


@dataclass(frozen=True)
class Qualifier:
    """One thing that links may say.

    Attributes:
        role: "time", "amount" or "basket"; "" for an extra column.
        column: the user's.
        name: what it is called in the file.
        kind: of its values.
        unit: in which times are exact; "" for other kinds.
    """

    role: str
    column: str
    name: str
    kind: Kind
    unit: TimeUnit | Literal[""] = ""


@dataclass(frozen=True)
class ExtraValues:
    """An extra column as values of one kind, given out a slice at a time.

    Attributes:
        kind: of the values.
        cells: (n,) what they are made of.
        make: the values of some of the cells, None where missing.
        unit: in which times are exact; "" for other kinds.

    Example:
        >>> table = TransactionTable.from_frame(
        ...     pd.DataFrame({"subject": ["a", "b"], "verb": "has", "object": "x", "open": ["true", None]})
        ... )
        >>> found = ExtraValues.of(table, "open")
        >>> found.kind, found.values(slice(0, 2))
        ('truth', [True, None])
    """

    kind: Kind
    cells: pd.Series
    make: Callable[[pd.Series], Cells]
    unit: TimeUnit | Literal[""] = ""

    @classmethod
    def of(cls, table: TransactionTable, column: str) -> ExtraValues:
        """The values of a column: numbers, truth values and times that were text as such, all that is odd as text."""
        cells, written = table.extras[column], table.format.written.get(column)
        if written is not None and written.kind in ("duration", "clock"):
            size, is_clock = UNITS[written.unit], written.kind == "clock"
            return cls("text", cells, lambda part: _ticks(part, size, is_clock=is_clock))
        return _of_cells(typed_text(cells) if written is None else cells)

    def values(self, part: slice) -> Cells:
        """The values of some rows, None where missing."""
        return self.make(self.cells.iloc[part])


def _of_cells(cells: pd.Series) -> ExtraValues:
    dtype = cells.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        return _of_categories(cells)
    if pd.api.types.is_bool_dtype(dtype):
        return ExtraValues("truth", cells, _made(bool))
    if pd.api.types.is_integer_dtype(dtype):
        known = cells.dropna()
        if len(known) and int(known.max()) > LARGEST:
            return ExtraValues("text", cells, _made(str))
        return ExtraValues("integer", cells, _made(int))
    if pd.api.types.is_float_dtype(dtype):
        return ExtraValues("number", cells, _made(float))
    if pd.api.types.is_datetime64_any_dtype(dtype):
        return _of_times(cells)
    return _of_objects(cells)


def _of_objects(cells: pd.Series) -> ExtraValues:
    inferred = pd.api.types.infer_dtype(cells, skipna=True)
    if inferred == "boolean":
        return ExtraValues("truth", cells, _made(bool))
    if inferred in ("floating", "mixed-integer-float"):
        return ExtraValues("number", cells, _made(float))
    if inferred == "date":
        return ExtraValues("date", cells, _made(str), "D")
    if inferred in ("datetime", "datetime64"):
        try:
            return _of_times(pd.to_datetime(cells))
        except (TypeError, ValueError):  # such as several zones
            return ExtraValues("text", cells, _made(lambda cell: cell.isoformat()))
    return ExtraValues("text", cells, _made(str))


def _of_categories(cells: pd.Series) -> ExtraValues:
    """Categories are few: each is made a value once."""
    inner = _of_cells(pd.Series(cells.cat.categories))
    known: Cells = [*inner.values(slice(None)), None]
    return ExtraValues(inner.kind, cells, lambda part: [known[code] for code in part.cat.codes], inner.unit)


def _of_times(cells: pd.Series) -> ExtraValues:
    zoned = getattr(cells.dt, "tz", None) is not None
    clock = Clock.exact(_utc(cells), zoned=zoned)
    kind: Kind = "instant" if zoned else "date" if clock.unit == "D" else "datetime"
    return ExtraValues(kind, cells, lambda part: [*clock.texts(_utc(part))], clock.unit)


def _utc(cells: pd.Series) -> Times:
    if getattr(cells.dt, "tz", None) is not None:
        cells = cells.dt.tz_convert("UTC").dt.tz_localize(None)
    return cells.to_numpy(dtype="datetime64[ns]", na_value=np.datetime64("NaT"))


def _made(convert: Callable[[Any], Value]) -> Callable[[pd.Series], Cells]:
    def make(part: pd.Series) -> Cells:
        return [None if gone else convert(cell) for cell, gone in zip(part, part.isna(), strict=True)]

    return make


def _ticks(part: pd.Series, size: int, *, is_clock: bool) -> Cells:
    """Times of day as 12:30:00, and durations as P1DT2H0M0S, of whole numbers of a unit."""
    spans = [None if gone else int(cell) * size for cell, gone in zip(part, part.isna(), strict=True)]
    if not is_clock:
        return [None if span is None else pd.Timedelta(span, "ns").isoformat() for span in spans]
    return [None if span is None else (pd.Timestamp(0) + pd.Timedelta(span, "ns")).time().isoformat() for span in spans]


def own_names(
    columns: Iterable[str], taken: Collection[str], plain: Callable[[str], str] = str, *, fold: bool = False
) -> list[str]:
    """What columns are called in a file: their names, followed by _ where that name is taken.

    Args:
        columns: the user's names.
        taken: those of the format, beside the roles.
        plain: leaves out of a name what the format cannot write.
        fold: names that differ in case alone are one.

    Example:
        >>> own_names(["store", "verb", "verb_"], {"id"})
        ['store', 'verb_', 'verb__']
    """
    known = {name.casefold() if fold else name for name in (*ROLES, *taken)}
    found = []
    for column in columns:
        name = plain(str(column)) or "column"
        while (name.casefold() if fold else name) in known:
            name += "_"
        known.add(name.casefold() if fold else name)
        found.append(name)
    return found


def renamed_notes(qualifiers: Sequence[Qualifier]) -> tuple[str, ...]:
    """Which extra columns have another name in the file, for people; nothing if none has.

    Example:
        >>> renamed_notes([Qualifier("", "verb", "verb_", "text"), Qualifier("", "store", "store", "text")])
        ("column 'verb' is called 'verb_' in the file: its own name means something else there",)
    """
    return tuple(
        f"column {one.column[:40]!r} is called {one.name[:40]!r} in the file: its own name means something else there"
        for one in qualifiers
        if not one.role and one.name != one.column
    )
