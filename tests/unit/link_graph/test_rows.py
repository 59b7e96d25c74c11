"""Rows of several tables in common codes, and the visits in them."""

import numpy as np
import pandas as pd

from assoc_synth.link_graph.rows import UNDATED, coded_rows, frequent_tokens, rows_of_edges, share_visits
from assoc_synth.transactions.table import TransactionTable


def table(frame: pd.DataFrame) -> TransactionTable:
    return TransactionTable.from_frame(frame)


def visited() -> pd.DataFrame:
    """Subject a has two baskets, the later one first in the file; b shares a basket's name with a."""
    return pd.DataFrame(
        {
            "subject": ["a", "a", "a", "b", "b"],
            "verb": "buys",
            "object": ["tea", "cup", "tea", "pot", "cup"],
            "time": pd.to_datetime(
                ["2026-01-05 10:00", "2026-01-05 09:00", "2026-01-02 00:00", "2026-01-03 00:00", None]
            ),
            "basket": ["2", "2", "1", "1", None],
        }
    )


def test_visits_are_numbered_by_subject_and_time() -> None:
    (rows,) = coded_rows(table(visited()))
    visits = rows.visits
    assert visits.of_row.tolist() == [1, 1, 0, 2, -1]
    assert visits.subject.tolist() == [0, 0, 1], "a basket that two subjects share is a visit of each"
    assert [str(pd.Timestamp(start)) for start in visits.start] == [
        "2026-01-02 00:00:00",
        "2026-01-05 09:00:00",
        "2026-01-03 00:00:00",
    ]
    assert (visits.following.tolist(), visits.sizes.tolist()) == ([1], [1, 2, 1])


def test_without_baskets_a_visit_is_a_timestamp() -> None:
    frame = visited().drop(columns="basket")
    frame.loc[1, "time"] = frame.loc[0, "time"]
    (rows,) = coded_rows(table(frame))
    assert rows.visits.of_row.tolist() == [1, 1, 0, 2, -1]
    assert rows.visit_kind == "timestamp"


def test_sessions_are_those_of_the_reference() -> None:
    burst = pd.Timestamp("2026-01-05") + pd.to_timedelta([0, 1, 2, 90, 91], unit="min")
    apart = pd.Timestamp("2026-01-05") + pd.to_timedelta([0, 1, 2, 3, 9], unit="D")
    sessions, days = (
        table(pd.DataFrame({"subject": "a", "verb": "v", "object": list("xyzxy"), "time": time}))
        for time in (burst, apart)
    )
    first, second = coded_rows(sessions, days)
    assert (first.visit_kind, second.visit_kind) == ("session", "session")
    assert first.visits.of_row.tolist() == [0, 0, 0, 1, 1]
    first, second = coded_rows(days, sessions)
    assert (first.visit_kind, second.visit_kind) == ("timestamp", "timestamp")
    assert second.visits.of_row.tolist() == [0, 1, 2, 3, 4]


def test_a_basket_without_a_time_is_last_and_follows_nothing() -> None:
    frame = visited().assign(time=pd.to_datetime(["2026-01-05", "2026-01-05", None, "2026-01-03", None]))
    (rows,) = coded_rows(table(frame))
    assert rows.visits.start.tolist()[1] == UNDATED
    assert rows.visits.of_row.tolist()[:3] == [0, 0, 1]
    assert rows.visits.following.tolist() == []


def test_links_alone_have_no_visits() -> None:
    (rows,) = coded_rows(table(visited()[["subject", "verb", "object"]]))
    assert len(rows.visits) == len(rows.visits.following) == 0
    assert rows.visits.of_row.tolist() == [-1] * 5
    again = rows_of_edges(rows.edges)
    assert sorted(zip(again.subject, again.token, strict=True)) == sorted(zip(rows.subject, rows.token, strict=True))


def test_names_are_matched_by_their_text() -> None:
    first, second = (visited().assign(object=names) for names in ([1, 2, 1, 3, 2], ["3", "2", "1", "9", "2"]))
    x, y = coded_rows(table(first), table(second))
    assert (x.object.tolist(), y.object.tolist(), y.num_objects) == ([0, 1, 0, 2, 1], [2, 1, 0, 3, 1], 4)


def test_some_subjects_are_renumbered() -> None:
    (rows,) = coded_rows(table(visited()))
    of_b = rows.take(np.array([1]))
    assert (of_b.subject.tolist(), of_b.num_subjects, len(of_b.visits)) == ([0, 0], 1, 1)
    assert of_b.object.tolist() == rows.object.tolist()[3:]


def test_tables_share_visits_of_one_kind() -> None:
    whole, unbasketed, undated = (
        coded_rows(table(visited().drop(columns=gone)))[0] for gone in ([], ["basket"], ["time"])
    )
    assert share_visits(whole, whole)
    assert not share_visits(whole, unbasketed)
    assert not share_visits(whole, undated)


def test_the_most_frequent_token_is_that_of_most_subjects() -> None:
    frame = pd.DataFrame({"subject": ["a"] * 3 + ["b", "c"], "verb": "v", "object": ["x", "x", "x", "y", "y"]})
    (rows,) = coded_rows(table(frame))
    assert frequent_tokens(rows, 5).tolist() == [1, 0]
    assert frequent_tokens(rows, 1).tolist() == [1]
