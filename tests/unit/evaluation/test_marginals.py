"""Distances of single columns, by hand."""

import numpy as np
import pandas as pd
import pytest

from assoc_synth.evaluation.marginals import marginal_figures
from assoc_synth.transactions.table import TransactionTable


def table(size: int, seed: int, *, late: bool = False, dear: float = 1.0, date_only: bool = False) -> TransactionTable:
    rng = np.random.default_rng(seed)
    time = pd.Timestamp("2026-01-01") + pd.to_timedelta(rng.integers(0, 365, size), unit="D")
    if not date_only:
        time += pd.to_timedelta(rng.integers(12 if late else 0, 24, size), unit="h")
    frame = pd.DataFrame(
        {
            "subject": rng.integers(0, size // 2, size),
            "verb": "buys",
            "object": rng.integers(0, 9, size),
            "time": time,
            "amount": rng.uniform(1, 9, size) * dear,
        }
    )
    return TransactionTable.from_frame(frame)


def test_only_what_changed_stands_out() -> None:
    real, other = table(4_000, 0), table(4_000, 1, late=True, dear=10.0)
    by_name = {f.name: f for f in marginal_figures(real, other, None, np.random.default_rng(0))}
    assert by_name["hour_tv"].value == pytest.approx(0.5, abs=0.04)
    assert by_name["amount_ks"].value is not None
    assert by_name["amount_ks"].value > 0.8
    for name in ("verb_tv", "object_tv", "weekday_tv", "month_tv", "time_missing", "amount_missing"):
        figure = by_name[name]
        assert figure.value is not None
        assert figure.floor is not None
        assert figure.value <= 0.08
    assert all(f.low is not None and f.high is not None and f.low <= (f.value or 0) <= f.high for f in by_name.values())


def test_a_table_against_itself_is_perfect() -> None:
    real = table(300, 0)
    assert all(f.value == 0.0 for f in marginal_figures(real, real, real, np.random.default_rng(0)))


def test_columns_that_are_not_there() -> None:
    plain = TransactionTable.from_frame(pd.DataFrame({"subject": ["a"], "verb": ["v"], "object": ["o"]}))
    found = marginal_figures(plain, table(50, 0), None, np.random.default_rng(0))
    assert [figure.name for figure in found] == ["verb_tv", "object_tv"]
    dates = table(200, 0, date_only=True)
    assert "hour_tv" not in {f.name for f in marginal_figures(dates, dates, None, np.random.default_rng(0))}


def test_names_are_matched_by_their_text() -> None:
    frame = pd.DataFrame({"subject": range(40), "verb": [1, 2] * 20, "object": [7, 8, 9, 9] * 10})
    real, other = (TransactionTable.from_frame(one) for one in (frame, frame.astype(str)))
    assert all(f.value == 0.0 for f in marginal_figures(real, other, real, np.random.default_rng(0)))
