"""The pairs of tokens that are associated in the training subjects, and what of it a generator does not have yet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
import torch
from torch import Tensor

from assoc_synth.ctgan.edges.conditions import scalars, scaled
from assoc_synth.ctgan.edges.following import Following, after, raised, term_for
from assoc_synth.ctgan.edges.generator import EdgeGenerator
from assoc_synth.ctgan.edges.rare_objects import mass_change
from assoc_synth.ctgan.shrinkage import log_ratio
from assoc_synth.link_graph.edges import Edges
from assoc_synth.link_graph.pairs import all_pairs, together
from assoc_synth.transactions.arrays import Bools, Floats, Ints

LEAST_SHARED = 10
"""Training subjects that share an associated pair, at least."""
STRATA, LEAST_IN_STRATUM = 10, 5
"""Pairs of about the same count whose calibration errors are pooled: a tenth of all, at least five."""
PAIRS_AT_ONCE, TOKENS_AT_ONCE = 1_024, 8_192
MOST_DRAWN = 0.9
"""What partners may draw of a token's links, at most."""


@dataclass(frozen=True, eq=False)
class Associated:
    """Pairs of tokens that meet more often than by chance in the training subjects.

    Attributes:
        tokens: those of any pair, ascending, (T,).
        left, right: the pairs as positions in `tokens`, (P,) each.
        shared: training subjects that have both, times a scale, (P,).
        both: the same without the scale, (P,).
        log_lift: log of the training subjects that have both over those that the degree-keeping null expects, (P,).
        prior: pseudo-counts that shrink a pair's calibration error.
    """

    tokens: Ints
    left: Ints
    right: Ints
    shared: Floats
    both: Floats
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
        both = found.count.astype(np.float64)
        log_lift = np.log(both / found.expected)
        places = np.searchsorted(tokens, left), np.searchsorted(tokens, right)
        return cls(tokens, *places, scale * both, both, log_lift, prior)

    def __len__(self) -> int:
        return len(self.left)

    @torch.no_grad()
    def begin(self, generator: EdgeGenerator, edges: Edges) -> Floats:
        """Make room for pairs in the biases, and return the terms that they begin at, the mean of two directions: (P,).

        A pair's term is what the generator's trained paths lack of the probability that a token has at each step after
        the other one, so that as many subjects have both as in the training edges, see `following`. What partners draw
        of a token is taken out of its bias, as far as the trained paths have not done so. An attribute is never drawn
        after a link, so that its pairs have one direction.
        """
        margins = np.bincount(edges.token, minlength=edges.num_verbs * edges.num_objects)
        links = np.bincount(edges.verb, minlength=edges.num_verbs)
        usual = _Usual.of(generator, margins, max(int((np.diff(edges.offsets) > 0).sum()), 1))
        share = margins[self.tokens] / links[self.tokens // edges.num_objects]
        is_attribute = self.tokens // edges.num_objects >= generator.num_link_verbs
        _shift(generator, self.tokens, self._moved(usual, margins, share, is_attribute))
        is_link = edges.verb < generator.num_link_verbs
        sizes = np.bincount(edges.subject[is_link], minlength=edges.num_subjects)
        middle, beginning = Following.of(sizes), Following.of(sizes, whole=True)
        both, chance = self.both, self.both / np.exp(self.log_lift)
        terms, directions = np.zeros(len(self)), np.zeros(len(self))
        for given, drawn in ((self.left, self.right), (self.right, self.left)):
            use = ~is_attribute[drawn] | is_attribute[given]
            directions += use
            has = margins[self.tokens[given]].astype(np.float64)
            times = middle.rate(after(both, has)) / middle.rate(after(chance, has))
            whole = beginning.rate(both / has) / beginning.rate(chance / has)
            aim = raised(share[drawn], np.where(is_attribute[given], whole, times))
            for at in _slices(len(self), PAIRS_AT_ONCE):
                found = usual.probability(self.tokens[drawn[at]], self.tokens[given[at]])
                terms[at] += use[at] * term_for(aim[at], *found)
        return terms / directions

    def _moved(self, usual: _Usual, margins: Ints, share: Floats, is_attribute: Bools) -> Floats:
        """Changes of the tokens' log probabilities without a partner, none above 0: (T,)."""
        excess = np.maximum(self.both - self.both / np.exp(self.log_lift), 0) / 2
        excess = excess * ~(is_attribute[self.left] | is_attribute[self.right])
        drawn = sum(np.bincount(side, weights=excess, minlength=len(self.tokens)) for side in (self.left, self.right))
        left = np.log1p(-np.minimum(drawn / margins[self.tokens], MOST_DRAWN))
        own = np.concatenate(
            [usual.probability(self.tokens[at], None)[0] for at in _slices(len(self.tokens), PAIRS_AT_ONCE)]
        )
        moved: Floats = np.minimum(left - np.minimum(np.log(own / share), 0.0), 0.0)
        return moved

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

    def probability(self, next_: Ints, before: Ints | None) -> tuple[Floats, Floats, Floats]:
        """Probability of tokens given their verbs, other tokens before them or none, and usual links: (P,) each.

        Returns:
            The probability, that inside the object's cluster, and what the cluster takes for that; 1 without one.
        """
        generator, size = self.generator, max(round(float(self.plan.sum())), 2)
        verb, object = _links(next_, generator)
        step = torch.full_like(verb, size // 2)
        plan = self.plan.expand(len(verb), -1)
        numbers = scalars(step, plan, plan / 2)
        if before is None:
            attributes, links = self.attributes.expand(len(verb), -1), self.link.expand(len(verb), -1)
            row = earlier = torch.zeros(0, dtype=torch.int64, device=verb.device)
            terms = numbers.new_zeros(0)
        else:
            before_verb, earlier = _links(before, generator)
            embedded, is_link = generator.embed(before_verb, earlier), (before_verb < generator.num_link_verbs)[:, None]
            attributes = self.attributes + torch.where(is_link, 0.0, embedded)
            links = torch.where(is_link, embedded, self.link)
            row = torch.arange(len(verb), device=verb.device)
            terms = generator.repeat_terms(generator.repeat_bias(numbers, verb), row, verb, before_verb, earlier)
        context = scaled(attributes, self.link * (size // 2 - 1) + links, step)
        condition = generator.condition(context, numbers, context.new_zeros(len(verb), generator.noise_dim))
        query = generator.object_query(condition, context, numbers, verb)
        losses, _ = generator.object_losses(query, verb, object, row, earlier, terms)
        inside, share = _in_clusters(generator, query, verb, object)
        return np.exp(-losses.double().cpu().numpy()), inside, share


def _in_clusters(generator: EdgeGenerator, query: Tensor, verb: Tensor, object: Tensor) -> tuple[Floats, Floats]:
    """Probability of objects inside their clusters, and their shares by the biases alone; 1 without a cluster: (P,)."""
    inside, share = torch.ones(len(verb), dtype=torch.float64), torch.ones(len(verb), dtype=torch.float64)
    tail = generator.tail
    if tail is not None:
        of_class = tail.class_of[object]
        rare = torch.argsort(of_class, stable=True)
        rare = rare[int((of_class < tail.num_head).sum()) :]
        if len(rare):
            cluster, slot = of_class[rare] - tail.num_head, tail.slot[object[rare]][:, None]
            own = tail.logits(query[rare], verb[rare], cluster).double().softmax(1).gather(1, slot)
            inside[rare.cpu()] = own.squeeze(1).cpu()
            share[rare.cpu()] = tail.bias[verb[rare], cluster].double().softmax(1).gather(1, slot).squeeze(1).cpu()
    return inside.numpy(), share.numpy()


@torch.no_grad()
def _shift(generator: EdgeGenerator, tokens: Ints, change: Floats) -> None:
    """Add changes of log probability to the biases of tokens: (T,), (T,)."""
    verb, object = _links(tokens, generator)
    moved, of_class = torch.from_numpy(change).to(generator.object_bias), generator.class_of(object)
    if generator.tail is None:
        generator.object_bias.index_put_((verb, of_class), moved, accumulate=True)
        return
    tail, first = generator.tail, generator.tail.num_head
    rare = of_class >= first
    generator.object_bias.index_put_((verb[~rare], of_class[~rare]), moved[~rare], accumulate=True)
    cluster, slot = of_class[rare] - first, tail.slot[object[rare]]
    share, shape = tail.shares()[verb[rare], cluster, slot], (generator.num_verbs, generator.slots[0])
    generator.object_bias[:, first:] += mass_change(share, moved[rare], verb[rare], cluster, shape)
    tail.bias.index_put_((verb[rare], cluster, slot), moved[rare], accumulate=True)


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
