"""Numbers of links in place of which means of several subjects' numbers are counted: nobody's own is stored.

Microaggregation with a fixed group size (Domingo-Ferrer and Mateo-Sanz 2002). A group's members are its mean rounded
down or up, so that their sum stays as it is.
"""

from __future__ import annotations

import numpy as np

from assoc_synth.transactions.arrays import Ints


def averaged(numbers: Ints, fewest: int) -> Ints:
    """(n,) numbers, each that of its own subject, as means of `fewest` successive ones, the last group of more.

    Args:
        numbers: in the order in which they are grouped, at least 0.

    Example:
        >>> averaged(np.array([1, 1, 2, 3, 9, 50, 70]), 3).tolist()
        [1, 1, 2, 33, 33, 33, 33]
    """
    return _of_groups(numbers, _groups(np.zeros(len(numbers), np.int64), fewest))


def averaged_cells(leaf: Ints, left: Ints, own: Ints, exponent: float, fewest: int) -> Ints:
    """The leaf, the edges left and the edges of a verb of (n,) subjects, averaged within leaves: (n, 3).

    In a leaf subjects with about as many edges left are a band, of `fewest`² or more where the leaf has so many. In a
    band those are a group that have about as many edges of the verb for what they have left, so that both how the
    verb's edges grow and how they vary stays as it is.

    Args:
        exponent: with which power of the edges left a verb's own grow.

    Example:
        >>> left, own = np.array([10, 10, 12, 12]), np.array([0, 1, 5, 6])
        >>> averaged_cells(np.zeros(4, int), left, own, 1.0, 2).tolist()
        [[0, 10, 0], [0, 10, 1], [0, 12, 5], [0, 12, 6]]
    """
    by_left = np.lexsort((left, leaf))
    band = np.empty(len(leaf), np.int64)
    band[by_left] = _bands(leaf[by_left], left[by_left], fewest * fewest)
    order = np.lexsort((left, own / np.maximum(left, 1) ** exponent, band))
    group = _groups(band[order], fewest)
    made = np.empty((len(leaf), 3), np.int64)
    made[order] = np.column_stack([leaf[order], _of_groups(left[order], group), _of_groups(own[order], group)])
    return made


def _bands(leaf: Ints, left: Ints, least: int) -> Ints:
    """(n,) bands of sorted entries: whole runs of one number of edges left, until there are enough.

    What is left over at the end of a leaf belongs to its last band.
    """
    begins = np.flatnonzero(np.append(True, (np.diff(leaf) != 0) | (np.diff(left) != 0)))[: len(leaf)]
    ends = np.append(begins[1:], len(leaf))
    last = np.searchsorted(leaf, leaf[begins], side="right")
    band = np.zeros(len(begins), np.int64)
    number, first = 0, 0
    for at, begin in enumerate(begins.tolist()):
        is_new = at > 0 and leaf[begin] != leaf[begin - 1]
        if is_new or (begin - first >= least and last[at] - begin >= least):
            number, first = number + (at > 0), begin
        band[at] = number
    return np.repeat(band, ends - begins)


def _groups(band: Ints, fewest: int) -> Ints:
    """(n,) groups of `fewest` successive entries of one band; what is left over belongs to its last group."""
    begins = np.flatnonzero(np.append(True, np.diff(band) != 0))[: len(band)]
    sizes = np.diff(np.append(begins, len(band)))
    rank = np.arange(len(band)) - np.repeat(begins, sizes)
    whole = np.maximum(sizes // max(fewest, 1), 1)
    first = np.cumsum(whole) - whole
    group: Ints = np.repeat(first, sizes) + np.minimum(rank // max(fewest, 1), np.repeat(whole, sizes) - 1)
    return group


def _of_groups(numbers: Ints, group: Ints) -> Ints:
    """(n,) the mean of each one's group, rounded down for its first members and up for the last."""
    size = np.bincount(group)
    total = np.zeros(len(size), np.int64)
    np.add.at(total, group, numbers)
    begin = np.cumsum(size) - size
    rank = np.arange(len(group)) - begin[group]
    up = rank >= (size - total % size)[group]
    made: Ints = (total // size)[group] + up
    return made
