"""Amounts: from numbers or numeric text to float64, and back with the decimals that were observed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from assoc_synth.errors import InputError
from assoc_synth.transactions.arrays import Bools, Floats, Values
from assoc_synth.transactions.columns.dtypes import ColumnFormat, with_gaps
from assoc_synth.transactions.columns.times import MISSING_TEXTS

MOST_DECIMALS = 6
STYLES = ("number", "decimal", "fixed", "float", "shortest")


@dataclass(frozen=True)
class AmountFormat:
    """How a column of amounts is given back.

    Args:
        column: its dtype.
        style: "number"; "decimal" (objects); or text: "fixed" (always `decimals` decimals), "float" (such as 3.0 and
            2.5) or "shortest" (such as 3 and 2.5).
        decimals: how many decimals the amounts have, float noise left out; 0 for whole numbers, None if over six.

    Raises:
        InputError: an unknown style, or more than six decimals.

    Example:
        >>> AmountFormat(ColumnFormat("object"), "fixed", decimals=2).give(np.array([1.5, 20.0])).tolist()
        ['1.50', '20.00']
    """

    column: ColumnFormat
    style: str = "number"
    decimals: int | None = None

    def __post_init__(self) -> None:
        if self.style not in STYLES or self.decimals not in (None, *range(MOST_DECIMALS + 1)):
            raise InputError(f"an amount format has no style {self.style[:60]!r} with {self.decimals} decimals")

    @property
    def whole(self) -> bool:
        """Whether every amount is a whole number."""
        return self.decimals == 0

    @property
    def untyped(self) -> bool:
        """Whether the column is text, which `typed` turns into numbers."""
        return self.style in ("fixed", "float", "shortest")

    def give(self, amounts: Floats) -> pd.Series:
        """Amounts as the user's own column, rounded to its decimals.

        Args:
            amounts: float64 (n,); NaN is missing.

        Returns:
            Series (n,) with a RangeIndex.
        """
        values = np.asarray(amounts, dtype=np.float64)
        if self.decimals is not None:
            values = _rounded(values, self.decimals, _noise(self.column.dtype))
        gone = np.isnan(values)
        if self.style != "number":
            codes, found = pd.factorize(values)
            cells = np.array([*(self._cell(float(value)) for value in found), None], dtype=object)
            return self.column.give(cells[codes])
        if not self.whole:
            return self.column.give(values)
        numbers = np.where(gone, 0, np.clip(values, -(2.0**63), 2.0**63 - 1025)).astype(np.int64)
        if self.column.dtype.lower().startswith(("int", "uint", "arrow:int", "arrow:uint", "object", "category")):
            return self.column.give(with_gaps(numbers, gone))
        return self.column.give(values)

    def _cell(self, value: float) -> str | Decimal:
        if self.style == "fixed":
            return f"{value:.{self.decimals or 0}f}"
        text = repr(value)
        if self.style == "float":
            return text
        text = text.removesuffix(".0")
        return Decimal(text) if self.style == "decimal" else text

    def typed(self) -> AmountFormat:
        """The same amounts as numbers in place of text: Int64 if they are whole, else float64."""
        return AmountFormat(ColumnFormat("Int64" if self.whole else "float64"), "number", self.decimals)

    def to_dict(self) -> dict[str, Any]:
        """The format as JSON values."""
        return {**asdict(self), "column": self.column.to_dict()}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> AmountFormat:
        """The format that `to_dict` wrote."""
        return cls(**{**values, "column": ColumnFormat.from_dict(values["column"])})


def read_amounts(column: pd.Series) -> tuple[Floats, AmountFormat, tuple[str, ...]]:
    """Read a column of amounts.

    Args:
        column: (n,) numbers or numeric text with a decimal point.

    Returns:
        float64 (n,), NaN where missing; the format to give them back; notes.

    Raises:
        InputError: a cell is not a number, is infinite or has a decimal comma; the message names the row.

    Example:
        >>> amounts, made, notes = read_amounts(pd.Series(["1.50", "2.25", "n/a"], name="price"))
        >>> amounts.tolist(), made.style, made.decimals
        ([1.5, 2.25, nan], 'fixed', 2)
    """
    name, dtype = str(column.name), column.dtype
    kind = getattr(dtype, "kind", "O")
    given_back = ColumnFormat.of(column)
    notes = []
    if given_back is None:
        given_back = ColumnFormat("float64")
        notes.append(f"column {name!r}: {dtype} cannot be given back, it becomes float64")
    found = "floating"
    if kind in "iuf" and not isinstance(dtype, pd.CategoricalDtype):
        amounts = column.to_numpy(dtype=np.float64, na_value=np.nan)
    else:
        cells = column.astype(object)
        found = pd.api.types.infer_dtype(cells, skipna=True)
        if found in ("string", "empty", "mixed", "mixed-integer"):
            return _from_text(cells, given_back, name)
        if found not in ("floating", "integer", "mixed-integer-float", "decimal"):
            raise InputError(f"column {name!r} does not hold amounts ({found}): give numbers")
        amounts = cells.where(cells.notna(), np.nan).astype(np.float64).to_numpy()
    _refuse(np.isinf(amounts), name, "the amount is infinite: leave the cell empty or correct it")
    if (np.abs(amounts[~np.isnan(amounts)]) > 2**53).any():
        notes.append(f"column {name!r}: amounts above 2^53 lose their last digits")
    style = "decimal" if found == "decimal" and given_back.dtype != "category" else "number"
    return (
        amounts,
        AmountFormat(given_back, style, _decimals(np.unique(amounts), _noise(given_back.dtype))),
        tuple(notes),
    )


def _from_text(cells: pd.Series, given_back: ColumnFormat, name: str) -> tuple[Floats, AmountFormat, tuple[str, ...]]:
    codes, found = pd.factorize(cells.map(str, na_action="ignore").to_numpy(dtype=object))
    numbers = np.array([*map(_number, found), np.nan])
    there = np.array([text.strip().lower() not in MISSING_TEXTS for text in found], dtype=bool)
    bad = np.flatnonzero(there & np.isnan(numbers[:-1]))
    if len(bad):
        odd = np.isin(codes, bad)
        text = found[codes[np.argmax(odd)]]
        if "," in text:
            _refuse(odd, name, "a decimal comma or thousands separator: write plain numbers such as 1234.5")
        _refuse(odd, name, "the amount is not a number: write plain numbers such as 1234.5")
    amounts = numbers[codes]
    _refuse(np.isinf(amounts), name, "the amount is infinite: leave the cell empty or correct it")
    texts, values = np.asarray(found, dtype=object)[there], numbers[:-1][there]
    made, exact = _written(texts, values, given_back)
    shown = f"with {made.decimals} decimals" if made.style == "fixed" else "in their shortest form"
    return (
        amounts,
        made,
        () if exact else (f"column {name!r}: amounts are written in several ways; given back {shown}",),
    )


def _written(texts: Values, values: Floats, given_back: ColumnFormat) -> tuple[AmountFormat, bool]:
    """How distinct amounts are written, and whether all of them are written so."""
    decimals = _decimals(values)
    written = max((len(text.partition(".")[2].strip()) for text in texts), default=0)
    ways = [AmountFormat(given_back, style, decimals) for style in ("float", "shortest")]
    if decimals is not None:
        ways.insert(0, AmountFormat(given_back, "fixed", written if decimals <= written <= MOST_DECIMALS else decimals))
    for made in ways:
        if all(made._cell(float(value)) == text for value, text in zip(values, texts, strict=True)):
            return made, True
    return ways[0] if decimals else ways[-1], False


def _number(text: str) -> float:
    try:
        return float("nan") if "_" in text else float(text)
    except ValueError:
        return float("nan")


def _rounded(values: Floats, decimals: int, noise: float) -> Floats:
    """Values rounded to `decimals`; a value that is off by no more than noise stays the float it is."""
    with np.errstate(over="ignore", invalid="ignore"):
        rounded = np.round(values, decimals)
        off = np.abs(values - rounded) > noise * np.maximum(1, np.abs(values))
    # Beyond 2^53 there are no decimals to round, and the product inside `round` may overflow.
    return np.where(off & (np.abs(values) < 2**53), rounded, values)


def _noise(dtype: str) -> float:
    # Sums of prices end in 0.30000000000000004: the seventeenth decimal is noise.
    return 1e-6 if dtype.lower() in ("float32", "arrow:float") else 1e-12


def _decimals(values: Floats, noise: float = 1e-12) -> int | None:
    there = values[np.isfinite(values)]
    return next((n for n in range(MOST_DECIMALS + 1) if np.array_equal(_rounded(there, n, noise), there)), None)


def _refuse(bad: Bools, name: str, what: str) -> None:
    if bad.any():
        raise InputError(f"column {name!r}, row {int(np.argmax(bad)) + 1}: {what}")
