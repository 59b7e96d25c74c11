"""Low-rank factorisation of a symmetric matrix that may be too large to write out."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as sp

from assoc_synth.transactions.arrays import Floats, Singles

OVERSAMPLING, ITERATIONS = 32, 6
CLEAR = 1.05
"""Beyond the end of the noise's eigenvalues, by this factor, a direction is clear: the largest scatter a little."""
TALL, LEAST_VALUE = 20_000, 1e-14
"""Rows from which a basis is made from its Gram matrix, and the part of its largest eigenvalue that is rounding."""
MOST_WRITTEN_OUT = 12_000
"""Rows up to which a matrix with a twentieth of its entries filled is written out: its products are faster."""


def clear_directions(matrix: Floats, most: int) -> tuple[Floats, Floats]:
    """What of a symmetric matrix stands out of noise of variance 1 in each entry: (n, n) → (n, k), (k,).

    The eigenvalues of such noise end at 2√n, and it adds to those beyond: the matrix without noise is closest for
    √(λ² − 4n) in place of λ (Gavish and Donoho 2017, for a square matrix and the Frobenius norm).

    Args:
        most: directions at most.

    Returns:
        Eigenvectors, and how much of each one's eigenvalue is noise.

    Example:
        >>> noise = np.random.default_rng(0).standard_normal((200, 200))
        >>> noise = (noise + noise.T) / np.sqrt(2)
        >>> side = np.where(np.arange(200) < 100, 1.0, -1.0)
        >>> found, excess = clear_directions(noise + np.outer(side, side), 8)
        >>> clear_directions(noise, 8)[0].shape, found.shape, bool(abs(found[:, 0] @ side) > 0.95 * np.sqrt(200))
        ((200, 0), (200, 1), True)
    """
    left, right = leading_factors(matrix, most)
    values = (left * right).sum(0)
    clear = np.abs(values) > CLEAR * 2 * np.sqrt(len(matrix))
    kept, values = left[:, clear], values[clear]
    directions: Floats = kept / np.sqrt((kept**2).sum(0))
    return directions, values - np.sign(values) * np.sqrt(values**2 - 4 * len(matrix))


def leading_factors(
    matrix: sp.csr_matrix | Floats | Singles, rank: int, plus: tuple[Floats, Floats] | None = None
) -> tuple[Floats, Floats]:
    """U, V with U Vᵀ ≈ matrix (+ A Bᵀ), by the eigenvalues of largest magnitude; the same ones at every call.

    Randomised subspace iteration (Halko, Martinsson and Tropp 2011, algorithm 4.4) from a fixed start.

    Args:
        matrix: symmetric, (n, n), sparse or written out.
        plus: A, B, (n, r) each, with A Bᵀ symmetric.

    Returns:
        (n, rank) each; columns beyond the matrix's own rank are 0.
    """
    size = matrix.shape[0]
    left, right = plus if plus is not None else (np.zeros((size, 0)), np.zeros((size, 0)))
    factors = np.zeros((2, size, rank))
    kept = min(rank, size - 1)
    stored: Any = matrix
    sparse = sp.issparse(matrix)
    nonzero = stored.nnz if sparse else np.count_nonzero(stored)
    if kept < 1 or not (nonzero or left.any()):
        return factors[0], factors[1]
    if sparse and nonzero > 0.05 * size**2 and size <= MOST_WRITTEN_OUT:
        stored = stored.toarray().astype(np.float32)

    def product(block: Floats) -> Floats:
        return np.asarray(stored @ block.astype(stored.dtype), np.float64) + left @ (right.T @ block)

    start = np.random.default_rng(0).standard_normal((size, min(kept + OVERSAMPLING, size)))
    basis = _orthonormal(product(start))
    for _ in range(ITERATIONS):
        basis = _orthonormal(product(basis))
    small = basis.T @ product(basis)
    values, vectors = np.linalg.eigh((small + small.T) / 2)
    order = np.argsort(-np.abs(values), kind="stable")[:kept]
    values, vectors = values[order], basis @ vectors[:, order]
    roots = np.sqrt(np.abs(values))
    factors[0, :, :kept] = vectors * roots
    factors[1, :, :kept] = vectors * roots * np.sign(values)
    return factors[0], factors[1]


def _orthonormal(block: Floats) -> Floats:
    """An orthonormal basis of the columns, (n, k) → (n, k); zeros in place of columns that depend on others.

    Of a tall block by its Gram matrix, twice for the precision that the first time loses (Fukaya et al. 2014): a
    seventh of the time of Householder's reflections.
    """
    if len(block) <= TALL:
        basis: Floats = np.linalg.qr(block)[0]
        return basis
    for _ in range(2):
        values, vectors = np.linalg.eigh(block.T @ block)
        clear = values > values[-1] * LEAST_VALUE
        scale = np.zeros(len(values))
        scale[clear] = 1 / np.sqrt(values[clear])
        block = block @ (vectors * scale)
    return block
