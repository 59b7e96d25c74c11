"""How long visits last, how far apart their rows are, and how far apart visits are.

    duration_ks             KS of the time from a visit's first row to its last, of visits with two dated rows or more
    gap_ks: inside visits   KS of the time from one row of a visit to the next, 0 where they share a timestamp
    gap_ks                  KS of the time from one visit of a subject to the next, each as early as its earliest row
    tie_share               |difference| of the share of a visit's rows, its first one aside, at the time of another one
                            before it

All are 0 for equal tables. Inside a visit there is time only where visits are baskets or sessions: otherwise a visit is
one timestamp (`transactions.sessions`). What a table has nothing to compute from is left out.
"""

from __future__ import annotations

import numpy as np

from assoc_synth.evaluation.distances import kolmogorov_smirnov
from assoc_synth.link_graph.rows import UNDATED, Rows, share_visits
from assoc_synth.transactions.arrays import Ints


def duration_distances(x: Rows, y: Rows) -> dict[str, float]:
    """The figures of this module by name, see above."""
    found: dict[str, float] = {}
    if x.time is None or not share_visits(x, y):
        return found
    found["gap_ks"] = kolmogorov_smirnov(*(_between(side) for side in (x, y)))
    if x.visit_kind != "timestamp":
        gaps = [_inside(side) for side in (x, y)]
        found["gap_ks: inside visits"] = kolmogorov_smirnov(*gaps)
        found["duration_ks"] = kolmogorov_smirnov(*(_durations(side) for side in (x, y)))
        if len(gaps[0]) and len(gaps[1]):
            found["tie_share"] = abs(float((gaps[0] == 0).mean()) - float((gaps[1] == 0).mean()))
    return found


def _between(rows: Rows) -> Ints:
    """Between the starts of successive visits of a subject, two at one time included."""
    visits = rows.visits
    follows = np.flatnonzero((np.diff(visits.subject) == 0) & (visits.start[1:] != UNDATED)) + 1
    return visits.start[follows] - visits.start[follows - 1]


def _inside(rows: Rows) -> Ints:
    visit, time = _sorted(rows)
    gaps: Ints = np.diff(time)[np.diff(visit) == 0]
    return gaps


def _durations(rows: Rows) -> Ints:
    visit, time = _sorted(rows)
    _, first, size = np.unique(visit, return_index=True, return_counts=True)
    lasting: Ints = (time[first + size - 1] - time[first])[size > 1]
    return lasting


def _sorted(rows: Rows) -> tuple[Ints, Ints]:
    """Visit and time of the dated rows of visits, by visit and then by time."""
    assert rows.time is not None
    at = np.flatnonzero((rows.visits.of_row >= 0) & rows.dated)
    at = at[np.lexsort((rows.time[at], rows.visits.of_row[at]))]
    return rows.visits.of_row[at], rows.time[at]
