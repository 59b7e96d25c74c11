"""Tables that have lost one thing on purpose: what a measure must see, and how far it moves when it does.

order     the rows of a subject in random order: links and amounts are dealt anew to the subject's times and baskets
visits    objects dealt anew among all rows of their verb: how many links each visit has stays, which ones does not
columns   times and amounts dealt anew among all rows, attributes among all subjects
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Literal

import numpy as np

from assoc_synth.link_graph.rows import Rows
from assoc_synth.link_graph.subject_attributes import Attributes
from assoc_synth.transactions.arrays import Ints
from assoc_synth.transactions.sessions import visits_by_time

Lost = Literal["order", "visits", "columns"]
"""What a table has lost."""
Destroyer = Callable[[Rows, np.random.Generator], Rows]


def without_order(rows: Rows, rng: np.random.Generator) -> Rows:
    """The rows of each subject in random order."""
    dealt = _permuted_within(rows.subject, rng)
    amount = None if rows.amount is None else rows.amount[dealt]
    return replace(rows, verb=rows.verb[dealt], object=rows.object[dealt], amount=amount)


def without_visits(rows: Rows, rng: np.random.Generator) -> Rows:
    """Objects dealt anew among all rows of their verb."""
    return replace(rows, object=rows.object[_permuted_within(rows.verb, rng)])


def without_columns(rows: Rows, rng: np.random.Generator) -> Rows:
    """Times, amounts and attributes dealt anew; where visits are made of times, they are those of the new times."""
    time, amount, group = rows.time, rows.amount, rows.group
    if time is not None:
        dealt = rng.permutation(len(rows))
        time = time[dealt]
        if rows.visit_kind != "basket":
            dates = time.view("datetime64[ns]")
            group = visits_by_time(rows.subject.astype(np.int32), dates, in_sessions=rows.visit_kind == "session")
    if amount is not None:
        amount = rng.permutation(amount)
    own = rows.attributes
    has = own.has.copy()
    for column in np.unique(own.owner):
        has[:, own.owner == column] = rng.permutation(has[:, own.owner == column])
    return replace(
        rows, time=time, amount=amount, group=group, attributes=Attributes(own.names, own.owner, own.labels, has)
    )


DESTROYERS: Mapping[Lost, Destroyer] = {"order": without_order, "visits": without_visits, "columns": without_columns}


def _permuted_within(group: Ints, rng: np.random.Generator) -> Ints:
    """Positions dealt anew among those of the same group: shape as given."""
    dealt = np.empty(len(group), np.int64)
    dealt[np.argsort(group, kind="stable")] = np.lexsort((rng.random(len(group)), group))
    return dealt
