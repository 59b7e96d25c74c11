"""A row of numbers per subject: what a classifier is given to tell the subjects of two tables apart.

    objects       rows with each of the `TOP_OBJECTS` most frequent objects, and the first `COMPONENTS` singular vectors
                  of the counts of all others
    everything    beside those: rows and distinct objects by verb, visits and their sizes, gaps between visits, hours,
                  days of the week, what is undated, amounts (mean, spread, extremes, missing, negative), attributes

NaN where a subject has nothing of the kind, such as a gap between visits of a subject with one visit.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import scipy.sparse as sp

from assoc_synth.link_graph.rows import UNDATED, Rows, share_visits
from assoc_synth.transactions.arrays import Floats, Ints
from assoc_synth.transactions.days import DAY, hours, weekdays

TOP_OBJECTS = 200
COMPONENTS = 20
_HOURS = 4
"""Hours of the day that are counted together."""
_SUMMARY = ("mean", "std", "min", "max")


def object_features(x: Rows, y: Rows, seed: int) -> tuple[Floats, Floats]:
    """Which objects, how often: (subjects of x, features) and (subjects of y, features).

    Args:
        x, y: of at least one subject each; the most frequent objects are those of x.
        seed: of the decomposition.
    """
    from sklearn.decomposition import TruncatedSVD

    counts = [_counts(side, side.object, side.num_objects) for side in (x, y)]
    often = np.argsort(-np.asarray(counts[0].sum(axis=0)).ravel(), kind="stable")
    top, rest = often[:TOP_OBJECTS], often[TOP_OBJECTS:]
    features = [side[:, top].toarray() for side in counts]
    both = sp.vstack([side[:, rest] for side in counts]).tocsr()
    size = min(COMPONENTS, len(rest) - 1, both.shape[0] - 1)
    if size > 0 and both.nnz:
        along = TruncatedSVD(size, random_state=seed).fit_transform(both)
        parts = np.split(along, [features[0].shape[0]])
        features = [np.hstack([own, part]) for own, part in zip(features, parts, strict=True)]
    return features[0], features[1]


def other_features(rows: Rows, beside: Rows) -> Floats:
    """Everything but the objects, of the columns that both tables have: (subjects, features)."""
    size = rows.num_subjects
    parts = [_counts(rows, rows.verb, rows.num_verbs).toarray(), rows.edges.degrees_by_verb()]
    parts += [parts[0].sum(axis=1, keepdims=True), rows.edges.degrees()[:, None]]
    if share_visits(rows, beside):
        parts += _visits(rows)
    if rows.time is not None and beside.time is not None:
        time = rows.time.view("datetime64[ns]")
        hour = hours(time)
        parts.append(_shares(rows, np.where(hour < 0, 0, hour // _HOURS + 1), 24 // _HOURS + 1))
        parts.append(_shares(rows, weekdays(time) + 1, 8))
    if rows.amount is not None and beside.amount is not None:
        known = ~np.isnan(rows.amount)
        parts.append(_summary(rows.subject[known], rows.amount[known], size))
        kinds = np.where(known, np.where(np.nan_to_num(rows.amount) < 0, 1, 0), 2)
        parts.append(_shares(rows, kinds, 3))
        parts.append(_shares(rows, rows.verb * 2 + known, 2 * rows.num_verbs))
    if rows.attributes.labels == beside.attributes.labels:
        parts.append(rows.attributes.has)
    return np.hstack([np.asarray(part, np.float64) for part in parts])


def _visits(rows: Rows) -> list[Floats]:
    """How many visits, their sizes, starts and gaps, and the pauses inside them."""
    visits, size = rows.visits, rows.num_subjects
    parts = [_summary(visits.subject, visits.sizes, size)]
    parts.append(np.bincount(visits.subject, minlength=size)[:, None].astype(np.float64))
    if rows.time is None:
        return parts
    follows = visits.following
    gaps = (visits.start[follows] - visits.start[follows - 1]) / DAY
    parts.append(_summary(visits.subject[follows], gaps, size))
    dated = visits.start != UNDATED
    parts.append(_summary(visits.subject[dated], visits.start[dated] / DAY, size))
    if rows.visit_kind != "timestamp":
        inside = np.flatnonzero((visits.of_row >= 0) & rows.dated)
        inside = inside[np.lexsort((rows.time[inside], visits.of_row[inside]))]
        same = np.diff(visits.of_row[inside]) == 0
        pauses = np.diff(rows.time[inside])[same] / DAY
        parts.append(_summary(rows.subject[inside][1:][same], pauses, size))
    return parts


def _counts(rows: Rows, code: Ints, classes: int) -> sp.csr_matrix:
    ones = np.ones(len(rows))
    return sp.csr_matrix((ones, (rows.subject, code)), shape=(rows.num_subjects, classes))


def _shares(rows: Rows, code: Ints, classes: int) -> Floats:
    counts = _counts(rows, code, classes).toarray()
    shares: Floats = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    return shares


def _summary(subject: Ints, values: Floats | Ints, size: int) -> Floats:
    """Mean, spread and extremes of each subject's values: (size, 4)."""
    grouped = pd.Series(np.asarray(values, np.float64)).groupby(subject).agg(list(_SUMMARY))
    return grouped.reindex(np.arange(size)).to_numpy(np.float64)
