"""What the first cells of a column hold: dates, numbers, money. It decides where a column's name does not."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from assoc_synth.errors import InputError
from assoc_synth.transactions.arrays import Floats
from assoc_synth.transactions.columns.amounts import AmountFormat, read_amounts
from assoc_synth.transactions.columns.times import read_times, says_no_times

LOOKED_AT, FIRST = 1_000, 30
"""Rows that are looked at, and of these the first ones, which rule most columns out."""
FEWEST_PRICES = 5
"""Different numbers that prices are at the least."""


@dataclass(frozen=True, eq=False)
class Contents:
    """The first rows of a table.

    Args:
        first: (n, columns).

    Example:
        >>> some = Contents.of(pd.DataFrame({"Day": ["2026-01-31", None], "Euro": ["1,50 €", "20 €"], "tag": "new"}))
        >>> [some.holds_dates(name) for name in ("Day", "Euro", "tag")]
        [True, False, False]
        >>> [some.holds_numbers(name) for name in ("Day", "Euro", "tag")]
        [False, True, False]
    """

    first: pd.DataFrame

    @classmethod
    def of(cls, frame: pd.DataFrame) -> Contents:
        """The first rows of a frame."""
        return cls(frame.head(LOOKED_AT))

    def holds_cells(self, column: str) -> bool:
        """Whether there is a cell that is not missing."""
        return column in self.first and bool(self.first[column].notna().any())

    def holds_dates(self, column: str, *, surely: bool = False) -> bool:
        """Whether the cells are dates or times with a date; so are dates of which day and month may be exchanged.

        Args:
            column: its name; one that the table does not have holds nothing.
            surely: whether a name says nothing, so that cells must look like dates: years, and numbers that count
                seconds since 1970, may be anything.
        """
        if column not in self.first:
            return False
        return self._fits(column, lambda cells: _are_dates(cells, surely), whole=surely)

    def holds_numbers(self, column: str) -> bool:
        """Whether the cells are numbers, with a currency or without."""
        return self._fits(column, lambda cells: _amounts(cells) is not None, whole=False)

    def holds_money(self, column: str) -> bool:
        """Whether the cells have a currency, or are several numbers with one or two decimals."""
        if not self._fits(column, lambda cells: _amounts(cells) is not None, whole=True):
            return False
        found = _amounts(self.first[column].dropna())
        assert found is not None, "they are numbers"
        values, made = found
        affixes = "" if made.text is None else made.text.affixes.before + made.text.affixes.after
        if any(unicodedata.category(letter) == "Sc" for letter in affixes):
            return True
        known = np.unique(values[~np.isnan(values)])
        return made.decimals in (1, 2) and len(known) >= FEWEST_PRICES and bool((np.abs(known) > 1).any())

    def _fits(self, column: str, fit: Callable[[pd.Series], bool], *, whole: bool) -> bool:
        """Whether cells fit: all of them, or, where a name speaks for it, the first ones or those that follow.

        One odd cell is then found, and told, when the column is read.
        """
        if column not in self.first:
            return False
        cells = self.first[column].dropna()
        parts = (cells.head(FIRST), cells) if whole else (cells.head(FIRST), cells[FIRST:])
        tried = (fit(part.reset_index(drop=True)) for part in parts if len(part))
        return len(cells) > 0 and (all(tried) if whole else any(tried))


NOTHING = Contents(pd.DataFrame())
"""Of a table of which only the columns' names are known."""


def _amounts(cells: pd.Series) -> tuple[Floats, AmountFormat] | None:
    """Numbers and how they are written; None where cells are anything else."""
    try:
        values, made, _ = read_amounts(cells.reset_index(drop=True))
    except InputError:
        return None
    return None if np.isnan(values).all() else (values, made)


def _are_dates(cells: pd.Series, surely: bool) -> bool:
    try:
        times, made, _ = read_times(cells)
    except InputError as error:
        return not says_no_times(error)
    if np.isnat(times).all():
        return False
    if not surely or made.style in ("datetime", "dates", "datetimes"):
        return True
    # An ISO date, or a pattern with a day; a number of fewer digits than 20260131 may be anything.
    return made.style != "epoch" and ("%d" in made.pattern or "%-d" in made.pattern)
