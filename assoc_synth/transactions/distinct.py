"""Distinct whole numbers by sorting."""

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
