"""Units of rows, and what follows what."""

from collections.abc import Callable

import numpy as np

from assoc_synth.gate.scopes.parts.sequences import Units
from assoc_synth.link_graph.rows import UNDATED, Rows


def test_moments_are_the_times_of_a_visit(make_rows: Callable[..., Rows]) -> None:
    rows = make_rows([0] * 5, [0, 1, 2, 3, 4], visit=[0, 0, 0, 1, 1], seconds=[5, 1, 5, 9, 9])
    units = Units.moments(rows)
    assert units.of_row.tolist() == [1, 0, 1, 2, 2]
    assert (units.before.tolist(), units.after.tolist()) == ([0], [1])
    assert (units.opens.tolist(), units.closes.tolist()) == ([True, False, False], [False, True, False])
    assert units.subject.tolist() == [0, 0, 0]


def test_the_order_of_the_file_plays_no_part(make_rows: Callable[..., Rows]) -> None:
    one = make_rows([0, 0, 0], [1, 2, 3], visit=[0, 0, 0], seconds=[1, 1, 2])
    other = make_rows([0, 0, 0], [3, 2, 1], visit=[0, 0, 0], seconds=[2, 1, 1])
    known = np.arange(4)
    events = [Units.moments(rows).events(rows.token, known).toarray().tolist() for rows in (one, other)]
    assert events[0] == events[1] == [[0, 0.5, 0.5, 0, 0], [0, 0, 0, 1, 0]]


def test_undated_rows_are_in_no_moment(make_rows: Callable[..., Rows]) -> None:
    rows = make_rows([0, 0], [1, 2], visit=[0, 0], seconds=[1, 2])
    assert rows.time is not None
    rows.time[1] = UNDATED
    assert Units.moments(rows).of_row.tolist() == [0, -1]


def test_visits_follow_each_other_within_a_subject(make_rows: Callable[..., Rows]) -> None:
    rows = make_rows([0, 0, 0, 1], [1, 2, 7, 4], visit=[1, 0, 0, 2], seconds=[1, 5, 6, 9])
    units = Units.visits(rows)
    assert (units.before.tolist(), units.after.tolist()) == ([0], [1])
    assert units.events(rows.token, np.array([2, 4])).toarray().tolist() == [[0, 0, 1], [0.5, 0, 0.5], [0, 1, 0]]
