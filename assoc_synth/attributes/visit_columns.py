"""Columns that all links of a visit share: one entry for each visit out of the entries of its links, and back."""

from __future__ import annotations

import numpy as np

from assoc_synth.ctgan.interface import CodedColumn, groups_of_links
from assoc_synth.transactions.arrays import Bools, Ints


def of_visits(column: CodedColumn, unknown: Bools, link_visit: Ints, visits: int) -> CodedColumn:
    """The entry of each visit's first link that has a known one, code −1 where none has: (L,) → (G,).

    Args:
        column: (L,) of the links.
        unknown: (L,) whose entries say nothing of their visits.
        link_visit: (L,) the visit of each link, −1 for none; see `groups_of_links`.

    Example:
        >>> column = CodedColumn.discrete("ward", np.array([2, 2, 1, 0]), 3)
        >>> of_visits(column, np.array([False, False, True, False]), np.array([0, 0, 1, -1]), 2).code.tolist()
        [2, -1, 0]
    """
    group = groups_of_links(link_visit, visits)
    known = np.flatnonzero(~unknown)
    found, first = np.unique(group[known], return_index=True)
    code = np.full(visits + int((link_visit < 0).sum()), -1, np.int64)
    value = np.zeros(len(code), np.float32)
    code[found], value[found] = column.code[known[first]], column.value[known[first]]
    return CodedColumn(column.spec, code, value)


def of_links(column: CodedColumn, link_visit: Ints, visits: int) -> CodedColumn:
    """The entry of each link's visit, code `classes` where it is unknown: (G,) → (L,)."""
    own = column.take(groups_of_links(link_visit, visits))
    return CodedColumn(column.spec, np.where(own.code < 0, column.spec.classes, own.code), own.value)
