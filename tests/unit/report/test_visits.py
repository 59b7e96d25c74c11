"""Charts of visits, on a table whose visits are known."""

from __future__ import annotations

import pandas as pd
import pytest

from assoc_synth.link_graph.rows import coded_rows
from assoc_synth.report.facts import Chart
from assoc_synth.report.visits import visit_charts
from assoc_synth.transactions.table import TransactionTable


def charts(frame: pd.DataFrame) -> dict[str, Chart]:
    (rows,) = coded_rows(TransactionTable.from_frame(frame))
    return {chart.name: chart for chart in visit_charts({"real": rows})}


@pytest.fixture
def frame() -> pd.DataFrame:
    """Ann comes on Monday for two things and a week later for one of them; Bob comes once for one."""
    rows = [
        ("ann", "tea", "b1", "2026-01-05 10:00"),
        ("ann", "cup", "b1", "2026-01-05 10:00"),
        ("ann", "tea", "b2", "2026-01-12 10:00"),
        ("bob", "tea", "b3", "2026-01-05 12:00"),
    ]
    return pd.DataFrame(rows, columns=["subject", "object", "basket", "time"]).assign(verb="bought")


def test_sizes_gaps_and_repeats(frame: pd.DataFrame) -> None:
    found = charts(frame)
    sizes = found["visit sizes"]
    assert dict(zip(sizes.labels, sizes.series[0].values, strict=True)) == pytest.approx({"1": 2 / 3, "2": 1 / 3})
    assert sizes.note == "visits are baskets"
    assert found["gaps"].labels == ("4–7 d",)
    assert found["rows per link"].series[0].values == pytest.approx((2 / 3, 1 / 3))


def test_a_table_without_times_has_no_visits(frame: pd.DataFrame) -> None:
    assert set(charts(frame[["subject", "verb", "object"]])) == {"rows per link"}
    assert charts(frame[["subject", "verb", "object"]].drop_duplicates()) == {}


def test_large_visits_are_one_class(frame: pd.DataFrame) -> None:
    many = pd.concat(
        [
            frame,
            pd.DataFrame({"object": [f"o{i}" for i in range(40)]}).assign(
                subject="eve", verb="bought", basket="b9", time="2026-01-05"
            ),
        ]
    )
    sizes = charts(many)["visit sizes"]
    assert sizes.labels[-1] == "12 +"
    assert sizes.series[0].values[-1] == pytest.approx(1 / 4)
