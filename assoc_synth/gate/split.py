"""Which subjects train and which judge."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

HELD_OUT = 0.20
MAX_HELD_OUT = 5_000
"""Subjects of H: more would cost time and let the test reject differences that nobody would notice."""


def split_subjects(num_subjects: int, rng: np.random.Generator) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Split subject codes into T and H, both ascending.

    H takes 20 %, at most 5,000 and, from two subjects on, at least one. The split depends on the number of subjects and
    the generator alone.
    """
    size = min(max(int(HELD_OUT * num_subjects), 1), MAX_HELD_OUT) if num_subjects > 1 else 0
    order = rng.permutation(num_subjects)
    return np.sort(order[size:]).astype(np.int64), np.sort(order[:size]).astype(np.int64)
