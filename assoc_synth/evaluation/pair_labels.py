"""Pair by pair: confirmed, changed or undecided. For reading; the gate's verdict is about all pairs together.

With n subjects, c of them linked to both tokens of a pair, a to the left and b to the right one, half a count added:

    lift = (c + ½)(n + ½) / ((a + ½)(b + ½))        Var(log lift) = 1/c − 1/a − 1/b + (2·lift − 1)/n

*confirmed*: two one-sided tests (Schuirmann 1987) put the log-lifts of both tables within log 1.25 of each other.
*changed*: not confirmed, and the supports differ by the exact permutation test: with the tables' labels shuffled the
count in one of them is hypergeometric. *undecided*: the rest. Each family at a false discovery rate of 5 %
(Benjamini & Hochberg 1995).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import hypergeom, norm

from assoc_synth.link_graph.edges import Edges, Incidence
from assoc_synth.link_graph.lift import lift, lift_interval, log_lift
from assoc_synth.link_graph.pairs import FALSE_DISCOVERY_RATE, Pairs, benjamini_hochberg
from assoc_synth.link_graph.sample_size import MARGIN
from assoc_synth.transactions.arrays import Bools, Floats, Ints

_LEAST_VARIANCE = 1e-9


@dataclass(frozen=True, eq=False)
class TokenPairs:
    """Pairs of (verb, object) tokens, as `Edges.token`: arrays of shape (pairs,), left ≤ right."""

    left: Ints
    right: Ints

    def __len__(self) -> int:
        return len(self.left)

    @classmethod
    def of(cls, pairs: Pairs, num_objects: int) -> TokenPairs:
        """Pairs that `associations` found within and across verbs."""
        first = pairs.verb * num_objects + pairs.left
        second = pairs.other * num_objects + pairs.right
        return cls(np.minimum(first, second), np.maximum(first, second))

    def union(self, other: TokenPairs) -> TokenPairs:
        """Both, each pair once, sorted."""
        both = np.unique(np.stack([np.append(self.left, other.left), np.append(self.right, other.right)]), axis=1)
        return TokenPairs(both[0], both[1])

    def isin(self, other: TokenPairs) -> Bools:
        """Which of these pairs the other has: shape (pairs,)."""
        known = set(zip(other.left.tolist(), other.right.tolist(), strict=True))
        return np.array([pair in known for pair in zip(self.left.tolist(), self.right.tolist(), strict=True)], bool)


@dataclass(frozen=True, eq=False)
class PairCounts:
    """How often pairs occur in one table: arrays of shape (pairs,).

    Attributes:
        count: subjects with both tokens; left, right: with either.
        num_subjects: n.
    """

    count: Ints
    left: Ints
    right: Ints
    num_subjects: int

    @classmethod
    def of(cls, tokens: Incidence, pairs: TokenPairs) -> PairCounts:
        """Count in a table's `Edges.tokens()`."""
        columns = tokens.tocsc()
        support = np.asarray(np.diff(columns.indptr), np.int64)
        count = np.zeros(len(pairs), np.int64)
        step = 2_000
        for at in range(0, len(pairs), step):
            part = slice(at, at + step)
            count[part] = np.asarray(
                columns[:, pairs.left[part]].multiply(columns[:, pairs.right[part]]).sum(axis=0), np.int64
            ).ravel()
        return cls(count, support[pairs.left], support[pairs.right], int(tokens.shape[0]))

    @property
    def log_lift(self) -> Floats:
        """Natural logarithm, half a count added everywhere."""
        return log_lift(self.count, self.left, self.right, self.num_subjects)

    @property
    def lift(self) -> Floats:
        """n·c / (a·b), 0 where either token is absent."""
        return lift(self.count, self.left, self.right, self.num_subjects)

    @property
    def variance(self) -> Floats:
        """Of `log_lift`, by the delta method."""
        found = (
            1 / (self.count + 0.5)
            - 1 / (self.left + 0.5)
            - 1 / (self.right + 0.5)
            + (2 * np.exp(self.log_lift) - 1) / (self.num_subjects + 0.5)
        )
        # Where a token is hardly seen at all its lift is unknown, whatever the formula says.
        unseen = np.minimum(self.left, self.right) == 0
        return np.where(unseen, np.inf, np.maximum(found, _LEAST_VARIANCE))

    @property
    def interval(self) -> tuple[Floats, Floats]:
        """95 % interval of the lift."""
        return lift_interval(self.count, self.left, self.right, self.num_subjects)


@dataclass(frozen=True, eq=False)
class PairLabels:
    """What can be said of each pair: arrays of shape (pairs,); exactly one of the three is true.

    Attributes:
        real, synthetic: the counts behind it.
    """

    pairs: TokenPairs
    real: PairCounts
    synthetic: PairCounts
    confirmed: Bools
    changed: Bools

    @property
    def undecided(self) -> Bools:
        return ~(self.confirmed | self.changed)


def label_pairs(real: Edges, synthetic: Edges, pairs: TokenPairs, *, q: float = FALSE_DISCOVERY_RATE) -> PairLabels:
    """Label pairs; both graphs are over one vocabulary."""
    first, second = (PairCounts.of(edges.tokens(), pairs) for edges in (real, synthetic))
    error = np.sqrt(first.variance + second.variance)
    apart = np.abs(first.log_lift - second.log_lift)
    # The larger p-value of the two one-sided tests belongs to the nearer margin.
    alike = np.asarray(norm.sf((MARGIN - apart) / error), float)
    confirmed = benjamini_hochberg(alike, q)
    changed = benjamini_hochberg(permutation_p(first, second), q) & ~confirmed
    return PairLabels(pairs, first, second, confirmed, changed)


def permutation_p(first: PairCounts, second: PairCounts) -> Floats:
    """Exact two-sided p of equal supports when subjects change tables at random: shape (pairs,)."""
    total = first.num_subjects + second.num_subjects
    both = first.count + second.count
    below = hypergeom.cdf(second.count, total, both, second.num_subjects)
    above = hypergeom.sf(second.count - 1, total, both, second.num_subjects)
    return np.asarray(np.minimum(1.0, 2 * np.minimum(below, above)), float)
