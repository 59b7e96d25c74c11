"""Amounts: from numbers or numeric text to float64, and back as they were written."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from assoc_synth.errors import InputError
from assoc_synth.transactions.arrays import Bools, Floats
from assoc_synth.transactions.columns.decimals import EXACT, MOST_DECIMALS, decimals_of, noise_of, rounded
from assoc_synth.transactions.columns.dtypes import ColumnFormat, with_gaps
from assoc_synth.transactions.columns.missing_words import missing_word
from assoc_synth.transactions.columns.number_text import NumberFormat, first_odd, read_asked
from assoc_synth.transactions.stored import Stored

STYLES = ("number", "decimal", "fixed", "float", "shortest")


@dataclass(frozen=True)
class AmountFormat(Stored):
    """How a column of amounts is given back.

    Args:
        column: its dtype.
        style: "number"; "decimal" (objects); or text: "fixed" (always `decimals` decimals), "float" (such as 3.0 and
            2.5) or "shortest" (such as 3 and 2.5).
        decimals: how many decimals the amounts have, float noise left out; 0 for whole numbers, None if over six.
        text: for text and decimals how they are written; None for plain numbers.

    Raises:
        InputError: an unknown style, or more than six decimals.

    Example:
        >>> AmountFormat(ColumnFormat("object"), "fixed", decimals=2).give(np.array([1.5, 20.0])).tolist()
        ['1.50', '20.00']
    """

    column: ColumnFormat
    style: str = "number"
    decimals: int | None = None
    text: NumberFormat | None = None

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
            values = rounded(values, self.decimals, noise_of(self.column.dtype))
        gone = np.isnan(values)
        if self.style == "decimal":
            texts = self._text().write(values)
            return self.column.give(np.array([None if text is None else Decimal(text) for text in texts], dtype=object))
        if self.untyped:
            return self.column.give(np.array(self._text().write(values), dtype=object))
        if not self.whole:
            return self.column.give(values)
        numbers = np.where(gone, 0, np.clip(values, -(2.0**63), 2.0**63 - 1025)).astype(np.int64)
        if self.column.dtype.lower().startswith(("int", "uint", "arrow:int", "arrow:uint", "object", "category")):
            return self.column.give(with_gaps(numbers, gone))
        return self.column.give(values)

    def _text(self) -> NumberFormat:
        style = "shortest" if self.style == "decimal" else self.style
        return self.text or NumberFormat(style, (self.decimals or 0) if style == "fixed" else self.decimals)

    def typed(self) -> AmountFormat:
        """The same amounts as numbers in place of text: Int64 if they are whole, else float64."""
        return AmountFormat(ColumnFormat("Int64" if self.whole else "float64"), "number", self.decimals)

    def to_dict(self) -> dict[str, Any]:
        """The format as JSON values."""
        return {**asdict(self), "column": self.column.to_dict()}


def read_amounts(column: pd.Series) -> tuple[Floats, AmountFormat, tuple[str, ...]]:
    """Read a column of amounts.

    Args:
        column: (n,) numbers or numeric text, with a currency, decimal commas and marked thousands or without.

    Returns:
        float64 (n,), NaN where missing; the format to give them back; notes.

    Raises:
        InputError: a cell is not a number, is infinite, or unlike those above it; the message names the row.

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
            texts = cells if found == "string" else cells.map(str, na_action="ignore").astype(object)
            return _from_text(texts.rename(name), given_back, name)
        if found not in ("floating", "integer", "mixed-integer-float", "decimal"):
            raise InputError(f"column {name!r} does not hold amounts ({found}): give numbers")
        amounts = cells.where(cells.notna(), np.nan).astype(np.float64).to_numpy()
    _refuse(np.isinf(amounts), name, "the amount is infinite: leave the cell empty or correct it")
    notes += _large(amounts, name)
    style = "decimal" if found == "decimal" and given_back.dtype != "category" else "number"
    decimals = decimals_of(np.unique(amounts), noise_of(given_back.dtype))
    text = decimal_places(column) if style == "decimal" and given_back.dtype == "object" else None
    return amounts, AmountFormat(given_back, style, decimals, text), tuple(notes)


def decimal_places(column: pd.Series) -> NumberFormat | None:
    """How decimals (objects) are written, if all of them have as many places."""
    places = {-cell.as_tuple().exponent for cell in column[column.notna()]}
    kept = len(places) == 1 and 0 <= min(places) <= MOST_DECIMALS
    return NumberFormat("fixed", int(min(places))) if kept else None


def _from_text(texts: pd.Series, given_back: ColumnFormat, name: str) -> tuple[Floats, AmountFormat, tuple[str, ...]]:
    if texts.isna().all():
        return np.full(len(texts), np.nan), AmountFormat(given_back, "shortest"), ()
    found = read_asked(texts) or read_asked(texts.str.strip())
    if found is None:
        _refuse_text(texts.str.strip(), name)
        note = f"column {name!r} holds no amounts, only words for missing"
        return np.full(len(texts), np.nan), AmountFormat(given_back, "shortest"), (note,)
    _refuse(np.isinf(found.values), name, "the amount is infinite: leave the cell empty or correct it")
    made = AmountFormat(given_back, found.format.style, _kept_decimals(found.format), found.format)
    notes = [*found.notes, *_large(found.values, name)]
    if found.exact:
        return found.values, made, tuple(notes)
    shown = f"with {made.decimals} decimals" if made.style == "fixed" else f"like {found.format.shown()!r}"
    note = f"column {name!r}: amounts are written in several ways; given back {shown}"
    return found.values, made, (*notes, note)


def _large(amounts: Floats, name: str) -> list[str]:
    over = (np.abs(amounts[~np.isnan(amounts)]) > EXACT).any()
    return [f"column {name!r}: amounts above 2^53 lose their last digits"] if over else []


def _kept_decimals(text: NumberFormat) -> int | None:
    return text.decimals if text.decimals is None or text.decimals <= MOST_DECIMALS else None


def _refuse_text(texts: pd.Series, name: str) -> None:
    """Raises: InputError: a cell is no number, or the cells do not agree on their marks or currency."""
    odd = first_odd(texts)
    if odd is not None:
        _refuse(np.arange(len(texts)) == odd, name, "the amount is not a number: write plain numbers such as 1234.5")
    distinct = pd.Series(pd.unique(texts[texts.notna()]), dtype=object)
    # The shortest beginning that cannot be read ends with the cell that is unlike those above it.
    low, high = 0, len(distinct)
    while high - low > 1:
        middle = (low + high) // 2
        head = distinct.iloc[:middle]
        low, high = (low, middle) if read_asked(head) is None and not head.map(missing_word).all() else (middle, high)
    if high and not distinct.map(missing_word).all():
        what = "a decimal comma, thousands mark or currency unlike those above: write them alike, such as 1234.5"
        _refuse((texts == distinct.iloc[high - 1]).to_numpy(dtype=bool), name, what)


def _refuse(bad: Bools, name: str, what: str) -> None:
    if bad.any():
        raise InputError(f"column {name!r}, row {int(np.argmax(bad)) + 1}: {what}")
