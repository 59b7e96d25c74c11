"""Rows as arrays of edges."""

from __future__ import annotations

import numpy as np
import pandas as pd

from assoc_synth.link_graph.tensors import edge_tensors
from assoc_synth.transactions.table import TransactionTable


def test_missing_values_are_marked_and_zero() -> None:
    frame = pd.DataFrame({"subject": ["a", "b", "a"], "verb": ["has", "has", "saw"], "object": ["x", "y", "x"]})
    frame["n"], frame["t"] = [1.5, None, 2.0], pd.to_datetime(["1970-01-01T00:00:01", None, None])
    table = TransactionTable.from_frame(frame, amount="n", time="t", layout="rows")
    has, saw = edge_tensors(table)
    assert has["edge_index"].tolist() == [[0, 1], [0, 1]]
    assert (has["amount"].tolist(), has["amount_known"].tolist()) == ([1.5, 0.0], [True, False])
    assert (has["time"].tolist(), has["time_known"].tolist()) == ([1_000_000_000, 0], [True, False])
    assert (saw["amount"].tolist(), "amount_known" in saw) == ([2.0], False)
    assert edge_tensors(table, np.array([5, 6]))[0]["edge_index"].tolist() == [[0, 1], [5, 6]]
