"""What a table with a planted truth answers: how often what was planted occurs, and what never may.

A truth reads any table of the same columns, the built-in one or a synthetic one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

import numpy as np
import pandas as pd

from assoc_synth.errors import InputError
from assoc_synth.transactions.arrays import Bools, Ints


class Truth(Protocol):
    """The right answer of a built-in table; rows are its frame, such as `table.to_frame(typed=True)`."""

    def frequencies(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Planted shares beside those of the rows: columns what, planted, observed and cases, see `shares`."""
        ...

    def violations(self, rows: pd.DataFrame) -> dict[str, int]:
        """By what is impossible: in how many rows it happens. All are 0 in the built-in table."""
        ...


class Share(NamedTuple):
    """A planted probability, and how often it came true."""

    what: str
    planted: float
    held: int
    cases: int


def shares(found: Iterable[Share]) -> pd.DataFrame:
    """A row for each share: what, planted, observed (NaN without a case), cases.

    Example:
        >>> shares([Share("tea with a kettle", 0.6, 7, 10)]).values.tolist()
        [['tea with a kettle', 0.6, 0.7, 10]]
    """
    rows = [(what, planted, held / cases if cases else np.nan, cases) for what, planted, held, cases in found]
    return pd.DataFrame(rows, columns=["what", "planted", "observed", "cases"])


def never_before(
    rows: pd.DataFrame, later: Bools, earlier: Bools, keys: Sequence[str], time: str, *, strictly: bool = False
) -> int:
    """How many rows of `later` have no row of `earlier` with the same keys at the same time or before.

    Args:
        rows: (n, columns).
        later, earlier: (n,) which rows must follow, and which rows they follow.
        keys: columns that both rows share, such as the session; a row with a missing key follows nothing.
        time: the column of times; rows of one time count as in order.
        strictly: rows of one time do not count as in order.

    Example:
        >>> rows = pd.DataFrame({"who": ["a", "a", "b"], "did": ["pay", "buy", "buy"], "when": [1, 2, 3]})
        >>> did = rows["did"].to_numpy()
        >>> never_before(rows, did == "buy", did == "pay", ["who"], "when")
        1
    """
    asked = rows[[*keys, time]].reset_index(drop=True)[later | earlier]
    group = asked.groupby(list(keys)).ngroup()
    group = group.where(group >= 0)
    follows, leads = later[later | earlier], earlier[later | earlier]
    first = group[follows].map(asked.loc[leads, time].groupby(group[leads]).min())
    in_order = first < asked.loc[follows, time] if strictly else first <= asked.loc[follows, time]
    return int((~in_order).sum())


def varying(rows: pd.DataFrame, keys: str, column: str) -> int:
    """How many rows belong to a key with several values of a column.

    A missing value counts as one; rows with a missing key do not count.

    Example:
        >>> varying(pd.DataFrame({"user": [1, 1, 2], "country": ["DE", "FR", "DE"]}), "user", "country")
        2
    """
    pairs = rows[[keys, column]].dropna(subset=[keys]).drop_duplicates()
    several = pairs.loc[pairs[keys].duplicated(), keys]
    return int(rows[keys].isin(several).sum())


def check_columns(rows: pd.DataFrame, columns: Iterable[str]) -> None:
    """Refuse rows that lack a column of the table with the planted truth.

    Raises:
        InputError: with the first missing column.
    """
    missing = [column for column in columns if column not in rows.columns]
    if missing:
        raise InputError(f"the table with the planted truth has a column {missing[0]!r}, these rows do not")


def codes_of(rows: pd.DataFrame, column: str, names: Sequence[str]) -> Ints:
    """The position of each cell of a column among the names that are planted: shape (n,).

    Raises:
        InputError: the column or a name is unknown: the table is another one.

    Example:
        >>> codes_of(pd.DataFrame({"verb": ["seen", "liked"]}), "verb", ["liked", "seen"]).tolist()
        [1, 0]
    """
    check_columns(rows, [column])
    codes = pd.Index(list(names)).get_indexer(pd.Index(rows[column].astype(str)))
    unknown = np.flatnonzero(codes < 0)
    if len(unknown):
        cell = str(rows[column].iloc[unknown[0]])[:40]
        raise InputError(f"column {column!r}, row {unknown[0] + 1}: {cell!r} is not among the names that are planted")
    return codes.astype(np.int64)
