"""Raking: choose among candidate subjects so that margins and degrees come out right, by training statistics alone.

Maximum-entropy calibration: the weights closest to uniform whose token margins and degree histogram are those of the
training subjects (raking; Deville & Särndal 1992), relaxed by the margins' own sampling noise (Dudík et al. 2007):
weights that met thousands of noisy margins exactly would have no effective sample left. Pairs stay the generator's job.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from scipy.optimize import minimize

from assoc_synth.errors import InputError
from assoc_synth.link_graph.edges import Edges
from assoc_synth.link_graph.null_model import degree_bucket
from assoc_synth.transactions.arrays import Floats, Ints

_ITERATIONS = 500


def rake(
    edges: Edges,
    target_token_margins: npt.ArrayLike,
    target_degree_histogram: npt.ArrayLike,
    *,
    target_size: int | None = None,
    max_iterations: int = _ITERATIONS,
) -> Floats:
    """Weights of candidate subjects that bring their margins and degrees to the training subjects' ones.

    Minimises ``S·KL(w ‖ uniform) + ½ Σ_j (w·x_j − t_j)² / v_j``, with v_j = t_j (1 − t_j) / target_size the sampling
    variance of margin t_j (a hundredth of it for degrees), by L-BFGS on the dual
    ``log Σ_s exp(x_s·λ)/S − t·λ + ½ S Σ_j v_j λ_j²``.

    Args:
        edges: S candidate subjects.
        target_token_margins: share of the training subjects with each (verb, object), as `Edges.token`, shape
            (num_verbs · num_objects,).
        target_degree_histogram: training subjects by number of edges, shape (largest + 1,), any scale. Degrees up to
            24 are matched one by one, longer ones in buckets 10 % wide.
        target_size: training subjects behind the targets; the fewer, the looser the fit. By default as many as there
            are candidates.

    Returns:
        Positive weights that sum to 1, shape (S,).

    Raises:
        InputError: no candidates, or targets of the wrong shape.
    """
    margins = np.asarray(target_token_margins, float)
    histogram = np.asarray(target_degree_histogram, float)
    if edges.num_subjects == 0:
        raise InputError("there are no candidate subjects to weight")
    if margins.shape != (edges.num_verbs * edges.num_objects,):
        raise InputError(f"target margins have shape {margins.shape}, not one per verb and object")
    if histogram.ndim != 1 or histogram.sum() <= 0:
        raise InputError(f"the target degree histogram has shape {histogram.shape} and sum {histogram.sum():g}")
    features, target, variance = constraints(edges, margins, histogram / histogram.sum())
    behind = edges.num_subjects if target_size is None else max(target_size, 1)
    slack = np.maximum(variance, 0.01 / behind) * edges.num_subjects / behind
    return maximum_entropy(features, target, slack, max_iterations=max_iterations)


def maximum_entropy(
    features: sp.csr_matrix,
    target: Floats,
    slack: Floats,
    *,
    log_prior: Floats | None = None,
    max_iterations: int = _ITERATIONS,
) -> Floats:
    """Weights closest to a prior (by default uniform) whose means of the features are the targets, within the slack.

    Args:
        features: one row per candidate, shape (S, J).
        target: wanted means, shape (J,).
        slack: how far each may be off, shape (J,): the dual's quadratic term; 0 is exact.
        log_prior: log of the weights to stay close to, any scale, shape (S,).

    Returns:
        Positive weights that sum to 1, shape (S,).
    """
    transposed = features.T.tocsr()

    def log_weights(multipliers: Floats) -> Floats:
        plain: Floats = features @ multipliers
        return plain if log_prior is None else plain + log_prior

    def dual(multipliers: Floats) -> tuple[float, Floats]:
        logs = log_weights(multipliers)
        top = float(logs.max())
        weight = np.exp(logs - top)
        total = float(weight.sum())
        value = top + np.log(total / len(weight)) - target @ multipliers + 0.5 * slack @ multipliers**2
        return float(value), transposed @ (weight / total) - target + slack * multipliers

    found = minimize(
        dual,
        np.zeros(len(target)),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": max_iterations, "maxcor": 20, "gtol": 1e-6, "ftol": 1e-11},
    )
    logs = log_weights(found.x)
    weight = np.exp(logs - logs.max())
    normalised: Floats = weight / weight.sum()
    return normalised


def systematic_resample(weights: npt.ArrayLike, n: int, rng: np.random.Generator, strata: Ints | None = None) -> Ints:
    """Draw n subject codes so that each comes ⌊n·w⌋ or ⌈n·w⌉ times, in random order.

    One uniform number places n equidistant points on the cumulative weights of the shuffled subjects: every margin
    varies far less than under independent draws.

    Args:
        weights: non-negative, any scale, shape (S,).
        strata: whole numbers, shape (S,): each stratum comes as often as its weight says, to within one.
    """
    weight = np.asarray(weights, float)
    if weight.ndim != 1 or n < 0 or (n and not 0 < weight.sum() < np.inf) or (weight < 0).any():
        raise InputError(f"cannot draw {n} subjects by weights of shape {weight.shape} and sum {weight.sum():g}")
    if n == 0:
        return np.zeros(0, np.int64)
    order = rng.permutation(len(weight))
    if strata is not None:
        order = order[np.argsort(strata[order], kind="stable")]
    cumulative = np.cumsum(weight[order])
    points = (rng.random() + np.arange(n)) / n * cumulative[-1]
    last = np.flatnonzero(weight[order])[-1]
    chosen = order[np.minimum(np.searchsorted(cumulative, points, side="right"), last)]
    return rng.permutation(chosen).astype(np.int64)


def constraints(edges: Edges, margins: Floats, histogram: Floats) -> tuple[sp.csr_matrix, Floats, Floats]:
    """0/1 features of the candidates, shape (S, constraints), their target shares, and how much each may vary.

    A token or a bucket that only one side has cannot be matched by weighting and is left out. Degree buckets are few
    and bind a hundred times tighter: else many margins, each a little low within its noise, add up to too few edges.
    """
    tokens = edges.tokens()
    usable = np.flatnonzero((np.bincount(edges.token, minlength=len(margins)) > 0) & (margins > 0))
    bucket = degree_bucket(np.diff(edges.offsets).astype(np.int64))
    target_bucket = degree_bucket(np.arange(len(histogram), dtype=np.int64))
    size = int(max(bucket.max(), target_bucket.max())) + 1
    shares = np.bincount(target_bucket, weights=histogram, minlength=size)
    kept = np.flatnonzero((shares > 0) & (np.bincount(bucket, minlength=size) > 0))
    rows = np.arange(edges.num_subjects)
    one_hot = sp.csr_matrix((np.ones(edges.num_subjects), (rows, bucket)), shape=(edges.num_subjects, size))
    features = sp.hstack([tokens[:, usable], one_hot[:, kept]], format="csr", dtype=np.float64)
    target = np.concatenate([margins[usable], shares[kept]])
    tightness = np.repeat([1.0, 0.01], [len(usable), len(kept)])
    return features, target, target * (1 - target) * tightness
