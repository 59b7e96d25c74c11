"""Charts of extra columns: values, numbers, dates, and what is not drawn."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from assoc_synth.report.extras import extra_chart, extra_charts
from assoc_synth.transactions.table import TransactionTable

TableOf = Callable[..., TransactionTable]


def both(real: list[object], synthetic: list[object]) -> dict[str, pd.Series]:
    return {"real": pd.Series(real), "synthetic": pd.Series(synthetic)}


def test_values_are_counted_the_real_tables_most_frequent_first() -> None:
    chart = extra_chart("colour", both(["red"] * 3 + ["blue"], ["blue"] * 3 + ["green"]))
    assert chart is not None
    assert (chart.labels, chart.kind, chart.is_extra) == (("red", "blue", "green"), "names", True)
    assert [series.values for series in chart.series] == [(0.75, 0.25, 0.0), (0.0, 0.75, 0.25)]


def test_rare_values_are_one_class_and_missing_ones_are_in_the_note() -> None:
    real: list[object] = [f"v{i % 30:02d}" for i in range(300)] + [None] * 100
    chart = extra_chart("code", both(real, real))
    assert chart is not None
    assert chart.labels[-1] == "22 more"
    assert sum(chart.series[0].values) == pytest.approx(1.0)
    assert "without value: 25.0" in chart.note


def test_numbers_are_binned_by_the_real_table() -> None:
    rng = np.random.default_rng(0)
    chart = extra_chart("weight", both(rng.normal(10, 1, 500).tolist(), rng.normal(30, 1, 500).tolist()))
    assert chart is not None
    assert chart.kind == "bins"
    assert len(chart.labels) == len(chart.series[0].values) + 1
    assert chart.series[1].values[-1] == 1.0, "all beyond the last edge"


def test_dates_are_in_equal_spans() -> None:
    days = [f"2026-{1 + i % 12:02d}-{1 + i % 28:02d}" for i in range(400)]
    chart = extra_chart("due", both(list(days), ["2026-01-01"] * 20))
    assert chart is not None
    assert chart.kind == "bins"
    assert chart.labels[0] == "2026-01"
    assert chart.series[1].values[0] == 1.0


def test_a_column_without_a_value_says_so() -> None:
    chart = extra_chart("nothing", both([None, None], [None]))
    assert chart is not None
    assert chart.labels == ("no value",)


def test_columns_that_name_things_are_not_drawn_but_named(table: TableOf) -> None:
    size = 60
    made = table(
        subject=[f"s{i}" for i in range(size)],
        ticket=[f"T-{i:05d}" for i in range(size)],
        colour=["red", "blue"] * (size // 2),
    )
    charts, notes = extra_charts({"real": made, "synthetic": made})
    assert [chart.name for chart in charts] == ["colour"]
    assert notes == ("not drawn, as nearly every value is another one: ticket",)


def test_a_column_that_one_table_lacks_is_left_out(table: TableOf) -> None:
    first = table(object=["o", "p"], colour=["red", "red"])
    assert extra_charts({"real": first, "synthetic": table(object=["o", "p"])}) == ((), ())


def test_a_wide_table_is_drawn_in_part(table: TableOf) -> None:
    wide = table(**{f"c{i:02d}": ["a", "b"] for i in range(30)})  # type: ignore[arg-type]
    charts, notes = extra_charts({"real": wide})
    assert len(charts) == 24
    assert notes == ("6 more columns are not drawn",)
