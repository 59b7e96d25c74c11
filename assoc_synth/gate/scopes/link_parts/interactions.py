"""Three-way interactions: triples of links that meet more or less often than their three pairs say.

A table in which everyone has exactly two of three things, or one or all three (exclusive or), has three independent
pairs and one strong interaction; no pair shows it. The expectation is that of the log-linear model without a three-way
term, whose 2 × 2 × 2 table has the observed pairs and::

    m111 · m100 · m010 · m001 = m110 · m101 · m011 · m000

Sources: Bartlett, Contingency table interactions, JRSS Suppl. 2 (1935), the equation and its solution; Benjamini &
Hochberg 1995.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from scipy.stats import norm

from assoc_synth.link_graph.pairs import FALSE_DISCOVERY_RATE, benjamini_hochberg
from assoc_synth.transactions.arrays import Floats, Ints

MOST_TOKENS, MOST_SUBJECTS, MOST = 80, 20_000, 500
"""Most frequent tokens whose triples are tried, subjects that are looked at, and interactions that are kept."""
_HALVINGS = 50


@dataclass(frozen=True, eq=False)
class Interactions:
    """Interactions that were found.

    Attributes:
        triples: columns i < j < k, shape (n, 3).
        expected, excess: share of the subjects that have all three by their pairs alone, and the share beyond it.
    """

    triples: Ints
    expected: Floats
    excess: Floats


def find_interactions(tokens: sp.csr_matrix, per_subject: float, min_expected: float) -> Interactions:
    """The clearest interactions among the most frequent tokens, at false discovery rate 5 %, those of largest z first.

    Args:
        tokens: who has which token, 0/1, shape (subjects, tokens).
        per_subject: evaluated subjects per subject here.
        min_expected: each cell of a triple's table is expected to have at least so many evaluated subjects.
    """
    subjects = tokens.shape[0]
    some = np.unique(np.linspace(0, max(subjects - 1, 0), min(subjects, MOST_SUBJECTS)).astype(np.int64))
    support = np.asarray(tokens.sum(axis=0)).ravel()
    frequent = np.sort(np.argsort(-support, kind="stable")[:MOST_TOKENS])
    has = tokens[some][:, frequent].toarray().astype(np.float32)
    triples = _all_triples(len(frequent))
    if not len(triples) or not len(some):
        return Interactions(np.zeros((0, 3), np.int64), np.zeros(0), np.zeros(0))
    count, cells = _tables(has, triples)
    least = min_expected / max(per_subject * subjects / len(some), 1e-12)
    possible = np.flatnonzero(cells.min(axis=0) >= least)
    triples, count, cells = triples[possible], count[possible], cells[:, possible]
    z = (count - cells[0]) * np.sqrt((1 / cells).sum(axis=0))
    clear = np.flatnonzero(benjamini_hochberg(2 * norm.sf(np.abs(z)), FALSE_DISCOVERY_RATE))
    best = clear[np.argsort(-np.abs(z[clear]), kind="stable")[:MOST]]
    chosen = frequent[triples[best]].astype(np.int64)
    return Interactions(chosen, cells[0, best] / len(some), (count[best] - cells[0, best]) / len(some))


def _all_triples(size: int) -> Ints:
    left, middle, right = np.meshgrid(*(np.arange(size),) * 3, indexing="ij")
    keep = (left < middle) & (middle < right)
    return np.stack([left[keep], middle[keep], right[keep]], axis=1).astype(np.int64)


def _tables(has: Floats, triples: Ints) -> tuple[Floats, Floats]:
    """Subjects that have all three: (triples,); and the eight expected cells, m111 first: (8, triples)."""
    subjects, size = has.shape
    pairs = (has.T @ has).astype(np.float64)
    i, j, k = triples.T
    count = np.zeros(len(triples))
    starts = np.searchsorted(i, np.arange(size + 1))  # triples are sorted by their first token
    for first in range(size):
        at = slice(starts[first], starts[first + 1])
        if at.stop > at.start:
            own = has[has[:, first] > 0]
            count[at] = (own.T @ own)[j[at], k[at]]
    single = np.diag(pairs)
    two = pairs[i, j], pairs[i, k], pairs[j, k]
    low = np.maximum.reduce(
        [np.zeros(len(i)), two[0] + two[1] - single[i], two[0] + two[2] - single[j], two[1] + two[2] - single[k]]
    )
    none = subjects - single[i] - single[j] - single[k] + sum(two)
    high = np.minimum.reduce([*two, none])
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        cells = _cells(middle, two, (single[i], single[j], single[k]), none)
        with np.errstate(divide="ignore"):
            logs = np.log(np.maximum(cells, 1e-300))
        above = logs[[0, 4, 5, 6]].sum(axis=0) > logs[[1, 2, 3, 7]].sum(axis=0)
        low, high = np.where(above, low, middle), np.where(above, middle, high)
    return count, _cells((low + high) / 2, two, (single[i], single[j], single[k]), none)


def _cells(
    all_three: Floats, two: tuple[Floats, Floats, Floats], single: tuple[Floats, Floats, Floats], none: Floats
) -> Floats:
    """m111, m110, m101, m011, m100, m010, m001, m000: (8, triples)."""
    ij, ik, jk = two
    i, j, k = single
    return np.stack(
        [
            all_three,
            ij - all_three,
            ik - all_three,
            jk - all_three,
            i - ij - ik + all_three,
            j - ij - jk + all_three,
            k - ik - jk + all_three,
            none - all_three,
        ]
    )
