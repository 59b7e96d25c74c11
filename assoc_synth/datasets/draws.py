"""Draws that several built-in tables share."""

from __future__ import annotations

import numpy as np

from assoc_synth.transactions.arrays import Floats, Ints


def choose(probability: Floats, row: Ints, rng: np.random.Generator) -> Ints:
    """One column for each entry of `row`, drawn with that row's probabilities.

    Args:
        probability: (rows, columns), each row sums to 1.
        row: (n,) which row of `probability` each draw follows.

    Returns:
        (n,) columns.

    Example:
        >>> choose(np.eye(3), np.array([2, 0]), np.random.default_rng(0)).tolist()
        [2, 0]
    """
    # The cumulative sums of row r are in [r, r + 1), so one search over all rows serves every draw.
    cumulative = np.cumsum(probability, axis=1)
    cumulative[:, -1] = 1.0
    edges = (cumulative + np.arange(len(cumulative))[:, None]).ravel()
    at = np.searchsorted(edges, row + rng.random(len(row)), side="right")
    return np.asarray(np.minimum(at - row * probability.shape[1], probability.shape[1] - 1), np.int64)


def normalised(weight: Floats) -> Floats:
    """Weights (rows, columns) as probabilities: each row sums to 1.

    Example:
        >>> normalised(np.array([[1.0, 3.0]])).tolist()
        [[0.25, 0.75]]
    """
    return np.asarray(weight / weight.sum(axis=1, keepdims=True), np.float64)


def runs(length: Ints) -> Ints:
    """0, 1, 2 … within each run of the given length.

    Example:
        >>> runs(np.array([2, 3])).tolist()
        [0, 1, 0, 1, 2]
    """
    ends = np.cumsum(length)
    return np.asarray(np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - length, length), np.int64)
