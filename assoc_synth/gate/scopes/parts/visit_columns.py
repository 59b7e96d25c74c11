"""Extra columns that belong to a visit: one class in all of its rows, such as the ward or the channel."""

from __future__ import annotations

import numpy as np

from assoc_synth.link_graph.rows import Rows
from assoc_synth.transactions.arrays import Bools, Ints

KEPT, USUAL = 0.995, 0.95
"""A column is of visits if so many visits of two rows or more have one class, and two rows agree at most so often."""


def several_in_visit(rows: Rows, code: Ints) -> tuple[Ints, Bools]:
    """Of each visit of two rows or more: whose it is, and whether a column has several classes in it.

    Args:
        code: the class of each row.
    """
    visits = rows.visits
    inside = visits.of_row >= 0
    lowest = np.full(len(visits), np.iinfo(np.int64).max)
    highest = np.full(len(visits), -1)
    np.minimum.at(lowest, visits.of_row[inside], code[inside])
    np.maximum.at(highest, visits.of_row[inside], code[inside])
    many = np.flatnonzero(visits.sizes > 1)
    return visits.subject[many], lowest[many] < highest[many]


def columns_of_visits(rows: Rows) -> tuple[int, ...]:
    """Positions of the extra columns that belong to visits."""
    if rows.extras is None or rows.visit_kind is None:
        return ()
    found = []
    for column in range(len(rows.extras.names)):
        code = rows.extras.codes[:, column]
        several = several_in_visit(rows, code)[1]
        shares = np.bincount(code) / max(len(code), 1)
        if len(several) and several.mean() <= 1 - KEPT and float((shares**2).sum()) <= USUAL:
            found.append(column)
    return tuple(found)
