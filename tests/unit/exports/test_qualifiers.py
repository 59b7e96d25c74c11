"""What links say, as typed values: each kind of column, and names that are taken."""

from __future__ import annotations

import datetime as dt
import decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest

from assoc_synth.exports.qualifiers import ExtraValues, own_names
from assoc_synth.transactions.table import TransactionTable

DAY = dt.date(2026, 1, 2)


def read(cells: Any) -> ExtraValues:
    frame = pd.DataFrame({"subject": ["a"] * len(cells), "verb": "has", "object": "x", "extra": cells})
    return ExtraValues.of(TransactionTable.from_frame(frame, layout="rows"), "extra")


@pytest.mark.parametrize(
    ("cells", "kind", "values"),
    [
        (["x", None], "text", ["x", None]),
        (pd.array([1, None], "Int8"), "integer", [1, None]),
        (["7", "1"], "integer", [7, 1]),
        ([1.5, np.nan], "number", [1.5, None]),
        (["1,50", "0,25"], "number", [1.5, 0.25]),
        ([decimal.Decimal("1.50"), None], "number", [1.5, None]),
        ([True, None], "truth", [True, None]),
        (["true", "false"], "truth", [True, False]),
        ([DAY, None], "date", ["2026-01-02", None]),
        (["02.01.2026", "31.01.2026"], "date", ["2026-01-02", "2026-01-31"]),
        (pd.to_datetime(["2026-01-02 03:04", None]), "datetime", ["2026-01-02T03:04:00", None]),
        (pd.to_datetime(["2026-01-02 03:04", None], utc=True), "instant", ["2026-01-02T03:04:00Z", None]),
        (pd.to_datetime(["2026-01-02", None]).tz_localize("Asia/Tokyo"), "instant", ["2026-01-01T15:00:00Z", None]),
        (pd.Categorical(["b", None, "a"]), "text", ["b", None, "a"]),
        (pd.Categorical([3, None, 1]), "integer", [3, None, 1]),
        (pd.to_timedelta(["1h", None]), "text", ["P0DT1H0M0S", None]),
        ([dt.time(12, 30), None], "text", ["12:30:00", None]),
        (["08:15", "12:30"], "text", ["08:15:00", "12:30:00"]),
        (pd.array([2**64 - 1, 0], "uint64"), "text", [str(2**64 - 1), "0"]),
        ([10**30, 1], "text", [str(10**30), "1"]),
        ([np.inf, 1.0], "number", [np.inf, 1.0]),
        (pd.array(["x", None], "string"), "text", ["x", None]),
        (pd.array([1.0, None], "double[pyarrow]"), "number", [1.0, None]),
        ([None, None], "text", [None, None]),
    ],
)
def test_every_kind_of_column(cells: Any, kind: str, values: list[object]) -> None:
    found = read(cells)
    assert (found.kind, found.values(slice(0, len(values)))) == (kind, values)
    assert [type(one) for one in found.values(slice(0, 2))] == [type(one) for one in values[:2]]
    assert found.values(slice(1, 2)) == values[1:2]


def test_names_are_of_their_own() -> None:
    assert own_names(["Store", "store", "ID"], {"id"}, fold=True) == ["Store", "store_", "ID_"]
    assert own_names(["a:b", "a;b", ""], (), lambda name: name.replace(":", "_").replace(";", "_")) == [
        "a_b",
        "a_b_",
        "column",
    ]
