"""What comes after what: inside a visit, among rows that share a timestamp, and from one visit to the next.

An event is a (verb, object). Each figure is the total variation of the pairs (event, next event) of two tables, and
with ": verbs" behind its name that of the pairs (verb, next verb).

    transition_tv         consecutive rows of a visit at different times; of rows at one time the first and the last of
                          the file's order stand beside the time before and after
    tie_transition_tv     consecutive rows of a visit at the same time, or of a visit without times, in the order of the
                          file: the only order that such rows have
    visit_transition_tv   consecutive visits of a subject: every event of the one with every event of the next, each
                          pair of visits weighing 1

A visit is a basket, or where no column names baskets a session or one timestamp (`transactions.sessions`). Where it is
one timestamp, nothing in it comes after anything else: `visit_transition_tv` has the transitions. A figure that has
nothing to be computed from in the reference is left out; where only the other table has no such pair it is 1.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import scipy.sparse as sp

from assoc_synth.link_graph.rows import UNDATED, Rows, share_visits
from assoc_synth.transactions.arrays import Bools, Ints

_BLOCK_CELLS = 4_000_000


def transition_distances(x: Rows, y: Rows) -> dict[str, float]:
    """The figures of this module by name, see above."""
    found: dict[str, float] = {}
    if not share_visits(x, y):
        return found
    steps = [_steps(side) for side in (x, y)]
    for name, tied in (("transition_tv", False), ("tie_transition_tv", True)):
        for suffix, of, size in (("", "token", x.num_verbs * x.num_objects), (": verbs", "verb", x.num_verbs)):
            keys = []
            for rows, (at, ties) in zip((x, y), steps, strict=True):
                event, chosen = getattr(rows, of), at[ties == tied]
                keys.append(event[chosen[:, 0]] * size + event[chosen[:, 1]])
            if len(keys[0]):
                found[name + suffix] = _total_variation_of_keys(*keys)
    if len(x.visits.following):
        for suffix, of, size in (("", "token", x.num_verbs * x.num_objects), (": verbs", "verb", x.num_verbs)):
            matrices = [_visit_events(side, getattr(side, of), size) for side in (x, y)]
            found["visit_transition_tv" + suffix] = _between_visits(*matrices)
    return found


def _steps(rows: Rows) -> tuple[Ints, Bools]:
    """Consecutive rows of a visit: their positions (m, 2), and (m,) whether no time is between them.

    An undated row of a visit that has times has no place in it.
    """
    visits = rows.visits
    inside = visits.of_row >= 0
    if rows.time is None:
        time = np.zeros(len(rows), np.int64)
    else:
        time = rows.time
        whole = visits.start[visits.of_row[inside]] == UNDATED
        inside[inside] = whole | (time[inside] != UNDATED)
    at = np.flatnonzero(inside)
    # lexsort is stable: rows of one time stay in the order of the file.
    at = at[np.lexsort((time[at], visits.of_row[at]))]
    same = visits.of_row[at][1:] == visits.of_row[at][:-1]
    steps = np.stack([at[:-1][same], at[1:][same]], axis=1) if len(at) else np.zeros((0, 2), np.int64)
    return steps, time[steps[:, 0]] == time[steps[:, 1]]


def _total_variation_of_keys(first: Ints, second: Ints) -> float:
    """TV of two samples of numbers, however large; 1 where the second has none."""
    if not len(second):
        return 1.0
    keys, at = np.unique(np.concatenate([first, second]), return_inverse=True)
    shares = [np.bincount(part, minlength=len(keys)) / len(part) for part in np.split(at, [len(first)])]
    return float(0.5 * np.abs(shares[0] - shares[1]).sum())


Sides = tuple[sp.csr_matrix, sp.csr_matrix]
"""Shares of the events of visits and of the visits after them: (pairs of visits, events) each."""


def _visit_events(rows: Rows, event: Ints, size: int) -> Sides:
    visits = rows.visits
    known = visits.of_row >= 0
    shape = (len(visits), size)
    counts = sp.csr_matrix((np.ones(int(known.sum())), (visits.of_row[known], event[known])), shape=shape)
    counts.data[:] = 1.0
    shares = sp.diags(1.0 / np.maximum(np.diff(counts.indptr), 1)) @ counts
    shares = shares.tocsr()
    return shares[visits.following - 1], shares[visits.following]


def _between_visits(x: Sides, y: Sides) -> float:
    if not y[0].shape[0]:
        return 1.0
    apart = sum(float(np.abs(first - second).sum()) for first, second in zip(_blocks(x), _blocks(y), strict=True))
    return 0.5 * apart


def _blocks(sides: Sides) -> Iterator[sp.csr_matrix]:
    """Shares of (event, next event) by blocks of events: a table of all pairs need not fit in memory."""
    before, after = sides[0].T.tocsr(), sides[1]
    step = max(1, _BLOCK_CELLS // max(after.shape[1], 1))
    for start in range(0, before.shape[0], step):
        yield before[start : start + step] @ after / after.shape[0]
