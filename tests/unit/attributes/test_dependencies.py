"""What a column is a function of: found with a tolerance, demanded, refused, and kept."""

import numpy as np
import pandas as pd
import pytest

from assoc_synth.attributes.dependencies import (
    Dependency,
    check_demanded,
    find_dependencies,
    groups_of,
    spread,
)
from assoc_synth.errors import InputError
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.transactions.table import TransactionTable


@pytest.fixture(scope="module")
def graph() -> LinkGraph:
    """40 subjects buy 10 of 20 objects each."""
    rng = np.random.default_rng(0)
    object = np.concatenate([rng.choice(20, 10, replace=False) for _ in range(40)])
    frame = pd.DataFrame({"subject": np.repeat(np.arange(40), 10), "verb": "buy", "object": object})
    return LinkGraph.from_table(TransactionTable.from_frame(frame))


def found(graph: LinkGraph, column: np.ndarray, **demanded: object) -> tuple[Dependency, ...]:
    return find_dependencies(graph, {"x": pd.Series(column)}, demanded, None)  # type: ignore[arg-type]


def test_functions_of_the_object_and_of_the_subject_are_found(graph: LinkGraph) -> None:
    table = graph.table
    assert found(graph, table.object % 4) == (Dependency("x", ("object",), False),)
    assert found(graph, table.subject % 4) == (Dependency("x", ("subject",), False),)
    assert found(graph, np.random.default_rng(0).integers(0, 4, 400)) == ()
    assert found(graph, np.zeros(400)) == ()  # a rule that chance could not break says nothing


def test_one_slip_in_400_rows_is_tolerated_and_ten_are_not(graph: LinkGraph) -> None:
    column = graph.table.object % 4
    column[0] += 1
    assert found(graph, column) == (Dependency("x", ("object",), False),)
    column[1:10] += 1
    assert found(graph, column) == ()


def test_missing_values_may_have_a_pattern_of_their_own(graph: LinkGraph) -> None:
    column = (graph.table.object % 4).astype(object)
    column[np.random.default_rng(0).random(400) < 0.3] = None
    assert found(graph, column) == (Dependency("x", ("object",), True),)


def test_the_user_knows_better(graph: LinkGraph) -> None:
    assert found(graph, graph.table.object % 4, x=None) == ()
    assert found(graph, np.zeros(400), x=("subject",)) == (Dependency("x", ("subject",), False),)
    with pytest.raises(InputError, match=r"does not depend on the subject: \d+\.\d% of the rows contradict it"):
        found(graph, graph.table.object % 4, x=("subject",))
    with pytest.raises(InputError, match="cannot depend on the basket: the table has none"):
        found(graph, graph.table.object % 4, x=("basket",))


def test_demands_are_checked_by_name() -> None:
    assert check_demanded({"a": "object", "b": None, "c": ("object", "day")}, ["a", "b", "c"]) == {
        "a": ("object",),
        "b": None,
        "c": ("object", "day"),
    }
    assert check_demanded(None, []) == {}
    with pytest.raises(InputError, match="'z' is no extra column; there are: a"):
        check_demanded({"z": "object"}, ["a"])
    with pytest.raises(InputError, match=r"column 'a' can depend on .* not on 'weather'"):
        check_demanded({"a": "weather"}, ["a"])


def test_groups_by_object_and_day() -> None:
    subject = verb = np.zeros(4, int)
    object, basket = np.array([1, 1, 2, 1]), np.array([-1, 5, 5, 6])
    time = np.array(["2024-01-01T08", "2024-01-01T20", "2024-01-01T08", "NaT"], "datetime64[ns]")

    def groups(*on: str) -> list[int] | None:
        group = groups_of(on, subject, verb, object, basket, time, None)
        return None if group is None else group.tolist()

    assert groups("object") == [1, 1, 2, 1]
    assert groups("basket") == [-1, 5, 5, 6]
    first, same, other, undated = groups("object", "day") or []
    assert first == same != other
    assert undated == -1
    assert groups_of(("object", "day"), subject, verb, object, basket, None, None) is None
    assert groups_of(("basket",), subject, verb, object, np.full(4, -1), time, None) is None


def test_a_group_has_the_value_of_its_first_row() -> None:
    values, group = np.array([None, "a", "b", "c", "d"], object), np.array([0, 0, 1, 1, -1])
    assert spread(values, group, False).tolist() == [None, None, "b", "b", "d"]
    assert spread(values, group, True).tolist() == [None, "a", "b", "b", "d"]


def test_a_dependency_survives_dicts_and_says_what_it_is() -> None:
    rule = Dependency("price", ("object", "day"), True)
    assert Dependency.from_dict(rule.to_dict()) == rule
    assert rule.note(looked_up=True) == "column 'price' depends on the object and the day: kept exactly"
    assert rule.note(looked_up=False).endswith("the object and the day: one value per object and day, as in the data")


def dated(subjects: int, objects: int, days: int, rows: int = 2_000) -> LinkGraph:
    rng = np.random.default_rng(1)
    subject = np.sort(rng.integers(0, subjects, rows))
    frame = pd.DataFrame({"subject": subject, "verb": rng.choice(["a", "b"], rows), "object": 0})
    frame["object"] = rng.integers(0, objects, rows)
    frame["time"] = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, days, rows), unit="D")
    return LinkGraph.from_table(TransactionTable.from_frame(frame))


def test_of_all_that_a_column_is_a_function_of_the_one_with_the_fewest_groups_is_found() -> None:
    graph = dated(100, 50, 90)
    table = graph.table
    assert table.time is not None
    day = table.time.astype("datetime64[D]").astype(int)
    assert found(graph, day * 7_919 % 11) == (Dependency("x", ("day",), False),)
    assert found(graph, np.where(day % 7 < 2, "x", "y")) == (Dependency("x", ("weekday",), False),)
    assert found(graph, table.verb + 5) == (Dependency("x", ("verb",), False),)
    assert found(graph, table.verb * 50 + table.object) == (Dependency("x", ("verb", "object"), False),)


def test_what_an_object_has_on_a_day_alone_is_no_evidence() -> None:
    graph = dated(100, 400, 300)
    table = graph.table
    assert table.time is not None
    day = table.time.astype("datetime64[D]").astype(int)
    assert len(np.unique(day * 400 + table.object)) > 0.95 * len(table)
    once = np.unique(day * 400 + table.object, return_inverse=True)[1] * 31 % 7
    assert found(graph, once) == ()
    few = dated(100, 20, 20)
    day = few.table.time.astype("datetime64[D]").astype(int)  # type: ignore[union-attr]
    assert found(few, (day * 400 + few.table.object) * 31 % 7) == (Dependency("x", ("object", "day"), False),)


def test_what_one_subjects_rows_share_is_no_evidence_of_another_source() -> None:
    rng = np.random.default_rng(2)
    subject = np.repeat(np.arange(100), 20)
    own = rng.integers(0, 5, 2_000)  # each subject has objects and days of its own
    frame = pd.DataFrame({"subject": subject, "verb": "a", "object": subject * 5 + own})
    frame["time"] = pd.Timestamp("2024-01-01") + pd.to_timedelta(subject * 2 + own % 2, unit="D")
    graph = LinkGraph.from_table(TransactionTable.from_frame(frame))
    assert found(graph, subject * 17 % 7) == (Dependency("x", ("subject",), False),)
    assert found(graph, (subject * 5 + own) * 17 % 7) == (Dependency("x", ("object",), False),)  # as accounts have
