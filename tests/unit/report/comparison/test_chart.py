"""The figures of a comparison as a chart."""

from __future__ import annotations

import pandas as pd
import pytest

from assoc_synth.errors import InputError
from assoc_synth.report.comparison.chart import comparison_chart

COLUMNS = ["table", "group", "measure", "value", "low", "high", "floor", "independent", "aim", "verdict"]
ROWS = [
    ("a", "Associations", "pair_l1", 0.4, 0.3, 0.5, 0.3, 0.7, "low", "like real"),
    ("b", "Associations", "pair_l1", 5.0, 4.0, 6.0, 0.3, 0.7, "low", "worse than real"),
    ("a", "Columns", "verb_tv", 0.1, 0.0, 0.2, 0.1, None, "low", "like real"),
    ("a", "Own measures", "mine", 0.9, None, None, 1.0, 0.5, "high", "unknown"),
]


def test_a_mark_for_each_table_and_measure_with_a_baseline() -> None:
    frame = pd.DataFrame(ROWS, columns=COLUMNS)
    chart = comparison_chart(frame).to_dict()
    (data,) = [values for values in chart["datasets"].values() if len(values) > 1]
    places = {(row["table"], row["words"]): row["at"] for row in data}
    assert places[("a", "pair supports, relative L1")] == pytest.approx(0.25)
    assert places[("b", "pair supports, relative L1")] == 1.5, "what is beyond stands at the end"
    assert places[("a", "mine")] == pytest.approx(0.2), "its aim is that of the frame"
    assert len(places) == 3


def test_nothing_to_draw_is_said() -> None:
    with pytest.raises(InputError, match="nothing can be drawn"):
        comparison_chart(pd.DataFrame(ROWS[2:3], columns=COLUMNS))
