"""The gate's blocks: each a named discrepancy between two sets of subjects in the features of a watchlist."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from assoc_synth.gate.watchlist import Watchlist
from assoc_synth.link_graph.lift import log_lift
from assoc_synth.transactions.arrays import Floats


@dataclass(frozen=True, eq=False)
class Shares:
    """Feature shares of some resamples, by kind; every array has shape (resamples, features of the kind)."""

    watchlist: Watchlist
    values: Floats
    size: int

    @property
    def tokens(self) -> Floats:
        return self.values[:, : len(self.watchlist.tokens)]

    @property
    def pairs(self) -> Floats:
        start = len(self.watchlist.tokens)
        return self.values[:, start : start + len(self.watchlist.pairs)]

    @property
    def within(self) -> Floats:
        return self.pairs[:, : len(self.watchlist.within)]

    @property
    def across(self) -> Floats:
        return self.pairs[:, len(self.watchlist.within) :]

    @property
    def control(self) -> Floats:
        start = len(self.watchlist.tokens) + len(self.watchlist.pairs)
        return self.values[:, start : start + len(self.watchlist.control)]

    @property
    def triples(self) -> Floats:
        start = len(self.watchlist.tokens) + len(self.watchlist.pairs) + len(self.watchlist.control)
        return self.values[:, start : start + len(self.watchlist.triples)]

    @property
    def degrees(self) -> Floats:
        return self.values[:, self.values.shape[1] - len(self.watchlist.degree_from) :]

    @property
    def confidences(self) -> Floats:
        """For each also-buy pair: of the subjects that have the given token, the share that has the other one."""
        pair, given = self.watchlist.also_buy
        confidence: Floats = self.pairs[:, pair] / np.maximum(self.tokens[:, given], 0.5 / self.size)
        return confidence

    @cached_property
    def log_lift(self) -> Floats:
        """log((c + ½)(n + ½) / ((a + ½)(b + ½))) per watched pair."""
        left, right = self.watchlist.pairs.T
        return log_lift(self.pairs, self.tokens[:, left], self.tokens[:, right], 1, half=0.5 / self.size)


Measure = Callable[[Watchlist, Shares, Shares], Floats]


@dataclass(frozen=True)
class Block:
    """A named discrepancy.

    Attributes:
        is_association: whether an independent draw changes it; only such blocks carry a tolerance τ.
        is_signed: whether chance cancels out in it, see `_association_loss`.
        is_present: whether a watchlist has anything for the block to measure.
        measure: (watchlist, sample, real) -> discrepancy per resample, shape (resamples,).
    """

    name: str
    is_association: bool
    is_present: Callable[[Watchlist], bool]
    measure: Measure
    is_signed: bool = False


def _relative_l1(kind: str) -> Measure:
    """Σ|s − r| / Σr of the shares of a kind; where the real subjects have none, half a subject takes their place."""

    def measure(_: Watchlist, sample: Shares, real: Shares) -> Floats:
        first, second = getattr(sample, kind), getattr(real, kind)
        total: Floats = np.abs(first - second).sum(axis=1) / np.maximum(second.sum(axis=1), 0.5 / real.size)
        return total

    return measure


def _log_lift(watchlist: Watchlist, sample: Shares, real: Shares) -> Floats:
    weight = watchlist.weight / watchlist.weight.sum()
    distance: Floats = np.abs(sample.log_lift - real.log_lift) @ weight
    return distance


def _association_loss(watchlist: Watchlist, sample: Shares, real: Shares) -> Floats:
    """How much weaker all watched associations together are than the real ones: 0 equally strong, about 1 gone.

    The weight of a log-lift is the pair's part in the likelihood ratio of T against the degree-keeping null,
    support · log(support / expected). In a sum of absolute differences every pair adds its noise; here chance cancels
    out over the pairs, so that a small share of randomised subjects shows. More association is no association loss.
    """
    weight = watchlist.weight * watchlist.strength
    lost: Floats = (real.log_lift - sample.log_lift) @ weight / (weight @ watchlist.strength)
    return lost


def _kolmogorov_smirnov(sample: Shares, real: Shares) -> Floats:
    # The shares of a scope sum to one on both sides, so the running sum starts every scope from zero.
    distance: Floats = np.abs(np.cumsum(sample.degrees - real.degrees, axis=1)).max(axis=1)
    return distance


BLOCKS: tuple[Block, ...] = (
    Block("association_loss", True, lambda w: len(w.pairs) > 0, _association_loss, is_signed=True),
    Block("pairs_within", True, lambda w: len(w.within) > 0, _relative_l1("within")),
    Block("pairs_across", True, lambda w: len(w.across) > 0, _relative_l1("across")),
    Block("log_lift", True, lambda w: len(w.pairs) > 0, _log_lift),
    Block("also_buy", True, lambda w: len(w.within) > 0, _relative_l1("confidences")),
    Block("triples", True, lambda w: len(w.triples) > 0, _relative_l1("triples")),
    Block("control", False, lambda w: len(w.control) > 0, _relative_l1("control")),
    Block("shares", False, lambda w: len(w.tokens) > 0, _relative_l1("tokens")),
    Block("degrees", False, lambda w: len(w.degree_from) > 0, lambda _, s, r: _kolmogorov_smirnov(s, r)),
)
"""Every block of the gate, one line for each kind of feature."""


def blocks_of(watchlist: Watchlist) -> tuple[Block, ...]:
    """The blocks that have anything in them, in the order of `BLOCKS`."""
    return tuple(block for block in BLOCKS if block.is_present(watchlist))


def discrepancies(
    watchlist: Watchlist, sample: npt.ArrayLike, sample_size: int, real: npt.ArrayLike, real_size: int
) -> Floats:
    """Measure every block between feature counts.

    Args:
        sample: counts of the evaluated subjects, shape (resamples, features) or (features,).
        real: counts of the real subjects, one row for all or one row each.
        sample_size, real_size: how many subjects were counted.

    Returns:
        Shape (resamples, blocks), 0 = identical; below 0 where `association_loss` finds more association than the real
        subjects have.
    """
    first = Shares(watchlist, np.atleast_2d(np.asarray(sample, float)) / sample_size, sample_size)
    second = Shares(watchlist, np.atleast_2d(np.asarray(real, float)) / real_size, real_size)
    columns = [block.measure(watchlist, first, second) for block in blocks_of(watchlist)]
    return np.stack(columns, axis=1) if columns else np.zeros((len(first.values), 0))
