"""The blocks of links: each a named discrepancy between two sets of subjects in the features of a watchlist.

Each is there once for all verbs together, where chance averages out, and once for each verb (some also for each two
verbs), where a minor verb cannot hide among the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

from assoc_synth.gate.scopes.link_parts.watchlist import Watchlist
from assoc_synth.gate.scopes.scope import EQUIVALENT, Block, Measure
from assoc_synth.link_graph.lift import log_lift
from assoc_synth.transactions.arrays import Floats, Ints

MOST_VERBS, MOST_VERB_PAIRS = 24, 30
"""Verbs, and pairs of verbs, that have blocks of their own: those with most features."""


@dataclass(frozen=True, eq=False)
class Shares:
    """Feature shares of some resamples, by kind of feature; every answer has shape (resamples, chosen features).

    Attributes:
        counts: summed features, shape (resamples, features).
        size: how many subjects were counted.
    """

    watchlist: Watchlist
    counts: Floats
    size: int

    def of(self, kind: str, chosen: Ints) -> Floats:
        """Shares of the subjects with some features of a kind, by their positions among those of the kind."""
        found: Floats = self.counts[:, self.watchlist.places[kind].start + chosen] / self.size
        return found

    def shares_of_pairs(self) -> Floats:
        """Of all watched, then all avoided pairs."""
        kinds = (("pairs", len(self.watchlist.pairs)), ("avoided", len(self.watchlist.avoided)))
        return np.concatenate([self.of(kind, np.arange(size)) for kind, size in kinds], axis=1)

    def confidences(self, chosen: Ints) -> Floats:
        """For each also-buy pair: of the subjects that have the given token, the share that has the other one."""
        pair, given = (part[chosen] for part in self.watchlist.also_buy)
        confidence: Floats = self.of("pairs", pair) / np.maximum(self.of("tokens", given), 0.5 / self.size)
        return confidence

    def log_lift(self, chosen: Ints) -> Floats:
        """log((c + ½)(n + ½) / ((a + ½)(b + ½))) of some watched pairs; at most 0 where nobody has the pair.

        With the half counts alone a pair whose objects are gone would have a lift of 2n, the highest there is.
        """
        left, right = self.watchlist.pairs[chosen].T
        both, one, other = self.of("pairs", chosen), self.of("tokens", left), self.of("tokens", right)
        found = log_lift(both, one, other, 1, half=0.5 / self.size)
        return np.where(both > 0, found, np.minimum(found, 0.0))


Compare: TypeAlias = Callable[[Watchlist, Ints, Shares, Shares], Floats]
"""(watchlist, positions of features, sample, real) -> discrepancy per resample."""


def _relative_l1(kind: str) -> Compare:
    """Σ|s − r| / Σr of shares; where the real subjects have none, half a subject takes their place."""

    def compare(_: Watchlist, chosen: Ints, sample: Shares, real: Shares) -> Floats:
        return _apart(sample.of(kind, chosen), real.of(kind, chosen), real.size)

    return compare


def _also_buy(_: Watchlist, chosen: Ints, sample: Shares, real: Shares) -> Floats:
    return _apart(sample.confidences(chosen), real.confidences(chosen), real.size)


def _apart(first: Floats, second: Floats, size: int) -> Floats:
    total: Floats = np.abs(first - second).sum(axis=1) / np.maximum(second.sum(axis=1), 0.5 / size)
    return total


def _log_lift(watchlist: Watchlist, chosen: Ints, sample: Shares, real: Shares) -> Floats:
    weight = watchlist.weight[chosen] / watchlist.weight[chosen].sum()
    distance: Floats = np.abs(sample.log_lift(chosen) - real.log_lift(chosen)) @ weight
    return distance


def _association_loss(watchlist: Watchlist, chosen: Ints, sample: Shares, real: Shares) -> Floats:
    """How much weaker all watched associations together are than the real ones: 0 equally strong, about 1 gone.

    The weight of a log-lift is the pair's part in the likelihood ratio of T against the degree-keeping null,
    support · log(support / expected). In a sum of absolute differences every pair adds its noise; here chance cancels
    out over the pairs, so that a small share of randomised subjects shows. More association is no association loss.
    """
    strength = watchlist.strength[chosen]
    weight = watchlist.weight[chosen] * strength
    lost: Floats = (real.log_lift(chosen) - sample.log_lift(chosen)) @ weight / (weight @ strength)
    return lost


def _avoidance_loss(watchlist: Watchlist, chosen: Ints, sample: Shares, real: Shares) -> Floats:
    """How much more often pairs meet that avoid each other: 0 as seldom, about 1 as often as by chance."""
    lacking = watchlist.avoided_lacking[chosen]
    gained = sample.of("avoided", chosen) - real.of("avoided", chosen)
    lost: Floats = gained.sum(axis=1) / lacking.sum()
    return lost


def _interaction_loss(watchlist: Watchlist, chosen: Ints, sample: Shares, real: Shares) -> Floats:
    """How much weaker the interactions of three links are, beyond their pairs: 0 as strong, about 1 gone."""
    excess = watchlist.interaction_excess[chosen]
    weight = excess / np.maximum(watchlist.interaction_expected[chosen], 1e-6)
    lost: Floats = (real.of("interactions", chosen) - sample.of("interactions", chosen)) @ weight / (weight @ excess)
    return lost


def _worst_pair(_: Watchlist, __: Ints, sample: Shares, real: Shares) -> Floats:
    """The largest difference of a single watched or avoided pair, in standard errors."""
    farthest: Floats = np.abs(pair_z(sample, real)).max(axis=1)
    return farthest


def pair_z(sample: Shares, real: Shares) -> Floats:
    """How far each watched, then each avoided pair's share is from the real one, in standard errors."""
    first, second = sample.shares_of_pairs(), real.shares_of_pairs()
    pooled = (first * sample.size + second * real.size + 0.5) / (sample.size + real.size)
    z: Floats = (first - second) / np.sqrt(pooled * (1 / sample.size + 1 / real.size))
    return z


def _new_rules(watchlist: Watchlist, chosen: Ints, sample: Shares, _: Shares) -> Floats:
    """How many pairs are associated in the sample that are not in T: lift 2 or more and beyond chance."""
    counts = sample.of("candidates", chosen) * sample.size
    found: Floats = (counts >= watchlist.thresholds[chosen] - 0.5).sum(axis=1).astype(float)
    return found


def _kolmogorov_smirnov(_: Watchlist, chosen: Ints, sample: Shares, real: Shares) -> Floats:
    # The shares of a verb's bins sum to one on both sides, so the running sum starts every verb from zero.
    apart = sample.of("degrees", chosen) - real.of("degrees", chosen)
    distance: Floats = np.abs(np.cumsum(apart, axis=1)).max(axis=1)
    return distance


@dataclass(frozen=True)
class _Kind:
    """A kind of block.

    Attributes:
        owners: the verbs of each of its features, shape (features, tokens of a feature); −1: of no verb alone.
        has_verbs, has_verb_pairs: whether there is one for each verb, and one for each two verbs.
        tolerated: as in `Block`; a relative L1 is twice a total variation.
    """

    name: str
    is_association: bool
    owners: Callable[[Watchlist], Ints]
    compare: Compare
    is_signed: bool = False
    has_verbs: bool = True
    has_verb_pairs: bool = False
    tolerated: float = 0.0

    def blocks(self, watch: Watchlist) -> Iterator[Block]:
        """That of all features, then those of verbs."""
        owners = self.owners(watch)
        if not len(owners):
            return
        groups = _groups(watch, owners) if watch.num_verbs > 1 and self.has_verbs else {}
        yield self._block(watch, np.arange(len(owners)), None, is_main=not groups)
        for verbs, chosen in groups.items():
            if len(verbs) == 1 or self.has_verb_pairs:
                yield self._block(watch, chosen, verbs, is_main=True)

    def _block(self, watch: Watchlist, chosen: Ints, verbs: tuple[int, ...] | None, *, is_main: bool) -> Block:
        name = f"{self.name}[{','.join(map(str, verbs))}]" if verbs else self.name
        weight = 0.0
        if self.name == LOSS and is_main:
            weight = float(watch.weight[chosen] @ watch.strength[chosen] ** 2)
        block = Block(name, self.is_association, _measure(watch, chosen, self.compare), self.is_signed, verbs)
        return replace(block, weight=weight, tolerated=self.tolerated)


def _measure(watch: Watchlist, chosen: Ints, compare: Compare) -> Measure:
    def measure(sample: Floats, sample_size: int, real: Floats, real_size: int) -> Floats:
        return compare(watch, chosen, Shares(watch, sample, sample_size), Shares(watch, real, real_size))

    return measure


def _groups(watch: Watchlist, owners: Ints) -> dict[tuple[int, ...], Ints]:
    """Positions by the verbs of the features: those of one verb, then those of two."""
    low, high = owners.min(axis=1), owners.max(axis=1)
    is_pure = ((owners == low[:, None]) | (owners == high[:, None])).all(axis=1) & (low >= 0)
    key = np.where(is_pure, low * watch.num_verbs + high, -1)
    keys, sizes = np.unique(key[is_pure], return_counts=True)
    is_single = keys % watch.num_verbs == keys // watch.num_verbs
    found: dict[tuple[int, ...], Ints] = {}
    for own, most in ((is_single, MOST_VERBS), (~is_single, MOST_VERB_PAIRS)):
        order = np.argsort(-sizes[own], kind="stable")[:most]
        for one in np.sort(keys[own][order]).tolist():
            verbs = divmod(one, watch.num_verbs)
            found[tuple(sorted(set(verbs)))] = np.flatnonzero(key == one)
    return found


def _verbs_of(kind: str) -> Callable[[Watchlist], Ints]:
    """Verbs of the tokens of each feature of a kind."""

    def owners(watch: Watchlist) -> Ints:
        sets = np.arange(len(watch.tokens))[:, None] if kind == "tokens" else getattr(watch, kind)
        verbs: Ints = (watch.tokens // max(watch.num_objects, 1))[sets]
        return verbs

    return owners


def _of_watched_or_avoided(watch: Watchlist) -> Ints:
    return np.concatenate([_verbs_of("pairs")(watch), _verbs_of("avoided")(watch)])


LOSS = "association_loss"
KINDS: tuple[_Kind, ...] = (
    _Kind(LOSS, True, _verbs_of("pairs"), _association_loss, is_signed=True, has_verb_pairs=True),
    _Kind("pairs_within", True, _verbs_of("within"), _relative_l1("within")),
    _Kind("pairs_across", True, _verbs_of("across"), _relative_l1("across"), has_verb_pairs=True),
    _Kind("log_lift", True, _verbs_of("pairs"), _log_lift, has_verbs=False),
    _Kind("also_buy", True, lambda w: _verbs_of("pairs")(w)[w.also_buy[0]], _also_buy),
    _Kind("triples", True, _verbs_of("triples"), _relative_l1("triples")),
    _Kind("avoided_pairs", True, _verbs_of("avoided"), _avoidance_loss, is_signed=True),
    _Kind("interactions", True, _verbs_of("interactions"), _interaction_loss, is_signed=True),
    _Kind("worst_pair", True, _of_watched_or_avoided, _worst_pair, has_verbs=False),
    _Kind("control", False, _verbs_of("control"), _relative_l1("control")),
    _Kind("new_rules", False, _verbs_of("candidates"), _new_rules),
    _Kind("shares", False, _verbs_of("tokens"), _relative_l1("tokens"), tolerated=2 * EQUIVALENT),
    _Kind("degrees", False, lambda w: w.degree_scope[:, None], _kolmogorov_smirnov, tolerated=EQUIVALENT),
)
"""Every kind of block, one line for each."""


def blocks_of(watchlist: Watchlist) -> tuple[Block, ...]:
    """The blocks that have anything in them, in the order of `KINDS`."""
    return tuple(block for kind in KINDS for block in kind.blocks(watchlist))
