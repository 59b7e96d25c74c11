"""What exports read: slices that cover all rows, names as text, times and amounts that read back exactly."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from assoc_synth.exports.source import ROWS_AT_ONCE, Clock, amount_texts, graph_of, names_of, slices, table_of
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.transactions.table import TransactionTable


def table(times: Any) -> TransactionTable:
    frame = pd.DataFrame({"subject": ["a", "b"], "verb": "has", "object": ["x", "y"], "time": times})
    return TransactionTable.from_frame(frame)


@pytest.mark.parametrize("rows", [0, 1, ROWS_AT_ONCE, ROWS_AT_ONCE + 1, 3 * ROWS_AT_ONCE - 1])
def test_slices_cover_every_row_once(rows: int) -> None:
    found = [row for part in slices(rows) for row in range(part.start, part.stop)]
    assert found == list(range(rows))
    assert all(part.stop - part.start <= ROWS_AT_ONCE for part in slices(rows))


def test_a_table_and_its_graph_are_one_source() -> None:
    rows = table(["2026-01-02", "2026-01-03"])
    graph = LinkGraph.from_table(rows)
    assert table_of(rows) is rows
    assert table_of(graph) is rows
    assert graph_of(graph) is graph
    assert graph_of(rows).table is rows


def test_names_are_text_in_the_order_of_codes() -> None:
    assert names_of(pd.Index([10, 2])) == ["10", "2"]


@pytest.mark.parametrize(
    ("times", "unit", "zone"),
    [
        (pd.to_datetime(["2026-01-02", None]), "D", ""),
        (pd.to_datetime(["2026-01-02 00:01", "2026-01-03 00:00"]), "s", ""),
        (pd.to_datetime(["2026-01-02 00:00:00.001", "2026-01-03"], format="ISO8601"), "ms", ""),
        (pd.to_datetime(["2026-01-02 00:00:00.000001", "2026-01-03"], format="ISO8601"), "us", ""),
        (pd.to_datetime(["2026-01-02 00:00:00.000000001", "2026-01-03"], format="ISO8601"), "ns", ""),
        (pd.to_datetime(["2026-01-02", "2026-01-03"]).tz_localize("UTC"), "s", "Z"),
        ([1_700_000_000, 1_700_000_001], "s", "Z"),
    ],
)
def test_the_clock_is_the_coarsest_exact_unit(times: Any, unit: str, zone: str) -> None:
    rows = table(times)
    assert rows.time is not None
    clock = Clock.of(rows)
    assert (clock.unit, clock.zone) == (unit, zone)
    texts = clock.texts(rows.time)
    assert [text is None for text in texts] == np.isnat(rows.time).tolist()
    back = pd.to_datetime(pd.Series(texts), format="ISO8601", utc=True).dt.tz_localize(None)
    np.testing.assert_array_equal(back.to_numpy().astype("datetime64[ns]"), rows.time)


def test_a_table_without_times_has_a_clock_too() -> None:
    assert Clock.of(table([None, None])).texts(np.array(["NaT"], "datetime64[ns]")) == [None]


def test_amounts_are_the_shortest_text_that_reads_back() -> None:
    amounts = np.array([0.1 + 0.2, 1e300, -0.0, 12.5, np.nan])
    texts = amount_texts(amounts)
    assert texts == ["0.30000000000000004", "1e+300", "-0.0", "12.5", None]
    assert [float(text) for text in texts if text is not None] == amounts[:4].tolist()
