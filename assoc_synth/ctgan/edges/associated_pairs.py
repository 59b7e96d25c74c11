"""The pairs of tokens that are associated in the training subjects, and what of it a generator does not have yet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
import torch
from torch import Tensor

from assoc_synth.ctgan.edges.conditions import scalars, scaled
from assoc_synth.ctgan.edges.generator import EdgeGenerator
from assoc_synth.ctgan.shrinkage import log_ratio
from assoc_synth.link_graph.edges import Edges
from assoc_synth.link_graph.pairs import all_pairs, together
from assoc_synth.transactions.arrays import Floats, Ints

LEAST_SHARED = 10
"""Training subjects that share an associated pair, at least."""
STRATA, LEAST_IN_STRATUM = 10, 5
"""Pairs of about the same count whose calibration errors are pooled: a tenth of all, at least five."""
PAIRS_AT_ONCE, TOKENS_AT_ONCE = 1_024, 8_192


@dataclass(frozen=True, eq=False)
class Associated:
    """Pairs of tokens that meet more often than by chance in the training subjects.

    Attributes:
        tokens: those of any pair, ascending, (T,).
        left, right: the pairs as positions in `tokens`, (P,) each.
        shared: training subjects that have both, times a scale, (P,).
        log_lift: log of the training subjects that have both over those that the degree-keeping null expects, (P,).
        prior: pseudo-counts that shrink a pair's calibration error.
    """

    tokens: Ints
    left: Ints
    right: Ints
    shared: Floats
    log_lift: Floats
    prior: float

    @classmethod
    def of(cls, edges: Edges, scale: float, most: int, prior: float, below: int | None = None) -> Associated:
        """The clearest pairs of the training edges, at most `most`; `scale` and `prior` as in the attributes.

        Args:
            below: only pairs of tokens below this one.
        """
        found = all_pairs(edges, LEAST_SHARED)
        found = found.where(found.significant())
        if below is not None:
            own, other = found.verb * edges.num_objects + found.left, found.other * edges.num_objects + found.right
            found = found.where(np.maximum(own, other) < below)
        found = found.where(np.argsort(-found.z, kind="stable")[:most])
        left = found.verb * edges.num_objects + found.left
        right = found.other * edges.num_objects + found.right
        tokens = np.unique(np.concatenate([left, right])).astype(np.int64)
        shared = scale * found.count.astype(np.float64)
        log_lift = np.log(found.count / found.expected)
        return cls(tokens, np.searchsorted(tokens, left), np.searchsorted(tokens, right), shared, log_lift, prior)

    def __len__(self) -> int:
        return len(self.left)

    @torch.no_grad()
    def residual_log_lift(self, generator: EdgeGenerator, edges: Edges) -> Floats:
        """A pair's log lift beyond that of the generator's trained paths, the mean of both directions: (P,).

        A path's log lift is that of an object's probability, after one link of the pair and ordinary links up to the
        middle of a history of mean length, over its share among the links of its verb. An attribute is never drawn
        after a link, so that its pairs have one direction.
        """
        margins = np.bincount(edges.token, minlength=edges.num_verbs * edges.num_objects)
        links = np.bincount(edges.verb, minlength=edges.num_verbs)
        usual = _Usual.of(generator, margins, max(int((np.diff(edges.offsets) > 0).sum()), 1))
        is_attribute = self.tokens // edges.num_objects >= generator.num_link_verbs
        own, directions = np.zeros(len(self)), np.zeros(len(self))
        for given, drawn in ((self.left, self.right), (self.right, self.left)):
            use = ~is_attribute[drawn] | is_attribute[given]
            directions += use
            for at in _slices(len(self), PAIRS_AT_ONCE):
                before, next_ = self.tokens[given[at]], self.tokens[drawn[at]]
                log_share = np.log(margins[next_] / links[next_ // edges.num_objects])
                own[at] += use[at] * (usual.log_probability(before, next_) - log_share)
        return self.log_lift - own / directions

    def calibration_error(self, drawn: Edges, scale: float, shift: Floats) -> Floats:
        """Log ratio of real to drawn counts, beyond the margins' own, shrunk to that of all pairs as frequent: (P,).

        What is too weak in one rare pair is too weak in most, and together they show it.

        Args:
            drawn: a pilot sample, and `scale`, which makes its counts comparable to `shared`.
            shift: (tokens,) log ratios of the margins.
        """
        counts = together(drawn.tokens(), self.tokens[self.left], self.tokens[self.right]) * scale
        own = shift[self.tokens]
        counts = counts * np.exp(own[self.left] + own[self.right])
        stratum = np.argsort(np.argsort(self.shared, kind="stable")) // max(-(-len(self) // STRATA), LEAST_IN_STRATUM)
        real, found = (np.bincount(stratum, weights=part).astype(np.float64) for part in (self.shared, counts))
        usual = log_ratio(real, found, self.prior)[stratum]
        ratio: Floats = np.log((self.shared + self.prior * np.exp(usual)) / (counts + self.prior))
        return ratio

    def matrix(self, terms: Floats) -> sp.csr_matrix:
        """Terms of the pairs as a symmetric matrix over `tokens`."""
        at = np.concatenate([self.left, self.right]), np.concatenate([self.right, self.left])
        return sp.csr_matrix((np.tile(terms, 2), at), shape=(len(self.tokens), len(self.tokens)))


@dataclass(frozen=True, eq=False)
class _Usual:
    """A subject as it usually is in the middle of its history: what a token's probability is read from.

    Attributes:
        link, attributes: what a link, and what all attributes, add to a neighbourhood on average, (width,) each.
        plan: (V,) mean links of each verb.
    """

    generator: EdgeGenerator
    link: Tensor
    attributes: Tensor
    plan: Tensor

    @classmethod
    def of(cls, generator: EdgeGenerator, margins: Ints, subjects: int) -> _Usual:
        """By the subjects that have each token: (tokens,)."""
        is_link = np.arange(len(margins)) // generator.num_objects < generator.num_link_verbs
        links, attributes = np.where(is_link, margins, 0), np.where(is_link, 0, margins)
        by_verb = links.reshape(generator.num_verbs, -1).sum(1)[: generator.num_link_verbs] / subjects
        plan = torch.from_numpy(by_verb.astype(np.float32)).to(generator.output.device)
        return cls(
            generator,
            _weighted(generator, links / max(links.sum(), 1)),
            _weighted(generator, attributes / subjects),
            plan,
        )

    def log_probability(self, before: Ints, next_: Ints) -> Floats:
        """Log probability of a token given its verb, another token before it and usual links: (P,), (P,) → (P,)."""
        generator, size = self.generator, max(round(float(self.plan.sum())), 2)
        verb, object = _links(next_, generator)
        before_verb, earlier = _links(before, generator)
        embedded, is_link = generator.embed(before_verb, earlier), (before_verb < generator.num_link_verbs).unsqueeze(1)
        step = torch.full_like(verb, size // 2)
        context = scaled(
            self.attributes + torch.where(is_link, 0.0, embedded),
            self.link * (size // 2 - 1) + torch.where(is_link, embedded, self.link),
            step,
        )
        plan = self.plan.expand(len(verb), -1)
        numbers = scalars(step, plan, plan / 2)
        condition = generator.condition(context, numbers, context.new_zeros(len(verb), generator.noise_dim))
        query = generator.object_query(condition, context, numbers, verb)
        row = torch.arange(len(verb), device=verb.device)
        terms = generator.repeat_terms(generator.repeat_bias(numbers, verb), row, verb, before_verb, earlier)
        losses, _ = generator.object_losses(query, verb, object, row, earlier, terms)
        return -losses.double().cpu().numpy()


def _weighted(generator: EdgeGenerator, weights: Floats) -> Tensor:
    """Weighted sum of what tokens add to a neighbourhood: (tokens,) → (width,)."""
    total = torch.zeros(generator.width, device=generator.output.device)
    tokens = np.flatnonzero(weights)
    for at in _slices(len(tokens), TOKENS_AT_ONCE):
        weight = torch.from_numpy(weights[tokens[at]]).to(total)
        total += weight @ generator.embed(*_links(tokens[at], generator))
    return total


def _links(tokens: Ints, generator: EdgeGenerator) -> tuple[Tensor, Tensor]:
    """Verbs and objects of tokens: (N,) → (N,), (N,)."""
    verb, object = np.divmod(tokens, generator.num_objects)
    device = generator.output.device
    return torch.from_numpy(verb).to(device), torch.from_numpy(object).to(device)


def _slices(count: int, size: int) -> Iterator[slice]:
    return (slice(begin, begin + size) for begin in range(0, count, size))
