"""Charts of single columns, on tables whose shares are known."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from assoc_synth.link_graph.edges import Edges
from assoc_synth.report.columns import amount_chart, charts, degree_chart, verb_chart
from assoc_synth.report.facts import ReportFacts
from assoc_synth.transactions.table import TransactionTable

TableOf = Callable[..., TransactionTable]


def test_shares_of_every_chart_sum_to_one(bad: ReportFacts) -> None:
    for chart in bad.charts:
        assert [series.side for series in chart.series] == ["real", "synthetic", "held out"]
        for series in chart.series:
            if chart.kind == "curve":
                assert series.values[0] == 1.0
                assert list(series.values) == sorted(series.values, reverse=True)
            else:
                assert math.isclose(sum(series.values), 1.0)


def test_many_verbs_are_folded(table: TableOf) -> None:
    chart = verb_chart({"real": table(verb=[f"v{i:02d}" for i in range(30)] + ["v29"] * 10)})
    assert chart is not None
    assert chart.labels[0] == "v29"
    assert chart.labels[-1] == "21 more"
    assert len(chart.labels) == 10
    assert chart.series[0].values[-1] == pytest.approx(21 / 40)


@pytest.mark.parametrize(
    "amounts",
    [[5.0], [-3.0, 0.0, 2.0], [100.0, 101.0, 103.5], [1e-6, 1e6], [float(2**i) for i in range(40)], [-1e9, -1.0]],
)
def test_every_amount_has_a_bin(table: TableOf, amounts: list[object]) -> None:
    chart = amount_chart({"real": table(amount=amounts)})
    assert chart is not None
    assert sum(chart.series[0].values) == pytest.approx(1.0)
    assert len(chart.labels) == len(chart.series[0].values) + 1 <= 24
    assert len(set(chart.labels)) == len(chart.labels)


def test_amounts_of_one_size_have_bins_of_their_own(table: TableOf) -> None:
    chart = amount_chart({"real": table(amount=list(np.linspace(95, 105, 200)))})
    assert chart is not None
    assert len(chart.series[0].values) >= 8


def test_hours_are_on_the_clock_of_the_table(table: TableOf) -> None:
    nine = pd.Timestamp("2026-01-05 09:30")
    for visit, clock in (
        (nine, "as written"),
        (nine.tz_localize("Asia/Tokyo"), "Asia/Tokyo"),
        ("2026-01-05T09:30:00+02:00", "+02:00"),
        ("2026-01-05T09:30:00Z", "UTC"),
    ):
        found = {chart.name: chart for chart in charts({"real": table(time=[visit] * 3)}, {})}
        assert found["hours"].series[0].values[9] == 1.0
        assert found["weekdays"].series[0].values[0] == 1.0
        assert clock in found["hours"].note


def test_tables_in_two_zones_are_shown_on_the_first_ones_clock(table: TableOf) -> None:
    tokyo = pd.Timestamp("2026-01-05 09:30", tz="Asia/Tokyo")
    found = charts({"real": table(time=[tokyo] * 3), "synthetic": table(time=[tokyo.tz_convert("UTC")] * 3)}, {})
    hours = next(chart for chart in found if chart.name == "hours")
    assert [series.values[9] for series in hours.series] == [1.0, 1.0]


def test_dates_without_a_time_of_day_have_no_chart_of_hours(table: TableOf) -> None:
    found = [chart.name for chart in charts({"real": table(time=["2026-01-05", "2026-02-01"])}, {})]
    assert found == ["verbs", "weekdays", "months"]


def test_missing_cells_are_counted_in_the_note(table: TableOf) -> None:
    chart = amount_chart({"real": table(amount=[1.0, 2.0, None, 4.0])})
    assert chart is not None
    assert "without amount: 25.0\u00a0% (real)" in chart.note
    assert amount_chart({"real": table(amount=[None, None])}) is None


def test_degrees_are_shares_of_subjects_with_at_least_so_many_objects() -> None:
    # Subject 0 has two objects, subject 1 has one, subject 2 none.
    edges = Edges.from_links([0, 0, 1], [0, 0, 0], [0, 1, 1], num_subjects=3, num_verbs=1, num_objects=2)
    chart = degree_chart({"real": edges})
    assert chart is not None
    assert chart.labels == ("1", "2")
    assert chart.series[0].values == pytest.approx((2 / 3, 1 / 3))
