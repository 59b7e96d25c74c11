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
import torch
from torch import Tensor

from assoc_synth.ctgan.degrees import Degrees
from assoc_synth.ctgan.factors import leading_factors
from assoc_synth.ctgan.networks import EdgeGenerator
from assoc_synth.ctgan.sampling import sample_edges
from assoc_synth.graph import Edges

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.float32]
Codes = npt.NDArray[np.int64]
STEERING_RANK, SMALL_RANK, SMALL_TOKENS = 64, 128, 2_000
FIRST_STEP, SETTLING = 0.7, 2
ROUNDS, SMALL_ROUNDS, SMALL_TABLE = 8, 14, 50_000
"""More rounds up to 50,000 edges, where they are cheap."""
MARGIN_PRIOR, PAIR_PRIOR = 10.0, 4.0
"""Pseudo-counts that shrink the log ratios of what is rare towards 0."""
STEERED = ("object_bias", "steering_source", "steering_target")
MOST_STEERED = 6_000
"""Tokens whose pairs are steered, the most frequent first: a table of pairs is written out."""
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
    rounds: int | None = None,
    pilot_links: int | None = None,
    deadline: float = math.inf,
) -> list[Drift]:
    """Move the biases and set the steering path, a few rounds; a round that made things worse is undone.

    Args:
        edges: training subjects, whose margins and pairs are the target.
        rounds: pilot samples; None chooses by the size of the table.
        pilot_links: about how many links each round draws; None takes four times the table's, up to 400,000.
        deadline: `time.monotonic()` after which no further round is begun; the first is always made.
    """
    rng = np.random.default_rng(seed)
    linked = max(int((np.diff(edges.offsets) > 0).sum()), 1)
    links = pilot_links or int(np.clip(4 * len(edges), 5_000, 400_000))
    subjects = max(int(np.ceil(links * linked / len(edges))), 50)
    rounds = rounds or (ROUNDS if len(edges) > SMALL_TABLE else SMALL_ROUNDS)
    steers = generator.num_verbs * generator.num_objects <= MAX_TOKENS
    if steers:
        tokens = generator.num_verbs * generator.num_objects
        generator.make_steering(min(SMALL_RANK if tokens <= SMALL_TOKENS else STEERING_RANK, tokens))
    target = _Target.of(edges, linked, min(linked, subjects), pairs=steers)
    # A link steers every later one of its subject, so that long histories add a pair's correction up many times.
    step = FIRST_STEP * min(1.0, 4.0 / math.sqrt(len(edges) / linked / 2))
    best: _Measured | None = None
    drifts: list[Drift] = []
    for round_ in range(rounds):
        if best is not None and time.monotonic() > deadline:
            best.restore(generator)  # its correction has not been looked at
            break
        drawn = sample_edges(generator, degrees.draw(subjects, rng), seed=int(rng.integers(2**31)))
        # The last rounds settle the margins that steering the pairs has moved.
        settling = round_ >= rounds - SETTLING
        measured = target.measure(drawn, subjects, generator, pairs=steers and not settling)
        drifts.append(measured.drift)
        if best is None or settling or measured.size <= best.size:
            step *= 1.0 if best is None else 1.2
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
    pairs: Counts | None
    chosen: Codes
    subjects: int

    @classmethod
    def of(cls, edges: Edges, linked: int, subjects: int, *, pairs: bool) -> _Target:
        scale = np.float32(subjects / linked)
        margins = _margins(edges)
        frequent = np.argsort(-margins, kind="stable")[:MOST_STEERED]
        chosen = np.sort(frequent[margins[frequent] >= PAIR_PRIOR])
        return cls(margins * scale, _pairs(edges, chosen) * scale if pairs else None, chosen, subjects)

    def measure(self, drawn: Edges, drawn_subjects: int, generator: EdgeGenerator, *, pairs: bool) -> _Measured:
        """The drift of a pilot sample, and the parameters that drew it."""
        scale = np.float32(self.subjects / drawn_subjects)
        margins = _margins(drawn) * scale
        shift = np.log((self.margins + MARGIN_PRIOR) / (margins + MARGIN_PRIOR))
        size, correction = None, None
        if pairs and self.pairs is not None:
            correction, size = _pair_drift(self.pairs, _pairs(drawn, self.chosen) * scale, shift[self.chosen])
        margin_size = float(np.abs(self.margins - margins).sum() / self.margins.sum())
        state = tuple(getattr(generator, name).detach().clone() for name in STEERED)
        return _Measured(Drift(margin_size, size), shift, correction, self.chosen, state)


@dataclass(frozen=True, eq=False)
class _Measured:
    """What a pilot sample showed, and the parameters that drew it."""

    drift: Drift
    shift: Floats
    pairs: Counts | None
    chosen: Codes
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
        if self.pairs is not None:
            _steer(generator, self.pairs * np.float32(step), self.chosen)


def _margins(edges: Edges) -> Floats:
    """Subjects linked to each token: (tokens,)."""
    return np.bincount(edges.token, minlength=edges.num_verbs * edges.num_objects).astype(np.float64)


def _pairs(edges: Edges, chosen: Codes) -> Counts:
    """Subjects shared by each two of the chosen tokens, the diagonal 0: (chosen, chosen)."""
    tokens = edges.tokens()[:, chosen]
    counts: Counts = (tokens.T @ tokens).toarray()
    np.fill_diagonal(counts, 0)
    return counts


def _pair_drift(real: Counts, drawn: Counts, shift: Floats) -> tuple[Counts, float]:
    """Shrunk log ratios of pair counts beyond their margins' ratios, symmetric; Σ|real − drawn| / Σ real.

    Where a pair is rare, its ratio and its margins' ratios are shrunk alike.
    """
    size = float(np.abs(real - drawn).sum(dtype=np.float64) / max(real.sum(dtype=np.float64), 1e-12))
    factor = np.exp(shift).astype(np.float32)
    expected = drawn * factor[:, None] * factor[None, :]
    return np.log((real + PAIR_PRIOR) / (expected + PAIR_PRIOR)), size


def _steer(generator: EdgeGenerator, drift: Counts, chosen: Codes) -> None:
    """Add a correction to the steering path and reduce the sum to the path's rank again."""
    at = torch.from_numpy(chosen)
    source, target = generator.steering_source, generator.steering_target.flatten(0, 1)
    plus = target[at].double().cpu().numpy(), source[at].double().cpu().numpy()
    left, right = leading_factors(drift, generator.steering_dim, plus=plus)
    target[at] = torch.from_numpy(left).to(target)
    source[at] = torch.from_numpy(right).to(source)
