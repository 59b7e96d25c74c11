"""What comes after what, as a matrix."""

from __future__ import annotations

import pandas as pd
import pytest

from assoc_synth.errors import InputError
from assoc_synth.report.charts import transition_matrix
from assoc_synth.transactions.table import TransactionTable

ROWS = [
    (who, verb, "tea", f"2026-01-0{day} 10:0{minute}")
    for who in "abcd"
    for day in (1, 5)
    for minute, verb in enumerate(["views", "adds", "buys"])
]


def table(rows: list[tuple[str, str, str, str]] = ROWS) -> TransactionTable:
    frame = pd.DataFrame(rows, columns=["subject", "verb", "object", "time"])
    return TransactionTable.from_frame(frame)


def matrix(*tables: TransactionTable, **options: object) -> pd.Series:
    chart = transition_matrix(*tables, **options).to_dict()  # type: ignore[arg-type]
    values = pd.DataFrame(next(iter(chart["datasets"].values())))
    return values.set_index(["table", "before", "after"])["share"]


def test_shares_are_of_the_steps_from_each_event() -> None:
    found = matrix(table(), by="verb")
    assert found["real", "views", "adds"] == 1
    assert found["real", "adds", "buys"] == 1
    assert found["real", "buys"].sum() == 0, "nothing follows in the visit"
    assert matrix(table(), by="link")["real", "views tea", "adds tea"] == 1


def test_steps_between_visits() -> None:
    found = matrix(table(), table(), by="verb", between_visits=True)
    assert found["real", "buys", "views"] == found["synthetic", "buys", "views"] == 1


def test_events_beyond_the_most_frequent_count_in_the_sums() -> None:
    odd = [("a", f"odd {i}", "tea", f"2026-02-0{i + 1} 10:0{minute}") for i in range(3) for minute in range(2)]
    found = matrix(table(ROWS + odd), by="verb", top=2)
    assert len(found) == 4


def test_what_cannot_be_drawn_is_said() -> None:
    with pytest.raises(InputError, match="needs times in every table"):
        transition_matrix(TransactionTable.from_frame(table().to_frame().drop(columns="time")))
    with pytest.raises(InputError, match="no such step"):
        transition_matrix(table(ROWS[:1]), between_visits=True)
    with pytest.raises(InputError, match="by must be 'link' or 'verb', not 'x'"):
        transition_matrix(table(), by="x")
