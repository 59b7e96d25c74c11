"""Rows that have lost what a scope is about, and as little else as can be; subjects and their links stay.

visits   the links of a subject dealt anew among its visits; how many rows each visit has, when, and what holds for the
         visit as a whole stay
order    the links of a visit dealt anew among its times, and the visits of a subject among their starts; what lies in
         one visit stays
rows     amounts and extra columns dealt anew among the rows of a verb, attributes among subjects, each by itself
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from assoc_synth.gate.scopes.parts.visit_columns import columns_of_visits
from assoc_synth.link_graph.rows import UNDATED, Extras, Rows
from assoc_synth.link_graph.subject_attributes import Attributes
from assoc_synth.transactions.arrays import Ints


def without_visits(rows: Rows, rng: np.random.Generator) -> Rows:
    """Links, with their amounts and extra columns, dealt anew among the rows of a subject that have a visit."""
    group = np.where(rows.visits.of_row >= 0, rows.subject, rows.num_subjects + np.arange(len(rows)))
    return _with_links(rows, dealt_within(group, rng))


def without_order(rows: Rows, rng: np.random.Generator) -> Rows:
    """Links dealt anew among the dated rows of their visit, and visits among their starts."""
    if rows.time is None:
        return rows
    visits, dated = rows.visits, rows.dated
    alone = len(visits) + np.arange(len(rows))
    placed = dated & (visits.of_row >= 0)
    found = _with_links(rows, dealt_within(np.where(placed, visits.of_row, alone), rng))
    known = visits.start != UNDATED
    among = np.where(known, visits.subject, rows.num_subjects + np.arange(len(visits)))
    start = visits.start[dealt_within(among, rng)]
    moved = np.where(known, start - visits.start, 0)
    time = rows.time.copy()
    time[placed] += moved[visits.of_row[placed]]
    return replace(found, time=time)


def without_columns(rows: Rows, rng: np.random.Generator) -> Rows:
    """Each column dealt anew by itself."""
    amount = None if rows.amount is None else rows.amount[dealt_within(rows.verb, rng)]
    extras = rows.extras
    if extras is not None and extras.names:
        columns = [extras.codes[dealt_within(rows.verb, rng), at] for at in range(len(extras.names))]
        extras = Extras(extras.names, extras.sizes, np.stack(columns, axis=1))
    own = rows.attributes
    has = own.has.copy()
    for column in np.unique(own.owner):
        at = own.owner == column
        has[:, at] = rng.permutation(has[:, at])
    attributes = Attributes(own.names, own.owner, own.labels, has)
    return replace(rows, amount=amount, extras=extras, attributes=attributes)


def dealt_within(group: Ints, rng: np.random.Generator) -> Ints:
    """Positions dealt anew among those of the same group: shape as given."""
    dealt = np.empty(len(group), np.int64)
    dealt[np.argsort(group, kind="stable")] = np.lexsort((rng.random(len(group)), group))
    return dealt


def _with_links(rows: Rows, dealt: Ints) -> Rows:
    """Other links for each row, with their amounts and with those extra columns that are not of the visit."""
    extras = rows.extras
    if extras is not None:
        codes = extras.codes[dealt]
        stays = list(columns_of_visits(rows))
        codes[:, stays] = extras.codes[:, stays]
        extras = Extras(extras.names, extras.sizes, codes)
    return replace(
        rows,
        verb=rows.verb[dealt],
        object=rows.object[dealt],
        amount=None if rows.amount is None else rows.amount[dealt],
        extras=extras,
    )
