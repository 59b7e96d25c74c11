"""Pairs of tokens whose links are not dealt to a subject's visits at random: found by counts of training subjects.

Under the null, a subject's links are dealt at random to its visits, whose sizes stay. A pair of a subject's links is
then in one visit with the probability Σ n_v (n_v − 1) / (N (N − 1)), and in two consecutive ones, in a given order,
with Σ n_v n_(v+1) / (N (N − 1)). The subject is the unit: whether it has the pair in one visit; and how
many pairs of its links it has there beyond what is expected, summed over the root of the squares of that.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import norm, poisson

from assoc_synth.ctgan.assignment.kernel import EARLIER, LATER, NEXT, NONE, PLACES, PREVIOUS, SAME
from assoc_synth.ctgan.assignment.model import Assignment
from assoc_synth.ctgan.compiled import compiled
from assoc_synth.link_graph.pairs import benjamini_hochberg
from assoc_synth.transactions.arrays import Bools, Floats, Ints, Singles

LEAST_SUBJECTS = 10
"""Training subjects that have both tokens of a pair, at least."""
MOST_TOKENS = 3_000
"""The most frequent tokens whose pairs are looked at."""
MOST_LINKS = 2_000
"""Links of one subject that are looked at, at most."""
FALSE_DISCOVERY_RATE = 0.2
"""Of the pairs with terms: a term too many is shrunk by its prior, and one too few is missed."""
CLEAR_ORDER, CLEAR_RATIO = 0.25, 0.7
"""What an order must be beside significant: the mean difference of the shares of later and of earlier links, or the log
of the subjects with consecutive links over those expected. An order counts beyond that of all links to the two tokens,
whosever they are: those of Christmas come after those of summer.
"""
SEASONS = 52
"""Parts of the days that a table covers, with equally many links."""
BOTH, IN_ONE, EXPECTED_IN_ONE, NEXT_SEEN, PREVIOUS_SEEN, EXPECTED_NEXT, ORDER, ORDER_SQUARES, EXCESS, EXCESS_SQUARES = (
    range(10)
)


@dataclass(frozen=True, eq=False)
class Related:
    """Pairs of different tokens that stand out, (P,) each, the clearest first.

    Attributes:
        left, right: tokens, left < right.
        ordered: whether the pair stands out by the order of its links, not only by being in one visit.
    """

    left: Ints
    right: Ints
    ordered: Bools

    def __len__(self) -> int:
        return len(self.left)

    @classmethod
    def of(cls, assignment: Assignment, num_objects: int, subjects: Ints, most: int) -> Related:
        """The pairs of the given subjects, at most `most`."""
        token, used = _tokens(assignment, num_objects, subjects)
        counts = _counted(assignment, token, subjects)
        left, right = np.nonzero(np.triu(counts[BOTH], 1) >= LEAST_SUBJECTS)
        own = counts[:, left, right].astype(np.float64)
        excess = np.abs(own[EXCESS]) / np.sqrt(np.maximum(own[EXCESS_SQUARES], 1.0))
        in_one = 2.0 * np.minimum(_tails(own[IN_ONE], own[EXPECTED_IN_ONE]), 2.0 * norm.sf(excess))
        following = np.minimum(*(_tails(own[seen], own[EXPECTED_NEXT]) for seen in (NEXT_SEEN, PREVIOUS_SEEN)))
        beyond = own[ORDER] - own[BOTH] * _by_season(assignment, token, len(used))[left, right]
        ratios = [np.log((own[seen] + 1.0) / (own[EXPECTED_NEXT] + 1.0)) for seen in (NEXT_SEEN, PREVIOUS_SEEN)]
        clear = (np.abs(beyond) / own[BOTH] >= CLEAR_ORDER) | (np.max(ratios, axis=0) >= CLEAR_RATIO)
        z = np.abs(beyond) / np.sqrt(np.maximum(own[ORDER_SQUARES], 1.0))
        order = np.minimum(2.0 * norm.sf(z), 2.0 * following)
        chosen = [benjamini_hochberg(p, FALSE_DISCOVERY_RATE) for p in (in_one, np.minimum(2.0 * order, 1.0))]
        chosen[1] &= clear
        keep = np.flatnonzero(chosen[0] | chosen[1])
        keep = keep[np.argsort(np.minimum(in_one, order)[keep], kind="stable")[:most]]
        return cls(used[left[keep]], used[right[keep]], chosen[1][keep])


def _tokens(assignment: Assignment, num_objects: int, subjects: Ints) -> tuple[Ints, Ints]:
    """The place of each link's token among the most frequent ones, (L,), `NONE` for others; and those tokens."""
    kind_token = assignment.kinds[:, 0] * num_objects + assignment.kinds[:, 1]
    inside = np.isin(assignment.subject, subjects)
    pair = np.unique(assignment.subject[inside] * len(kind_token) + assignment.kind[inside])
    having = np.bincount(pair % len(kind_token), minlength=len(kind_token))
    frequent = np.argsort(-having, kind="stable")[:MOST_TOKENS]
    frequent = np.sort(frequent[having[frequent] >= LEAST_SUBJECTS])
    place = np.full(len(kind_token), NONE)
    place[frequent] = np.arange(len(frequent))
    return place[assignment.kind], kind_token[frequent]


def _counted(assignment: Assignment, token: Ints, subjects: Ints) -> Singles:
    """The counts of all pairs: (10, T, T), above the diagonal."""
    counts = np.zeros((10, int(token.max(initial=NONE)) + 1, int(token.max(initial=NONE)) + 1), np.float32)
    order = np.bincount(assignment.subject)
    first = np.concatenate([[0], np.cumsum(order)]).astype(np.int64)
    inside = subjects[subjects < len(order)]
    _count(counts, first, inside.astype(np.int64), token, assignment.visit, assignment.rank)
    return counts


def _by_season(assignment: Assignment, token: Ints, num_tokens: int) -> Floats:
    """The share of links to one token that are later than those to another, less that of earlier ones: (T, T).

    [t, u] is positive where u is later; all links are compared, whosever they are.
    """
    days = assignment.days[assignment.visit]
    dated = np.flatnonzero((token != NONE) & ~np.isnan(days))
    if not len(dated):
        return np.zeros((num_tokens, num_tokens))
    edges = np.unique(np.quantile(days[dated], np.linspace(0, 1, SEASONS + 1)[1:-1]))
    counts = np.zeros((num_tokens, len(edges) + 1))
    np.add.at(counts, (token[dated], np.searchsorted(edges, days[dated], side="right")), 1.0)
    shares = counts / np.maximum(counts.sum(1, keepdims=True), 1.0)
    before = np.cumsum(shares, axis=1) - shares
    later = before @ shares.T
    found: Floats = later - later.T
    return found


def _tails(seen: Floats, expected: Floats) -> Floats:
    """P of a count at least as far from what is expected, by Poisson's distribution, both sides: (P,), (P,) → (P,).

    A sum of rare events with different probabilities varies less, so that the test errs on the safe side.
    """
    expected = np.maximum(expected, 1e-9)
    found: Floats = np.minimum(2.0 * np.minimum(poisson.sf(seen - 1, expected), poisson.cdf(seen, expected)), 1.0)
    return found


@compiled
def _count(counts: Singles, first: Ints, subjects: Ints, token: Ints, visit: Ints, rank: Ints) -> None:
    """Add the subjects' counts of each pair of tokens."""
    for subject in subjects:
        begin, end = first[subject], min(first[subject + 1], first[subject] + MOST_LINKS)
        if end - begin < 2 or visit[begin:end].min() == visit[begin:end].max():
            continue
        own = np.unique(token[begin:end])
        local = np.searchsorted(own, token[begin:end])
        places = np.zeros((PLACES, len(own), len(own)), np.float32)
        chance = np.zeros(2)
        pairs = 0
        for one in range(begin, end):
            for other in range(one + 1, end):
                a, b = local[one - begin], local[other - begin]
                here, there = (one, other) if a <= b else (other, one)
                at = _place(visit[here], visit[there], rank)
                pairs += 1
                if at != NONE:
                    places[at, min(a, b), max(a, b)] += 1
                    chance[0] += at == SAME
                    chance[1] += at in (NEXT, PREVIOUS)
        size = np.bincount(local, minlength=len(own))
        _add(counts, own, size, places, (chance[0] / pairs, 0.5 * chance[1] / pairs))


@compiled
def _place(here: int, there: int, rank: Ints) -> int:
    """Where visit `there` is, seen from `here`; `NONE` where their order is unknown."""
    if here == there:
        return SAME
    after = rank[there] - rank[here]
    if rank[here] < 0 or rank[there] < 0 or after == 0:
        return NONE
    if after > 0:
        return NEXT if after == 1 else LATER
    return PREVIOUS if after == -1 else EARLIER


@compiled
def _add(counts: Singles, own: Ints, size: Ints, places: Singles, chance: tuple[float, float]) -> None:
    """Add one subject's counts.

    Args:
        own: (D,) its tokens; size: (D,) links of each; places: (5, D, D) pairs of links by where they are.
        chance: of two links to be in one visit, and of the second one to be in the next visit.
    """
    for a in range(len(own)):
        for b in range(a + 1, len(own)):
            if own[a] < 0:
                continue
            links = size[a] * size[b]
            after = places[LATER, a, b] + places[NEXT, a, b] - places[EARLIER, a, b] - places[PREVIOUS, a, b]
            at = counts[:, own[a], own[b]]
            at[BOTH] += 1
            at[IN_ONE] += places[SAME, a, b] > 0
            at[EXPECTED_IN_ONE] += 1.0 - (1.0 - chance[0]) ** links
            at[NEXT_SEEN] += places[NEXT, a, b] > 0
            at[PREVIOUS_SEEN] += places[PREVIOUS, a, b] > 0
            at[EXPECTED_NEXT] += 1.0 - (1.0 - chance[1]) ** links
            more = places[SAME, a, b] - chance[0] * links
            at[EXCESS] += more
            at[EXCESS_SQUARES] += more**2
            at[ORDER] += after / links
            at[ORDER_SQUARES] += (after / links) ** 2
