"""Terms of two verbs in one visit, for each two of its links; and verbs that no visit has both of.

A return never lies in the visit of a purchase, whatever is returned and bought: too few of its pairs of objects would
show it one by one.
"""

from __future__ import annotations

import numpy as np

from assoc_synth.ctgan.assignment.size_terms import DEALS, dealt_anew
from assoc_synth.transactions.arrays import Floats, Ints, Singles

LEAST_EXPECTED, BARRED = 7.0, -30.0
"""Subjects that would have both verbs in one visit by chance, from which on none at all is a rule; and its term."""


def verb_pairs(verb: Ints, visit: Ints, num_verbs: int, num_visits: int) -> Floats:
    """Pairs of links in one visit by their verbs: (L,), (L,) → (V, V), symmetric.

    Example:
        >>> verb_pairs(np.array([0, 0, 1]), np.array([4, 4, 4]), 2, 5).tolist()
        [[1.0, 2.0], [2.0, 0.0]]
    """
    counts = np.bincount(verb * num_visits + visit, minlength=num_verbs * num_visits).reshape(num_verbs, num_visits)
    own = counts.astype(np.float64)
    pairs: Floats = own @ own.T
    np.fill_diagonal(pairs, (own * (own - 1)).sum(1) / 2)
    return pairs


def barred_verbs(
    subject: Ints, verb: Ints, visit: Ints, num_verbs: int, num_visits: int, rng: np.random.Generator
) -> Singles:
    """`BARRED` for two verbs that no visit has both of, although many subjects would by chance, 0 for others: (V, V).

    Args:
        subject: (L,) ascending; verb, visit: of its links.
        rng: of the deals.
    """
    never = verb_pairs(verb, visit, num_verbs, num_visits) == 0
    dealt = np.zeros((num_verbs, num_verbs))
    for _ in range(DEALS):
        dealt += _subjects_with(subject, verb, dealt_anew(subject, visit, rng), num_verbs, num_visits)
    is_rule = never & (dealt / DEALS >= LEAST_EXPECTED)
    np.fill_diagonal(is_rule, False)
    return np.where(is_rule, BARRED, 0.0).astype(np.float32)


def _subjects_with(subject: Ints, verb: Ints, visit: Ints, num_verbs: int, num_visits: int) -> Floats:
    """Subjects that have a visit with both of two verbs: (V, V)."""
    has = np.zeros((num_verbs, num_visits), bool)
    has[verb, visit] = True
    owner = np.zeros(num_visits, np.int64)
    owner[visit] = subject
    found = np.zeros((num_verbs, num_verbs))
    for one in range(num_verbs):
        for other in range(one):
            found[one, other] = found[other, one] = len(np.unique(owner[has[one] & has[other]]))
    return found
