"""Clusters: subjects that belong together, such as the trips of a household, and that no split may part."""

from __future__ import annotations

import numpy as np
import pandas as pd

from assoc_synth.errors import InputError
from assoc_synth.transactions.arrays import Codes, Ints


def clusters_of(subject: Codes, subjects: pd.Index, cells: pd.Series) -> Ints:
    """The cluster of each subject, as codes (S,) in the order of the clusters' names as text.

    A subject without any value is a cluster of its own; these come last.

    Args:
        subject: (n,) codes of `subjects`.
        subjects: (S,) their names, for messages.
        cells: (n,) the column that names the clusters.

    Raises:
        InputError: a subject lies in two clusters, or all subjects lie in one.

    Example:
        >>> trips = pd.Index(["t1", "t2", "t3", "t4"])
        >>> clusters_of(np.array([0, 0, 1, 2, 3]), trips, pd.Series(["h2", None, "h1", "h2", None])).tolist()
        [1, 0, 1, 2]
    """
    code, values = pd.factorize(cells)
    names, place = np.unique(np.array([str(value) for value in values], dtype=object), return_inverse=True)
    known = np.flatnonzero(code >= 0)
    named, own, cluster = str(cells.name)[:60], subject[known], place.astype(np.int64)[code[known]]
    low, high = np.full(len(subjects), len(names), np.int64), np.full(len(subjects), -1, np.int64)
    np.minimum.at(low, own, cluster)
    np.maximum.at(high, own, cluster)
    torn = np.flatnonzero((high >= 0) & (low != high))
    if len(torn):
        one, other = (str(names[at[torn[0]]])[:40] for at in (low, high))
        raise InputError(
            f"column {named!r} names the clusters, and subject {str(subjects[torn[0]])[:40]!r} is in two of them, "
            f"{one!r} and {other!r}: a cluster holds whole subjects; leave --cluster out, or name a column with one "
            f"value for each subject"
        )
    alone = high < 0
    high[alone] = len(names) + np.arange(alone.sum())
    if len(high) > 1 and (high == high[0]).all():
        raise InputError(
            f"column {named!r} names the clusters, and all {len(high):,} subjects are in one: nothing can be held out; "
            f"leave --cluster out"
        )
    return high


def note_on(subject: Codes, subjects: pd.Index, cells: pd.Series) -> str:
    """What a reader of tables says of their clusters: how many there are, or what is wrong with them.

    A table under test may have clusters that make no sense, and is not split: the error is raised where a split asks.

    Args are those of `clusters_of`.
    """
    try:
        found = clusters_of(subject, subjects, cells)
    except InputError as error:
        return str(error)
    size = np.unique(found, return_counts=True)[1]
    return (
        f"column {str(cells.name)!r} names the cluster of each subject: {len(size):,} clusters of {size.mean():,.1f} "
        f"subjects on average, none of which lies on both sides of a split"
    )
