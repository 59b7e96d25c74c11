"""Visits of a table: in which order they are numbered, and which of them hold a link twice."""

import pandas as pd

from assoc_synth.attributes.visits import repeats_in_a_visit, visits_of
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.transactions.days import HOUR
from assoc_synth.transactions.table import TransactionTable


def graph_of(**columns: object) -> LinkGraph:
    return LinkGraph.from_table(TransactionTable.from_frame(pd.DataFrame(columns)))


def test_visits_are_numbered_by_subject_and_time() -> None:
    times = pd.to_datetime(["2024-01-05 00:00", "2024-01-01 06:00", "2024-01-01 06:00", None])
    visits, of_row = visits_of(graph_of(subject=["a"] * 4, verb=["buy"] * 4, object=list("xyzx"), time=times))
    assert visits.day.tolist() == [0, 4]
    assert visits.clock.tolist() == [6 * HOUR, 0]
    assert visits.size.tolist() == [2, 1]
    assert of_row.tolist() == [1, 0, 0, -1]


def test_baskets_without_a_date_come_last_and_follow_nothing() -> None:
    times = pd.to_datetime([None, "2024-01-01", "2024-01-03"])
    columns = {"subject": ["a"] * 3, "verb": ["buy"] * 3, "object": list("xyz"), "time": times, "basket": list("pqr")}
    visits, of_row = visits_of(graph_of(**columns))
    assert visits.day.tolist() == [0, 2, -1]
    assert visits.later.tolist() == [1]
    assert of_row.tolist() == [2, 0, 1]


def test_the_same_link_twice_in_a_visit_is_seen() -> None:
    columns = {"subject": ["a"] * 2, "verb": ["buy"] * 2, "basket": ["p"] * 2}
    for objects, repeats in (("xx", True), ("xy", False)):
        graph = graph_of(object=list(objects), **columns)
        assert repeats_in_a_visit(graph, visits_of(graph)[1]) is repeats


def test_a_basket_is_as_early_as_its_earliest_link() -> None:
    times = pd.to_datetime(["2024-01-02 09:00", "2024-01-01 08:00", "2024-01-01 12:00"])
    graph = graph_of(subject=["a"] * 3, verb=["buy"] * 3, object=list("xyz"), time=times, basket=list("ppq"))
    visits, of_row = visits_of(graph)
    assert visits.clock.tolist() == [8 * HOUR, 12 * HOUR]
    assert visits.size.tolist() == [2, 1]
    assert of_row.tolist() == [0, 0, 1]


def test_a_table_without_times_and_baskets_has_no_visits() -> None:
    visits, of_row = visits_of(graph_of(subject=["a", "b"], verb=["buy"] * 2, object=["x", "y"]))
    assert len(visits) == 0
    assert of_row.tolist() == [-1, -1]
