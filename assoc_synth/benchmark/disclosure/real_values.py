"""Values of a real table that fewer subjects have than a threshold: what no file and no emitted row may hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from assoc_synth.attributes.kinds import as_floats, is_number, read_dates, uncategorised
from assoc_synth.attributes.sharing import subjects_per
from assoc_synth.transactions.arrays import Codes, Floats, Ints
from assoc_synth.transactions.days import DAY
from assoc_synth.transactions.table import TransactionTable

WORD = r"[^\W\d_]{4,}"
"""Of a cell of text, that is looked for on its own."""


@dataclass(frozen=True, eq=False)
class RareValues:
    """Values of a column that some subjects have, and fewer than a threshold.

    Attributes:
        column: as the user calls it.
        texts: cells as text.
        parts: those that are part of no frequent cell, and words of few subjects.
        numbers: (n,) numbers; dates as nanoseconds since 1970.
        days: (d,) the days of dates that few subjects have at any time of the day, as days since 1970.
    """

    column: str
    texts: frozenset[str]
    parts: frozenset[str]
    numbers: Floats
    days: Ints


def rare_values(table: TransactionTable, fewest: int, *, objects: bool = True) -> list[RareValues]:
    """What fewer than `fewest` subjects of the whole table have, column by column; names of verbs are left out.

    Args:
        objects: names of objects too, which a model keeps unless it is told not to.

    Example:
        >>> frame = pd.DataFrame({"who": range(9), "did": "buy", "what": "tea", "job": ["cook"] * 8 + ["bishop"]})
        >>> table = TransactionTable.from_frame(frame, subject="who", verb="did", object="what")
        >>> [(one.column, sorted(one.texts)) for one in rare_values(table, 2)][1:]
        [('what', []), ('job', ['bishop'])]
    """
    skipped = {table.schema.roles()["verb"], *(() if objects else (table.schema.roles()["object"],))}
    return [
        RareValues(name, *_texts(cells, table.subject, fewest), *_numbers(cells, table.subject, fewest))
        for name, cells in columns_of(table)
        if name not in skipped
    ]


def columns_of(table: TransactionTable) -> Iterator[tuple[str, pd.Series]]:
    """Every column of a table by its name, (rows,) each."""
    roles = table.schema.roles()
    for role in ("subject", "verb", "object"):
        yield roles[role], pd.Series(getattr(table, f"{role}s").take(getattr(table, role)))
    if table.basket is not None and table.baskets is not None:
        names = np.append(table.baskets.to_numpy(object), [None])
        yield roles["basket"], pd.Series(names[table.basket], dtype=object)
    if table.time is not None:
        yield roles["time"], pd.Series(table.time)
    if table.amount is not None:
        yield roles["amount"], pd.Series(table.amount)
    for name in table.extras:
        yield str(name), uncategorised(table.extras[name]).reset_index(drop=True)


def subjects_of(cells: pd.Series, subject: Ints | Codes) -> pd.Series:
    """How many subjects have each value of a column, by the value; missing ones do not count."""
    code, values = pd.factorize(cells, use_na_sentinel=True)
    return pd.Series(subjects_per(code.astype(np.int64), subject, len(values)), index=values)


def _rare(cells: pd.Series, subject: Ints | Codes, fewest: int) -> pd.Index:
    count = subjects_of(cells, subject)
    return count.index[(count < fewest).to_numpy()]


def _texts(cells: pd.Series, subject: Ints | Codes, fewest: int) -> tuple[frozenset[str], frozenset[str]]:
    """Rare cells, and what of them may be looked for inside of other texts; numbers are looked for as numbers."""
    if is_number(cells):
        return frozenset(), frozenset()
    if (found := read_dates(cells)) is not None:
        days = pd.Series(found[0].astype("datetime64[D]"))
        dates = frozenset(str(np.datetime64(day, "D")) for day in _rare(days, subject, fewest))
        return dates, dates
    own = frozenset(str(value) for value in _rare(cells, subject, fewest))
    frequent = "\n".join({str(value) for value in cells.dropna().unique()} - own)
    words = cells.dropna().astype(str).str.findall(WORD).explode().dropna()
    rare_words = map(str, _rare(words, subject[words.index], fewest))
    return own, frozenset(text for text in own if text not in frequent) | frozenset(rare_words)


def _numbers(cells: pd.Series, subject: Ints | Codes, fewest: int) -> tuple[Floats, Ints]:
    numbers, none = as_numbers(cells), np.zeros(0, np.int64)
    if numbers is None:
        return np.zeros(0), none
    rare = np.asarray(_rare(pd.Series(numbers), subject, fewest), np.float64)
    if is_number(cells):
        return rare, none
    return rare, _rare(pd.Series(numbers // DAY), subject, fewest).to_numpy().astype(np.int64)


def as_numbers(cells: pd.Series) -> Floats | None:
    """(n,) numbers, or dates as nanoseconds since 1970, NaN missing; None of other columns."""
    if is_number(cells):
        return as_floats(cells)
    found = read_dates(cells)
    if found is None:
        return None
    ticks = found[0].astype("datetime64[ns]")
    return np.where(np.isnat(ticks), np.nan, ticks.astype(np.float64))
