"""Triples of tokens: which are chosen to be watched, and how many subjects have all three.

Two ways to propose triples (triangles of given pairs for the gate; growth from the strongest pairs for the evaluation),
and one way to count and to rank them: by the standard errors √e by which a count exceeds e = n·p_i·p_j·p_k.
A token is a (verb, object), a column of a 0/1 matrix of subjects and tokens.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from assoc_synth.link_graph.edges import Incidence
from assoc_synth.transactions.arrays import Floats, Ints

MAX_TRIPLES = 2_000
MAX_TRIANGLES = 20_000
MAX_SEEDS = 500
"""Strongest pairs that triples are grown from."""
_CHUNK = 512


def triple_counts(tokens: Incidence, triples: Ints) -> Ints:
    """Subjects that have all three tokens: shape (triples,).

    Args:
        tokens: 0/1, shape (subjects, tokens), as `Edges.tokens()`.
        triples: columns, shape (triples, 3).

    Example:
        >>> import scipy.sparse as sp
        >>> triple_counts(sp.csr_matrix([[1, 1, 1], [1, 1, 0]]), np.array([[0, 1, 2]])).tolist()
        [1]
    """
    columns = tokens.astype(np.float64).tocsc()
    counts = [np.zeros(0)]
    for at in range(0, len(triples), _CHUNK):
        i, j, k = triples[at : at + _CHUNK].T
        shared = columns[:, i].multiply(columns[:, j]).multiply(columns[:, k])
        counts.append(np.asarray(shared.sum(axis=0), float).ravel())
    return np.rint(np.concatenate(counts)).astype(np.int64)


def token_shares(tokens: Incidence) -> Floats:
    """Share of the subjects that have each token: shape (tokens,)."""
    found: Floats = np.bincount(tokens.tocsr().indices, minlength=tokens.shape[1]) / max(tokens.shape[0], 1)
    return found


def watched_triangles(tokens: Incidence, pairs: Ints, *, min_count: float, most: int) -> Ints:
    """Triangles of watched pairs that at least `min_count` subjects have; those that stand out most come first.

    Pairs are added strongest first; a triangle is found when its last pair is added. The search stops at 20,000.

    Args:
        tokens: 0/1, shape (subjects, tokens).
        pairs: columns, strongest pair first, shape (pairs, 2).
        most: return at most this many triples.

    Returns:
        Columns i < j < k, shape (triples, 3).
    """
    triples = _triangles(pairs.tolist())
    counts = triple_counts(tokens, triples)
    order = _by_excess(counts, triples, tokens)[0]
    kept: Ints = triples[order[counts[order] >= min_count][:most]]
    return kept


def outstanding_triples(
    tokens: Incidence, *, min_count: float = 20, min_z: float = 4.0, most: int = MAX_TRIPLES
) -> Ints:
    """Triples of at least `min_count` subjects that exceed n·p_i·p_j·p_k by `min_z` standard errors or more.

    They are grown from the 500 strongest pairs, each combined with every other token.

    Returns:
        Columns i < j < k, strongest first, shape (triples, 3).
    """
    exact = tokens.astype(np.float64).tocsc()
    frequent = np.flatnonzero(np.diff(exact.indptr) >= min_count)
    own = exact[:, frequent]
    left, right = _strongest_pairs(own, min_count)
    if not len(left):
        return np.zeros((0, 3), np.int64)
    together = own[:, left].multiply(own[:, right]).T.tocsr()
    found = (together @ own).tocoo()
    keep = (found.data >= min_count) & (found.col != left[found.row]) & (found.col != right[found.row])
    grown = np.sort(np.stack([left[found.row[keep]], right[found.row[keep]], found.col[keep]], axis=1), axis=1)
    triples, first = np.unique(grown, axis=0, return_index=True)
    order, z = _by_excess(found.data[keep][first], triples, own)
    return np.asarray(frequent[triples[order[z[order] >= min_z][:most]]], np.int64)


def _triangles(pairs: Iterable[list[int]]) -> Ints:
    beside: dict[int, set[int]] = {}
    found: list[tuple[int, int, int]] = []
    for left, right in pairs:
        shared = beside.setdefault(left, set()) & beside.setdefault(right, set())
        found += [(left, right, third) for third in sorted(shared)]
        beside[left].add(right)
        beside[right].add(left)
        if len(found) >= MAX_TRIANGLES:
            break
    return np.sort(np.array(found[:MAX_TRIANGLES], np.int64).reshape(-1, 3), axis=1)


def _by_excess(counts: Ints | Floats, triples: Ints, tokens: Incidence) -> tuple[Ints, Floats]:
    """The order by z, largest first, then by the triple; and z, shape (triples,)."""
    expected = tokens.shape[0] * token_shares(tokens)[triples].prod(axis=1)
    z: Floats = (counts - expected) / np.sqrt(np.maximum(expected, 1e-12))
    return np.lexsort((*triples.T[::-1], -z)).astype(np.int64), z


def _strongest_pairs(own: Incidence, min_count: float) -> tuple[Ints, Ints]:
    """Columns of the pairs that exceed n·p_i·p_j by the most standard errors."""
    pairs = (own.T @ own).tocoo()
    keep = (pairs.row < pairs.col) & (pairs.data >= min_count)
    left, right, count = pairs.row[keep], pairs.col[keep], pairs.data[keep]
    share = token_shares(own)
    expected = own.shape[0] * share[left] * share[right]
    best = np.lexsort((right, left, -(count - expected) / np.sqrt(np.maximum(expected, 1e-12))))[:MAX_SEEDS]
    return left[best].astype(np.int64), right[best].astype(np.int64)
