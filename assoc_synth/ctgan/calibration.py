"""Steering inside the generator: it draws, is compared with the training subjects, and the drift is taken out.

Sampling link after link lets small errors of the conditionals add up over a history: margins drift, and strong pairs
come out too weak. A pilot sample shows the drift of each margin and of each pair. The drift of a margin goes into that
object's bias. The drift of the pairs, shrunk, goes first into the steering path, reduced to its leading factors; what
then is left of it and can not be chance goes into terms of single pairs. Only training subjects are used.
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

from assoc_synth.associations import all_pairs
from assoc_synth.ctgan.degrees import Degrees
from assoc_synth.ctgan.factors import leading_factors
from assoc_synth.ctgan.networks import EdgeGenerator
from assoc_synth.ctgan.sampling import sample_edges
from assoc_synth.graph import Edges

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.float32]
Codes = npt.NDArray[np.int64]
STEERING_RANK, SMALL_RANK, SMALL_TOKENS = 64, 128, 2_000
FIRST_STEP = 0.7
ROUNDS, SMALL_ROUNDS, SMALL_TABLE = 10, 16, 50_000
"""More rounds up to 50,000 edges, where they are cheap."""
MARGIN_PRIOR, PAIR_PRIOR = 10.0, 4.0
"""Pseudo-counts that shrink the log ratios of what is rare towards 0."""
MOST_STEERED = 6_000
"""Tokens whose pairs are steered, the most frequent first: a table of pairs is written out."""
LEAST_SHARED, MOST_TERMS = 10, 100_000
"""Pairs with a term of their own: associated in the training subjects, shared by so many; the clearest first."""
_SHARED, _SINGLE = "what pairs share", "single pairs"
MAX_TOKENS = 300_000
"""Above this many (verb, object) tokens the pairs are not steered: their factors would outweigh the rest of the
model.
"""


@dataclass(frozen=True)
class Drift:
    """How far a pilot sample is from the training subjects, before its round's correction.

    Attributes:
        margins: Σ|p_real − p_drawn| / Σ p_real over (verb, object).
        pairs: the same over pairs of (verb, object); None where pairs are left alone.
        associated: mean |log ratio| of the associated pairs' counts, shrunk; None where there are none.
    """

    margins: float
    pairs: float | None
    associated: float | None


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
    """Move the biases, set the steering path, then the pair terms; a round that made things worse is undone.

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
    steps = {_SHARED: FIRST_STEP * min(1.0, 4.0 / math.sqrt(len(edges) / linked / 2)), _SINGLE: FIRST_STEP}
    middle = time.monotonic() + (deadline - time.monotonic()) / 2
    phase = _SHARED
    best: _Measured | None = None
    drifts: list[Drift] = []
    for round_ in range(rounds):
        if best is not None and time.monotonic() > deadline:
            best.restore(generator)  # its correction has not been looked at
            break
        drawn = sample_edges(generator, degrees.draw(subjects, rng), seed=int(rng.integers(2**31)))
        measured = target.measure(drawn, subjects, generator)
        drifts.append(measured.drift)
        if best is None or measured.size(phase) <= best.size(phase):
            steps[phase] *= 1.0 if best is None else 1.2
            best = measured
        else:
            best.restore(generator)
            steps[phase] *= 0.5
        if len(target.associated) and (round_ >= rounds // 2 or time.monotonic() > middle):
            phase = _SINGLE
        best.settle(generator)
        if round_ == rounds - 1:
            break  # what a last correction of the pairs does could not be looked at
        if phase == _SHARED:
            best.steer(generator, steps[phase])
        else:
            best.steer_pairs(generator, steps[phase])
    return drifts


@dataclass(frozen=True, eq=False)
class _Target:
    """The training subjects' counts, on the scale of the smaller of table and pilot.

    Attributes:
        chosen: tokens whose pairs are compared, ascending.
        associated: pairs of them with a term of their own, as positions in `chosen`: (P, 2).
    """

    margins: Floats
    pairs: Counts | None
    chosen: Codes
    associated: Codes
    subjects: int

    @classmethod
    def of(cls, edges: Edges, linked: int, subjects: int, *, pairs: bool) -> _Target:
        scale = np.float32(subjects / linked)
        margins = _margins(edges)
        frequent = np.argsort(-margins, kind="stable")[:MOST_STEERED]
        chosen = np.sort(frequent[margins[frequent] >= PAIR_PRIOR])
        if not pairs:
            return cls(margins * scale, None, chosen, np.zeros((0, 2), np.int64), subjects)
        return cls(margins * scale, _pairs(edges, chosen) * scale, chosen, _associated(edges, chosen), subjects)

    def measure(self, drawn: Edges, drawn_subjects: int, generator: EdgeGenerator) -> _Measured:
        """The drift of a pilot sample, and the parameters that drew it."""
        scale = np.float32(self.subjects / drawn_subjects)
        margins = _margins(drawn) * scale
        shift = np.log((self.margins + MARGIN_PRIOR) / (margins + MARGIN_PRIOR))
        margin_size = float(np.abs(self.margins - margins).sum() / self.margins.sum())
        pairs = None
        if self.pairs is not None:
            pairs = _PairDrift.of(self.pairs, _pairs(drawn, self.chosen) * scale, shift[self.chosen])
        left, right = self.associated.T
        associated = float(np.abs(pairs.log_ratio[left, right]).mean()) if pairs is not None and len(left) else None
        drift = Drift(margin_size, pairs.size if pairs is not None else None, associated)
        return _Measured(drift, shift, pairs, self, _Steering.of(generator))


@dataclass(frozen=True, eq=False)
class _PairDrift:
    """How far the pairs of the chosen tokens are off, beyond what their margins are off.

    Attributes:
        log_ratio: shrunk log ratios of real to drawn counts, symmetric, (chosen, chosen).
        size: Σ|real − drawn| / Σ real.
    """

    log_ratio: Counts
    size: float

    @classmethod
    def of(cls, real: Counts, drawn: Counts, shift: Floats) -> _PairDrift:
        size = float(np.abs(real - drawn).sum(dtype=np.float64) / max(real.sum(dtype=np.float64), 1e-12))
        # Where a pair is rare, its ratio and its margins' ratios are shrunk alike.
        factor = np.exp(shift).astype(np.float32)
        expected = drawn * factor[:, None] * factor[None, :]
        return cls(np.log((real + PAIR_PRIOR) / (expected + PAIR_PRIOR)), size)


@dataclass(frozen=True, eq=False)
class _Steering:
    """A copy of what calibration changes."""

    tensors: dict[str, Tensor]
    pairs: tuple[Codes, sp.csr_matrix]

    @classmethod
    def of(cls, generator: EdgeGenerator) -> _Steering:
        names = ("object_bias", "steering_source", "steering_target")
        return cls({name: getattr(generator, name).detach().clone() for name in names}, generator.pairs.matrix())

    def restore(self, generator: EdgeGenerator) -> None:
        with torch.no_grad():
            for name, value in self.tensors.items():
                getattr(generator, name).copy_(value)
        generator.pairs.set(*self.pairs)


@dataclass(frozen=True, eq=False)
class _Measured:
    """What a pilot sample showed, and the parameters that drew it."""

    drift: Drift
    shift: Floats
    pairs: _PairDrift | None
    target: _Target
    steering: _Steering

    def size(self, phase: str) -> float:
        """What the rounds make smaller: the associated pairs' drift, or all pairs'; without pairs the margins'."""
        if phase == _SINGLE and self.drift.associated is not None:
            return self.drift.associated
        return self.drift.margins if self.drift.pairs is None else self.drift.pairs

    def restore(self, generator: EdgeGenerator) -> None:
        self.steering.restore(generator)

    def settle(self, generator: EdgeGenerator) -> None:
        """Take most of the margins' drift out of the biases."""
        damped = 0.7
        shape = generator.num_verbs, generator.num_objects
        with torch.no_grad():
            generator.object_bias.add_(torch.from_numpy(damped * self.shift.reshape(shape)).to(generator.object_bias))

    def steer(self, generator: EdgeGenerator, step: float) -> None:
        """Take a share `step` of the pairs' drift out by the steering path, reduced to the path's rank again."""
        if self.pairs is None:
            return
        at = torch.from_numpy(self.target.chosen)
        source, target = generator.steering_source, generator.steering_target.flatten(0, 1)
        plus = target[at].double().cpu().numpy(), source[at].double().cpu().numpy()
        change = self.pairs.log_ratio * np.float32(step)
        left, right = leading_factors(change, generator.steering_dim, plus=plus)
        target[at] = torch.from_numpy(left).to(target)
        source[at] = torch.from_numpy(right).to(source)

    def steer_pairs(self, generator: EdgeGenerator, step: float) -> None:
        """Take a share `step` of the associated pairs' drift out, each by its own term."""
        if self.pairs is None:
            return
        left, right = self.target.associated.T
        change = sp.coo_matrix((step * self.pairs.log_ratio[left, right], (left, right)), self.pairs.log_ratio.shape)
        terms = _over(self.target.chosen, *generator.pairs.matrix())
        generator.pairs.set(self.target.chosen, (terms + change + change.T).tocsr())


def _associated(edges: Edges, chosen: Codes) -> Codes:
    """Pairs of chosen tokens that meet more often than by chance, as positions in `chosen`: (P, 2)."""
    found = all_pairs(edges, LEAST_SHARED)
    found = found.where(found.significant())
    found = found.where(np.argsort(-found.z, kind="stable")[:MOST_TERMS])
    left = found.verb * edges.num_objects + found.left
    right = found.other * edges.num_objects + found.right
    kept = np.isin(left, chosen) & np.isin(right, chosen)
    return np.searchsorted(chosen, np.stack([left[kept], right[kept]], 1))


def _over(chosen: Codes, tokens: Codes, matrix: sp.csr_matrix) -> sp.csr_matrix:
    """A matrix over `tokens`, all of which are chosen, as one over the chosen tokens."""
    found = matrix.tocoo()
    at = np.searchsorted(chosen, tokens)
    return sp.csr_matrix((found.data, (at[found.row], at[found.col])), shape=(len(chosen), len(chosen)))


def _margins(edges: Edges) -> Floats:
    """Subjects linked to each token: (tokens,)."""
    return np.bincount(edges.token, minlength=edges.num_verbs * edges.num_objects).astype(np.float64)


def _pairs(edges: Edges, chosen: Codes) -> Counts:
    """Subjects shared by each two of the chosen tokens, the diagonal 0: (chosen, chosen)."""
    tokens = edges.tokens()[:, chosen]
    counts: Counts = (tokens.T @ tokens).toarray()
    np.fill_diagonal(counts, 0)
    return counts
