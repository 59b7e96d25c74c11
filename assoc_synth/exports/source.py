"""What an exporter reads: a table or a graph, a slice of rows at a time, with missing values as None."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from assoc_synth.graph import LinkGraph
from assoc_synth.table import TransactionTable

Source = TransactionTable | LinkGraph
TimeUnit = Literal["D", "s", "ms", "us", "ns"]

ROWS_AT_ONCE = 65_536


def table_of(source: Source) -> TransactionTable:
    return source if isinstance(source, TransactionTable) else source.table


def graph_of(source: Source) -> LinkGraph:
    return source if isinstance(source, LinkGraph) else LinkGraph.from_table(source)


def slices(rows: int) -> Iterator[slice]:
    """Consecutive slices that cover `rows` rows."""
    return (slice(start, min(start + ROWS_AT_ONCE, rows)) for start in range(0, rows, ROWS_AT_ONCE))


def names_of(index: pd.Index) -> list[str]:
    """The vocabulary as text, position = code."""
    return [str(name) for name in index]


def time_unit(time: npt.NDArray[np.datetime64]) -> TimeUnit:
    """The coarsest unit that says every time exactly: days for a column of dates."""
    ticks = time[~np.isnat(time)].astype("datetime64[ns]").astype(np.int64)
    steps: tuple[tuple[TimeUnit, int], ...] = (
        ("D", 86_400_000_000_000), ("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1_000),
    )
    return next((unit for unit, step in steps if not np.any(ticks % step)), "ns")


def time_texts(time: npt.NDArray[np.datetime64], unit: TimeUnit) -> list[str | None]:
    """ISO 8601, None where missing."""
    missing = np.isnat(time)
    texts = np.datetime_as_string(time, unit=unit)
    return [None if gone else str(text) for text, gone in zip(texts, missing, strict=True)]


def amount_texts(amount: npt.NDArray[np.float64]) -> list[str | None]:
    """The shortest decimal text that reads back as the same number, None where missing."""
    return [None if value != value else repr(value) for value in amount.tolist()]
