"""Uniform numbers that are spread evenly over subjects: a scrambled Sobol sequence."""

from __future__ import annotations

import numpy as np
from scipy.stats import qmc

from assoc_synth.transactions.arrays import Ints, Singles

BELOW_ONE = np.nextafter(np.float32(1), np.float32(0))
MOST_COLUMNS = 64
"""Columns that are spread evenly; further ones gain nothing with the subjects that there are."""


def even_uniforms(rows: int, columns: int, rng: np.random.Generator) -> Singles:
    """Uniform numbers in [0, 1), evenly spread over the rows by all columns together: (rows, columns).

    Each row by itself is uniform, with independent columns (Owen 1998); together, the rows fill the unit cube with
    hardly a gap, however many of the first ones are looked at. So shares that are drawn by them have little chance in
    them. Rows do not depend on how many follow.

    Example:
        >>> drawn = even_uniforms(64, 2, np.random.default_rng(0)) < 0.5
        >>> drawn.sum(0).tolist(), int(drawn.all(1).sum())
        ([32, 32], 16)
    """
    found = np.empty((rows, columns), np.float32)
    even = min(columns, MOST_COLUMNS)
    rest = rng.spawn(1)[0]
    if rows and even:
        # The balance of the sequence is that of powers of two; what is too much is left out.
        sequence = qmc.Sobol(even, scramble=True, seed=rng).random_base2(max(rows - 1, 1).bit_length())
        found[:, :even] = np.minimum(sequence[:rows].astype(np.float32), BELOW_ONE)
    found[:, even:] = rest.random((rows, columns - even), dtype=np.float32)
    return found


def spread_evenly(uniforms: Singles, first: Ints, count: Ints, rng: np.random.Generator) -> None:
    """Replace the first numbers of subjects by evenly spread ones, in place.

    Args:
        uniforms: (L, k) of the draws of all subjects, one subject after another.
        first: (N,) the first row of each subject; count: (N,) how many of its rows are replaced.
    """
    most = int(count.max(initial=0))
    if not most:
        return
    width = uniforms.shape[1]
    even = even_uniforms(len(first), most * width, rng).reshape(len(first), most, width)
    subject = np.repeat(np.arange(len(first)), count)
    step = np.arange(len(subject)) - np.repeat(np.cumsum(count) - count, count)
    uniforms[first[subject] + step] = even[subject, step]
