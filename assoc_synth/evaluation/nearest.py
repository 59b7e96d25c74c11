"""The nearest subject of another table: the largest cosine of two sets of objects, |s ∩ r| / √(|s|·|r|)."""

from __future__ import annotations

import numpy as np

from assoc_synth.link_graph.edges import Incidence
from assoc_synth.transactions.arrays import Floats, Ints

_CHUNK_CELLS = 20_000_000
"""Entries of the largest block of cosines held at once."""


def nearest_cosine(records: Incidence, others: Incidence) -> Floats:
    """The largest cosine of each record to a row of another table.

    Args:
        records, others: 0/1 over the same columns, shape (records, columns) and (others, columns).

    Returns:
        Shape (records,): 1 where the same set exists, 0 for an empty record.

    Example:
        >>> import scipy.sparse as sp
        >>> nearest_cosine(sp.csr_matrix([[1, 1, 0, 0]]), sp.csr_matrix([[0, 0, 1, 1], [0, 1, 1, 0]])).round(3).tolist()
        [0.5]
    """
    return nearest(records, others)[0]


def nearest(records: Incidence, others: Incidence) -> tuple[Floats, Ints]:
    """The largest cosine of each record to a row of another table, as `nearest_cosine`, and one row that has it.

    The row of a record that has nothing in common with any is 0. Entries may be weights instead of 0 and 1.
    """
    best, _, place = nearest_two(records, others)
    return best, place


def nearest_two(records: Incidence, others: Incidence) -> tuple[Floats, Floats, Ints]:
    """The largest and the second largest cosine of each record to a row of another table, and one row of the largest.

    Returns:
        Shape (records,) each: the second is that of another row, 0 where no other has anything in common.

    Example:
        >>> import scipy.sparse as sp
        >>> others = sp.csr_matrix([[1, 1, 0], [1, 0, 0]])
        >>> [part.round(3).tolist() for part in nearest_two(sp.csr_matrix([[1, 1, 0]]), others)]
        [[1.0], [0.707], [0]]
    """
    scaled, target = unit(records), unit(others).T.tocsr()
    step = max(1, _CHUNK_CELLS // max(others.shape[0], 1))
    best, second, place = [np.zeros(0)], [np.zeros(0)], [np.zeros(0, np.int64)]
    for at in range(0, records.shape[0], step):
        cosines = (scaled[at : at + step] @ target).tocsr()
        highest = cosines.max(axis=1).toarray().ravel()
        best.append(highest)
        own = np.repeat(np.arange(len(highest)), np.diff(cosines.indptr))
        reached = np.flatnonzero(cosines.data == highest[own])
        place.append(np.zeros(len(highest), np.int64))
        place[-1][own[reached]] = cosines.indices[reached]
        # Only the one row that is reported is the nearest; another that is as near is the second.
        cosines.data[cosines.indices == place[-1][own]] = 0.0
        second.append(cosines.max(axis=1).toarray().ravel())
    found, after = (np.asarray(np.concatenate(part), np.float64) for part in (best, second))
    return found, after, np.concatenate(place)


def unit(matrix: Incidence) -> Incidence:
    """The rows scaled to length 1; an empty one stays empty."""
    scaled = matrix.astype(np.float64)
    squares = np.asarray(scaled.multiply(scaled).sum(axis=1)).ravel()
    length = np.sqrt(np.where(squares > 0, squares, 1.0))
    scaled.data /= np.repeat(length, np.diff(scaled.indptr))
    return scaled
