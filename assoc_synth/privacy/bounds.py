"""Bounds: what one subject adds to a count, in whole units, so that its L2 norm is at most a known one.

A subject with many links is weighted down instead of cut down: every one of its links still says something.
"""

from __future__ import annotations

import math

import numpy as np
import scipy.sparse as sp

from assoc_synth.transactions.arrays import Ints

UNIT = 1_000
"""Counts are kept in thousandths, as whole numbers: the discrete mechanism has no floating-point attack."""


def bounded_sum(counts: sp.csr_matrix, bound: float) -> Ints:
    """The sum of all subjects' counts, each weighted down to an L2 norm of √bound: (bins,) in `UNIT`s.

    Args:
        counts: (subjects, bins), what each subject has in each bin; no bin twice.

    Example:
        >>> counts = sp.csr_matrix([[1, 1, 0, 0], [1, 1, 1, 1], [0, 9, 0, 0]])
        >>> bounded_sum(counts, 2.0).tolist()
        [1707, 3121, 707, 707]
    """
    square = np.asarray(counts.multiply(counts).sum(1), np.float64).ravel()
    weight = np.minimum(1.0, np.sqrt(bound / np.maximum(square, 1e-300)))
    whole = np.floor(UNIT * np.repeat(weight, np.diff(counts.indptr)) * counts.data).astype(np.int64)
    return np.bincount(counts.indices, weights=whole, minlength=counts.shape[1]).astype(np.int64)


def bounded_pairs(incidence: sp.csr_matrix, bound: int) -> Ints:
    """Subjects linked to each two objects, each subject weighted down to the norm of `bound` links: (O, O) in `UNIT`s.

    The D · (D − 1) / 2 pairs of a subject have the weight min(1, √(most / pairs)) each, where `bound` links have `most`
    pairs. Symmetric, and 0 on the diagonal.

    Args:
        incidence: (subjects, O), 0/1.
    """
    degrees = np.diff(incidence.indptr).astype(np.float64)
    pairs = np.maximum(degrees * (degrees - 1) / 2, 1.0)
    weight = np.floor(UNIT * np.minimum(1.0, np.sqrt(most_pairs(bound) / pairs)))
    ones = incidence.astype(np.float64)
    found = np.asarray((ones.T @ ones.multiply(weight[:, None]).tocsr()).todense()).astype(np.int64)
    np.fill_diagonal(found, 0)
    return found


def norm(bound: float) -> float:
    """Greatest L2 norm of what one subject adds to a `bounded_sum`, in `UNIT`s."""
    return UNIT * math.sqrt(bound)


def most_pairs(bound: int) -> float:
    """Pairs of `bound` links; at least one."""
    return max(bound * (bound - 1) / 2, 1.0)
