"""Leading factors of a symmetric matrix that is too large to write out."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from scipy.sparse.linalg import LinearOperator, eigsh

Floats = npt.NDArray[np.float64]
DENSE = 500
"""Up to this size the matrix is written out."""


def leading_factors(
    matrix: sp.csr_matrix, rank: int, plus: tuple[Floats, Floats] | None = None
) -> tuple[Floats, Floats]:
    """U, V with U Vᵀ ≈ matrix (+ A Bᵀ), by the eigenvalues of largest magnitude; the same ones at every call.

    Args:
        matrix: symmetric, (n, n), sparse.
        plus: A, B, (n, r) each, with A Bᵀ symmetric.

    Returns:
        (n, rank) each; columns beyond the matrix's own rank are 0.
    """
    size = matrix.shape[0]
    left, right = plus if plus is not None else (np.zeros((size, 0)), np.zeros((size, 0)))
    factors = np.zeros((2, size, rank))
    kept = min(rank, size - 1)
    if kept < 1 or not (matrix.nnz or left.any()):
        return factors[0], factors[1]
    if size <= DENSE:
        values, vectors = np.linalg.eigh(matrix.toarray() + left @ right.T)
        order = np.argsort(-np.abs(values), kind="stable")[:kept]
        values, vectors = values[order], vectors[:, order]
    else:
        operator = LinearOperator(matrix.shape, matvec=lambda x: matrix @ x + left @ (right.T @ x), dtype=np.float64)
        values, vectors = eigsh(operator, k=kept, which="LM", v0=np.ones(size), tol=1e-3)
    roots = np.sqrt(np.abs(values))
    factors[0, :, :kept] = vectors * roots
    factors[1, :, :kept] = vectors * roots * np.sign(values)
    return factors[0], factors[1]
