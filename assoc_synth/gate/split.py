"""Which subjects train and which judge."""

from __future__ import annotations

import numpy as np

from assoc_synth.transactions.arrays import Ints

HELD_OUT = 0.20
MAX_HELD_OUT = 5_000
"""Subjects of H: more would cost time and let the test reject differences that nobody would notice."""


def split_subjects(num_subjects: int, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Split subject codes into T and H, both ascending.

    H takes 20 %, at most 5,000 and, from two subjects on, at least one. The split depends on the number of subjects and
    the generator alone.

    Example:
        >>> training, held_out = split_subjects(10, np.random.default_rng(0))
        >>> len(training), len(held_out)
        (8, 2)
    """
    size = min(max(int(HELD_OUT * num_subjects), 1), MAX_HELD_OUT) if num_subjects > 1 else 0
    order = rng.permutation(num_subjects)
    return np.sort(order[size:]).astype(np.int64), np.sort(order[:size]).astype(np.int64)
