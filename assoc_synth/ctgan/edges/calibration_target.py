"""What calibration of the edges aims at: the training subjects' counts, and how far a pilot sample is from them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
import torch

from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.edges.associated_pairs import Associated
from assoc_synth.ctgan.edges.generator import EdgeGenerator
from assoc_synth.ctgan.edges.implications import expected_together
from assoc_synth.ctgan.edges.low_rank import clear_directions
from assoc_synth.ctgan.shrinkage import log_ratio
from assoc_synth.link_graph.edges import Edges
from assoc_synth.transactions.arrays import Floats, Ints, Singles

SMALL_TOKENS = 2_000
"""Tokens up to which the steering path can carry single pairs, and with them what is chance in their counts."""
CERTAIN = 2.0
"""Standard errors of a pair's log ratio that count as chance."""
LARGE_TERM_PRIOR = 30.0
"""Pseudo-counts of a pair whose term starts from the training counts: only clear evidence in a pilot changes it."""
ENOUGH_PAIRS = 30
"""Associated pairs whose mean error says something beside that of tastes."""
TASTES_OF_CHANCE = 1.4
"""The calibration error of tastes of another real sample: below it there is nothing to gain."""
MOST_TASTES = 48
"""Factors that the pairs of a small table may have in common."""
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
        tastes: root mean square of the log ratios in the directions that many pairs of a small table have in common, in
            standard errors of single pairs; None where there are none. See `TASTES_OF_CHANCE`.
    """

    margins: float
    repeats: float | None
    pairs: float | None
    associated: float | None
    tastes: float | None = None


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
        """What the rounds make smaller: the calibration error of tastes, of the associated pairs, or of all pairs.

        Without pairs it is the calibration error of the margins and of the repeat bias.
        """
        if self.errors.tastes is not None:
            single = self.errors.associated if len(self.associated) >= ENOUGH_PAIRS else None
            return max(self.errors.tastes, TASTES_OF_CHANCE) * (1.0 if single is None else single)
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
        tastes: of a small table, what the chosen tokens' pairs have in common.
        repeats: (subject, object) pairs linked by each two verbs, (V, V).
        subjects: how many subjects the counts are of, `scale` times those of the table.
    """

    config: CTGANConfig
    margins: Floats
    classes: Classes
    chosen: Ints
    pairs: Singles | None
    tastes: Tastes
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
        unplanned = (generator.num_verbs - generator.planned) * generator.num_objects
        chosen = chosen[chosen < unplanned]  # the plan is not drawn here, and its pairs would crowd out the others
        pairs = shared_pairs(edges, chosen) * np.float32(scale) if steers else None
        most = config.most_pair_terms if config.pair_terms else 0
        is_small = np.count_nonzero(margins) <= SMALL_TOKENS
        prior = LARGE_TERM_PRIOR if is_large else config.term_prior
        associated = Associated.of(edges, scale, most, prior, below=None if is_small else unplanned)
        repeats = repeats_by_verbs(edges) * scale
        classes = Classes.of(generator)
        tastes = Tastes(np.zeros((len(chosen), 0)), np.zeros(0))
        if pairs is not None and is_small:
            tastes = Tastes.of(edges, chosen, (pairs, scale), config.pair_prior)
        return cls(config, margins * scale, classes, chosen, pairs, tastes, associated, repeats, subjects, scale)

    def measure(self, drawn: Edges, drawn_subjects: int) -> Measured:
        """The calibration error of a pilot sample."""
        scale, prior = self.subjects / drawn_subjects, self.config.margin_prior
        margins, repeats = token_margins(drawn) * scale, repeats_by_verbs(drawn) * scale
        shift = log_ratio(self.margins, margins, prior)
        ratio, pair_error, tastes = self._pair_ratio(drawn, scale, shift)
        own = self.associated.calibration_error(drawn, scale, shift) if len(self.associated) else np.zeros(0)
        errors = CalibrationErrors(
            margins=_relative_error(self.margins, margins) or 0.0,
            repeats=_relative_error(self.repeats, repeats),
            pairs=pair_error,
            associated=float(np.abs(own).mean()) if len(own) else None,
            tastes=tastes,
        )
        class_shift = log_ratio(self.classes.sums(self.margins), self.classes.sums(margins), prior)
        return Measured(errors, shift, class_shift, log_ratio(self.repeats, repeats, prior), ratio, own)

    def _pair_ratio(
        self, drawn: Edges, scale: float, shift: Floats
    ) -> tuple[Singles | None, float | None, float | None]:
        """Log ratios of the steered pairs, beyond the margins' own, their calibration error, and that of tastes."""
        if self.pairs is None:
            return None, None, None
        tastes = None
        counts = shared_pairs(drawn, self.chosen) * np.float32(scale)
        # Where a pair is rare, its ratio and its margins' ratios are shrunk alike.
        factor, prior = np.exp(shift[self.chosen]).astype(np.float32), self.config.pair_prior
        ratio = log_ratio(self.pairs, counts * factor[:, None] * factor[None, :], prior)
        if np.count_nonzero(self.margins) <= SMALL_TOKENS:
            if len(self.tastes.excess):
                own = standard_error((self.pairs, self.scale), prior)
                tastes = float(np.sqrt((self.tastes.share(ratio / own) ** 2).mean()))
            ratio = certain_part(ratio, (self.pairs, self.scale), (counts, scale), prior, self.tastes)
        return ratio, _relative_error(self.pairs, counts), tastes


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


@dataclass(frozen=True, eq=False)
class Tastes:
    """What many pairs of a small table have in common: directions of its tokens' log lifts in standard errors.

    A taste is seen in no single pair and clearly in all of them together, as a large eigenvalue: see
    `clear_directions`.

    Attributes:
        directions: (tokens, k); excess: (k,) what of the real table's eigenvalues is noise.
    """

    directions: Floats
    excess: Floats

    @classmethod
    def of(cls, edges: Edges, chosen: Ints, pairs: tuple[Singles, float], prior: float) -> Tastes:
        """Those of the chosen tokens.

        Args:
            pairs: subjects shared by each two, times a scale, and that scale.
            prior: pseudo-counts that shrink a log ratio.
        """
        counts = np.bincount(edges.token, minlength=edges.num_verbs * edges.num_objects)[chosen].astype(np.float64)
        expected = pairs[1] * expected_together(edges, chosen // edges.num_objects, counts)
        ratio = np.log((pairs[0] + prior) / (expected + prior)) / standard_error(pairs, prior)
        np.fill_diagonal(ratio, 0.0)
        return cls(*clear_directions((ratio + ratio.T) / 2, MOST_TASTES))

    def share(self, ratio: Floats) -> Floats:
        """What of log ratios of real to drawn, in standard errors, is in these directions: (n, n) → (k, k)."""
        found: Floats = self.directions.T @ ratio @ self.directions - np.diag(self.excess)
        return found


def certain_part(
    ratio: Singles, real: tuple[Singles, float], drawn: tuple[Singles, float], prior: float, tastes: Tastes
) -> Singles:
    """How much of shrunk log ratios may be taken for real: what is in the direction of tastes, and single clear pairs.

    Of what is no taste each pair keeps the share 1 − (2 standard errors / ratio)², or nothing: a positive-part
    James–Stein factor that asks for twice its standard error. To steer towards chance would be to learn single
    subjects.

    Args:
        ratio: (n, n) log ratios shrunk by `prior` pseudo-counts.
        real, drawn: counts times a scale, and that scale.
        tastes: what many pairs have in common.
    """
    own = standard_error(real, prior)
    shared = own * (tastes.directions @ tastes.share(ratio / own) @ tastes.directions.T)
    np.fill_diagonal(shared, 0.0)
    rest, error = ratio - shared, own**2 + standard_error(drawn, prior) ** 2
    factor = np.clip(1 - CERTAIN**2 * error / np.maximum(rest**2, 1e-9), 0, None)
    part: Singles = (shared + rest * factor).astype(np.float32)
    return part


def standard_error(counted: tuple[Singles, float], prior: float) -> Floats:
    """Of the log of counts plus `prior`, where a count's variance is the count plus one, all times a scale: (n, n)."""
    counts, scale = counted
    error: Floats = np.sqrt(scale * (counts.astype(np.float64) + scale)) / (counts + prior)
    return error
