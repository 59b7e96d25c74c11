"""What an export reads: a table or a graph, one slice of rows at a time, missing values as None.

A writer is a function `write(source, path, *, options)` over these parts: the nodes (`entities.Entities`), and the rows
as `Links`, a slice at a time. No writer holds a second copy of the rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd

from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.transactions.arrays import Floats, Times
from assoc_synth.transactions.days import DAY, SECOND
from assoc_synth.transactions.table import TransactionTable

Source = TransactionTable | LinkGraph
Link: TypeAlias = tuple[int, int, int, int, str | None, float | None, str | None]
"""Number of the row, codes of subject, verb and object, time, amount, basket."""
TimeUnit = Literal["D", "s", "ms", "us", "ns"]

ROWS_AT_ONCE = 65_536
STEPS: tuple[tuple[TimeUnit, int], ...] = (
    ("D", DAY),
    ("s", SECOND),
    ("ms", 1_000_000),
    ("us", 1_000),
)


def table_of(source: Source) -> TransactionTable:
    """The table, or the table of a graph."""
    return source if isinstance(source, TransactionTable) else source.table


def graph_of(source: Source) -> LinkGraph:
    """The graph, or the graph of a table."""
    return source if isinstance(source, LinkGraph) else LinkGraph.from_table(source)


def slices(rows: int) -> Iterator[slice]:
    """Consecutive slices that cover `rows` rows.

    Example:
        >>> list(slices(100_000))
        [slice(0, 65536, None), slice(65536, 100000, None)]
    """
    return (slice(start, min(start + ROWS_AT_ONCE, rows)) for start in range(0, rows, ROWS_AT_ONCE))


def names_of(index: pd.Index) -> list[str]:
    """The names of a vocabulary as text, in the order of their codes."""
    return [str(name) for name in index]


@dataclass(frozen=True)
class Links:
    """A slice of the rows of a table.

    Attributes:
        start: the number of its first row.
        subject, verb, object: the codes of each row.
        time: ISO 8601 text in each row, None where missing.
        amount: a number in each row, None where missing.
        basket: the name in each row, None where missing.
    """

    start: int
    subject: list[int]
    verb: list[int]
    object: list[int]
    time: list[str | None]
    amount: list[float | None]
    basket: list[str | None]

    def rows(self) -> Iterator[Link]:
        """Row by row: its number, the codes of subject, verb and object, time, amount and basket."""
        numbers = range(self.start, self.start + len(self.subject))
        return zip(numbers, self.subject, self.verb, self.object, self.time, self.amount, self.basket, strict=True)


def links_of(table: TransactionTable) -> Iterator[Links]:
    """The rows of a table in order, a slice at a time.

    Example:
        >>> from assoc_synth.datasets import toy_shop
        >>> part = next(links_of(toy_shop(subjects=3)))
        >>> part.start, len(part.time) == len(part.subject), part.basket[0] is None
        (0, True, True)
    """
    clock = Clock.of(table)
    baskets = [] if table.baskets is None else [*names_of(table.baskets), None]
    for part in slices(len(table)):
        absent: list[Any] = [None] * (part.stop - part.start)
        yield Links(
            part.start,
            table.subject[part].tolist(),
            table.verb[part].tolist(),
            table.object[part].tolist(),
            absent if table.time is None else clock.texts(table.time[part]),
            absent if table.amount is None else numbers(table.amount[part]),
            absent if table.basket is None else [baskets[code] for code in table.basket[part].tolist()],
        )


def numbers(values: Floats) -> list[float | None]:
    """Numbers, None where missing."""
    return [None if value != value else value for value in values.tolist()]


@dataclass(frozen=True)
class Clock:
    """How the times of one table are written in ISO 8601.

    Attributes:
        unit: the coarsest unit that writes every time exactly: days for a column of dates.
        zone: "Z" if the table knows its zone, as its times are in UTC then; otherwise "".

    Example:
        >>> Clock("s", "Z").texts(np.array(["2026-01-02T03:04:05", "NaT"], "datetime64[ns]"))
        ['2026-01-02T03:04:05Z', None]
    """

    unit: TimeUnit
    zone: str

    @classmethod
    def of(cls, table: TransactionTable) -> Clock:
        """The clock that writes all times of a table."""
        made, time = table.format.time, table.time
        if made is None or time is None:
            return cls("D", "")
        cell = made.give(np.zeros(1, "datetime64[ns]")).iloc[0]
        return cls.exact(
            time, zoned=made.zone != "" or made.style == "epoch" or getattr(cell, "tzinfo", None) is not None
        )

    @classmethod
    def exact(cls, time: Times, *, zoned: bool) -> Clock:
        """The clock that writes all of these times.

        Args:
            time: datetime64[ns] (n,), in UTC if the zone is known.
            zoned: whether it is.

        Example:
            >>> Clock.exact(np.array(["2026-01-02", "NaT"], "datetime64[ns]"), zoned=False)
            Clock(unit='D', zone='')
        """
        ticks = time[~np.isnat(time)].astype(np.int64)
        # A date has no zone: midnight in UTC is another date elsewhere.
        steps = [step for step in STEPS if not (zoned and step[0] == "D")]
        exact: list[TimeUnit] = [unit for unit, step in steps if not np.any(ticks % step)]
        return cls(exact[0] if exact else "ns", "Z" if zoned else "")

    def texts(self, time: Times) -> list[str | None]:
        """The text of each time, None where missing: shape (n,)."""
        missing = np.isnat(time)
        texts = np.datetime_as_string(time, unit=self.unit)
        return [None if gone else f"{text}{self.zone}" for text, gone in zip(texts, missing, strict=True)]


def amount_texts(amount: Floats) -> list[str | None]:
    """The shortest decimal text that reads back as the same number, None where missing.

    Example:
        >>> amount_texts(np.array([0.1, 12.0, np.nan]))
        ['0.1', '12.0', None]
    """
    return [None if value != value else repr(value) for value in amount.tolist()]
