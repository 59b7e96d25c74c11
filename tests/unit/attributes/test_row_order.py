"""The order of rows as it is learned: by visit, time and place in the table, with notes for the user."""

import numpy as np
import pandas as pd

from assoc_synth.attributes.encoder import AttributeEncoder
from assoc_synth.attributes.row_order import RowSequences, rule_notes
from assoc_synth.attributes.visits import visits_of
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.transactions.table import TransactionTable


def graph_of(**columns: object) -> LinkGraph:
    return LinkGraph.from_table(TransactionTable.from_frame(pd.DataFrame(columns)))


def test_rows_come_by_visit_and_time_and_ties_as_in_the_table() -> None:
    times = pd.to_datetime(["2024-01-01 10:05", "2024-01-01 10:00", "2024-01-01 10:05", "2024-01-02 09:00", None])
    graph = graph_of(subject=["a"] * 5, verb=["buy"] * 5, object=list("xyzxy"), time=times, basket=list("ppppp"))
    rows = RowSequences.of(graph, visits_of(graph)[1])
    assert rows.row.tolist() == [1, 0, 2, 3]
    assert (rows.gap // 10**9).tolist() == [0, 300, 0, 82_500]
    assert rows.tied.tolist() == [False, False, True, False]


def test_a_table_without_visits_has_its_subjects() -> None:
    graph = graph_of(subject=list("aab"), verb=["buy"] * 3, object=list("xyz"))
    rows = RowSequences.of(graph, visits_of(graph)[1])
    assert rows.visit.tolist() == [0, 0, 1]
    assert rows.notes(graph, by_file=False) == ("rows of a subject come in random order",)


def test_the_links_of_the_order_are_those_of_the_rows() -> None:
    rng = np.random.default_rng(0)
    n = 400
    times = pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(n) * 40, unit="s")
    objects = np.array(list("wxyz"))[rng.integers(0, 4, n)]
    graph = graph_of(
        subject=np.repeat(list("abcd"), 100), verb="do", object=objects, time=times, basket=np.arange(n) // 5
    )
    encoder = AttributeEncoder.learn(graph, rng)
    coded = encoder.encode(graph, rng)
    assert coded.order is not None
    edge = coded.link_edge[coded.order.link]
    assert graph.table.objects[coded.edges.object[edge]].tolist() == objects.tolist()
    assert coded.order.gap is not None
    assert encoder.gap is not None
    assert (encoder.gap.decode(coded.order.gap.code[coded.order.follows], rng) == 40 * 10**9).all()


def test_notes_tell_sessions_and_the_share_of_rows_that_are_apart() -> None:
    minutes = np.concatenate([start + np.array([0, 1, 1, 2]) for start in np.arange(30) * 5_000])
    times = pd.Timestamp("2024-01-01") + pd.to_timedelta(minutes, unit="min")
    graph = graph_of(subject=["a"] * 120, verb=["do"] * 120, object=list("wxyz") * 30, time=times)
    rows = RowSequences.of(graph, visits_of(graph)[1])
    session, apart, ties = rows.notes(graph, by_file=True)
    assert (
        session == "no basket column: rows of one subject that are less than 30 minutes apart are taken as one session"
    )
    assert apart.startswith("66.7% of the rows of a visit come after the row before them")
    assert ties == "rows at the same time follow an order in the table, which is learned"


def test_receipts_have_no_gaps_and_say_nothing_of_times() -> None:
    times = pd.to_datetime(["2024-01-01"] * 3 + ["2024-01-05"] * 3)
    graph = graph_of(subject=["a"] * 6, verb=["buy"] * 6, object=list("xyzxyz"), time=times)
    encoder = AttributeEncoder.learn(graph, np.random.default_rng(0))
    assert encoder.gap is None
    assert encoder.visit_notes == ("rows at the same time come in random order",)


def test_rules_are_told_by_name() -> None:
    frame = pd.DataFrame({"subject": list("ab"), "verb": ["buy", "pay"], "object": ["tea", "bill"]})
    table = TransactionTable.from_frame(frame)
    tea, bill = list(table.objects).index("tea"), list(table.objects).index("bill")
    [note] = rule_notes(np.array([[tea, 2 + bill]]), table)
    assert note.endswith("no drawn one does: buy 'tea' not before pay 'bill'")
    [many] = rule_notes(np.array([[tea, 2 + bill]] * 8), table)
    assert many.endswith(", and 3 more")
    assert rule_notes(np.zeros((0, 2), np.int64), table) == ()


def test_rules_of_every_visit_are_told_by_links_verbs_and_what_is_about_one_object() -> None:
    table = graph_of(subject=["a", "a"], verb=["buy", "pay"], object=["tea", "bill"]).table
    tea, bill = (list(table.objects).index(name) for name in ("tea", "bill"))
    none = np.zeros((0, 2), np.int64)
    of_visits = np.array([[1, bill, 0, tea, 0], [1, -1, 0, tea, 0], [1, -1, 0, -1, 1]])
    [note] = rule_notes(none, table, of_visits)
    assert note.endswith(
        "does: pay 'bill' not before buy 'tea', pay anything not before buy 'tea', pay not before buy the same"
    )
    assert len(rule_notes(np.array([[tea, 2 + bill]]), table, of_visits)) == 2
