"""The null model of associations: how often two objects would meet if objects were drawn by popularity.

Busy subjects are linked to everything, so every two objects meet in them more often than a·b/n. This null keeps every
subject's degree and every object's support.

Sources: maximum-entropy null model of a bipartite graph with given degrees (Saracco et al., Sci. Rep. 5:10595, 2015);
ours has the complementary log-log link, the inclusion law of successive sampling.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from assoc_synth.link_graph.edges import Edges
from assoc_synth.transactions.arrays import Floats, Ints

_ALTERNATIONS = 200


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
