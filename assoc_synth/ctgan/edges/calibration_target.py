"""What calibration of the edges aims at: the training subjects' counts, and how far a pilot sample is from them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
import torch

from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.edges.associated_pairs import Associated
from assoc_synth.ctgan.edges.generator import EdgeGenerator
from assoc_synth.ctgan.shrinkage import log_ratio
from assoc_synth.link_graph.edges import Edges
from assoc_synth.transactions.arrays import Floats, Ints, Singles

SMALL_TOKENS = 2_000
"""Tokens up to which the steering path can carry single pairs, and with them what is chance in their counts."""
CERTAIN = 2.0
"""Standard errors of a pair's log ratio that count as chance."""
LARGE_TERM_PRIOR = 30.0
"""Pseudo-counts of a pair whose term starts from the training counts: only clear evidence in a pilot changes it."""
MOST_STEERED = 6_000
"""At most this many tokens have steered pairs, the most frequent first: a full table of their pairs is held."""


@dataclass(frozen=True)
class CalibrationErrors:
    """How far a pilot sample is from the training subjects, before its round's correction.

    Attributes:
        margins: Σ|p_real − p_drawn| over (verb, object), by the larger of Σ p_real and Σ p_drawn: 0 to 2.
        repeats: the same over pairs of verbs, of the objects that a subject has under both; None where no subject has
            one under two verbs.
        pairs: the same over pairs of (verb, object); None where pairs are left alone or there are none.
        associated: mean |log ratio| of the associated pairs' counts, shrunk; None where there are none.
    """

    margins: float
    repeats: float | None
    pairs: float | None
    associated: float | None


@dataclass(frozen=True, eq=False)
class Measured:
    """What a pilot sample showed.

    Attributes:
        margin_shift, class_shift: log ratios of the margins of tokens, (tokens,), and of classes, (V, classes).
        repeat_shift: the same of objects that subjects have under two verbs, (V, V).
        pair_ratio: of the steered tokens' pairs, beyond their margins', (chosen, chosen).
        associated: of the associated pairs, (P,).
    """

    errors: CalibrationErrors
    margin_shift: Floats
    class_shift: Floats
    repeat_shift: Floats
    pair_ratio: Singles | None
    associated: Floats

    def size(self, *, single_pairs: bool) -> float:
        """What the rounds make smaller: the calibration error of the associated pairs, or of all pairs.

        Without pairs it is the calibration error of the margins and of the repeat bias.
        """
        if single_pairs and self.errors.associated is not None:
            return self.errors.associated
        if self.errors.pairs is not None:
            return self.errors.pairs
        return self.errors.margins + (self.errors.repeats or 0.0)


@dataclass(frozen=True, eq=False)
class Classes:
    """How tokens add up to classes of the softmax: the class of each object, (O,), and the shape (V, classes)."""

    class_of: Ints
    shape: tuple[int, int]

    @classmethod
    def of(cls, generator: EdgeGenerator) -> Classes:
        class_of = generator.class_of(torch.arange(generator.num_objects, device=generator.output.device))
        return cls(class_of.cpu().numpy(), (generator.num_verbs, generator.num_classes))

    def sums(self, margins: Floats) -> Floats:
        """(tokens,) → (V, classes)."""
        verb, object = np.divmod(np.arange(len(margins)), len(self.class_of))
        index = verb * self.shape[1] + self.class_of[object]
        total = np.bincount(index, weights=margins, minlength=self.shape[0] * self.shape[1])
        return total.astype(np.float64).reshape(self.shape)


@dataclass(frozen=True, eq=False)
class Target:
    """The training subjects' counts, on the scale of the smaller of table and pilot.

    Attributes:
        margins: of each token, (tokens,).
        classes: how tokens add up to the softmax's classes.
        chosen: tokens whose pairs are steered, ascending.
        pairs: subjects shared by each two of them; None where the steering path is not used.
        repeats: (subject, object) pairs linked by each two verbs, (V, V).
        subjects: how many subjects the counts are of, `scale` times those of the table.
    """

    config: CTGANConfig
    margins: Floats
    classes: Classes
    chosen: Ints
    pairs: Singles | None
    associated: Associated
    repeats: Floats
    subjects: int
    scale: float

    @classmethod
    def of(cls, generator: EdgeGenerator, edges: Edges, subjects: int, *, steers: bool, is_large: bool) -> Target:
        """The counts of `edges`, scaled to `subjects` of those that have any."""
        config = generator.config
        scale = subjects / num_linked(edges)
        margins = token_margins(edges)
        frequent = np.argsort(-margins, kind="stable")[:MOST_STEERED]
        chosen = np.sort(frequent[margins[frequent] >= config.pair_prior])
        pairs = shared_pairs(edges, chosen) * np.float32(scale) if steers else None
        most = config.most_pair_terms if config.pair_terms else 0
        associated = Associated.of(edges, scale, most, LARGE_TERM_PRIOR if is_large else config.term_prior)
        repeats = repeats_by_verbs(edges) * scale
        classes = Classes.of(generator)
        return cls(config, margins * scale, classes, chosen, pairs, associated, repeats, subjects, scale)

    def measure(self, drawn: Edges, drawn_subjects: int) -> Measured:
        """The calibration error of a pilot sample."""
        scale, prior = self.subjects / drawn_subjects, self.config.margin_prior
        margins, repeats = token_margins(drawn) * scale, repeats_by_verbs(drawn) * scale
        shift = log_ratio(self.margins, margins, prior)
        ratio, pair_error = self._pair_ratio(drawn, scale, shift)
        own = self.associated.calibration_error(drawn, scale, shift) if len(self.associated) else np.zeros(0)
        errors = CalibrationErrors(
            margins=_relative_error(self.margins, margins) or 0.0,
            repeats=_relative_error(self.repeats, repeats),
            pairs=pair_error,
            associated=float(np.abs(own).mean()) if len(own) else None,
        )
        class_shift = log_ratio(self.classes.sums(self.margins), self.classes.sums(margins), prior)
        return Measured(errors, shift, class_shift, log_ratio(self.repeats, repeats, prior), ratio, own)

    def _pair_ratio(self, drawn: Edges, scale: float, shift: Floats) -> tuple[Singles | None, float | None]:
        """Log ratios of the steered pairs, beyond the margins' own, and their calibration error."""
        if self.pairs is None:
            return None, None
        counts = shared_pairs(drawn, self.chosen) * np.float32(scale)
        # Where a pair is rare, its ratio and its margins' ratios are shrunk alike.
        factor, prior = np.exp(shift[self.chosen]).astype(np.float32), self.config.pair_prior
        ratio = log_ratio(self.pairs, counts * factor[:, None] * factor[None, :], prior)
        if len(self.margins) <= SMALL_TOKENS:
            ratio *= certain_share(ratio, (self.pairs, self.scale), (counts, scale), prior)
        return ratio, _relative_error(self.pairs, counts)


def _relative_error(real: Floats | Singles, drawn: Floats | Singles) -> float | None:
    """Σ|real − drawn| / max(Σ real, Σ drawn); None where there is nothing to compare with.

    It is at most 2, however rare a thing is in the table and however often it is drawn: one that a thousandth of a
    subject has on the pilot's scale must not outweigh everything else.
    """
    total, made = (float(counts.sum(dtype=np.float64)) for counts in (real, drawn))
    return float(np.abs(real - drawn).sum(dtype=np.float64)) / max(total, made) if total > 0 else None


def num_linked(edges: Edges) -> int:
    """Subjects with any edge, at least 1."""
    return max(int((np.diff(edges.offsets) > 0).sum()), 1)


def token_margins(edges: Edges) -> Floats:
    """Subjects linked to each token: (tokens,)."""
    return np.bincount(edges.token, minlength=edges.num_verbs * edges.num_objects).astype(np.float64)


def repeats_by_verbs(edges: Edges) -> Floats:
    """(subject, object) pairs linked by each two verbs, the diagonal 0: (V, V)."""
    at, row = np.unique(edges.subject.astype(np.int64) * edges.num_objects + edges.object, return_inverse=True)
    has = sp.csr_matrix((np.ones(len(row)), (row, edges.verb)), shape=(len(at), edges.num_verbs))
    shared: Floats = np.asarray((has.T @ has).toarray(), np.float64)
    np.fill_diagonal(shared, 0)
    return shared


def shared_pairs(edges: Edges, chosen: Ints) -> Singles:
    """Subjects shared by each two of the chosen tokens, the diagonal 0: (chosen, chosen)."""
    tokens = edges.tokens()[:, chosen]
    counts: Singles = (tokens.T @ tokens).toarray()
    np.fill_diagonal(counts, 0)
    return counts


def certain_share(ratio: Singles, real: tuple[Singles, float], drawn: tuple[Singles, float], prior: float) -> Singles:
    """How much of each shrunk log ratio may be taken for real: 1 − (2 standard errors / ratio)², or nothing.

    A positive-part James–Stein factor that asks for twice its standard error: to steer towards chance would be to learn
    single subjects.

    Args:
        ratio: (n, n) log ratios shrunk by `prior` pseudo-counts.
        real, drawn: counts times a scale, and that scale; a count's variance is taken to be the count, plus one.
    """
    noise = sum(scale * (counts + scale) / (counts + prior) ** 2 for counts, scale in (real, drawn))
    factor: Singles = np.clip(1 - CERTAIN**2 * noise / np.maximum(ratio**2, 1e-9), 0, None).astype(np.float32)
    return factor
