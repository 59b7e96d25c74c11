"""Steering inside the generator: it draws, is compared with the training subjects, and the calibration error is taken
out.

Sampling link after link lets small errors of the conditionals add up over a history: margins drift, and strong pairs
come out too weak. A pilot sample shows the calibration error of each margin and of each pair. The calibration error of
a margin goes into that object's bias. The calibration error of the pairs, shrunk, goes first into the steering path,
reduced to its leading factors; what then is left of it for pairs that are associated goes into their own terms. Only
training subjects are used.

Where objects are too many for the steering path, a pilot sees too few of most pairs as well. There the terms begin at
what the training subjects show of a pair and the trained paths do not have, and the pilots correct what is frequent.
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

from assoc_synth.ctgan.edges.associated_pairs import Associated
from assoc_synth.ctgan.edges.degrees import Degrees
from assoc_synth.ctgan.edges.generator import EdgeGenerator
from assoc_synth.ctgan.edges.low_rank import leading_factors
from assoc_synth.ctgan.edges.sampling import sample_edges
from assoc_synth.ctgan.shrinkage import log_ratio
from assoc_synth.link_graph.edges import Edges

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.float32]
Codes = npt.NDArray[np.int64]
STEERING_RANK, SMALL_RANK, SMALL_TOKENS = 64, 128, 2_000
"""Up to 2,000 tokens the steering path has a rank that can carry single pairs, and with them what is chance in their
counts: that is then taken out first. A low rank leaves it out by itself.
"""
FIRST_STEP = 0.7
ROUNDS, SMALL_ROUNDS, SMALL_TABLE = 10, 16, 50_000
"""More rounds up to 50,000 edges, where they are cheap."""
MARGIN_PRIOR, PAIR_PRIOR, TERM_PRIOR = 10.0, 10.0, 4.0
"""Pseudo-counts that shrink the log ratios of what is rare towards 0."""
CERTAIN = 2.0
"""Standard errors of a pair's log ratio that count as chance."""
BEGUN_PRIOR = 30.0
"""That of a pair whose term began at what the training subjects ask for: a pilot has to be sure to change it."""
MOST_STEERED = 6_000
"""Tokens whose pairs are steered, the most frequent first: a table of pairs is written out."""
MOST_TERMS = 100_000
"""Pairs with a term of their own, the clearest first."""
_SHARED, _SINGLE = "what pairs share", "single pairs"
MAX_TOKENS = 300_000
"""Above this many (verb, object) tokens the pairs are not steered: their factors would outweigh the rest of the
model.
"""


@dataclass(frozen=True)
class CalibrationErrors:
    """How far a pilot sample is from the training subjects, before its round's correction.

    Attributes:
        margins: Σ|p_real − p_drawn| / Σ p_real over (verb, object).
        held: the same over pairs of verbs, of the objects that a subject holds under both; 0 with one verb.
        pairs: the same over pairs of (verb, object); None where pairs are left alone.
        associated: mean |log ratio| of the associated pairs' counts, shrunk; None where there are none.
    """

    margins: float
    held: float
    pairs: float | None
    associated: float | None


def calibrate_edges(
    generator: EdgeGenerator,
    edges: Edges,
    degrees: Degrees,
    *,
    seed: int,
    pilot_links: int | None = None,
    deadline: float = math.inf,
) -> list[CalibrationErrors]:
    """Move the biases, set the steering path, then the pair terms; a round that made things worse is undone.

    Args:
        edges: training subjects, whose margins and pairs are the target.
        pilot_links: about how many links each round draws; None takes four times the table's, up to 400,000.
        deadline: `time.monotonic()` after which no further round is begun; the first is always made.
    """
    rng = np.random.default_rng(seed)
    linked = max(int((np.diff(edges.offsets) > 0).sum()), 1)
    links = pilot_links or int(np.clip(4 * len(edges), 5_000, 400_000))
    subjects = max(int(np.ceil(links * linked / len(edges))), 50)
    rounds = generator.config.calibration_rounds
    if rounds is None:
        rounds = ROUNDS if len(edges) > SMALL_TABLE else SMALL_ROUNDS
    if not rounds:
        return []
    tokens = generator.num_verbs * generator.num_objects
    is_large = tokens > MAX_TOKENS or generator.tail is not None
    steers = generator.config.steering and not is_large
    if steers:
        generator.make_steering(min(SMALL_RANK if tokens <= SMALL_TOKENS else STEERING_RANK, tokens))
    target = _Target.of(generator, edges, linked, min(linked, subjects), steers=steers, is_large=is_large)
    associated = target.associated
    # A link steers every later one of its subject, so that long histories add a pair's correction up many times.
    steps = {_SHARED: FIRST_STEP * min(1.0, 4.0 / math.sqrt(len(edges) / linked / 2)), _SINGLE: FIRST_STEP}
    middle = time.monotonic() + (deadline - time.monotonic()) / 2
    phase, terms = _SHARED if steers else _SINGLE, np.zeros(len(associated))
    if is_large and len(associated):
        terms = associated.residual(generator, edges)
        generator.pairs.set(associated.tokens, associated.matrix(terms))
    best: _Measured | None = None
    calibration_errors: list[CalibrationErrors] = []
    for round_ in range(rounds):
        if best is not None and time.monotonic() > deadline:
            best.steering.restore(generator, associated)  # its correction has not been looked at
            break
        drawn = sample_edges(generator, degrees.draw(subjects, rng), seed=int(rng.integers(2**31)))
        measured = target.measure(drawn, subjects, _Steering.of(generator, terms))
        calibration_errors.append(measured.calibration_error)
        if best is None or measured.size(phase) <= best.size(phase):
            steps[phase] *= 1.0 if best is None else 1.2
            best = measured
        else:
            best.steering.restore(generator, associated)
            steps[phase] *= 0.5
        _calibrate(generator, best)
        if round_ == rounds - 1:
            break  # what a last correction of the pairs does could not be looked at
        if len(associated) and (not steers or round_ >= rounds // 2 or time.monotonic() > middle):
            phase = _SINGLE
            terms = best.steering.terms + steps[phase] * best.associated
            generator.pairs.set(associated.tokens, associated.matrix(terms))
        elif best.pair_ratio is not None:
            _steer(generator, best.pair_ratio * np.float32(steps[phase]), target.chosen)
    return calibration_errors


@dataclass(frozen=True, eq=False)
class _Columns:
    """How tokens add up to columns of the softmax: the column of each object, (O,), and the shape (V, columns)."""

    column: Codes
    shape: tuple[int, int]

    @classmethod
    def of(cls, generator: EdgeGenerator) -> _Columns:
        column = generator.column(torch.arange(generator.num_objects, device=generator.output.device))
        return cls(column.cpu().numpy(), (generator.num_verbs, generator.num_columns))

    def sums(self, margins: Floats) -> Floats:
        """(tokens,) → (V, columns)."""
        verb, object = np.divmod(np.arange(len(margins)), len(self.column))
        index = verb * self.shape[1] + self.column[object]
        total = np.bincount(index, weights=margins, minlength=self.shape[0] * self.shape[1])
        return total.astype(np.float64).reshape(self.shape)


@dataclass(frozen=True, eq=False)
class _Target:
    """The training subjects' counts, on the scale of the smaller of table and pilot.

    Attributes:
        margins: of each token, (tokens,).
        chosen: tokens whose pairs are compared one and all, ascending.
        pairs: subjects shared by each two of them; None where the steering path is not used.
        columns: how tokens add up to the softmax's columns.
        held: (subject, object) pairs linked by each two verbs, (V, V).
        scale: of the counts.
    """

    margins: Floats
    columns: _Columns
    chosen: Codes
    pairs: Counts | None
    associated: Associated
    held: Floats
    subjects: int
    scale: float

    @classmethod
    def of(
        cls, generator: EdgeGenerator, edges: Edges, linked: int, subjects: int, *, steers: bool, is_large: bool
    ) -> _Target:
        scale = subjects / linked
        margins = _margins(edges)
        frequent = np.argsort(-margins, kind="stable")[:MOST_STEERED]
        chosen = np.sort(frequent[margins[frequent] >= PAIR_PRIOR])
        pairs = _pairs(edges, chosen) * np.float32(scale) if steers else None
        most = MOST_TERMS if generator.config.pair_terms else 0
        associated = Associated.of(edges, scale, most, BEGUN_PRIOR if is_large else TERM_PRIOR)
        held = _held(edges) * scale
        return cls(margins * scale, _Columns.of(generator), chosen, pairs, associated, held, subjects, scale)

    def measure(self, drawn: Edges, drawn_subjects: int, steering: _Steering) -> _Measured:
        """The calibration error of a pilot sample that was drawn with this steering."""
        scale = self.subjects / drawn_subjects
        margins = _margins(drawn) * scale
        shift = log_ratio(self.margins, margins, MARGIN_PRIOR)
        column_shift = log_ratio(self.columns.sums(self.margins), self.columns.sums(margins), MARGIN_PRIOR)
        margin_size = float(np.abs(self.margins - margins).sum() / self.margins.sum())
        held = _held(drawn) * scale
        held_shift = log_ratio(self.held, held, MARGIN_PRIOR)
        held_size = float(np.abs(self.held - held).sum() / max(self.held.sum(), 1e-9))
        pair_ratio, size = None, None
        if self.pairs is not None:
            counts = _pairs(drawn, self.chosen) * np.float32(scale)
            apart = float(np.abs(self.pairs - counts).sum(dtype=np.float64))
            size = apart / max(float(self.pairs.sum(dtype=np.float64)), 1e-9)
            # Where a pair is rare, its ratio and its margins' ratios are shrunk alike.
            factor = np.exp(shift[self.chosen]).astype(np.float32)
            pair_ratio = log_ratio(self.pairs, counts * factor[:, None] * factor[None, :], PAIR_PRIOR)
            if len(self.margins) <= SMALL_TOKENS:
                pair_ratio *= _certain(pair_ratio, (self.pairs, self.scale), (counts, scale))
        own = self.associated.calibration_error(drawn, scale, shift) if len(self.associated) else np.zeros(0)
        calibration_error = CalibrationErrors(
            margin_size, held_size, size, float(np.abs(own).mean()) if len(own) else None
        )
        return _Measured(calibration_error, shift, column_shift, held_shift, pair_ratio, own, steering)


@dataclass(frozen=True, eq=False)
class _Steering:
    """A copy of what calibration changes."""

    tensors: list[Tensor]
    terms: Floats

    @classmethod
    def of(cls, generator: EdgeGenerator, terms: Floats) -> _Steering:
        return cls([tensor.detach().clone() for tensor in cls._steered(generator)], terms)

    def restore(self, generator: EdgeGenerator, associated: Associated) -> None:
        with torch.no_grad():
            for tensor, value in zip(self._steered(generator), self.tensors, strict=True):
                tensor.copy_(value)
        generator.pairs.set(associated.tokens, associated.matrix(self.terms))

    @staticmethod
    def _steered(generator: EdgeGenerator) -> list[Tensor]:
        inside = [] if generator.tail is None else [generator.tail.bias]
        steering = generator.steering_source, generator.steering_target
        return [generator.object_bias, generator.earlier_bias, *steering, *inside]


@dataclass(frozen=True, eq=False)
class _Measured:
    """What a pilot sample showed, and the steering that drew it.

    Attributes:
        shift, column_shift: log ratios of the margins of tokens (tokens,) and of columns (V, columns).
        held_shift: the same of objects held under two verbs, (V, V).
        pair_ratio: of the chosen tokens' pairs, beyond their margins', (chosen, chosen).
        associated: of the associated pairs, (P,).
    """

    calibration_error: CalibrationErrors
    shift: Floats
    column_shift: Floats
    held_shift: Floats
    pair_ratio: Counts | None
    associated: Floats
    steering: _Steering

    def size(self, phase: str) -> float:
        """What the rounds make smaller: the associated pairs' calibration error, or all pairs'; without pairs that of
        margins and of what is held."""
        if phase == _SINGLE and self.calibration_error.associated is not None:
            return self.calibration_error.associated
        return (
            self.calibration_error.margins + self.calibration_error.held
            if self.calibration_error.pairs is None
            else self.calibration_error.pairs
        )


def _calibrate(generator: EdgeGenerator, measured: _Measured) -> None:
    """Take most of the calibration error of margins, and of what is held, out of the biases."""
    damped = 0.7
    with torch.no_grad():
        generator.object_bias.add_(torch.from_numpy(damped * measured.column_shift).to(generator.object_bias))
        generator.earlier_bias.add_(torch.from_numpy(damped * measured.held_shift).to(generator.earlier_bias))
        if generator.tail is not None:
            shift = torch.from_numpy(damped * measured.shift).to(generator.object_bias)
            generator.tail.bias.add_(generator.tail.in_slots(shift.view(generator.num_verbs, -1)))


def _steer(generator: EdgeGenerator, change: Counts, chosen: Codes) -> None:
    """Add a change of pairs' logits to the steering path, and reduce the sum to the path's rank again."""
    at = torch.from_numpy(chosen)
    source, target = generator.steering_source, generator.steering_target.flatten(0, 1)
    plus = target[at].double().cpu().numpy(), source[at].double().cpu().numpy()
    left, right = leading_factors(change, generator.steering_dim, plus=plus)
    target[at] = torch.from_numpy(left).to(target)
    source[at] = torch.from_numpy(right).to(source)


def _margins(edges: Edges) -> Floats:
    """Subjects linked to each token: (tokens,)."""
    return np.bincount(edges.token, minlength=edges.num_verbs * edges.num_objects).astype(np.float64)


def _held(edges: Edges) -> Floats:
    """(subject, object) pairs linked by each two verbs, the diagonal 0: (V, V)."""
    at, row = np.unique(edges.subject.astype(np.int64) * edges.num_objects + edges.object, return_inverse=True)
    has = sp.csr_matrix((np.ones(len(row)), (row, edges.verb)), shape=(len(at), edges.num_verbs))
    shared: Floats = np.asarray((has.T @ has).toarray(), np.float64)
    np.fill_diagonal(shared, 0)
    return shared


def _certain(ratio: Counts, real: tuple[Counts, float], drawn: tuple[Counts, float]) -> Counts:
    """How much of each shrunk log ratio may be taken for real: 1 − (2 standard errors / ratio)², or nothing.

    A positive-part James–Stein factor that asks for twice its standard error: what is steered after chance is learned
    from single subjects.

    Args:
        real, drawn: counts times a scale, and that scale; a count's variance is taken to be the count, plus one.
    """
    noise = sum(scale * (counts + scale) / (counts + PAIR_PRIOR) ** 2 for counts, scale in (real, drawn))
    factor: Counts = np.clip(1 - CERTAIN**2 * noise / np.maximum(ratio**2, 1e-9), 0, None).astype(np.float32)
    return factor


def _pairs(edges: Edges, chosen: Codes) -> Counts:
    """Subjects shared by each two of the chosen tokens, the diagonal 0: (chosen, chosen)."""
    tokens = edges.tokens()[:, chosen]
    counts: Counts = (tokens.T @ tokens).toarray()
    np.fill_diagonal(counts, 0)
    return counts
