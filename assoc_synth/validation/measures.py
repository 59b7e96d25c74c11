"""What the gate looks at, and how far apart two sets of subjects are in it.

Every feature is a 0/1 property of one subject ("has both tokens", "has the token", "has 5 to 7 objects"), so that the
counts of any weighting of subjects are a matrix product: a permutation, a bootstrap sample and a mixture all cost one
row of ``W @ F``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from assoc_synth.associations import Pairs, Scope, all_pairs
from assoc_synth.errors import InputError
from assoc_synth.graph import Edges

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

MAX_WATCHED = 2_000
MIN_EXPECTED = 5.0
_MAX_BINS = 64
_CELLS = 32_000_000
"""Entries of the largest 0/1 block held at once while features are read off."""


@dataclass(frozen=True, eq=False)
class Watchlist:
    """What is compared, chosen from the training subjects alone.

    Attributes:
        tokens: (verb, object) tokens that occur in a watched pair, as `Edges.token`, sorted, shape (tokens,).
        within, across: watched pairs as positions in `tokens`, strongest first, shape (pairs, 2).
        weight: support of each pair (within, then across) among the training subjects, shape (pairs,).
        degree_scope, degree_from: verb (−1: all verbs together) and lowest degree of each degree bin, in that order.
        num_verbs, num_objects: sizes of the vocabularies the tokens refer to.
    """

    tokens: Ints
    within: Ints
    across: Ints
    weight: Floats
    degree_scope: Ints
    degree_from: Ints
    num_verbs: int
    num_objects: int

    @classmethod
    def choose(cls, training: Edges, num_judged: int, max_pairs: int = MAX_WATCHED) -> Watchlist:
        """Watch the strongest associations of the training subjects.

        Within verbs and across verbs: pairs that meet more often than under the degree-keeping null
        (Benjamini–Hochberg, q = 0.05 in each of the two families) with at least 5 expected subjects among
        `num_judged`; highest z first.
        """
        per_subject = num_judged / max(training.num_subjects, 1)
        least = max(int(np.ceil(MIN_EXPECTED / max(per_subject, 1e-12))), 1) if training.num_subjects else 1
        within, across = (_strongest(training, scope, least, max_pairs) for scope in _SCOPES)
        left = np.concatenate([part.verb * training.num_objects + part.left for part in (within, across)])
        right = np.concatenate([part.other * training.num_objects + part.right for part in (within, across)])
        tokens = np.unique(np.concatenate([left, right]))
        pairs = np.stack([np.searchsorted(tokens, left), np.searchsorted(tokens, right)], axis=1).astype(np.int64)
        scope, lowest = _degree_bins(training)
        return cls(
            tokens.astype(np.int64), pairs[: len(within)], pairs[len(within):],
            np.concatenate([within.support, across.support]), scope, lowest, training.num_verbs, training.num_objects,
        )

    @cached_property
    def pairs(self) -> Ints:
        """All watched pairs, within, then across: shape (pairs, 2)."""
        return np.concatenate([self.within, self.across])

    @property
    def num_features(self) -> int:
        return len(self.tokens) + len(self.pairs) + len(self.degree_from)

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The blocks that have anything in them, in the order of `BLOCKS`."""
        return tuple(block for block in BLOCKS if block.is_present(self))

    def features(self, edges: Edges) -> sp.csr_matrix:
        """Read the features off a graph: 0/1, float32, shape (num_subjects, tokens + pairs + degree bins).

        Raises:
            InputError: the graph has another vocabulary than the watchlist.
        """
        if (edges.num_verbs, edges.num_objects) != (self.num_verbs, self.num_objects):
            raise InputError(
                f"the gate watches {self.num_verbs} verbs and {self.num_objects} objects, the graph has "
                f"{edges.num_verbs} and {edges.num_objects}; map both to one vocabulary first"
            )
        step = max(_CELLS // max(len(self.tokens), 1), 1)
        parts = [self._token_features(edges, start, min(start + step, edges.num_subjects))
                 for start in range(0, edges.num_subjects, step)]
        if not parts:
            return sp.csr_matrix((0, self.num_features), dtype=np.float32)
        return sp.hstack([sp.vstack(parts), self._degree_features(edges)], format="csr", dtype=np.float32)

    def discrepancies(self, sample: npt.ArrayLike, sample_size: int, real: npt.ArrayLike, real_size: int) -> Floats:
        """Measure every block between feature counts.

        Args:
            sample: counts of the judged subjects, shape (resamples, features) or (features,).
            real: counts of the real subjects, one row for all or one row each.
            sample_size, real_size: how many subjects were counted.

        Returns:
            Shape (resamples, blocks), 0 = identical.
        """
        first = np.atleast_2d(np.asarray(sample, float)) / sample_size
        second = np.atleast_2d(np.asarray(real, float)) / real_size
        columns = [block.measure(self, Shares(self, first, sample_size), Shares(self, second, real_size))
                   for block in self.blocks]
        return np.stack(columns, axis=1) if columns else np.zeros((len(first), 0))

    def _token_features(self, edges: Edges, start: int, stop: int) -> sp.csr_matrix:
        """Tokens and pairs of the subjects start ≤ s < stop."""
        at = slice(edges.offsets[start], edges.offsets[stop])
        token, subject = edges.token[at], edges.subject[at] - start
        row = np.searchsorted(self.tokens, token)
        known = row < len(self.tokens)
        known[known] = self.tokens[row[known]] == token[known]
        has = np.zeros((len(self.tokens), stop - start), bool)
        has[row[known], subject[known]] = True
        parts = [sp.csr_matrix(has)]
        step = max(_CELLS // max(stop - start, 1), 1)
        for first in range(0, len(self.pairs), step):
            left, right = self.pairs[first:first + step].T
            parts.append(sp.csr_matrix(has[left] & has[right]))
        return sp.vstack(parts).T.tocsr()

    def _degree_features(self, edges: Edges) -> sp.csr_matrix:
        """One-hot degree bin per subject and scope."""
        columns = []
        for scope in np.unique(self.degree_scope):
            first = int(np.searchsorted(self.degree_scope, scope))
            lowest = self.degree_from[self.degree_scope == scope]
            degree = edges.degrees(None if scope < 0 else int(scope))
            columns.append(first + np.searchsorted(lowest, degree, side="right") - 1)
        if not columns:
            return sp.csr_matrix((edges.num_subjects, 0), dtype=np.float32)
        indices = np.stack(columns, axis=1).ravel()
        indptr = np.arange(edges.num_subjects + 1) * len(columns)
        return sp.csr_matrix(
            (np.ones(len(indices), np.float32), indices, indptr), shape=(edges.num_subjects, len(self.degree_from)),
        )


@dataclass(frozen=True, eq=False)
class Shares:
    """Feature shares of some resamples, by kind; every array has shape (resamples, features of the kind)."""

    watchlist: Watchlist
    values: Floats
    size: int

    @property
    def tokens(self) -> Floats:
        return self.values[:, : len(self.watchlist.tokens)]

    @property
    def pairs(self) -> Floats:
        start = len(self.watchlist.tokens)
        return self.values[:, start:start + len(self.watchlist.pairs)]

    @property
    def within(self) -> Floats:
        return self.pairs[:, : len(self.watchlist.within)]

    @property
    def across(self) -> Floats:
        return self.pairs[:, len(self.watchlist.within):]

    @property
    def degrees(self) -> Floats:
        return self.values[:, len(self.watchlist.tokens) + len(self.watchlist.pairs):]

    @property
    def log_lift(self) -> Floats:
        """log((c + ½)(n + ½) / ((a + ½)(b + ½))) per watched pair."""
        half = 0.5 / self.size
        log_token = np.log(self.tokens + half)
        left, right = self.watchlist.pairs.T
        lift: Floats = np.log(self.pairs + half) + np.log(1 + half) - log_token[:, left] - log_token[:, right]
        return lift


Measure = Callable[[Watchlist, Shares, Shares], Floats]


@dataclass(frozen=True)
class Block:
    """A named discrepancy.

    Attributes:
        is_association: whether an independent draw changes it; only such blocks carry a tolerance τ.
        is_present: whether a watchlist has anything for it to look at.
        measure: (watchlist, sample, real) -> discrepancy per resample, shape (resamples,).
    """

    name: str
    is_association: bool
    is_present: Callable[[Watchlist], bool]
    measure: Measure


def _relative_l1(sample: Floats, real: Floats) -> Floats:
    total: Floats = np.abs(sample - real).sum(axis=1) / np.maximum(real.sum(axis=1), 1e-12)
    return total


def _log_lift(watchlist: Watchlist, sample: Shares, real: Shares) -> Floats:
    weight = watchlist.weight / watchlist.weight.sum()
    distance: Floats = np.abs(sample.log_lift - real.log_lift) @ weight
    return distance


def _kolmogorov_smirnov(sample: Shares, real: Shares) -> Floats:
    # The shares of a scope sum to one on both sides, so the running sum starts every scope from zero.
    distance: Floats = np.abs(np.cumsum(sample.degrees - real.degrees, axis=1)).max(axis=1)
    return distance


BLOCKS: tuple[Block, ...] = (
    Block("pairs_within", True, lambda w: len(w.within) > 0, lambda _, s, r: _relative_l1(s.within, r.within)),
    Block("pairs_across", True, lambda w: len(w.across) > 0, lambda _, s, r: _relative_l1(s.across, r.across)),
    Block("log_lift", True, lambda w: len(w.pairs) > 0, _log_lift),
    Block("degrees", False, lambda w: len(w.degree_from) > 0, lambda _, s, r: _kolmogorov_smirnov(s, r)),
)
"""Every block of the gate. Also-buy@k, triples and control pairs join here: a kind of feature, a line here."""

_SCOPES: tuple[Scope, Scope] = ("within", "across")


def _strongest(training: Edges, scope: Scope, least: int, max_pairs: int) -> Pairs:
    found = all_pairs(training, least, scope=scope)
    found = found.where(found.significant())
    order = np.lexsort((found.right, found.left, found.other, found.verb, -found.z))
    return found.where(order[:max_pairs])


def _degree_bins(training: Edges) -> tuple[Ints, Ints]:
    """Scope and lowest degree of each bin: at most 64 per scope, about ten training subjects or more in each."""
    if training.num_subjects == 0:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    count = int(np.clip(training.num_subjects // 10, 1, _MAX_BINS))
    scopes: list[int] = [-1, *np.unique(training.verb).tolist()]
    bins = []
    for scope in scopes:
        degree = training.degrees(None if scope < 0 else scope)
        cuts = np.quantile(degree, np.arange(1, count) / count, method="inverted_cdf").astype(np.int64)
        bins.append(np.unique(np.concatenate([[0], cuts])))
    return np.repeat(scopes, [len(lowest) for lowest in bins]).astype(np.int64), np.concatenate(bins).astype(np.int64)
