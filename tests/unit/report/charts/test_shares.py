"""Shares by class."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from assoc_synth.errors import InputError
from assoc_synth.report.charts import amounts, degrees, hours, months, verbs, visit_sizes, weekdays
from assoc_synth.transactions.table import TransactionTable

ALL = (amounts, degrees, hours, months, verbs, visit_sizes, weekdays)


def data_of(chart: Any) -> pd.DataFrame:
    values = chart.to_dict()
    return pd.DataFrame(next(iter(values["datasets"].values())))


@pytest.mark.parametrize("draw", ALL)
def test_shares_of_each_table(draw: Callable[..., Any], real: TransactionTable, held: TransactionTable) -> None:
    found = data_of(draw({"real": real, "other": held}))
    assert found["table"].unique().tolist() == ["real", "other"]
    total = found.groupby("table")["share"].sum()
    assert (total > 1).all() if draw is degrees else total.to_numpy() == pytest.approx(1.0)


def test_values_are_those_of_the_table(real: TransactionTable) -> None:
    found = data_of(verbs(real)).set_index("class")["share"]
    expected = real.to_frame()["action"].value_counts(normalize=True)
    pd.testing.assert_series_equal(found, expected, check_names=False, check_index_type=False)


def test_a_chart_is_saved_without_a_browser(real: TransactionTable, tmp_path: Path) -> None:
    hours({"real": real, "<b>": real}).save(str(tmp_path / "hours.svg"))
    text = (tmp_path / "hours.svg").read_text("utf-8")
    assert text.startswith("<svg")
    assert "<b>" not in text


@pytest.mark.parametrize(
    ("draw", "words"), [(hours, "times of day"), (months, "times"), (amounts, "amounts"), (visit_sizes, "visits")]
)
def test_what_a_table_lacks_is_named(draw: Callable[..., Any], words: str, real: TransactionTable) -> None:
    plain = TransactionTable.from_frame(real.to_frame()[["customer", "action", "product"]])
    tables: Mapping[str, TransactionTable] = {"real": real, "plain": plain}
    with pytest.raises(InputError, match=f"nothing can be drawn: not every table has {words}"):
        draw(tables)


def test_short_labels_are_level_where_they_fit(real: TransactionTable) -> None:
    angles = [
        draw(real).to_dict()["encoding"]["x"]["axis"].get("labelAngle") for draw in (hours, weekdays, months, amounts)
    ]
    assert angles == [0, 0, 0, None]
