"""A table of names and values that have broken somebody's writer."""

from __future__ import annotations

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
ROLES = {"subject": "Who", "verb": "Did what", "object": "What", "time": "When", "amount": "How much"}


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
        }
    )


@pytest.fixture
def hostile(rows: pd.DataFrame) -> TransactionTable:
    return TransactionTable.from_frame(rows, **ROLES)
