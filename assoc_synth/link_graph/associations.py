"""Who buys this also buys that: supports, confidences, lifts, rules and degrees as pure functions on counts.

Subjects are the unit. With n subjects, a = subjects linked to the left object, b = to the right one, c = to both::

    support = c / n        confidence = c / a        lift = n·c / (a·b)

A lift above 1 is not yet an association: busy subjects are linked to everything, so every two objects meet in them
more often than a·b/n. An association is *claimed* against a null that keeps every degree and every support
(`ExpectedPairs`).

Sources: maximum-entropy null model of a bipartite graph with given degrees (Saracco et al., Sci. Rep. 5:10595, 2015;
ours has the complementary log-log link, the inclusion law of successive sampling); translated Poisson approximation
(Röllin 2005); Benjamini & Hochberg 1995; Wilson 1927.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy.sparse as sp
from scipy.stats import poisson

from assoc_synth.link_graph.edges import Edges
from assoc_synth.link_graph.lift import Z95, lift, lift_interval
from assoc_synth.transactions.arrays import Floats, Ints

Scope = Literal["within", "across", "both"]

MIN_COUNT = 20
MIN_LIFT = 2.0
FALSE_DISCOVERY_RATE = 0.05
_ALTERNATIONS = 200


@dataclass(frozen=True, eq=False)
class Pairs:
    """A table of pairs of tokens; every array has shape (pairs,).

    Attributes:
        verb, other: verb codes of the left and the right object, −1 for "any verb".
        left, right: object codes; within a verb left < right.
        count, left_count, right_count: subjects linked to both, to the left, to the right.
        expected, variance: of the count if objects were drawn by popularity, degrees and supports kept.
        num_subjects: n.
        num_tested: pairs that could have been found, given the supports alone: the family of the multiple testing.
    """

    verb: Ints
    other: Ints
    left: Ints
    right: Ints
    count: Ints
    left_count: Ints
    right_count: Ints
    expected: Floats
    variance: Floats
    num_subjects: int
    num_tested: int

    def __len__(self) -> int:
        return len(self.count)

    @property
    def support(self) -> Floats:
        """Share of the subjects that are linked to both."""
        return self.count / max(self.num_subjects, 1)

    @property
    def confidence(self) -> Floats:
        """Share of the subjects linked to the left object that are linked to the right one too."""
        return self.count / np.maximum(self.left_count, 1)

    @property
    def lift(self) -> Floats:
        """n·c / (a·b)."""
        return lift(self.count, self.left_count, self.right_count, self.num_subjects)

    @property
    def lift_interval(self) -> tuple[Floats, Floats]:
        """95 % interval of the lift; see `lift_interval`."""
        return lift_interval(self.count, self.left_count, self.right_count, self.num_subjects)

    @property
    def z(self) -> Floats:
        """(count − expected) / √variance."""
        return (self.count - self.expected) / np.sqrt(np.maximum(self.variance, 1e-12))

    @property
    def p_value(self) -> Floats:
        """P(X ≥ count) for the translated Poisson X = s + Poisson(expected − s), s = ⌊expected − variance⌋.

        For rare objects s = 0: the plain Poisson tail, which is far too wide where both objects are common.
        """
        shift = np.floor(np.maximum(self.expected - self.variance, 0))
        return np.asarray(poisson.sf(self.count - shift - 1, np.maximum(self.expected - shift, 1e-12)), float)

    def significant(self, q: float = FALSE_DISCOVERY_RATE) -> npt.NDArray[np.bool_]:
        """Which pairs meet more often than under the null, at false discovery rate q among `num_tested` pairs."""
        return benjamini_hochberg(self.p_value, q, self.num_tested)

    def where(self, keep: npt.NDArray[np.bool_] | Ints) -> Pairs:
        """The chosen pairs, in the given order; the family of tests stays as it was."""
        return Pairs(
            self.verb[keep],
            self.other[keep],
            self.left[keep],
            self.right[keep],
            self.count[keep],
            self.left_count[keep],
            self.right_count[keep],
            self.expected[keep],
            self.variance[keep],
            self.num_subjects,
            self.num_tested,
        )

    def to_frame(self) -> pd.DataFrame:
        """One row per pair: verb, left, other, right, count, expected, support, confidence, lift, low, high, p."""
        low, high = self.lift_interval
        return pd.DataFrame(
            {
                "verb": self.verb,
                "left": self.left,
                "other": self.other,
                "right": self.right,
                "count": self.count,
                "expected": self.expected,
                "support": self.support,
                "confidence": self.confidence,
                "lift": self.lift,
                "low": low,
                "high": high,
                "p": self.p_value,
            }
        )


@dataclass(frozen=True, eq=False)
class AlsoBuy:
    """Partners of one object, best lift first; arrays of shape (partners,). `low` and `high` bound the lift at 95 %."""

    partner: Ints
    count: Ints
    confidence: Floats
    lift: Floats
    low: Floats
    high: Floats

    def __len__(self) -> int:
        return len(self.partner)

    def to_frame(self) -> pd.DataFrame:
        """One row per partner, the columns named like the attributes."""
        names = ("partner", "count", "confidence", "lift", "low", "high")
        return pd.DataFrame({name: getattr(self, name) for name in names})


def share_interval(count: npt.ArrayLike, total: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Wilson's 95 % interval of a share (support: of n subjects; confidence: of the a subjects of the left object)."""
    k, n = np.asarray(count, float), np.maximum(np.asarray(total, float), 1)
    centre = (k + Z95**2 / 2) / (n + Z95**2)
    half = Z95 / (n + Z95**2) * np.sqrt(k * (n - k) / n + Z95**2 / 4)
    return np.maximum(centre - half, 0), np.minimum(centre + half, 1)


def benjamini_hochberg(p_value: Floats, q: float, num_tests: int | None = None) -> npt.NDArray[np.bool_]:
    """Benjamini–Hochberg: which hypotheses fall at false discovery rate q.

    Args:
        num_tests: size of the family; tests left out of `p_value` count as not significant.
    """
    total = max(num_tests or 0, len(p_value), 1)
    order = np.argsort(p_value, kind="stable")
    passed = np.flatnonzero(p_value[order] <= q * np.arange(1, len(p_value) + 1) / total)
    chosen = np.zeros(len(p_value), bool)
    chosen[order[: passed[-1] + 1 if len(passed) else 0]] = True
    return chosen


@dataclass(frozen=True, eq=False)
class ExpectedPairs:
    """Pair counts of a graph whose objects are drawn by weight, given every subject's degree and object's support.

    ``E_ij = Σ_d n_d π_i(d) π_j(d)`` with ``π_i(d) = 1 − exp(−θ_d w_i)``. θ and w are solved so that Σ_i π_i(d) = d and
    Σ_d n_d π_i(d) = the support of i. (With w the raw popularity the second would fail for objects that nearly everyone
    has, and every two of them would look associated.) Across verbs d runs over pairs (d_v, d_w) of degrees; within a
    verb n_d is scaled so that Σ_{i≠j} E_ij = Σ_s d_s (d_s − 1).

    Attributes:
        left_class, right_class: class of every object, shape (objects,); objects of equal support share a class.
        mean, spread: E and the variance by class, shape (left classes, right classes).
    """

    left_class: Ints
    right_class: Ints
    mean: Floats
    spread: Floats

    def at(self, left: npt.ArrayLike, right: npt.ArrayLike) -> Floats:
        """E of the given pairs of object codes."""
        expected: Floats = self.mean[self.left_class[np.asarray(left)], self.right_class[np.asarray(right)]]
        return expected

    def variance_at(self, left: npt.ArrayLike, right: npt.ArrayLike) -> Floats:
        """Variance of the count of the given pairs of object codes, given the supports."""
        variance: Floats = self.spread[self.left_class[np.asarray(left)], self.right_class[np.asarray(right)]]
        return variance


def expected_pairs(edges: Edges, verb: int | None = None, other: int | None = None) -> ExpectedPairs:
    """Fit the degree-keeping null of one verb (`other` None or equal), of two verbs, or of any verb (`verb` None).

    Degrees up to 24 are kept exactly, longer ones in buckets 10 % wide.
    """
    left_class, left_bucket, left = _inclusion(edges, verb)
    left_size = np.bincount(left_bucket, minlength=left.shape[1])
    if other is None or other == verb:
        joint = np.diag(left_size * _share_of_pairs(edges.degrees(verb), left_bucket, left_class, left))
        right_class, right, right_size = left_class, left, left_size
    else:
        right_class, right_bucket, right = _inclusion(edges, other)
        right_size = np.bincount(right_bucket, minlength=right.shape[1])
        joint = np.zeros((len(left_size), len(right_size)))
        np.add.at(joint, (left_bucket, right_bucket), 1.0)
    # The variance of a pair's count, less what regression on its two supports explains; v = π(1 − π):
    # Σ π_iπ_j(1 − π_iπ_j) − (Σ v_i π_j)² / Σ v_i − (Σ π_i v_j)² / Σ v_j, sums over subjects.
    own_left, own_right = left * (1 - left), right * (1 - right)
    by_left = (own_left @ joint @ right.T) ** 2 / np.maximum(own_left @ left_size, 1e-12)[:, None]
    by_right = (left @ joint @ own_right.T) ** 2 / np.maximum(own_right @ right_size, 1e-12)[None, :]
    mean = left @ joint @ right.T
    spread = mean - left**2 @ joint @ (right**2).T - by_left - by_right
    return ExpectedPairs(left_class, right_class, mean, np.maximum(spread, own_left @ joint @ own_right.T))


def _share_of_pairs(degree: Ints, bucket: Ints, object_class: Ints, share: Floats) -> Floats:
    """Pairs that the degrees of a bucket allow, Σ d(d − 1), over those of independent inclusion, Σ (d² − Σ_i π_i²).

    Far from 1 where d is small: at d = 1 there is no pair at all. Shape (buckets,).
    """
    size = np.bincount(bucket, minlength=share.shape[1])
    allowed = np.bincount(bucket, weights=degree * (degree - 1.0), minlength=len(size))
    drawn = size * (share[object_class].sum(axis=0) ** 2 - (share[object_class] ** 2).sum(axis=0))
    return np.where(allowed > 0, allowed / np.maximum(drawn, 1e-9), 0.0)


def _inclusion(edges: Edges, verb: int | None) -> tuple[Ints, Ints, Floats]:
    """Class per object, degree bucket per subject, and inclusion probabilities of shape (classes, buckets)."""
    incidence = edges.incidence(verb)
    degree = np.diff(incidence.indptr).astype(np.int64)
    support = np.bincount(incidence.indices, minlength=edges.num_objects)
    supports, object_class, class_size = np.unique(support, return_inverse=True, return_counts=True)
    _, bucket, bucket_size = np.unique(degree_bucket(degree), return_inverse=True, return_counts=True)
    mean_degree = np.bincount(bucket, weights=degree) / bucket_size
    rate_of_class = supports / max(float(degree.sum()), 1.0)
    rate_of_bucket = mean_degree.astype(float)
    for _ in range(_ALTERNATIONS):
        before = rate_of_class
        rate_of_bucket = _solve(mean_degree, rate_of_class, class_size, rate_of_bucket)
        rate_of_class = _solve(supports.astype(float), rate_of_bucket, bucket_size, rate_of_class)
        if np.allclose(before, rate_of_class, rtol=1e-5, atol=0):
            break
    return object_class.astype(np.int64), bucket.astype(np.int64), -np.expm1(-np.outer(rate_of_class, rate_of_bucket))


def _solve(target: Floats, rates: Floats, sizes: Ints, start: Floats) -> Floats:
    """Solve ``Σ_k sizes_k (1 − exp(−x rates_k)) = target`` for x, elementwise over `target`, by Newton's method.

    The left side is concave in x, so a step never overshoots from below; ``target / Σ sizes·rates`` is a lower bound.
    """
    rates, sizes = rates[rates > 0], sizes[rates > 0]
    reachable = float(sizes.sum())
    wanted = np.minimum(target, reachable - 1e-3 * min(reachable, 1.0))
    floor = wanted / max(float(sizes @ rates), 1e-300)
    x = np.maximum(start, floor)
    for _ in range(3):
        stay = np.exp(-np.outer(x, rates))
        slope = stay @ (sizes * rates)
        x = np.maximum(x - (reachable - stay @ sizes - wanted) / np.maximum(slope, 1e-12), floor)
    return np.where(target > 0, x, 0.0)


def degree_bucket(degree: Ints) -> Ints:
    """Bucket number per degree: the degree itself up to 24, then steps of 10 %."""
    steps = np.floor(np.log(np.maximum(degree, 24) / 24) / np.log(1.1)).astype(np.int64)
    return np.where(degree <= 24, degree, 24 + steps).astype(np.int64)


def degree_histogram(edges: Edges, verb: int | None = None) -> Ints:
    """Subjects by number of distinct objects: shape (largest degree + 1,); entry 0 counts subjects without a link."""
    return np.bincount(edges.degrees(verb)).astype(np.int64) if edges.num_subjects else np.zeros(1, np.int64)


def supports(edges: Edges, verb: int | None = None) -> Ints:
    """Subjects linked to each object: shape (num_objects,)."""
    return np.bincount(edges.incidence(verb).indices, minlength=edges.num_objects).astype(np.int64)


def pairs(edges: Edges, verb: int | None = None, other: int | None = None, min_count: int = 1) -> Pairs:
    """All pairs with at least `min_count` common subjects, exact, in order of left, then right code.

    Args:
        verb: the left object's verb; None merges all verbs (its null then ignores which verb a degree came from).
        other: the right object's verb; None means the same. Across verbs an object may meet itself (bought, returned).
        min_count: at least 1.
    """
    within = other is None or other == verb
    left = edges.incidence(verb)
    right = left if within else edges.incidence(other)
    left_support, right_support = (np.bincount(m.indices, minlength=edges.num_objects) for m in (left, right))
    least = max(min_count, 1)
    rows, columns = np.flatnonzero(left_support >= least), np.flatnonzero(right_support >= least)
    shared = sp.coo_matrix(left[:, rows].T @ right[:, columns])
    keep = (shared.data >= least) & ((shared.row < shared.col) if within else True)
    i, j = rows[shared.row[keep]], columns[shared.col[keep]]
    order = np.lexsort((j, i))
    i, j, count = i[order], j[order], np.rint(shared.data[keep][order]).astype(np.int64)
    tested = len(rows) * (len(rows) - 1) // 2 if within else len(rows) * len(columns)
    code, other_code = -1 if verb is None else verb, -1 if verb is None else (verb if other is None else other)
    null = expected_pairs(edges, verb, other)
    return Pairs(
        np.full(len(i), code, np.int64),
        np.full(len(i), other_code, np.int64),
        i.astype(np.int64),
        j.astype(np.int64),
        count,
        left_support[i],
        right_support[j],
        null.at(i, j),
        null.variance_at(i, j),
        edges.num_subjects,
        tested,
    )


def all_pairs(edges: Edges, min_count: int = 1, *, scope: Scope = "both") -> Pairs:
    """`pairs` of every verb (scope "within"), of every two verbs ("across"), or "both", as one family of tests."""
    least = max(min_count, 1)
    # A verb without a frequent object has no pair: skipping it keeps tables with hundreds of verbs quick.
    verbs = [v for v in np.unique(edges.verb).tolist() if (supports(edges, v) >= least).any()]
    combinations = [(v, v) for v in verbs] if scope != "across" else []
    combinations += [(v, w) for v in verbs for w in verbs if v < w] if scope != "within" else []
    parts = [pairs(edges, v, w, min_count) for v, w in combinations]
    if not parts:
        none = np.zeros(0, np.int64)
        return Pairs(none, none, none, none, none, none, none, np.zeros(0), np.zeros(0), edges.num_subjects, 0)

    def stacked(name: str) -> npt.NDArray[Any]:
        return np.concatenate([getattr(part, name) for part in parts])

    return Pairs(
        stacked("verb"),
        stacked("other"),
        stacked("left"),
        stacked("right"),
        stacked("count"),
        stacked("left_count"),
        stacked("right_count"),
        stacked("expected"),
        stacked("variance"),
        edges.num_subjects,
        sum(part.num_tested for part in parts),
    )


def rules(
    edges: Edges,
    *,
    min_count: int = MIN_COUNT,
    min_lift: float = MIN_LIFT,
    q: float = FALSE_DISCOVERY_RATE,
    scope: Scope = "both",
) -> Pairs:
    """The associations that may be claimed: count ≥ min_count, lift ≥ min_lift, significant at false discovery rate q.

    All verbs and pairs of verbs form one family, so that on a table without associations any rule at all is claimed
    with probability at most q. Strongest lift first.
    """
    found = all_pairs(edges, min_count, scope=scope)
    found = found.where(found.significant(q) & (found.lift >= min_lift))
    return found.where(np.lexsort((found.right, found.left, -found.count, -found.lift)))


def also_buy(
    edges: Edges,
    object: int,
    *,
    verb: int | None = None,
    across: tuple[int, int] | None = None,
    top: int = 10,
    min_count: int = MIN_COUNT,
) -> AlsoBuy:
    """What the subjects of an object are also linked to, highest lift first (then count, then code).

    Args:
        object: object code.
        verb: the verb of both objects; None merges all verbs.
        across: (v, w): subjects with a v-link to `object`, partners by w-links; overrides `verb`.
        top: at most so many partners.
        min_count: least common subjects of a partner.
    """
    first, second = across if across is not None else (verb, verb)
    left, right = edges.incidence(first), edges.incidence(second)
    who = left[:, [object]].toarray().ravel() > 0
    count = np.bincount(right[who].indices, minlength=edges.num_objects)
    partner_count = np.bincount(right.indices, minlength=edges.num_objects)
    eligible = count >= max(min_count, 1)
    if first == second:
        eligible[object] = False
    partner = np.flatnonzero(eligible)
    c, a, b = count[partner], int(who.sum()), partner_count[partner]
    strength = lift(c, a, b, edges.num_subjects)
    best = np.lexsort((partner, -c, -strength))[: max(top, 0)]
    low, high = lift_interval(c[best], np.full(len(best), a), b[best], edges.num_subjects)
    return AlsoBuy(
        partner[best].astype(np.int64), c[best].astype(np.int64), c[best] / max(a, 1), strength[best], low, high
    )
