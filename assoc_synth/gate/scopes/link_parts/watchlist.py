"""Which pairs, triples and controls the gate compares, and how they are read off a graph; distances are in `blocks`.

Every feature is a 0/1 property of one subject ("has both tokens", "has the token", "has 5 to 7 objects"), so that the
counts of any weighting of subjects are a matrix product: a permutation, a bootstrap sample and a mixture all cost one
row of ``W @ F``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import scipy.sparse as sp

from assoc_synth.errors import InputError
from assoc_synth.gate.scopes.link_parts.interactions import find_interactions
from assoc_synth.gate.scopes.link_parts.tails import TokenPairs, find_avoided, find_candidates
from assoc_synth.link_graph.edges import Edges
from assoc_synth.link_graph.pairs import Pairs, Scope, all_pairs
from assoc_synth.link_graph.triples import watched_triangles
from assoc_synth.transactions.arrays import Bools, Floats, Ints

MAX_WATCHED = 2_000
MAX_FREQUENT = 300
MIN_EXPECTED = 5.0
ALSO_BUY = 10
"""Partners of an object whose confidences are compared."""
CONTROL_Z = 1.0
"""A pair at most this many standard errors from its expectation is a control: not associated in training."""
_MAX_BINS = 64
_CELLS = 32_000_000
"""Entries of the largest 0/1 block held at once while features are read off."""


@dataclass(frozen=True, eq=False)
class Watchlist:
    """What is compared, chosen from the training subjects alone.

    Attributes:
        tokens: (verb, object) tokens that are watched or occur in a watched pair, as `Edges.token`, sorted, shape
            (tokens,).
        within, across: watched pairs as positions in `tokens`, strongest first, shape (pairs, 2).
        weight: support of each pair (within, then across) among the training subjects, shape (pairs,).
        strength: log of the training subjects that have each pair over those that the null expects, shape (pairs,).
        control: pairs that are not associated in the training subjects, shape (controls, 2).
        triples: watched triples, every two of whose tokens are a watched pair, shape (triples, 3).
        degree_scope, degree_from: verb (−1: all verbs together) and lowest degree of each degree bin, in that order.
        num_verbs, num_objects: sizes of the vocabularies the tokens refer to.
        avoided: pairs that meet less often than expected, shape (avoided, 2), and `avoided_lacking` the share of the
            training subjects by which they do.
        interactions: triples that meet more or less often than their three pairs say, shape (interactions, 3), with
            `interaction_expected`, the share that these say, and `interaction_excess`, the share beyond it.
        candidates: pairs that are not associated in training, whatever else, shape (candidates, 2), and `thresholds`,
            the counts among the evaluated subjects from which each would be a rule.
    """

    tokens: Ints
    within: Ints
    across: Ints
    weight: Floats
    strength: Floats
    control: Ints
    triples: Ints
    degree_scope: Ints
    degree_from: Ints
    num_verbs: int
    num_objects: int
    avoided: Ints = field(default_factory=lambda: np.zeros((0, 2), np.int64))
    avoided_lacking: Floats = field(default_factory=lambda: np.zeros(0))
    interactions: Ints = field(default_factory=lambda: np.zeros((0, 3), np.int64))
    interaction_expected: Floats = field(default_factory=lambda: np.zeros(0))
    interaction_excess: Floats = field(default_factory=lambda: np.zeros(0))
    candidates: Ints = field(default_factory=lambda: np.zeros((0, 2), np.int64))
    thresholds: Ints = field(default_factory=lambda: np.zeros(0, np.int64))

    @classmethod
    def choose(cls, training: Edges, num_evaluated: int, max_pairs: int = MAX_WATCHED) -> Watchlist:
        """Watch the strongest associations of the training subjects.

        Within verbs and across verbs: pairs that meet more often than under the degree-keeping null
        (Benjamini–Hochberg, q = 0.05 in each of the two families) with at least 5 expected subjects among
        `num_evaluated`; highest z first. Controls are at most the same number of pairs whose count is what that null
        expects: a generator that invents associations shows there. Triples are three tokens of which every two are a
        watched pair, with the same least count, those first that most exceed the product of their shares, see
        `watched_triangles`. The other tails are in `tails` and `interactions`.
        """
        per_subject = num_evaluated / max(training.num_subjects, 1)
        least = max(int(np.ceil(MIN_EXPECTED / max(per_subject, 1e-12))), 1) if training.num_subjects else 1
        found = [all_pairs(training, least, scope=scope) for scope in _SCOPES]
        within, across = (_strongest(part, max_pairs) for part in found)
        controls = _controls(found, least, len(within) + len(across))
        parts = (within, across, *controls)
        left = np.concatenate([part.verb * training.num_objects + part.left for part in parts])
        right = np.concatenate([part.other * training.num_objects + part.right for part in parts])
        counts = np.bincount(training.token, minlength=training.num_verbs * training.num_objects)
        frequent = np.argsort(-counts, kind="stable")[:MAX_FREQUENT]
        tokens = np.unique(np.concatenate([left, right, frequent[counts[frequent] >= least]])).astype(np.int64)
        pairs = np.stack([np.searchsorted(tokens, left), np.searchsorted(tokens, right)], axis=1).astype(np.int64)
        watched = len(within) + len(across)
        scope, lowest = _degree_bins(training)
        incidence = training.tokens().tocsc()[:, tokens]
        return cls(
            tokens,
            pairs[: len(within)],
            pairs[len(within) : watched],
            np.concatenate([within.support, across.support]),
            np.concatenate([within.log_excess, across.log_excess]),
            pairs[watched:],
            watched_triangles(incidence, pairs[:watched], min_count=least, most=max_pairs),
            scope,
            lowest,
            training.num_verbs,
            training.num_objects,
            *_other_tails(training, incidence, tokens, num_evaluated),
        )

    @cached_property
    def places(self) -> Mapping[str, slice]:
        """Where the features of each kind are."""
        sizes = {
            "tokens": len(self.tokens),
            "within": len(self.within),
            "across": len(self.across),
            "control": len(self.control),
            "triples": len(self.triples),
            "degrees": len(self.degree_from),
            "avoided": len(self.avoided),
            "interactions": len(self.interactions),
            "candidates": len(self.candidates),
        }
        ends = np.cumsum([0, *sizes.values()]).tolist()
        found = {name: slice(start, stop) for name, start, stop in zip(sizes, ends, ends[1:], strict=False)}
        return found | {"pairs": slice(found["within"].start, found["across"].stop)}

    @cached_property
    def pairs(self) -> Ints:
        """All watched pairs, within, then across: shape (pairs, 2)."""
        return np.concatenate([self.within, self.across])

    @cached_property
    def also_buy(self) -> tuple[Ints, Ints]:
        """Confidences that are compared: positions of the pair and of the token given, shape (confidences,) each.

        For each token, the ten strongest of its pairs within its verb (`ALSO_BUY`).
        """
        pair = np.tile(np.arange(len(self.within)), 2)
        given = self.within.T.ravel()
        order = np.lexsort((pair, given))
        first = np.searchsorted(given[order], given[order], side="left")
        kept = order[np.arange(len(order)) - first < ALSO_BUY]
        return pair[kept], given[kept]

    @property
    def num_features(self) -> int:
        return int(self.places["candidates"].stop)

    @property
    def num_compared(self) -> int:
        """Features whose counts among real subjects are needed; those after them are looked at in S alone."""
        return int(self.places["candidates"].start)

    def features(self, edges: Edges) -> sp.csr_matrix:
        """Read the features off a graph: 0/1, float32, (subjects, features), in the order of `places`.

        Raises:
            InputError: the graph has another vocabulary than the watchlist.
        """
        if (edges.num_verbs, edges.num_objects) != (self.num_verbs, self.num_objects):
            raise InputError(
                f"the gate watches {self.num_verbs} verbs and {self.num_objects} objects, the graph has "
                f"{edges.num_verbs} and {edges.num_objects}; map both to one vocabulary first"
            )
        first = (self.pairs, self.control, self.triples)
        then = (self.avoided, self.interactions, self.candidates)
        parts = []
        for sets, own in ((first, True), (then, False)):
            step = max(_CELLS // max(len(self.tokens), 1), 1)
            found = [
                self._set_features(edges, start, min(start + step, edges.num_subjects), sets, with_tokens=own)
                for start in range(0, edges.num_subjects, step)
            ]
            wide = sum(map(len, sets)) + own * len(self.tokens)
            parts.append(sp.vstack(found, format="csr") if found else sp.csr_matrix((0, wide), dtype=np.float32))
        return sp.hstack([parts[0], self._degree_features(edges), parts[1]], format="csr", dtype=np.float32)

    def _set_features(
        self, edges: Edges, start: int, stop: int, sets: Sequence[Ints], *, with_tokens: bool
    ) -> sp.csr_matrix:
        """The tokens if wanted, then sets of tokens that the subjects start ≤ s < stop have whole."""
        at = slice(edges.offsets[start], edges.offsets[stop])
        token, subject = edges.token[at], edges.subject[at] - start
        row = np.searchsorted(self.tokens, token)
        known = row < len(self.tokens)
        known[known] = self.tokens[row[known]] == token[known]
        has = np.zeros((len(self.tokens), stop - start), bool)
        has[row[known], subject[known]] = True
        parts = [sp.csr_matrix(has)] if with_tokens else [sp.csr_matrix((0, stop - start), dtype=bool)]
        step = max(_CELLS // max(stop - start, 1), 1)
        for chosen in sets:
            for first in range(0, len(chosen), step):
                parts.append(sp.csr_matrix(_all_of(has, chosen[first : first + step])))
        return sp.vstack(parts).T.tocsr().astype(np.float32)

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
            (np.ones(len(indices), np.float32), indices, indptr),
            shape=(edges.num_subjects, len(self.degree_from)),
        )


_SCOPES: tuple[Scope, Scope] = ("within", "across")


def _all_of(has: Bools, sets: Ints) -> Bools:
    """Which subjects have every token of each set: (sets, subjects)."""
    found: Bools = has[sets[:, 0]]
    for column in sets.T[1:]:
        found &= has[column]
    return found


def _other_tails(
    training: Edges, incidence: sp.csc_matrix, tokens: Ints, num_evaluated: int
) -> tuple[Ints, Floats, Ints, Floats, Floats, Ints, Ints]:
    """The last seven fields of a watchlist: what is not about pairs that meet often."""
    per_subject = num_evaluated / max(training.num_subjects, 1)
    pairs = TokenPairs.of(training, tokens)
    avoided = find_avoided(pairs, MIN_EXPECTED / max(per_subject, 1e-12))
    candidates, thresholds = find_candidates(pairs, training.num_subjects, per_subject)
    interactions = find_interactions(incidence.tocsr(), per_subject, MIN_EXPECTED)
    return (
        pairs.at(avoided),
        (pairs.expected - pairs.count)[avoided] / max(training.num_subjects, 1),
        interactions.triples,
        interactions.expected,
        interactions.excess,
        pairs.at(candidates),
        thresholds,
    )


def _strongest(found: Pairs, max_pairs: int) -> Pairs:
    found = found.where(found.significant())
    order = np.lexsort((found.right, found.left, found.other, found.verb, -found.z))
    return found.where(order[:max_pairs])


def _controls(found: Sequence[Pairs], least: int, wanted: int) -> list[Pairs]:
    """A random choice of at most `wanted` pairs whose count is what the null expects."""
    usual = [part.where((np.abs(part.z) <= CONTROL_Z) & (part.expected >= least)) for part in found]
    total = sum(len(part) for part in usual)
    chosen = np.sort(np.random.default_rng(0).permutation(total)[:wanted])
    starts = np.cumsum([0, *(len(part) for part in usual)])
    return [
        part.where(chosen[(chosen >= start) & (chosen < start + len(part))] - start)
        for part, start in zip(usual, starts, strict=False)
    ]


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
