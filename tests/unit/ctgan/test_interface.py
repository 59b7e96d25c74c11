"""What the networks and the encoder agree on: columns, days and visits."""

import numpy as np
import pandas as pd
import pytest

from assoc_synth.attributes import AttributeEncoder
from assoc_synth.ctgan.interface import CodedColumn, ColumnSpec, Horizon, OccurrenceDecoder, Visits
from assoc_synth.errors import InputError
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.transactions.table import TransactionTable


def test_a_column_of_classes_has_no_numbers() -> None:
    column = CodedColumn.discrete("late", np.array([True, False, True]), 2)
    assert column.spec == ColumnSpec("late", 2, False)
    assert column.code.tolist() == [1, 0, 1]
    assert column.code.dtype == np.int64
    assert column.value.tolist() == [0, 0, 0]
    assert len(column) == 3
    assert column.take(np.array([False, True, True])).code.tolist() == [0, 1]
    assert column.take(np.array([2, 0])).code.tolist() == [1, 1]


@pytest.mark.parametrize("missing", ["name", "classes", "continuous", "exact", "missing"])
def test_a_stored_shape_is_whole(missing: str) -> None:
    state = {"name": "price", "classes": 5, "continuous": True, "exact": 2, "missing": 1}
    assert ColumnSpec.from_dict(state) == ColumnSpec("price", 5, True, 2, 1)
    del state[missing]
    with pytest.raises(InputError, match=rf"{missing}: field required|no ColumnSpec"):
        ColumnSpec.from_dict(state)


def test_weeks_begin_on_monday() -> None:
    horizon = Horizon(first_day=4, last_day=20)  # 5 January 1970, a Monday
    assert horizon.weekday(np.array([0, 6, 7])).tolist() == [0, 6, 0]
    assert [Horizon(day).monday for day in (0, 3, 4, 5)] == [-3, -6, 0, -1]


def visits(subject: list[int], day: list[int]) -> Visits:
    zero = np.zeros(len(day), np.int64)
    return Visits(np.array(subject, np.int64), np.array(day, np.int64), zero, zero + 1)


def test_visits_are_counted_by_subject() -> None:
    some = visits([0, 0, 3, 4, 4, 4], [1, 2, 0, 0, 0, 5])
    assert len(some) == 6
    assert some.first.tolist() == [0, 2, 3]
    assert some.per_subject.tolist() == [2, 1, 3]
    assert some.later.tolist() == [1, 4, 5]


def test_undated_visits_follow_nothing_unless_all_are_undated() -> None:
    assert visits([0, 0, 0], [1, 4, -1]).later.tolist() == [1]
    assert visits([0, 0, 0], [-1, -1, -1]).later.tolist() == [1, 2]
    assert visits([], []).later.tolist() == []


def test_an_encoder_answers_what_stage_2_asks() -> None:
    """Two subjects come on two days each, one of them buys something twice at once."""
    days = pd.to_datetime(["2024-01-01", "2024-01-01", "2024-01-03", "2024-01-02", "2024-01-09"])
    frame = pd.DataFrame({"subject": list("aaabb"), "verb": "buy", "object": list("xxyxy"), "time": days})
    encoder = AttributeEncoder.learn(LinkGraph.from_table(TransactionTable.from_frame(frame)), np.random.default_rng(0))
    decoder: OccurrenceDecoder = encoder
    rng = np.random.default_rng(0)
    assert decoder.count.decode(np.array([0, 1]), rng).tolist() == [1, 2]
    assert decoder.num_visits is not None
    assert decoder.num_visits.decode(np.array([1]), rng).tolist() == [2]
    assert decoder.size is not None
    assert decoder.size.decode(np.array([0, 1]), rng).tolist() == [1, 2]
    assert decoder.calendar is not None
    assert decoder.calendar.horizon.last_day == 8
    assert decoder.repeats
    assert decoder.in_visit((), 3).tolist() == [True, True, True]
