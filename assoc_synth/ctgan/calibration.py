"""Steering inside the generator: it draws, is compared with the training subjects, and the drift is taken out.

Sampling link after link lets small errors of the conditionals add up over a history: margins drift, and strong pairs
come out too weak. A pilot sample shows the drift of each margin and of each pair. The drift of a margin goes into that
object's bias, the drift of the pairs, shrunk and reduced to its leading factors, into the steering path. Only training
subjects are used.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
import torch

from assoc_synth.ctgan.degrees import Degrees
from assoc_synth.ctgan.factors import leading_factors
from assoc_synth.ctgan.networks import EdgeGenerator
from assoc_synth.ctgan.sampling import sample_edges
from assoc_synth.graph import Edges

Floats = npt.NDArray[np.float64]
STEERING_RANK = 64
MAX_TOKENS = 300_000
"""Above this many (verb, object) tokens the pairs are not steered: their factors would outweigh the rest of the
model.
"""


@dataclass(frozen=True)
class Drift:
    """How far a pilot sample is from the training subjects, before its round's correction.

    Attributes:
        margins: Σ|p_real − p_drawn| / Σ p_real over (verb, object).
        pairs: the same over pairs of (verb, object); None in rounds that leave the pairs alone.
    """

    margins: float
    pairs: float | None


def calibrate(
    generator: EdgeGenerator,
    edges: Edges,
    degrees: Degrees,
    *,
    seed: int,
    rounds: int = 8,
    pilot_links: int | None = None,
    margin_prior: float = 10.0,
    pair_prior: float = 8.0,
    step: float = 0.7,
) -> list[Drift]:
    """Move the biases and set the steering path, a few rounds.

    Args:
        edges: training subjects, whose margins and pairs are the target.
        pilot_links: about how many links each round draws; None takes as many as the table has, 100,000 to 400,000.
        margin_prior, pair_prior: pseudo-counts, on the scale of the smaller of table and pilot, that shrink the log
            ratios of what is rare towards 0.
        step: share of the pairs' drift that is taken out in one round.
    """
    rng = np.random.default_rng(seed)
    linked = max(int((np.diff(edges.offsets) > 0).sum()), 1)
    links = pilot_links or int(np.clip(10 * len(edges), 5_000, np.clip(len(edges), 100_000, 400_000)))
    subjects = max(int(np.ceil(links * linked / len(edges))), 50)
    steers = generator.num_verbs * generator.num_objects <= MAX_TOKENS
    if steers:
        generator.make_steering(min(STEERING_RANK, generator.num_verbs * generator.num_objects))
    real_pairs = _pairs(edges) if steers else None
    drifts = []
    for round_ in range(rounds):
        drawn = sample_edges(generator, degrees.draw(subjects, rng), seed=int(rng.integers(2**31)))
        scale = min(linked, subjects)
        real_margins, drawn_margins = _margins(edges) * (scale / linked), _margins(drawn) * (scale / subjects)
        shift = np.log((real_margins + margin_prior) / (drawn_margins + margin_prior))
        pairs: float | None = None
        # The last rounds settle the margins that steering the pairs has moved.
        if real_pairs is not None and round_ < rounds - 2:
            drift, pairs = _pair_drift(
                real_pairs * (scale / linked), _pairs(drawn) * (scale / subjects), shift, pair_prior
            )
            _steer(generator, drift * (step / (1 + 0.5 * round_)))
        drifts.append(Drift(float(np.abs(real_margins - drawn_margins).sum() / real_margins.sum()), pairs))
        _move_biases(generator, shift, real_margins, drawn_margins, margin_prior, 1 / (1 + 0.5 * round_))
    return drifts


def _margins(edges: Edges) -> Floats:
    """Subjects linked to each token: (tokens,)."""
    return np.bincount(edges.token, minlength=edges.num_verbs * edges.num_objects).astype(np.float64)


def _move_biases(
    generator: EdgeGenerator, shift: Floats, real: Floats, drawn: Floats, prior: float, step: float
) -> None:
    """Add the margins' log ratios to `object_bias`, and those of the verbs' totals to `verb_bias`."""
    shape = generator.num_verbs, generator.num_objects
    totals = [counts.reshape(shape).sum(1) + prior for counts in (real, drawn)]
    with torch.no_grad():
        generator.object_bias.add_(torch.from_numpy(step * shift.reshape(shape)).to(generator.object_bias))
        generator.verb_bias.add_(torch.from_numpy(step * np.log(totals[0] / totals[1])).to(generator.verb_bias))


def _pairs(edges: Edges) -> sp.csr_matrix:
    """Subjects shared by each two tokens, i < j: (tokens, tokens)."""
    tokens = edges.tokens()
    return sp.triu(tokens.T @ tokens, k=1).tocsr()


def _pair_drift(real: sp.csr_matrix, drawn: sp.csr_matrix, shift: Floats, prior: float) -> tuple[sp.csr_matrix, float]:
    """Shrunk log ratios of pair counts beyond their margins' ratios, symmetric and sparse; Σ|real − drawn| / Σ real.

    Pairs that neither has are left at 0. Where a pair is rare, its ratio and its margins' ratios are shrunk alike.
    """
    difference = (real - drawn).tocsr()
    size = float(np.abs(difference.data).sum() / max(real.data.sum(), 1e-12))
    both = (real + drawn).tocoo()
    if not both.nnz:
        return sp.csr_matrix(real.shape), size
    observed = np.asarray(real[both.row, both.col]).ravel()
    expected = (both.data - observed) * np.exp(shift[both.row] + shift[both.col])
    ratio = np.log((observed + prior) / (expected + prior))
    upper = sp.coo_matrix((ratio, (both.row, both.col)), shape=real.shape).tocsr()
    return upper + upper.T, size


def _steer(generator: EdgeGenerator, drift: sp.csr_matrix) -> None:
    """Add a correction to the steering path and reduce the sum to the path's rank again."""
    source = generator.steering_source.double().cpu().numpy()
    target = generator.steering_target.flatten(0, 1).double().cpu().numpy()
    left, right = leading_factors(drift, generator.steering_dim, plus=(target, source))
    generator.steering_target.copy_(torch.from_numpy(left).view_as(generator.steering_target))
    generator.steering_source.copy_(torch.from_numpy(right))
