"""A table of names and values that have broken somebody's writer."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from assoc_synth.transactions.table import TransactionTable

NAMES = [
    "plain",
    "a,b;c\td",
    'she said "tea"',
    "it's",
    "line\nfeed",
    "carriage\rreturn",
    "both\r\nof them",
    "<b>&amp;</b>]]>",
    "nan",
    "None",
    "NULL",
    "NaT",
    "=1+2",
    "-3",
    "@cmd",
    "007",
    "1e5",
    "bell\x07 and \x1b[31m",
    "\\u0007 and \\",
    "\ufffe\uffff",
    "naïve café ☕ 茶",
    "e\u0301",
    "\u00e9",
    "\u05d0\u05d1 \u200b",
    "𝄞",
    "  spaces  ",
    "key: value | (x) -> y",
]
TIMES = ["2026-01-02", None, "2026-01-03 04:05:06", "1999-12-31 23:59:59.123456", None]
AMOUNTS = [12.5, None, -899.0, 0.1, 1e-300, 0.0, None]
ROLES = {
    "subject": "Who",
    "verb": "Did what",
    "object": "What",
    "time": "When",
    "amount": "How much",
    "basket": "Trip",
}
Same = Callable[[TransactionTable, TransactionTable], None]


@pytest.fixture
def rows() -> pd.DataFrame:
    count = 3 * len(NAMES)
    return pd.DataFrame(
        {
            "When": pd.to_datetime([TIMES[i % len(TIMES)] for i in range(count)], format="ISO8601"),
            "Who": [NAMES[(i * 5 + i // len(NAMES)) % len(NAMES)] for i in range(count)],
            "Did what": [NAMES[(i // 7) % len(NAMES)] for i in range(count)],
            "What": [NAMES[i % len(NAMES)] for i in range(count)],
            "How much": [AMOUNTS[i % len(AMOUNTS)] for i in range(count)],
            "Trip": [None if i % 4 == 0 else NAMES[i // 9] for i in range(count)],
        }
    )


@pytest.fixture
def hostile(rows: pd.DataFrame) -> TransactionTable:
    return TransactionTable.from_frame(rows, **ROLES)


@pytest.fixture
def people() -> TransactionTable:
    """Some are subject and object."""
    rows = [("ann", "knows", "bob"), ("bob", "knows", "ann"), ("ann", "knows", "bob"), ("bob", "likes", "tea")]
    return TransactionTable.from_frame(pd.DataFrame(rows, columns=["subject", "verb", "object"]), layout="rows")


@pytest.fixture
def same() -> Same:
    """Fails unless two tables hold the same rows in the same order, by the text of their names."""

    def check(table: TransactionTable, back: TransactionTable) -> None:
        for role in ("subject", "verb", "object"):
            left, right = (getattr(one, f"{role}s").take(getattr(one, role)) for one in (table, back))
            assert [str(name) for name in left] == [str(name) for name in right], role
        for role in ("time", "amount"):
            left, right = getattr(table, role), getattr(back, role)
            assert (left is None) == (right is None), role
            assert left is None or np.array_equal(left, right, equal_nan=True), role
        trips = [None if one.baskets is None else [*one.baskets, None] for one in (table, back)]
        assert (trips[0] is None) == (trips[1] is None)
        if trips[0] is not None:
            assert [trips[0][code] for code in table.basket] == [trips[1][code] for code in back.basket]

    return check
