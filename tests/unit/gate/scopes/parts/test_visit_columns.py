"""Columns that belong to visits."""

from collections.abc import Callable

import numpy as np

from assoc_synth.gate.scopes.parts.visit_columns import columns_of_visits, several_in_visit
from assoc_synth.link_graph.rows import Extras, Rows


def rows_with(make_rows: Callable[..., Rows], codes: list[list[int]]) -> Rows:
    extras = Extras(("ward", "price"), (4, 4), np.array(codes))
    return make_rows([0, 0, 1, 1, 1], [0] * 5, visit=[0, 0, 1, 1, 2], extras=extras)


def test_a_column_with_one_class_in_a_visit(make_rows: Callable[..., Rows]) -> None:
    rows = rows_with(make_rows, [[0, 0], [0, 1], [1, 1], [1, 2], [2, 0]])
    assert rows.extras is not None
    assert columns_of_visits(rows) == (0,)
    subject, several = several_in_visit(rows, rows.extras.codes[:, 1])
    assert (subject.tolist(), several.tolist()) == ([0, 1], [True, True]), "a visit of one row says nothing"


def test_a_constant_belongs_to_nothing(make_rows: Callable[..., Rows]) -> None:
    assert columns_of_visits(rows_with(make_rows, [[3, 3]] * 5)) == ()
    assert columns_of_visits(make_rows([0], [0])) == ()
