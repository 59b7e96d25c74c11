"""Steering inside the generator: it draws, is compared with the training subjects, and the drift is taken out.

Sampling link after link lets small errors of the conditionals add up over a history: margins drift, and strong pairs
come out too weak. A pilot sample shows the drift of each margin and of each pair. The drift of a margin goes into that
object's bias, the drift of the pairs, shrunk and reduced to its leading factors, into the steering path. Only training
subjects are used.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
import torch
from torch import Tensor

from assoc_synth.ctgan.degrees import Degrees
from assoc_synth.ctgan.factors import leading_factors
from assoc_synth.ctgan.networks import EdgeGenerator
from assoc_synth.ctgan.sampling import sample_edges
from assoc_synth.graph import Edges

Floats = npt.NDArray[np.float64]
STEERING_RANK = 64
FIRST_STEP, SETTLING = 0.7, 2
MARGIN_PRIOR, PAIR_PRIOR = 10.0, 8.0
"""Pseudo-counts that shrink the log ratios of what is rare towards 0."""
STEERED = ("object_bias", "verb_bias", "steering_source", "steering_target")
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
    deadline: float = math.inf,
) -> list[Drift]:
    """Move the biases and set the steering path, a few rounds; a round that made things worse is undone.

    Args:
        edges: training subjects, whose margins and pairs are the target.
        pilot_links: about how many links each round draws; None takes ten times the table's, up to 100,000, or the
            table's, up to 400,000.
        deadline: `time.monotonic()` after which no further round is begun; the first is always made.
    """
    rng = np.random.default_rng(seed)
    linked = max(int((np.diff(edges.offsets) > 0).sum()), 1)
    links = pilot_links or int(np.clip(10 * len(edges), 5_000, np.clip(len(edges), 100_000, 400_000)))
    subjects = max(int(np.ceil(links * linked / len(edges))), 50)
    steers = generator.num_verbs * generator.num_objects <= MAX_TOKENS
    if steers:
        generator.make_steering(min(STEERING_RANK, generator.num_verbs * generator.num_objects))
    target = _Target.of(edges, linked, min(linked, subjects), pairs=steers)
    # A link steers every later one of its subject, so that long histories add a pair's correction up many times.
    step = FIRST_STEP * min(1.0, 2.0 / math.sqrt(len(edges) / linked / 2))
    best: _Measured | None = None
    drifts: list[Drift] = []
    for round_ in range(rounds):
        if drifts and time.monotonic() > deadline:
            break
        drawn = sample_edges(generator, degrees.draw(subjects, rng), seed=int(rng.integers(2**31)))
        # The last rounds settle the margins that steering the pairs has moved.
        settling = round_ >= rounds - SETTLING
        measured = target.measure(drawn, subjects, generator, pairs=steers and not settling)
        drifts.append(measured.drift)
        if best is None or settling or measured.size <= best.size:
            best = measured
        else:
            best.restore(generator)
            step *= 0.5
        best.correct(generator, step)
    return drifts


@dataclass(frozen=True, eq=False)
class _Target:
    """The training subjects' counts, on the scale of the smaller of table and pilot."""

    margins: Floats
    pairs: sp.csr_matrix | None
    subjects: int

    @classmethod
    def of(cls, edges: Edges, linked: int, subjects: int, *, pairs: bool) -> _Target:
        scale = subjects / linked
        return cls(_margins(edges) * scale, _pairs(edges) * scale if pairs else None, subjects)

    def measure(self, drawn: Edges, drawn_subjects: int, generator: EdgeGenerator, *, pairs: bool) -> _Measured:
        """The drift of a pilot sample, and the parameters that drew it."""
        scale = self.subjects / drawn_subjects
        margins = _margins(drawn) * scale
        shift = np.log((self.margins + MARGIN_PRIOR) / (margins + MARGIN_PRIOR))
        verbs = [counts.reshape(generator.num_verbs, -1).sum(1) + MARGIN_PRIOR for counts in (self.margins, margins)]
        size, correction = None, None
        if pairs and self.pairs is not None:
            correction, size = _pair_drift(self.pairs, _pairs(drawn) * scale, shift)
        margin_size = float(np.abs(self.margins - margins).sum() / self.margins.sum())
        state = tuple(getattr(generator, name).detach().clone() for name in STEERED)
        return _Measured(Drift(margin_size, size), shift, np.log(verbs[0] / verbs[1]), correction, state)


@dataclass(frozen=True, eq=False)
class _Measured:
    """What a pilot sample showed, and the parameters that drew it."""

    drift: Drift
    shift: Floats
    verb_shift: Floats
    pairs: sp.csr_matrix | None
    state: tuple[Tensor, ...]

    @property
    def size(self) -> float:
        """What the rounds make smaller: the pairs' drift where pairs are steered, else the margins'."""
        return self.drift.margins if self.drift.pairs is None else self.drift.pairs

    def restore(self, generator: EdgeGenerator) -> None:
        with torch.no_grad():
            for name, value in zip(STEERED, self.state, strict=True):
                getattr(generator, name).copy_(value)

    def correct(self, generator: EdgeGenerator, step: float) -> None:
        """Take the drift out: the margins' out of the biases, a share `step` of the pairs' out of the steering path."""
        damped = 0.7
        shape = generator.num_verbs, generator.num_objects
        with torch.no_grad():
            generator.object_bias.add_(torch.from_numpy(damped * self.shift.reshape(shape)).to(generator.object_bias))
            generator.verb_bias.add_(torch.from_numpy(damped * self.verb_shift).to(generator.verb_bias))
        if self.pairs is not None:
            _steer(generator, self.pairs * step)


def _margins(edges: Edges) -> Floats:
    """Subjects linked to each token: (tokens,)."""
    return np.bincount(edges.token, minlength=edges.num_verbs * edges.num_objects).astype(np.float64)


def _pairs(edges: Edges) -> sp.csr_matrix:
    """Subjects shared by each two tokens, i < j: (tokens, tokens)."""
    tokens = edges.tokens()
    return sp.triu(tokens.T @ tokens, k=1).tocsr()


def _pair_drift(real: sp.csr_matrix, drawn: sp.csr_matrix, shift: Floats) -> tuple[sp.csr_matrix, float]:
    """Shrunk log ratios of pair counts beyond their margins' ratios, symmetric and sparse; Σ|real − drawn| / Σ real.

    Pairs that neither has are left at 0. Where a pair is rare, its ratio and its margins' ratios are shrunk alike.
    """
    # As the real and the imaginary part of one matrix the two sets of counts stand side by side, pair by pair.
    both = (real + 1j * drawn).tocoo()
    observed, made = both.data.real, both.data.imag
    size = float(np.abs(observed - made).sum() / max(observed.sum(), 1e-12))
    expected = made * np.exp(shift[both.row] + shift[both.col])
    ratio = np.log((observed + PAIR_PRIOR) / (expected + PAIR_PRIOR)).astype(np.float32)
    upper = sp.coo_matrix((ratio, (both.row, both.col)), shape=real.shape).tocsr()
    return upper + upper.T, size


def _steer(generator: EdgeGenerator, drift: sp.csr_matrix) -> None:
    """Add a correction to the steering path and reduce the sum to the path's rank again."""
    source = generator.steering_source.double().cpu().numpy()
    target = generator.steering_target.flatten(0, 1).double().cpu().numpy()
    left, right = leading_factors(drift, generator.steering_dim, plus=(target, source))
    generator.steering_target.copy_(torch.from_numpy(left).view_as(generator.steering_target))
    generator.steering_source.copy_(torch.from_numpy(right))
