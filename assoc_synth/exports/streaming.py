"""The rows as the user's own columns, a slice at a time, where slices are written as the whole would be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np
import pandas as pd

from assoc_synth.exports.source import slices
from assoc_synth.transactions.days import DAY, SECOND
from assoc_synth.transactions.table import TransactionTable

NULLABLE = {"int8": "Int8", "int16": "Int16", "int32": "Int32", "int64": "Int64", "bool": "boolean"} | {
    f"uint{size}": f"UInt{size}" for size in (8, 16, 32, 64)
}
"""A column without gaps in a slice and with gaps in another one; both are written alike."""


@dataclass(frozen=True)
class Frames:
    """Frames that together are the rows of a table.

    Attributes:
        table: the rows.
        typed: times and amounts that were text as such, see `TransactionTable.to_frame`.
        whole: whether there is but one, since a column's dtype depends on all of its cells.
        dtypes: of the columns of each frame.
        carriage: whether a cell has a carriage return.
        finest: of columns of times that become text, the cells that say how fine.
    """

    table: TransactionTable
    typed: bool
    whole: bool
    dtypes: dict[Any, Any]
    carriage: bool
    finest: dict[Any, pd.Series]

    @classmethod
    def of(cls, table: TransactionTable, *, typed: bool = False, alone: bool = True) -> Frames:
        """Look at all slices once, without keeping them.

        Args:
            table, typed: see above.
            alone: whether a cell is written by itself. pandas writes the times of a column into a CSV as the finest of
                them needs it: these become text here.

        Example:
            >>> from assoc_synth.datasets import toy_shop
            >>> frames = Frames.of(toy_shop(subjects=5))
            >>> frames.whole, len(list(frames))
            (False, 1)
        """
        found: dict[Any, Any] = {}
        finest: dict[Any, pd.Series] = {}
        whole = carriage = False
        for part in slices(len(table)):
            frame = _frame(table, part, typed)
            carriage = carriage or _has_carriage(frame)
            for column, dtype in frame.dtypes.items():
                before = found.setdefault(column, dtype)
                if not alone and _is_time(frame[column]):
                    finest[column] = _finest(pd.concat([finest.get(column, frame[column][:0]), frame[column]]))
                else:
                    whole = whole or not (alone or _by_itself(frame[column]))
                if before != dtype:
                    wider = NULLABLE.get(str(before), str(before))
                    whole = whole or wider != NULLABLE.get(str(dtype), str(dtype))
                    found[column] = pd.api.types.pandas_dtype(wider) if not whole else dtype
        return cls(table, typed, whole, found, carriage, finest)

    def __iter__(self) -> Iterator[pd.DataFrame]:
        if self.whole:
            yield self.table.to_frame(typed=self.typed)
            return
        for part in slices(len(self.table)):
            frame = _frame(self.table, part, self.typed)
            other = {name: dtype for name, dtype in self.dtypes.items() if frame[name].dtype != dtype}
            frame = frame.astype(other) if other else frame
            yield frame.assign(**{name: _texts(frame[name], cells) for name, cells in self.finest.items()})


def in_parts(frames: Iterable[pd.DataFrame], size: int) -> Iterator[tuple[int, Iterator[pd.DataFrame]]]:
    """Frames cut into parts of `size` rows: the number of each part and its frames, which are taken before the next.

    Example:
        >>> frames = [pd.DataFrame({"row": [0, 1, 2]}), pd.DataFrame({"row": [3, 4]})]
        >>> [(part, [one["row"].tolist() for one in own]) for part, own in in_parts(frames, 2)]
        [(0, [[0, 1]]), (1, [[2], [3]]), (2, [[4]])]
    """
    for number, pieces in groupby(_pieces(frames, size), key=itemgetter(0)):
        yield number, (piece for _, piece in pieces)


def _pieces(frames: Iterable[pd.DataFrame], size: int) -> Iterator[tuple[int, pd.DataFrame]]:
    done = 0
    for frame in frames:
        start = 0
        while start < len(frame):
            stop = min(start + size - done % size, len(frame))
            yield done // size, frame.iloc[start:stop]
            done, start = done + stop - start, stop


def _frame(table: TransactionTable, part: slice, typed: bool) -> pd.DataFrame:
    return table.take_rows(np.arange(part.start, part.stop)).to_frame(typed=typed)


def _by_itself(cells: pd.Series) -> bool:
    """Whether pandas writes each cell of a column into a CSV as if it were alone."""
    values = cells.cat.categories if isinstance(cells.dtype, pd.CategoricalDtype) else cells
    return values.dtype == object or pd.api.types.is_numeric_dtype(values.dtype) or pd.api.types.is_bool_dtype(values)


def _is_time(cells: pd.Series) -> bool:
    return pd.api.types.is_datetime64_any_dtype(cells.dtype) and not isinstance(cells.dtype, pd.ArrowDtype)


def _finest(cells: pd.Series) -> pd.Series:
    """One cell each with nanoseconds, microseconds, milliseconds, seconds and a time of day, if there is one."""
    known = cells.dropna()
    local = known.dt.tz_localize(None).astype("datetime64[ns]").astype(np.int64).to_numpy()
    at = [np.flatnonzero(local % step)[:1] for step in (1_000, 1_000_000, SECOND, DAY)]
    return known.iloc[np.unique(np.concatenate(at))]


def _texts(cells: pd.Series, finest: pd.Series) -> list[str]:
    """Cells as pandas writes them into a CSV beside the finest ones; "" where missing."""
    joined = pd.concat([finest, cells]).to_frame("time").assign(end="")
    lines = joined.to_csv(header=False, index=False, lineterminator="\n").split("\n")
    return [line.removesuffix(",") for line in lines[len(finest) : -1]]


def _has_carriage(frame: pd.DataFrame) -> bool:
    texts = (pd.unique(frame[name]) for name in frame if frame[name].dtype == object)
    return any(isinstance(cell, str) and "\r" in cell for cells in (list(frame), *texts) for cell in cells)
