"""Which of two things comes first, counted by hand."""

import numpy as np
import pandas as pd
import pytest

from assoc_synth.evaluation.destroyed import without_order
from assoc_synth.evaluation.order import FirstTimes, order_distances
from assoc_synth.link_graph.rows import coded_rows
from assoc_synth.transactions.table import TransactionTable


def table(histories: list[str], *, days: int = 1) -> TransactionTable:
    """One subject per history, a letter per day."""
    made = [
        (f"s{subject:04d}", "did", event, pd.Timestamp("2026-01-01") + pd.Timedelta(days=days * place))
        for subject, text in enumerate(histories)
        for place, event in enumerate(text)
    ]
    return TransactionTable.from_frame(pd.DataFrame(made, columns=["subject", "verb", "object", "time"]))


def share(first: list[str], second: list[str], *, days: int = 1) -> dict[str, float]:
    return order_distances(*coded_rows(table(first, days=days), table(second, days=days)))


def test_the_share_that_is_before() -> None:
    first = ["ab"] * 30 + ["ba"] * 10
    assert share(first, first) == {"order_share": 0.0}
    # a is before b in three quarters there, in one quarter here: the same of b before a.
    assert share(first, ["ab"] * 10 + ["ba"] * 30)["order_share"] == pytest.approx(0.5)
    assert share(first, ["ab"] * 7)["order_share"] == pytest.approx(0.25), "sizes may differ"


def test_the_first_time_counts() -> None:
    assert share(["ab"] * 30, ["abab"] * 30)["order_share"] == 0.0
    assert share(["ab"] * 30, ["bab"] * 30)["order_share"] == 1.0


def test_pairs_weigh_by_the_subjects_that_have_them() -> None:
    first = ["ab"] * 60 + ["cd"] * 30
    assert share(first, ["ab"] * 60 + ["dc"] * 30)["order_share"] == pytest.approx(1 / 3)


def test_what_has_no_order_or_too_few_subjects_is_left_out() -> None:
    assert share(["ab"] * 30, ["ab"] * 30, days=0) == {}, "all at one time"
    assert share(["ab"] * 29, ["ba"] * 30) == {}
    assert share(["ab"] * 30, ["a", "b"]) == {}, "nobody has both"
    undated = TransactionTable.from_frame(table(["ab"] * 30).to_frame().drop(columns="time"))
    assert order_distances(*coded_rows(undated, undated)) == {}


def test_random_order_is_far_and_other_subjects_are_near() -> None:
    rng = np.random.default_rng(1)
    histories = ["".join(rng.permutation(list("xyz"))) + "ab" for _ in range(400)]
    x, y = coded_rows(table(histories[:200]), table(histories[200:]))
    near, far = order_distances(x, y), order_distances(x, without_order(y, rng))
    assert near["order_share"] < 0.1 < 0.3 < far["order_share"]


def test_chunks_of_subjects_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    (rows,) = coded_rows(table(["abc", "cb", "b", "cab"]))
    times = FirstTimes.of(rows, np.arange(3))
    both, before = times.table()
    assert both.tolist() == [[2, 2, 2], [2, 4, 3], [2, 3, 3]]
    assert before.tolist() == [[0, 2, 1], [0, 0, 1], [1, 2, 0]]
    monkeypatch.setattr("assoc_synth.evaluation.order._CHUNK_PAIRS", 1)
    again = times.table()
    assert all(np.array_equal(one, other) for one, other in zip((both, before), again, strict=True))
