"""Where training starts: biases at the margins, and the association path at the counts, shrunk.

Everything here is learned on from; a prior spares the passes that finding the counts again would take, and on small tables it is
the better estimate of a rare pair.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
import torch
from scipy.sparse.linalg import LinearOperator, eigsh
from torch import Tensor

from assoc_synth.associations import expected_pairs
from assoc_synth.ctgan.networks import EdgeGenerator
from assoc_synth.graph import Edges

SHRINKAGE = 10.0
"""Pseudo-counts in a pair's log ratio of observed to expected subjects."""


def prior_logits(edges: Edges) -> tuple[Tensor, Tensor]:
    """Log share of each verb (V,), log popularity of each object within its verb (V, O).

    Half an edge is shared out among a verb's unseen objects in proportion to their popularity over all verbs.
    """
    counts = np.bincount(edges.token, minlength=edges.num_verbs * edges.num_objects).astype(np.float64)
    counts = counts.reshape(edges.num_verbs, edges.num_objects)
    overall = (counts.sum(0) + 0.5) / (counts.sum() + 0.5 * edges.num_objects)
    smoothed = counts + 0.5 * overall
    verbs = np.log((counts.sum(1) + 0.5) / (counts.sum() + 0.5 * edges.num_verbs))
    objects = np.log(smoothed / smoothed.sum(1, keepdims=True))
    return torch.tensor(verbs, dtype=torch.float32), torch.tensor(objects, dtype=torch.float32)


def prior_held(edges: Edges) -> Tensor:
    """`held_bias`, (V, V): log of how many times more often a subject's v and w links share their object than if the v links'
    objects were drawn by popularity; 0 on the diagonal, where objects are excluded.
    """
    of_verb = [edges.incidence(verb) for verb in range(edges.num_verbs)]
    held = np.zeros((edges.num_verbs, edges.num_verbs))
    for v, own in enumerate(of_verb):
        popularity = np.asarray(own.sum(0)).ravel() / max(own.nnz, 1)
        links = np.diff(own.indptr)
        for w, other in enumerate(of_verb):
            if v != w:
                expected = float(popularity @ (other.T @ links))
                held[v, w] = np.log((own.multiply(other).sum() + 1.0) / (expected + 1.0))
    return torch.tensor(held, dtype=torch.float32)


def prior_associations(edges: Edges, rank: int) -> tuple[Tensor, Tensor]:
    """Factors U, V, (O, rank) each, of the objects' shrunk log ratios: U Vᵀ ≈ log((C + κ) / (E + κ)).

    C counts the subjects linked to both objects by any verb, E is what the degree-keeping null expects. Pairs that no subject
    has count as 0, so that memory stays that of the pairs that exist. The factors are the eigenvectors of the largest eigenvalues.
    """
    objects = edges.num_objects
    counts = sp.triu(edges.projection(), k=1).tocoo()
    left, right = counts.row.astype(np.int64), counts.col.astype(np.int64)
    expected = expected_pairs(edges).at(left, right)
    ratio = np.log((counts.data + SHRINKAGE) / (expected + SHRINKAGE))
    matrix = sp.coo_matrix((ratio, (left, right)), shape=(objects, objects)).tocsr()
    matrix = matrix + matrix.T
    kept = min(rank, objects - 1)
    factors: npt.NDArray[np.float64] = np.zeros((2, objects, rank))
    if kept > 0 and matrix.nnz:
        values, vectors = _eigen(matrix, kept)
        factors[0, :, : len(values)] = vectors * np.sqrt(np.abs(values))
        factors[1, :, : len(values)] = vectors * np.sqrt(np.abs(values)) * np.sign(values)
    return torch.tensor(factors[0], dtype=torch.float32), torch.tensor(factors[1], dtype=torch.float32)


def set_priors(generator: EdgeGenerator, edges: Edges) -> None:
    """Start a generator (made with `prior_logits`) at the counts of its training edges."""
    with torch.no_grad():
        generator.held_bias.copy_(prior_held(edges))
        if generator.association_dim:
            target, source = prior_associations(edges, generator.association_dim)
            generator.output[:, generator.latent_dim :] += target
            generator.association.object += source


def _eigen(matrix: sp.csr_matrix, kept: int) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """The `kept` eigenpairs of largest magnitude, the same ones at every call."""
    if matrix.shape[0] <= 400:
        values, vectors = np.linalg.eigh(matrix.toarray())
        order = np.argsort(-np.abs(values), kind="stable")[:kept]
        return values[order], vectors[:, order]
    operator = LinearOperator(matrix.shape, matvec=lambda x: matrix @ x, dtype=np.float64)
    values, vectors = eigsh(operator, k=kept, which="LM", v0=np.ones(matrix.shape[0]), tol=1e-3)
    return values, vectors
