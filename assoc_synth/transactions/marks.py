"""Cells that say whether, or how often: the marks and counts of a matrix."""

from __future__ import annotations

import numpy as np
import pandas as pd

from assoc_synth.transactions.arrays import Ints

YES = (
    "1", "1.0", "true", "t", "yes", "y", "x", "✓", "✔", "☑", "✗", "ja", "oui", "si", "sí", "sim", "wahr", "vrai",
)  # fmt: skip
NO = ("0", "0.0", "false", "f", "no", "n", "", "-", "?", "☐", "nein", "non", "não", "falsch", "faux")
NUMBERS = ("0", "1", "0.0", "1.0")
LOOKED_AT = 2_000
FEWEST_NOUGHTS = 0.1
"""Cells of a column of counts that are 0 or blank: an amount is rarely 0."""
HIGHEST_COUNT = 1_000


def counts_of(cells: pd.Series) -> Ints | None:
    """Cells of a matrix as counts: 0 and 1, true and false, yes and no, or whole numbers; None if they are others.

    Example:
        >>> counts_of(pd.Series(["1", "0", None, "3"])).tolist(), counts_of(pd.Series(["x", ""])).tolist()
        ([1, 0, 0, 3], [1, 0])
        >>> counts_of(pd.Series(["tea"])) is None
        True
    """
    codes, found = pd.factorize(cells.astype(object))
    values = np.zeros(len(found) + 1, np.int64)
    for position, cell in enumerate(found):
        count = _count(cell)
        if count is None:
            return None
        values[position] = count
    return values[codes]


def _count(cell: object) -> int | None:
    text = str(cell).strip().casefold()
    if text in YES:
        return 1
    if text in NO:
        return 0
    whole = text.removesuffix(".0")
    return int(whole) if whole.isascii() and whole.isdigit() and len(whole) < 10 else None


def marks_of(cells: pd.Series) -> str:
    """What a column of marks holds, in words; empty if it holds something else.

    Example:
        >>> marks_of(pd.Series(["x", None])), marks_of(pd.Series(["TRUE", "FALSE"])), marks_of(pd.Series(["0", "3"]))
        ("'x' and blanks", "'FALSE' and 'TRUE'", 'counts')
    """
    first = cells.head(LOOKED_AT).astype(object)
    there = sorted({str(cell).strip() for cell in pd.unique(first.dropna())})
    counts = counts_of(first) if there else None
    if counts is None:
        return ""
    if counts.max() > 1:
        few = (counts == 0).mean() >= FEWEST_NOUGHTS and counts.max() <= HIGHEST_COUNT
        return "counts" if few and all(text.removesuffix(".0").isdigit() for text in there if text) else ""
    if all(text in NUMBERS for text in there):
        return "0 and 1"
    words = [repr(text) for text in there if text]
    if len(words) != 1:
        return " and ".join(words) if len(words) == 2 else ""
    # One word alone says nothing unless it stands for yes, or can be nothing else.
    blank = bool(first.isna().any() or "" in there)
    if blank and there[-1].casefold() in YES:
        return f"{words[0]} and blanks"
    return words[0] if there[-1].casefold() in ("true", "false") else ""
