"""Directions in which the numbers of one subject vary together: who has much of x has much of y.

A row's loadings λ say how far a number's logits move as its subject's place along the directions does, so that the
errors of two numbers go together by var·var·⟨λ, λ'⟩. They are found in one of two ways: by factor analysis of the
errors, or, where subjects have several visits, from which links share visits. The latter says of every two tokens what
the few subjects with both cannot: tokens whose links meet more often than by chance are those that go together.
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from assoc_synth.transactions.arrays import Floats, Ints, Values

ROUNDS, PRIOR = 12, 20.0
"""Of factor analysis: rounds, and the precision that draws a token's loadings towards those of its verb."""
LIFT_PRIOR = 5.0
"""Visits that two tokens share by chance, added to those that they do share."""
DIAGONAL_ROUNDS, LEAST_VARIANCE, LEAST_WEIGHT = 4, 1e-6, 1e-4
FEW_TOKENS = 200
"""Tokens of which all directions are found at once."""


def factor_loadings(
    subject: Values, verb: Values, row: Ints, error: Floats, variance: Floats, shape: tuple[int, int, int, int]
) -> Floats:
    """Factor analysis of errors, each of its own variance, by expectation and maximisation.

    Args:
        subject, verb, row, error, variance: of the edges, (E,) each; the verbs' rows are the last ones.
        shape: subjects, verbs, rows and directions.

    Returns:
        (rows, directions).
    """
    subjects, verbs, rows, directions = shape
    start = np.random.default_rng(0).normal(0.0, 0.1, (rows, directions))
    start[:, 0] = 0.3
    loadings = start
    for _ in range(ROUNDS):
        precision = _products(subject, variance, loadings[row], subjects)
        cover = np.linalg.inv(precision + np.eye(directions))
        mean = np.einsum("sij,sj->si", cover, _sums(subject, error, loadings[row], subjects))
        known = mean[subject]
        curves = [_products(own, variance, known, groups) for own, groups in ((verb, verbs), (row, rows))]
        # Beyond the products of means: what is not known of each subject.
        for curve, own in zip(curves, (verb, row), strict=True):
            weight = sp.csr_matrix((variance, (own, subject)), shape=(len(curve), subjects))
            curve += np.asarray(weight @ cover.reshape(subjects, -1)).reshape(curve.shape)
        of_verb = _ridge(curves[0], _sums(verb, error, known, verbs), 1.0)
        prior = np.zeros((rows, directions))
        prior[row] = of_verb[verb]
        loadings = _ridge(curves[1], _sums(row, error, known, rows), PRIOR, prior)
        loadings[rows - verbs :] = of_verb
    return loadings


def visit_loadings(
    errors: sp.csr_matrix, variances: sp.csr_matrix, visits: sp.csr_matrix, directions: int, *, own_pairs: bool = True
) -> Floats:
    """Loadings from which tokens share visits, and from what the errors add to it.

    How far the errors of two tokens go together, c = Σ e·e' / Σ var·var', is regressed on the logarithm of the lift of
    their visits. Either that line is all; or each pair's own c counts by its precision Σ var·var' against how much
    pairs differ from the line (empirical Bayes). The loadings are the leading eigenvectors of the result, its diagonal
    left out (principal factor analysis, Harman 1976, chapter 8).

    A subject's own numbers are part of the pairs' c. Of few subjects these make its place along the directions look
    better known than that of new ones, so that weights learned from the same subjects are too large.

    Args:
        errors, variances: (S, T) of the numbers of subjects and tokens.
        visits: (visits, T) 0/1, which tokens' links are in which visits.
        directions: R.
        own_pairs: whether each pair's own c counts.

    Returns:
        (T, R).

    Example:
        >>> ones, pairs = np.ones((6, 3)), np.array([[1, 1, 0], [1, 1, 0], [0, 0, 1], [0, 0, 1]] * 20)
        >>> errors = sp.csr_matrix([[1, 1, 1], [1, 1, -1], [-1, -1, 1]] * 2)
        >>> found = visit_loadings(errors, sp.csr_matrix(ones), sp.csr_matrix(pairs), 1)
        >>> found.shape, bool(found[0, 0] * found[1, 0] > 0.1)
        ((3, 1), True)
    """
    together, weight = ((part.T @ part).toarray().astype(np.float64) for part in (errors, variances))
    lift = _log_lift(visits)
    above = np.maximum(lift, 0.0)
    x = np.stack([np.ones_like(lift), above, above**2, np.minimum(lift, 0.0)], axis=2)
    pair = np.triu_indices(len(lift), 1)
    own, seen, scale = x[pair], together[pair], weight[pair]
    line = np.linalg.solve(own.T @ (own * scale[:, None]) + np.eye(x.shape[2]), own.T @ seen)
    common: Floats = x @ line
    if own_pairs:
        apart = seen - scale * (own @ line)
        spread = float((apart**2 - scale).sum() / max((scale**2).sum(), LEAST_VARIANCE))
        precision = 1.0 / max(spread, LEAST_VARIANCE)
        common = (together + precision * common) / (weight + precision)
    # Directions that move tokens with many links are worth more.
    size = np.sqrt(np.asarray(variances.sum(0)).ravel() / max(variances.shape[0], 1) + LEAST_WEIGHT)
    loadings: Floats = _leading(common * np.outer(size, size), directions) / size[:, None]
    return loadings


def _log_lift(visits: sp.csr_matrix) -> Floats:
    """Logarithm of how often two tokens share a visit, over how often they would by chance: (T, T)."""
    both, often = (visits.T @ visits).toarray().astype(np.float64), np.asarray(visits.sum(0), np.float64).ravel()
    chance = np.outer(often, often) / max(visits.shape[0], 1)
    lift: Floats = np.log((both + LIFT_PRIOR) / (chance + LIFT_PRIOR))
    return lift


def _leading(common: Floats, directions: int) -> Floats:
    """Loadings whose products are nearest to a symmetric matrix outside of its diagonal: (T, T) → (T, R)."""
    from scipy.sparse.linalg import eigsh

    size, found = len(common), np.zeros((len(common), directions))
    places = min(directions, size)
    own, start = np.zeros((size, places)), np.ones(size)
    for _ in range(DIAGONAL_ROUNDS if places else 0):
        np.fill_diagonal(common, (own**2).sum(1))
        value, vector = eigsh(common, places, v0=start) if size > FEW_TOKENS else np.linalg.eigh(common)
        top = np.argsort(-value)[:places]
        own = vector[:, top] * np.sqrt(np.maximum(value[top], 0.0))
    found[:, :places] = own
    return found


def _products(group: Values, weight: Floats, own: Floats, groups: int) -> Floats:
    """Sums of weighted products of all pairs of columns, by group: (n,), (n,), (n, R) → (groups, R, R)."""
    size = own.shape[1]
    found = np.zeros((groups, size, size))
    for one in range(size):
        for other in range(one + 1):
            found[:, one, other] = np.bincount(group, weight * own[:, one] * own[:, other], minlength=groups)
            found[:, other, one] = found[:, one, other]
    return found


def _sums(group: Values, weight: Floats, own: Floats, groups: int) -> Floats:
    """Weighted sums by group: (n,), (n,), (n, R) → (groups, R)."""
    columns = [np.bincount(group, weight * column, minlength=groups) for column in own.T]
    return np.stack(columns, axis=1)


def _ridge(second: Floats, first: Floats, precision: float, mean: Floats | float = 0.0) -> Floats:
    """Solutions of (M + λI) b = m + λμ: (n, R, R), (n, R) → (n, R)."""
    left = second + precision * np.eye(first.shape[1])
    right: Floats = first + precision * np.asarray(mean, np.float64)
    solved: Floats = np.linalg.solve(left, right[:, :, None]).astype(np.float64)
    return solved[:, :, 0]
