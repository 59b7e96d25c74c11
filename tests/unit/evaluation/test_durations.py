"""Durations and gaps counted by hand."""

import numpy as np
import pandas as pd
import pytest

from assoc_synth.evaluation.destroyed import without_columns
from assoc_synth.evaluation.durations import duration_distances
from assoc_synth.link_graph.rows import coded_rows
from assoc_synth.transactions.table import TransactionTable


def table(visits: list[list[int]]) -> TransactionTable:
    """Of one subject, a visit a day: the minutes at which its rows are, after 10 o'clock."""
    made = [
        ("s", "did", "x", pd.Timestamp("2026-01-01 10:00") + pd.Timedelta(days=day, minutes=minute), f"b{day}")
        for day, minutes in enumerate(visits)
        for minute in minutes
    ]
    return TransactionTable.from_frame(pd.DataFrame(made, columns=["subject", "verb", "object", "time", "basket"]))


def figures(first: list[list[int]], second: list[list[int]]) -> dict[str, float]:
    return duration_distances(*coded_rows(table(first), table(second)))


def test_equal_tables_have_no_distance() -> None:
    found = figures([[0, 1, 5], [0]], [[5, 1, 0], [0]])
    assert found == {"gap_ks": 0.0, "gap_ks: inside visits": 0.0, "duration_ks": 0.0, "tie_share": 0.0}


def test_each_figure_sees_its_own_difference() -> None:
    # Gaps 1, 1 against 1, 3: half of them differ. Both visits last, 2 minutes against 4.
    found = figures([[0, 1, 2], [0]], [[0, 1, 4], [0]])
    assert found == {"gap_ks": 0.0, "gap_ks: inside visits": 0.5, "duration_ks": 1.0, "tie_share": 0.0}
    # Two gaps each: none at once against one at once.
    assert figures([[0, 1, 2]], [[0, 0, 2]])["tie_share"] == 0.5
    assert figures([[0], [0]], [[0], [], [0]])["gap_ks"] == 1.0, "a day between visits against two"


def test_visits_of_one_row_have_no_duration() -> None:
    assert figures([[0, 2]], [[0, 2], [0], [0]])["duration_ks"] == 0.0


def test_what_has_no_time_is_left_out() -> None:
    without = TransactionTable.from_frame(table([[0, 1]]).to_frame().drop(columns="time"))
    assert duration_distances(*coded_rows(table([[0, 1]]), without)) == {}
    days = TransactionTable.from_frame(table([[0], [0]]).to_frame().drop(columns="basket"))
    assert duration_distances(*coded_rows(days, days)) == {"gap_ks": 0.0}, "a visit is one timestamp"
    burst = TransactionTable.from_frame(table([[0, 1, 2]]).to_frame().drop(columns="basket"))
    assert duration_distances(*coded_rows(burst, burst))["duration_ks"] == 0.0, "a session"


def test_an_undated_row_is_passed_over() -> None:
    frame = table([[0, 1, 2]]).to_frame()
    frame.loc[1, "time"] = None
    found = duration_distances(*coded_rows(table([[0, 2]]), TransactionTable.from_frame(frame)))
    assert found["gap_ks: inside visits"] == found["duration_ks"] == 0.0


def test_times_dealt_anew_are_far() -> None:
    rng = np.random.default_rng(0)
    (rows,) = coded_rows(table([sorted(rng.integers(0, 20, 4)) for _ in range(60)]))
    found = duration_distances(rows, without_columns(rows, rng))
    assert found["duration_ks"] == pytest.approx(1.0, abs=0.05)
    assert found["gap_ks: inside visits"] > 0.8
