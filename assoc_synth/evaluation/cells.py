"""Subjects as sets of cells: their links with the times and amounts of these.

Two people who buy the same things seldom do so at the same second for the same price. A copy of a person's rows is
therefore found by its cells where its links are too few to tell.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import scipy.sparse as sp

from assoc_synth.evaluation.nearest import unit
from assoc_synth.link_graph.edges import Incidence
from assoc_synth.link_graph.rows import Rows
from assoc_synth.transactions.arrays import Ints
from assoc_synth.transactions.days import DAY


def has_cells(*tables: Rows) -> bool:
    """Whether all tables have times, or all have amounts."""
    return _all_timed(tables) or _all_amounts(tables)


def cells(*tables: Rows) -> tuple[Incidence, ...]:
    """Which (verb, object, time, amount) each subject has: 0/1, (subjects, cells) each, over common columns.

    Of time and amount what all tables have. A cell is compared as it is, to the nanosecond.
    """
    return _incidences(tables, [_token(tables), *([_time(tables, 1)] if _all_timed(tables) else []), *_amount(tables)])


def parts_of_cells(*tables: Rows) -> tuple[Incidence, ...]:
    """What a subject with such cells has, from coarse to fine: (subjects, parts) each, rows of length 1.

    Parts are links, links by day, links by amount, whole cells and attributes. A part's weight is log(n / its subjects)
    in all tables together, as of terms in documents (Spärck Jones 1972): rare ones identify.
    """
    token = _token(tables)
    kinds = [[token]]
    if _all_timed(tables):
        kinds += [[token, _time(tables, DAY)], [token, _time(tables, 1), *_amount(tables)]]
    if _all_amounts(tables):
        kinds.append([token, *_amount(tables)])
    parts = [_incidences(tables, kind) for kind in kinds]
    if len({table.attributes.labels for table in tables}) == 1 and tables[0].attributes.labels:
        parts.append(tuple(sp.csr_matrix(table.attributes.has.astype(np.float32)) for table in tables))
    whole = [sp.hstack(own).tocsr() for own in zip(*parts, strict=True)]
    holders = np.asarray(sum(np.asarray(one.sum(axis=0)) for one in whole)).ravel()
    weight = np.log(sum(one.shape[0] for one in whole) / np.maximum(holders, 1.0))
    return tuple(unit(one.multiply(weight[None, :]).tocsr()) for one in whole)


def _incidences(tables: tuple[Rows, ...], columns: list[Ints]) -> tuple[Incidence, ...]:
    """Subjects of each table and the distinct rows of `columns`, which are of all tables, one after the other."""
    frame = pd.DataFrame({str(at): column for at, column in enumerate(columns)})
    code = frame.groupby(list(frame.columns), sort=False, dropna=False).ngroup().to_numpy()
    width = int(code.max(initial=-1)) + 1
    found, start = [], 0
    for table in tables:
        own = code[start : start + len(table)]
        start += len(table)
        key = np.unique(table.subject * max(width, 1) + own)
        subject, column = np.divmod(key, max(width, 1))
        ones = np.ones(len(key), np.float32)
        found.append(sp.csr_matrix((ones, (subject, column)), shape=(table.num_subjects, width)))
    return tuple(found)


def _token(tables: tuple[Rows, ...]) -> Ints:
    return np.concatenate([table.token for table in tables])


def _time(tables: tuple[Rows, ...], unit_of: int) -> Ints:
    return np.concatenate([table.time // unit_of for table in tables if table.time is not None])


def _amount(tables: tuple[Rows, ...]) -> list[Ints]:
    if not _all_amounts(tables):
        return []
    amount = np.concatenate([table.amount for table in tables if table.amount is not None])
    # −0 and 0 are one amount; all missing ones are one cell.
    return [np.where(np.isnan(amount), np.nan, amount + 0.0).astype(np.float64).view(np.int64)]


def _all_timed(tables: tuple[Rows, ...]) -> bool:
    return all(table.time is not None for table in tables)


def _all_amounts(tables: tuple[Rows, ...]) -> bool:
    return all(table.amount is not None for table in tables)
