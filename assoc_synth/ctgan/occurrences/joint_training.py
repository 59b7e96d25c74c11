"""Learning how the numbers of one subject depend on each other, given what the trained networks say of each by itself.

The terms are exponential tilts of the networks' shares, so that each row's weights are those of a concave likelihood:
they are found by Newton's method, shrunken towards those of their verb, which are shrunken towards none (a normal
prior). Directions in which numbers vary together are found by factor analysis of the errors, directions in which links
lie that say something of numbers by the singular vectors of how errors go with links (partial least squares). How
strong the prior is, and whether there are any terms at all, is chosen by subjects that were left out.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from assoc_synth.ctgan.interface import Occurrences
from assoc_synth.ctgan.occurrences.count_bounds import find_bounds, find_ordered_verbs
from assoc_synth.ctgan.occurrences.joint_counts import (
    BOUNDS,
    DIRECTIONS,
    LEVEL_SCORES,
    PARTNERS,
    SCORES,
    JointCounts,
    followers,
    joint_tokens,
    level_statistics,
)
from assoc_synth.ctgan.occurrences.joint_factors import factor_loadings, visit_loadings
from assoc_synth.ctgan.occurrences.joint_kernel import Block, Draw, new_state, walk
from assoc_synth.ctgan.occurrences.joint_ways import Way, gains_of_ways
from assoc_synth.ctgan.occurrences.partners import Partners
from assoc_synth.ctgan.occurrences.tilts import fit_tilts, shares_of
from assoc_synth.link_graph.edges import Edges
from assoc_synth.transactions.arrays import Bools, Floats, Ints, Singles

HELD_OUT = 0.2
"""Share of the subjects by which the prior is chosen."""
MOST_EDGES, MOST_OF_VERB = 300_000, 20_000
"""Edges that are learned from, of whole subjects; and of those of one verb that its weights are found by."""
LEAST_TOGETHER, LEAST_APART, LEAST_OWN = 20, 5, 10
"""Subjects with a token and its partner, at least; with and without a link that says something of it, at least; and
edges of a token whose weights are not just those of its verb, at least.
"""
LEAST_SPREAD = 1e-3
"""Variance of a feature below which a prior does not become weaker."""


@dataclass(frozen=True, eq=False)
class Learned:
    """What is learned from: true edges, and what the networks say of each by itself.

    Attributes:
        edges: S subjects, E edges.
        code: (E,) classes of their numbers; base: (E, C) logits of these.
        repeat: (S,) classes of links per edge; repeat_base: (S, L) logits of these; level: (L,) their logarithms.
        visits: (visits, V·O) 0/1, which tokens' links are in which visits; owner: (visits,) their subjects. None where
            no subject has two visits.
    """

    edges: Edges
    code: Ints
    base: Singles
    repeat: Ints
    repeat_base: Singles
    level: Singles
    visits: sp.csr_matrix | None = None
    owner: Ints | None = None

    def visits_of(self, tokens: Ints) -> sp.csr_matrix:
        """Which of some tokens' links are in which visits: (visits, T)."""
        assert self.visits is not None, "only where subjects have several visits"
        return self.visits[:, tokens]

    def take(self, subjects: Ints) -> Learned:
        """Some of the subjects, ascending."""
        at = np.flatnonzero(np.isin(self.edges.subject, subjects))
        own = None if self.owner is None else np.flatnonzero(np.isin(self.owner, subjects))
        return Learned(
            self.edges.take(subjects),
            self.code[at],
            self.base[at],
            self.repeat[subjects],
            self.repeat_base[subjects],
            self.level,
            None if self.visits is None or own is None else self.visits[own],
            None if self.owner is None or own is None else self.owner[own],
        )


def tokens_of_visits(data: Occurrences) -> tuple[sp.csr_matrix, Ints] | tuple[None, None]:
    """`Learned.visits` and `Learned.owner` of a table."""
    if data.visits is None or data.visits.per_subject.max(initial=1) == 1:
        return None, None
    edges, at = data.edges, np.flatnonzero(data.link_visit >= 0)
    shape = len(data.visits), edges.num_verbs * edges.num_objects
    place = data.link_visit[at], edges.token[data.link_edge[at]]
    visits = sp.csr_matrix((np.ones(len(at), np.float32), place), shape=shape)
    visits.data[:] = 1.0
    return visits, data.visits.subject.astype(np.int64)


def learn_joint_counts(
    model: JointCounts,
    partners: Partners | None,
    learned: Learned,
    rng: np.random.Generator,
    *,
    most_edges: int = MOST_EDGES,
    deadline: float = math.inf,
) -> list[float]:
    """Find all terms.

    Args:
        model: changed in place.
        learned: of the training subjects.
        rng: of the subjects that are left out, and of those that are learned from where there are many.
        most_edges: that are learned from, about.
        deadline: `time.monotonic()` after which no further fit than the first begins.

    Returns:
        By how much the terms without partners raise the log-likelihood of an edge's number in subjects that were left
        out; empty where they do not: then there are none but the bounds.
    """
    edges = learned.edges
    tokens = joint_tokens(edges, learned.base.shape[1], followers(partners))
    at_most, at_least = find_bounds(edges, tokens, BOUNDS)
    model.set(tokens=tokens, value=_values(learned), at_most=at_most, at_least=at_least)
    if len(model.ordered):
        model.set(ordered=find_ordered_verbs(edges))
    subjects = rng.permutation(edges.num_subjects)
    if len(subjects) < 2:  # nobody can be left out
        return []
    ends = np.cumsum(np.diff(edges.offsets)[subjects])
    subjects = subjects[: max(int(np.searchsorted(ends, most_edges)), 2)]
    out = max(round(HELD_OUT * len(subjects)), 1)
    kept, left_out = learned.take(np.sort(subjects[out:])), learned.take(np.sort(subjects[:out]))

    def gain_of(way: Way) -> float:
        _Learner(model, partners, kept, way).learn(with_partners=False)
        return _gain(model, partners, left_out)

    by_visits = learned.visits is not None and model.loadings.shape[1] > DIRECTIONS
    gains = gains_of_ways(gain_of, visits=by_visits, deadline=deadline)
    best = max(gains, key=lambda one: gains[one])
    if gains[best] <= 0.0:
        for name in ("tilts", "bends", "level_tilts"):
            model.get_buffer(name).zero_()
        return []
    if len(gains) > 1 or time.monotonic() <= deadline:
        _Learner(model, partners, learned.take(np.sort(subjects)), best).learn()
    return [gains[best]]


def _values(learned: Learned) -> Floats:
    """The mean log number of each class; those that do not occur lie between others."""
    classes = learned.base.shape[1]
    occurs = np.bincount(learned.code, minlength=classes)
    total = np.bincount(learned.code, np.log(learned.edges.count), minlength=classes)
    seen = np.flatnonzero(occurs)
    return np.interp(np.arange(classes), seen, total[seen] / occurs[seen])


def _gain(model: JointCounts, partners: Partners | None, learned: Learned) -> float:
    """Mean gain in the log-likelihood of the edges' numbers, given those before them."""
    draw, block = _walked(model, partners, learned)
    own = np.arange(len(learned.edges)), learned.code
    first, second = shares_of(draw.base)[own], shares_of(draw.base + _moved(model, draw.features, block))[own]
    return float(np.log(np.maximum(second, 1e-12)).mean() - np.log(np.maximum(first, 1e-12)).mean())


def _moved(model: JointCounts, features: Singles, block: Block) -> Floats:
    """What the terms add to the logits: (E, C)."""
    value, x = model.value.cpu().numpy(), features
    tilt, bend = (np.einsum("ef,ef->e", x, own.cpu().numpy()[block.row]) for own in (model.tilts, model.bends))
    moved: Floats = np.outer(tilt, value) + np.outer(bend, value**2)
    return moved


def _walked(model: JointCounts, partners: Partners | None, learned: Learned) -> tuple[Draw, Block]:
    """The features of all edges, and their logits with those of their anchors."""
    total = np.exp(learned.level[learned.repeat].astype(np.float64)) * np.diff(learned.edges.offsets)
    terms, block = model.terms(partners), model.block(learned.edges, partners, total)
    edges, width, none = len(learned.edges), model.tilts.shape[1], np.zeros((0, 0), np.float32)
    features, uniform = np.zeros((edges, width), np.float32), np.zeros(edges, np.float32)
    draw = Draw(learned.base.copy(), learned.code.copy(), uniform, features, none)
    walk(terms, block, draw, new_state(terms, block))
    return draw, block


class _Learner:
    """Finds the terms from some subjects, in one way."""

    def __init__(self, model: JointCounts, partners: Partners | None, learned: Learned, way: Way) -> None:
        self.model, self.partners, self.learned, self.way = model, partners, learned, way
        self.value = model.value.cpu().numpy().astype(np.float64)
        self.statistics = np.stack([self.value, self.value**2], axis=1)
        self.verbs, self.tokens = len(model.ordered), len(model.tokens)
        self.rows = self.tokens + model.num_verbs
        self.tilts = np.zeros((self.rows, 2, model.tilts.shape[1]))

    def learn(self, *, with_partners: bool = True) -> None:
        """Directions, then all weights without partners, then partners of what is left, and all weights again."""
        model = self.model
        model.set(partners=np.full((self.tokens, PARTNERS), -1), directions=np.zeros(model.directions.shape))
        model.center.zero_()
        draw, block = _walked(model, self.partners, self.learned)
        self.has = model.has(self.learned.edges)
        error, variance = self._errors(draw.base)
        self._set_loadings(block, error, variance)
        self._set_directions(block, error, variance)
        self._learn_levels()
        for partners in (False, True) if with_partners else (False,):
            if partners:
                left, spread = self._errors(draw.base + self._moved(draw, block))
                self._set_partners(block, error, left, spread)
            draw, block = _walked(model, self.partners, self.learned)
            self._fit(draw, block)

    def _moved(self, draw: Draw, block: Block) -> Floats:
        return _moved(self.model, draw.features, block)

    def _errors(self, logits: Floats | Singles) -> tuple[Floats, Floats]:
        """How far the true values are above what they are expected to be, and the variances: (E,), (E,)."""
        shares = shares_of(logits)
        mean = shares @ self.value
        return self.value[self.learned.code] - mean, np.maximum(shares @ self.value**2 - mean**2, 1e-6)

    def _by_token(self, block: Block, own: Floats) -> sp.csr_matrix:
        """Numbers of edges by subject and token: (S, T)."""
        at = np.flatnonzero(block.token >= 0)
        shape = self.learned.edges.num_subjects, self.tokens
        return sp.csr_matrix((own[at], (self.learned.edges.subject[at], block.token[at])), shape=shape)

    def _set_loadings(self, block: Block, error: Floats, variance: Floats) -> None:
        """In which directions numbers vary together, see `joint_factors`."""
        model, edges = self.model, self.learned.edges
        loadings = np.zeros(tuple(model.loadings.shape))
        if self.way.visits:
            visits = self.learned.visits_of(model.tokens.cpu().numpy())
            known = self._by_token(block, error), self._by_token(block, variance)
            loadings[: self.tokens] = visit_loadings(*known, visits, loadings.shape[1], own_pairs=self.way.own_pairs)
        else:
            shape = edges.num_subjects, model.num_verbs, self.rows, DIRECTIONS
            loadings[:, :DIRECTIONS] = factor_loadings(edges.subject, edges.verb, block.row, error, variance, shape)
        model.set(loadings=loadings)

    def _set_directions(self, block: Block, error: Floats, variance: Floats) -> None:
        """In which directions links lie that say something of numbers, and of links per edge."""
        from sklearn.utils.extmath import randomized_svd

        errors, spread = self._by_token(block, error), self._by_token(block, variance)
        scores = _scores(errors, spread, self.has)
        size = min(SCORES, max(self.tokens - 1, 0))
        found = np.zeros((self.tokens, SCORES + LEVEL_SCORES))
        share = np.asarray(self.has.mean(0)).ravel()
        scale = np.sqrt(np.maximum(share * (1 - share), LEAST_SPREAD))
        if size and scores.any():
            found[:, :size] = randomized_svd(scores, size, random_state=0)[2].T
        level = self.learned.level.astype(np.float64)
        shares = shares_of(self.learned.repeat_base)
        mean = shares @ level
        own = sp.csr_matrix((level[self.learned.repeat] - mean)[:, None])
        of_level = _scores(own, sp.csr_matrix((shares @ level**2 - mean**2 + 1e-6)[:, None]), self.has)[0]
        found[:, SCORES] = np.where(np.abs(of_level) >= self._clear, of_level, 0.0)
        found /= scale[:, None]
        along = np.asarray(self.has @ found)
        found /= np.maximum(along.std(0), 1e-9)
        self.model.set(directions=np.where(along.std(0) > 1e-9, found, 0.0))
        self.model.set(center=self.model.known(self.learned.edges).mean(0))

    def _learn_levels(self) -> None:
        """How links per edge go with which links a subject has."""
        known = np.pad(self.model.known(self.learned.edges), ((0, 0), (0, 1)), constant_values=1.0).astype(np.float64)
        statistics = level_statistics(self.learned.level).astype(np.float64)
        free = np.ones((statistics.shape[1], known.shape[1]), bool)
        prior = np.tile(self._precision(known), (len(free), 1))
        start = np.zeros(free.shape)
        own = self.learned.repeat_base, self.learned.repeat
        self.model.set(level_tilts=fit_tilts(known, *own, statistics, free, prior, start, start))

    def _set_partners(self, block: Block, error: Floats, left: Floats, variance: Floats) -> None:
        """Of each token those before it whose errors say most of what is left of its own."""
        errors, rest = self._by_token(block, error), self._by_token(block, left)
        spread = self._by_token(block, variance)
        together = (self.has.T @ self.has).toarray()
        score = (rest.T @ errors).toarray()
        score /= np.sqrt(np.maximum((spread.T @ errors.multiply(errors)).toarray(), 1e-9))
        score = np.abs(np.tril(np.where(together >= LEAST_TOGETHER, score, 0.0), -1))
        places = min(PARTNERS, self.tokens)
        best = np.argsort(-score, axis=1, kind="stable")[:, :places]
        partners = np.full((self.tokens, PARTNERS), -1)
        partners[:, :places] = np.where(np.take_along_axis(score, best, 1) >= self._clear, best, -1)
        self.model.set(partners=partners)

    def _fit(self, draw: Draw, block: Block) -> None:
        """All weights: those of each verb, and those of each token around them."""
        x, code = draw.features.astype(np.float64), self.learned.code
        free, rng = self._free(x.shape[1]), np.random.default_rng(0)
        without_partners = free.copy()
        without_partners[:, :PARTNERS] = False
        verb, none = self.learned.edges.verb, np.zeros(free.shape)
        for row in range(self.tokens, self.rows):
            at = np.flatnonzero(verb == row - self.tokens)
            if len(at):
                at = at if len(at) <= MOST_OF_VERB else rng.choice(at, MOST_OF_VERB, replace=False)
                own, prior = (x[at], draw.base[at], code[at]), np.tile(self._precision(x[at]), (2, 1))
                start = self.tilts[row]
                self.tilts[row] = fit_tilts(*own, self.statistics, without_partners, prior, start, none)
        by_token = np.argsort(block.token, kind="stable")
        ends = np.searchsorted(block.token[by_token], np.arange(self.tokens + 1))
        for row in range(self.tokens):
            at = by_token[ends[row] : ends[row + 1]]
            mean = self.tilts[self.tokens + self.model.tokens[row] // self.model.num_objects]
            self.tilts[row] = mean if len(at) < LEAST_OWN else self.tilts[row]
            if len(at) >= LEAST_OWN:
                start = self.tilts[row] if self.tilts[row].any() else mean
                own, prior = (x[at], draw.base[at], code[at]), np.tile(self._precision(x[at]), (2, 1))
                self.tilts[row] = fit_tilts(*own, self.statistics, free, prior, start, mean)
        self.model.set(tilts=self.tilts[:, 0], bends=self.tilts[:, 1])

    def _precision(self, x: Floats) -> Floats:
        """Of the weights' prior, by the spread of the features; that of the constant is weaker: (F,)."""
        precision: Floats = self.way.strength * np.maximum(x.var(0), LEAST_SPREAD)
        precision[-1] = 0.1 * self.way.strength
        return precision

    @property
    def _clear(self) -> float:
        """The standard score that the highest of as many as there are tokens reaches by chance, about."""
        return math.sqrt(2 * math.log(max(self.tokens, 2)))

    @staticmethod
    def _free(width: int) -> Bools:
        """Which features move logits along the value, and along its square: of the latter the constant alone."""
        free = np.ones((2, width), bool)
        free[1, :-1] = False
        return free


def _scores(errors: sp.csr_matrix, variance: sp.csr_matrix, has: sp.csr_matrix) -> Floats:
    """Standard scores of the errors of each column among the subjects that have each token: (S, K), (S, T) → (K, T)."""
    total, spread = (np.asarray(part.sum(0)).ravel()[:, None] for part in (errors, variance))
    own, share = (errors.T @ has).toarray(), (variance.T @ has).toarray()
    share = share / np.maximum(spread, 1e-9)
    together = ((variance != 0).astype(np.float32).T @ has).toarray()
    subjects = np.asarray((variance != 0).sum(0)).ravel()[:, None]
    scores = (own - share * total) / np.sqrt(np.maximum(spread * share * (1 - share), 1e-9))
    usable = (together >= LEAST_APART) & (together <= subjects - LEAST_APART)
    found: Floats = np.where(usable, scores, 0.0)
    return found
