"""Pseudo-subjects: links that are drawn one after another, so that objects and pairs are as often as was measured.

The next object's weight is its own times one factor for each object that the subject has. Pilots show how far objects
and pairs are from the measured counts; both are corrected, and the correction of the pairs is kept to a low rank.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import numba
import numpy as np
import scipy.sparse as sp
import scipy.sparse.linalg

from assoc_synth.privacy import domains
from assoc_synth.privacy.bounds import UNIT, bounded_pairs, bounded_sum
from assoc_synth.privacy.denoising import Denoised
from assoc_synth.privacy.measurements import Measured
from assoc_synth.transactions.arrays import Floats, Ints, Singles

ROUNDS, PILOT, MOST_PILOT_LINKS = 12, 2, 2_000_000
RANK = 128
OWN_STEP, PAIR_STEP = 0.8, 0.6
OWN_PRIOR, PAIR_PRIOR = 2.0, 8.0
"""Pseudo-counts of an object and of a pair: a pilot has chance of its own."""
LARGEST_LOG, LEAST_NAMED = 8.0, 0.05


@dataclass(frozen=True, eq=False)
class Links:
    """Distinct objects of subjects: `object` of all, one subject after another, and where each one's begin."""

    object: Ints
    offsets: Ints

    def incidence(self, objects: int) -> sp.csr_matrix:
        """(subjects, O), 0/1."""
        return sp.csr_matrix(
            (np.ones(len(self.object)), self.object, self.offsets), shape=(len(self.offsets) - 1, objects)
        )


def draw_links(measured: Measured, denoised: Denoised, rng: np.random.Generator) -> Links:
    """As many pseudo-subjects as there were subjects, by the noisy counts."""
    subjects = max(round(float(measured.links.sum())), 1)
    linked = _mean_links(measured) * subjects
    pilot = max(round(subjects * min(PILOT, MOST_PILOT_LINKS / max(linked, 1))), 1)
    weights = np.log(measured.objects_of / measured.objects_of.sum())
    factors = _low_rank(denoised.log_lift)
    best, least = (weights, factors), np.inf
    for _ in range(ROUNDS):
        drawn = _draw(measured, weights, factors, pilot, rng)
        own, pairs = _log_ratios(measured, denoised, drawn, subjects / pilot)
        misfit = float(np.abs(np.expm1(pairs) * denoised.pairs).sum()) / max(float(denoised.pairs.sum()), 1e-9)
        if misfit < least:
            best, least = (weights, factors), misfit
        weights = weights + OWN_STEP * own
        factors = _low_rank(factors + PAIR_STEP * pairs)
    return _draw(measured, *best, subjects, rng)


def _mean_links(measured: Measured) -> float:
    total = max(float(measured.links.sum()), 1e-9)
    return float(measured.links @ domains.NUMBER_STARTS) / total


def _share_named(measured: Measured) -> float:
    """Share of all links that are to released objects: the counts of both are weighted by the same bound."""
    numbers = domains.NUMBER_STARTS.astype(float)
    full = float(measured.links @ (numbers * np.minimum(1.0, np.sqrt(measured.bound / numbers))))
    return float(np.clip(measured.objects_of.sum() / max(full, 1e-9), LEAST_NAMED, 1.0))


def _draw(measured: Measured, weights: Floats, factors: Floats, subjects: int, rng: np.random.Generator) -> Links:
    share = measured.links / measured.links.sum()
    degrees = domains.draw_numbers(rng.choice(len(share), subjects, p=share), rng)
    # Links were counted before names were chosen: those to objects without a name are left out.
    degrees = np.minimum(np.maximum(rng.binomial(degrees, _share_named(measured)), 1), len(weights))
    multipliers = np.exp(np.clip(factors, -LARGEST_LOG, LARGEST_LOG)).astype(np.float32)
    offsets = np.concatenate([[0], np.cumsum(degrees)]).astype(np.int64)
    uniform = rng.random(int(offsets[-1]))
    return Links(_draw_objects(np.exp(weights - weights.max()), multipliers, offsets, uniform), offsets)


def _one_by_one(popularity: Floats, multipliers: Singles, offsets: Ints, uniform: Floats) -> Ints:  # pragma: no cover
    """One object after another for each subject, none twice: (links,)."""
    found = np.empty(len(uniform), np.int64)
    sums = np.empty(len(popularity))
    for subject in range(len(offsets) - 1):
        weight = popularity.copy()
        for at in range(offsets[subject], offsets[subject + 1]):
            total = 0.0
            for other in range(len(weight)):
                total += weight[other]
                sums[other] = total
            object = min(np.searchsorted(sums, uniform[at] * total, side="right"), len(weight) - 1)
            found[at] = object
            largest = 0.0
            for other in range(len(weight)):
                weight[other] *= multipliers[object, other]
                largest = max(largest, weight[other])
            weight[object] = 0.0
            if largest > 0.0:
                weight /= largest
    return found


_draw_objects = cast("Callable[[Floats, Singles, Ints, Floats], Ints]", numba.njit(_one_by_one))


def _log_ratios(measured: Measured, denoised: Denoised, drawn: Links, scale: float) -> tuple[Floats, Floats]:
    """Log ratios of measured to drawn counts, of objects and of pairs beyond their objects': (O,), (O, O)."""
    incidence = drawn.incidence(len(measured.objects))
    own = bounded_sum(incidence, measured.bound) / UNIT * scale
    pairs = bounded_pairs(incidence, measured.bound) / UNIT * scale
    shift = np.log((measured.objects_of + OWN_PRIOR) / (own + OWN_PRIOR))
    expected = pairs * np.exp(shift[:, None] + shift[None, :])
    ratio = np.log((denoised.pairs + PAIR_PRIOR) / (expected + PAIR_PRIOR))
    np.fill_diagonal(ratio, 0.0)
    return shift, ratio


def _low_rank(matrix: Floats) -> Floats:
    """The nearest symmetric matrix of a low rank, 0 on the diagonal."""
    if len(matrix) > RANK + 1:
        start = np.ones(len(matrix))
        values, vectors = scipy.sparse.linalg.eigsh((matrix + matrix.T) / 2, k=RANK, which="LM", v0=start)
        matrix = (vectors * values) @ vectors.T
    np.fill_diagonal(matrix, 0.0)
    return matrix
