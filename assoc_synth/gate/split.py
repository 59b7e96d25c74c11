"""Which subjects train and which judge."""

from __future__ import annotations

import numpy as np

from assoc_synth.transactions.arrays import Ints

HELD_OUT = 0.20
MAX_HELD_OUT = 5_000
"""Subjects of H: more would cost time and let the test reject differences that nobody would notice."""

FEWEST_CLUSTERS = 250
"""Clusters that H is drawn from where they are not too large a part of the table."""


def split_subjects(num_subjects: int, rng: np.random.Generator, clusters: Ints | None = None) -> tuple[Ints, Ints]:
    """Split subject codes into T and H, both ascending.

    H takes 20 %, at most 5,000 and, from two subjects on, at least one. The split depends on the number of subjects,
    the clusters and the generator alone.

    Args:
        clusters: (num_subjects,) codes; those of one cluster are on one side, see `held_out_clusters`.

    Example:
        >>> training, held_out = split_subjects(10, np.random.default_rng(0))
        >>> len(training), len(held_out)
        (8, 2)
    """
    size = min(max(int(HELD_OUT * num_subjects), 1), MAX_HELD_OUT) if num_subjects > 1 else 0
    if clusters is not None:
        return held_out_clusters(clusters, max(int(HELD_OUT * num_subjects), 1), rng)
    order = rng.permutation(num_subjects)
    return np.sort(order[size:]).astype(np.int64), np.sort(order[:size]).astype(np.int64)


def held_out_clusters(clusters: Ints, most: int, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Split subject codes by whole clusters into T and H, both ascending; H is drawn from the held-out clusters.

    Few clusters judge badly, however many subjects they have: 5,000 trips of 80 households are as far from other
    households as those 80 happen to be. So at least 250 clusters are held out where `most` allows it, and where they
    have more than 5,000 subjects, the others of them are in neither part.

    Args:
        clusters: (S,) codes.
        most: subjects that may be held out.

    Example:
        >>> kept, held = held_out_clusters(np.arange(100_000) // 50, 20_000, np.random.default_rng(0))
        >>> len(kept), len(held), len(np.unique(held // 50))
        (87500, 5000, 250)
    """
    mean = len(clusters) / max(len(np.unique(clusters)), 1)
    wanted = max(MAX_HELD_OUT, int(FEWEST_CLUSTERS * mean))
    kept, held = whole_clusters(clusters, min(most, wanted), rng)
    if len(held) > MAX_HELD_OUT:
        held = np.sort(rng.permutation(held)[:MAX_HELD_OUT])
    return kept, held


def whole_clusters(clusters: Ints, size: int, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Split subject codes by whole clusters, both parts ascending: the second has about `size` subjects.

    Clusters come in random order. One that is larger than `size` alone is passed over while there is another one, so
    that a huge cluster stays in the first part; the first one that would exceed `size` ends the second part.

    Args:
        clusters: (S,) codes.
        size: subjects of the second part at most, unless its only cluster has more; 0 for none.

    Example:
        >>> kept, taken = whole_clusters(np.array([0, 0, 0, 0, 0, 0, 1, 1, 2, 2]), 3, np.random.default_rng(0))
        >>> len(kept), len(taken), np.intersect1d(np.array([0, 0, 0, 0, 0, 0, 1, 1, 2, 2])[kept], taken).tolist()
        (8, 2, [])
    """
    _, own, sizes = np.unique(clusters, return_inverse=True, return_counts=True)
    order = rng.permutation(len(sizes))
    fits = order[sizes[order] <= size]
    # Where none fits, the smallest; where there is but one cluster, none.
    chosen = fits[np.cumsum(sizes[fits]) <= size] if len(fits) else order[[np.argmin(sizes[order])]]
    taken = np.isin(own, chosen) if size and len(sizes) > 1 else np.zeros(len(own), bool)
    return np.flatnonzero(~taken).astype(np.int64), np.flatnonzero(taken).astype(np.int64)
