"""Rows of several tables as those of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from assoc_synth.link_graph.rows import Rows
from assoc_synth.transactions.arrays import Ints


def stacked(tables: Sequence[Rows]) -> Rows:
    """The rows of tables over one vocabulary and with the same columns, each table's subjects being other ones.

    Extra columns are left out.

    Example:
        >>> from assoc_synth import datasets
        >>> from assoc_synth.link_graph.rows import coded_rows
        >>> (rows,) = coded_rows(datasets.toy_shop(subjects=30))
        >>> both = stacked([rows, rows])
        >>> both.num_subjects, len(both) == 2 * len(rows)
        (60, True)
    """
    first = tables[0]
    starts = np.cumsum([0, *(table.num_subjects for table in tables)])
    return replace(
        first,
        subject=np.concatenate([table.subject + start for table, start in zip(tables, starts[:-1], strict=True)]),
        verb=np.concatenate([table.verb for table in tables]),
        object=np.concatenate([table.object for table in tables]),
        time=None if first.time is None else np.concatenate([t.time for t in tables if t.time is not None]),
        amount=None if first.amount is None else np.concatenate([t.amount for t in tables if t.amount is not None]),
        group=None if first.group is None else _groups([t.group for t in tables if t.group is not None]),
        attributes=replace(first.attributes, has=np.concatenate([table.attributes.has for table in tables])),
        num_subjects=int(starts[-1]),
        extras=None,
    )


def _groups(groups: Sequence[Ints]) -> Ints:
    """Visits of every table numbered on; −1 stays none."""
    found, start = [], 0
    for group in groups:
        found.append(np.where(group < 0, -1, group + start))
        start += int(group.max(initial=-1)) + 1
    return np.concatenate(found).astype(np.int64)
