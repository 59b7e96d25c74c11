"""Text with a NUL character: tables of strings end text there, so that different names become one."""

from __future__ import annotations

import numpy as np
import pandas as pd

from assoc_synth.errors import InputError

NUL, AT_ONCE = "\0", 65_536
"""The character, and how many cells are searched at a time."""


def refuse_nul(frame: pd.DataFrame) -> None:
    """Refuse text that holds a NUL character (U+0000).

    pandas looks text up as C strings, which end at a NUL: "tea" and "tea", NUL, "pot" would be one name.

    Args:
        frame: the columns of a table. Only text is looked at, and the categories of categoricals.

    Raises:
        InputError: names the column and the first such row.

    Example:
        >>> refuse_nul(pd.DataFrame({"object": ["tea", "pot"]}))
        >>> refuse_nul(pd.DataFrame({"object": ["tea", "tea" + chr(0)]}))
        Traceback (most recent call last):
        ...
        assoc_synth.errors.InputError: column 'object', row 2: 'tea\\x00' holds a NUL character (U+0000); take it out
    """
    for position, dtype in enumerate(frame.dtypes):
        cells = frame.iloc[:, position]
        if isinstance(dtype, pd.CategoricalDtype):
            cells = pd.Series(dtype.categories, name=cells.name)
            _refuse(cells, "one of its categories")
        elif pd.api.types.is_string_dtype(dtype):
            _refuse(cells, "row {}")


def _refuse(cells: pd.Series, where: str) -> None:
    for begin in range(0, len(cells), AT_ONCE):
        part = np.asarray(cells.iloc[begin : begin + AT_ONCE], dtype=object)
        if NUL in "".join([cell for cell in part if isinstance(cell, str)]):
            bad = next(at for at, cell in enumerate(part) if isinstance(cell, str) and NUL in cell)
            place = f"column {str(cells.name)[:60]!r}, {where.format(begin + bad + 1)}"
            raise InputError(f"{place}: {part[bad][:40]!r} holds a NUL character (U+0000); take it out")
