"""Distinct whole numbers by sorting, and where numbers are among those."""

from __future__ import annotations

import numpy as np

from assoc_synth.transactions.arrays import Ints


def distinct(numbers: Ints) -> Ints:
    """The distinct numbers, ascending: what `np.unique` gives.

    NumPy from 2.3 on looks numbers up in a hash table, which takes a hundred times as long as sorting where most of
    many are distinct.

    Example:
        >>> distinct(np.array([3, 1, 3, 2])).tolist()
        [1, 2, 3]
    """
    ordered = np.sort(numbers)
    is_new = np.ones(len(ordered), bool)
    is_new[1:] = ordered[1:] != ordered[:-1]
    result: Ints = ordered[is_new]
    return result


def positions(codes: Ints, known: Ints) -> Ints:
    """Where each code is in `known`, which is sorted; −1 where it is not: shape as given.

    Example:
        >>> positions(np.array([7, 3, 4]), np.array([3, 7])).tolist()
        [1, 0, -1]
    """
    if not len(known):
        return np.full(np.shape(codes), -1, np.int64)
    at = np.minimum(np.searchsorted(known, codes), len(known) - 1)
    return np.where(known[at] == codes, at, -1).astype(np.int64)
