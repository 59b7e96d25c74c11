"""The other tails: pairs that avoid each other, and unassociated pairs, at which invented rules would show."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import poisson

from assoc_synth.link_graph.edges import Edges
from assoc_synth.link_graph.null_model import expected_pairs
from assoc_synth.link_graph.pairs import FALSE_DISCOVERY_RATE, benjamini_hochberg
from assoc_synth.transactions.arrays import Bools, Floats, Ints

MOST_TOKENS, MOST_VERBS = 600, 12
"""Most frequent tokens whose pairs are looked at, and the most verbs of them."""
MOST_AVOIDED, MOST_CANDIDATES, PER_SUBJECT = 1_000, 20_000, 60.0
"""Avoided pairs and candidates that are kept, and the most candidates that a subject is expected to have."""
LIFT, RARE, LEAST = 2.0, 1e-3, 4
"""A rule is a lift from here, a count that chance reaches so rarely, and so many subjects."""


@dataclass(frozen=True, eq=False)
class TokenPairs:
    """All pairs of some tokens, also those that never meet: arrays of shape (pairs,).

    Attributes:
        left, right: positions among the tokens that were given.
        count, expected, variance: subjects that have both, and under the degree-keeping null.
    """

    left: Ints
    right: Ints
    count: Floats
    expected: Floats
    variance: Floats

    @classmethod
    def of(cls, edges: Edges, tokens: Ints) -> TokenPairs:
        """The pairs of the most frequent of some tokens.

        Args:
            tokens: as `Edges.token`, ascending, shape (tokens,).
        """
        matrix = edges.tokens().tocsc()[:, tokens]
        support = np.diff(matrix.indptr)
        chosen = np.sort(np.argsort(-support, kind="stable")[:MOST_TOKENS])
        verb = tokens[chosen] // max(edges.num_objects, 1)
        most = np.argsort(-np.bincount(verb, minlength=1), kind="stable")[:MOST_VERBS]
        chosen = chosen[np.isin(verb, most)]
        own = matrix[:, chosen].tocsr()
        together = np.asarray((own.T @ own).todense(), float)
        verb, thing = np.divmod(tokens[chosen], max(edges.num_objects, 1))
        left, right = np.triu_indices(len(chosen), 1)
        expected, variance = np.zeros(len(left)), np.zeros(len(left))
        key = verb[left] * (edges.num_verbs + 1) + verb[right]
        for one in np.unique(key).tolist():
            at = np.flatnonzero(key == one)
            null = expected_pairs(edges, *divmod(one, edges.num_verbs + 1))
            i, j = thing[left[at]], thing[right[at]]
            expected[at], variance[at] = null.at(i, j), null.variance_at(i, j)
        count = together[left, right]
        return cls(chosen[left].astype(np.int64), chosen[right].astype(np.int64), count, expected, variance)

    def at(self, chosen: Ints) -> Ints:
        """Some of the pairs: (chosen, 2)."""
        return np.stack([self.left[chosen], self.right[chosen]], axis=1)

    def _tail(self, *, upper: bool) -> Floats:
        """p of each pair by the translated Poisson of `link_graph.pairs`, in one tail."""
        shift = np.floor(np.maximum(self.expected - self.variance, 0))
        mean = np.maximum(self.expected - shift, 1e-12)
        if upper:
            return np.asarray(poisson.sf(self.count - shift - 1, mean), float)
        return np.asarray(poisson.cdf(self.count - shift, mean), float)

    def avoiding(self) -> Bools:
        """Which pairs meet less often than expected, among all of them, at false discovery rate 5 %."""
        return benjamini_hochberg(self._tail(upper=False), FALSE_DISCOVERY_RATE)

    def associated(self) -> Bools:
        """Which pairs meet more often than expected, among all of them, at false discovery rate 5 %."""
        return benjamini_hochberg(self._tail(upper=True), FALSE_DISCOVERY_RATE)


def find_avoided(pairs: TokenPairs, least: float) -> Ints:
    """Pairs that avoid each other and would meet in at least `least` subjects by chance, the clearest first."""
    z = (pairs.count - pairs.expected) / np.sqrt(np.maximum(pairs.variance, 1e-12))
    found = np.flatnonzero(pairs.avoiding() & (pairs.expected >= least))
    return found[np.argsort(z[found], kind="stable")[:MOST_AVOIDED]].astype(np.int64)


def find_candidates(pairs: TokenPairs, num_subjects: int, per_subject: float) -> tuple[Ints, Ints]:
    """Pairs that training shows no association of, the rarest first, and the count that would be a rule.

    Args:
        num_subjects: in training.
        per_subject: evaluated subjects per subject in training.

    Returns:
        Positions and counts among the evaluated subjects, shape (candidates,) each.
    """
    expected = pairs.expected * per_subject
    free = np.flatnonzero(~pairs.associated() & (expected >= LEAST / 10))
    order = free[np.argsort(expected[free], kind="stable")]
    load = np.cumsum(pairs.expected[order]) / max(num_subjects, 1)
    kept = order[: min(int((load <= PER_SUBJECT).sum()), MOST_CANDIDATES)].astype(np.int64)
    beyond = poisson.isf(RARE, expected[kept]) + 1
    counts = np.maximum.reduce([beyond, np.ceil(LIFT * expected[kept]), np.full(len(kept), LEAST)])
    return kept, counts.astype(np.int64)
