"""Characters that no table can hold: NUL, where strings end elsewhere, and half a surrogate pair, which is no text."""

from __future__ import annotations

import numpy as np
import pandas as pd

from assoc_synth.errors import InputError

NUL, AT_ONCE = "\0", 65_536
"""The character, and how many cells are searched at a time."""


def refuse_characters(frame: pd.DataFrame) -> None:
    """Refuse text that holds a NUL character (U+0000) or half a surrogate pair (U+D800 to U+DFFF).

    pandas looks text up as C strings, which end at a NUL: "tea" and "tea", NUL, "pot" would be one name. Half a
    surrogate pair has no encoding: a model or a file with it cannot be written.

    Args:
        frame: the columns of a table. Only text is looked at: cells, the categories of categoricals, and names of
            columns.

    Raises:
        InputError: names the column and the first such row.

    Example:
        >>> refuse_characters(pd.DataFrame({"object": ["tea", "pot"]}))
        >>> refuse_characters(pd.DataFrame({"object": ["tea", "tea" + chr(0)]}))
        Traceback (most recent call last):
        ...
        assoc_synth.errors.InputError: column 'object', row 2: 'tea\\x00' holds a NUL character (U+0000); take it out
    """
    _refuse(pd.Series(list(frame.columns), dtype=object), "the name of column {}")
    for position, dtype in enumerate(frame.dtypes):
        cells = frame.iloc[:, position]
        column = f"column {str(cells.name)[:60]!r}".replace("{", "{{").replace("}", "}}")
        if isinstance(dtype, pd.CategoricalDtype):
            _refuse(pd.Series(dtype.categories), f"{column}, one of its categories")
        elif pd.api.types.is_string_dtype(dtype):
            _refuse(cells, column + ", row {}")


def _refuse(cells: pd.Series, where: str) -> None:
    for begin in range(0, len(cells), AT_ONCE):
        part = np.asarray(cells.iloc[begin : begin + AT_ONCE], dtype=object)
        if _strange("".join([cell for cell in part if isinstance(cell, str)])):
            bad = next(at for at, cell in enumerate(part) if isinstance(cell, str) and _strange(cell))
            what = f"{part[bad][:40]!r} holds {_strange(part[bad])}; take it out"
            raise InputError(f"{where.format(begin + bad + 1)}: {what}")


def _strange(text: str) -> str:
    """What a text holds that no table can hold, or ""."""
    if NUL in text:
        return "a NUL character (U+0000)"
    try:
        text.encode()
    except UnicodeEncodeError:
        return "half a surrogate pair, which is not text"
    return ""
