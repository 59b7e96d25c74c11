"""Distances between the classes that two sets of subjects are in, given that they are in any: the measures of blocks.

Features come in groups of classes, and a subject that is in a group counts one in it, however many rows it has: a few
long subjects do not decide, and how many subjects are in a group, which is another scope's matter, plays no part.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from assoc_synth.transactions.arrays import Bools, Floats, Ints

MIN_Z, MAX_Z = 3.5, 10.0
"""Standard errors from which on a feature's difference weighs, and beyond which it weighs no more: a rule without
exceptions must not drown the rest.
"""

_CHANCE = 2.33
MIN_KNOWN = 60
"""Training subjects that a group needs, so that what none of them does can be called impossible."""
MIN_INFORMATION = 40.0
"""Of a loss: with less, chance may have made it, and its standard error would be .16 among the training subjects."""


def group_starts(group: Ints) -> Ints:
    """Where each group begins: (groups,). `group` is ascending, (features,)."""
    return np.flatnonzero(np.append(True, np.diff(group) != 0)[: len(group)]).astype(np.int64)


def given_group(counts: Floats, starts: Ints) -> tuple[Floats, Floats]:
    """Shares of the classes of each group, and how many subjects are in it: (resamples, features), (resamples, groups).

    Where nobody is in a group, the shares are 0.

    Args:
        counts: (resamples, features), in whole groups.
        starts: where each group begins, (groups,).

    Example:
        >>> shares, totals = given_group(np.array([[3.0, 1.0, 2.0, 0.0]]), np.array([0, 2]))
        >>> shares.tolist(), totals.tolist()
        ([[0.75, 0.25, 1.0, 0.0]], [[4.0, 2.0]])
    """
    totals: Floats = np.add.reduceat(counts, starts, axis=1)
    sizes = np.diff(np.append(starts, counts.shape[1]))
    shares: Floats = counts / np.repeat(np.where(totals > 0, totals, 1.0), sizes, axis=1)
    return shares, totals


@dataclass(frozen=True, eq=False)
class ClassDistance:
    """Mean total variation ½ Σ|P_s(class) − P_r(class)| of some groups, weight: real subjects in the group.

    Between 0, equal, and 1. In each class, what one subject more or less makes of it is no difference: else a single
    exception would refute a rule that no real subject happens to break.

    Attributes:
        columns: features of the scope, in whole groups, (features,).
        starts: where each group begins among them.
    """

    columns: Ints
    starts: Ints

    def __call__(self, sample: Floats, sample_size: int, real: Floats, real_size: int) -> Floats:
        """See `Measure`."""
        first, size = given_group(sample[:, self.columns], self.starts)
        second, totals = given_group(real[:, self.columns], self.starts)
        one = 0.5 / np.maximum(size, 1) + 0.5 / np.maximum(totals, 1)
        sizes = np.diff(np.append(self.starts, len(self.columns)))
        beyond = np.maximum(np.abs(first - second) - np.repeat(one, sizes, axis=1), 0.0)
        apart = 0.5 * np.add.reduceat(beyond, self.starts, axis=1)
        weight = totals / np.maximum(totals.sum(axis=1, keepdims=True), 1e-12)
        mean: Floats = (apart * weight).sum(axis=1)
        return mean


@dataclass(frozen=True, eq=False)
class RuleDistance:
    """How much more often rules are broken than real subjects break them, mean over groups by their real subjects.

    A rule is found where training subjects do not break it, so that they cannot say how often others do: what a share
    `tolerated` of breaks, and chance in it (99 %, by its normal approximation), would make is no difference.

    Attributes:
        columns, starts: as in `ClassDistance`.
        broken: classes that break a rule, (columns,).
        tolerated: share of the subjects in each group, (groups,).
    """

    columns: Ints
    starts: Ints
    broken: Bools
    tolerated: Floats

    def __call__(self, sample: Floats, sample_size: int, real: Floats, real_size: int) -> Floats:
        """See `Measure`."""
        (first, size), (second, totals) = (self._breaks(side[:, self.columns]) for side in (sample, real))
        # Shares of few subjects may be above 1: by rounding, or as what is tolerated.
        usual = np.minimum(np.maximum(second, self.tolerated), 1.0)
        number = np.maximum(size, 1)
        chance = _CHANCE * np.sqrt(usual * (1 - usual) / number) + 0.5 / number
        mean: Floats = (np.maximum(first - usual - chance, 0.0) * totals).sum(axis=1)
        mean /= np.maximum(totals.sum(axis=1), 1e-12)
        return mean

    def _breaks(self, counts: Floats) -> tuple[Floats, Floats]:
        shares, totals = given_group(counts, self.starts)
        return np.add.reduceat(shares * self.broken, self.starts, axis=1), totals


@dataclass(frozen=True, eq=False)
class Never:
    """What neither real subjects nor destroyed ones do, such as a negative price, or a purchase at night.

    Attributes:
        column: classes that no training subject is in, though many are in the group, (features,).
        unknown: share of the subjects of each group that may be in such classes for all that is known, (groups,): the
            share of classes with a single training subject (Good 1953), and three subjects more (the rule of three).
    """

    column: Bools
    unknown: Floats

    @classmethod
    def learn(cls, real: sp.csr_matrix, destroyed: sp.csr_matrix, starts: Ints) -> Never:
        """From the features of training subjects, and of the same ones destroyed, as `Direction.learn`."""
        if not real.shape[1]:
            return cls(np.zeros(0, bool), np.zeros(0))
        have = np.asarray((real > 0).sum(axis=0)).ravel()
        size = np.add.reduceat(np.asarray(real.sum(axis=0), np.float64).ravel(), starts)
        single = np.add.reduceat((have == 1).astype(np.float64), starts)
        elsewhere = np.asarray((destroyed > 0).sum(axis=0)).ravel() > 0
        many = np.repeat(size >= MIN_KNOWN, np.diff(np.append(starts, real.shape[1])))
        return cls((have == 0) & ~elsewhere & many, (single + 3) / np.maximum(size, 1))

    def distance(self, columns: Ints, group: Ints) -> RuleDistance | None:
        """The measure of some features; None where these have no class without a subject.

        Args:
            columns: in whole groups. group: of every feature of the scope.
        """
        own = columns[np.isin(group[columns], group[columns[self.column[columns]]])]
        if not len(own):
            return None
        return RuleDistance(own, group_starts(group[own]), self.column[own], self.unknown[np.unique(group[own])])


@dataclass(frozen=True, eq=False)
class Loss:
    """How far the sample is on the way from the real subjects to destroyed ones: 0 not at all, 1 all the way.

    Chance cancels out over the features, so that a small share of destroyed subjects shows: a share τ of them moves it
    by τ, less what one subject in each group may move. A group that no subject of the sample is in says nothing.

    Attributes:
        columns, starts: as in `ClassDistance`.
        weight: of each feature, (features,).
    """

    columns: Ints
    starts: Ints
    weight: Floats

    def __call__(self, sample: Floats, sample_size: int, real: Floats, real_size: int) -> Floats:
        """See `Measure`."""
        first, has = given_group(sample[:, self.columns], self.starts)
        second, real_has = given_group(real[:, self.columns], self.starts)
        sizes = np.diff(np.append(self.starts, len(self.columns)))
        both = np.repeat((has > 0) & (real_has > 0), sizes, axis=1)
        lost: Floats = np.where(both, second - first, 0.0) @ self.weight
        single = self.weight / np.repeat(np.maximum(has, 1.0), sizes, axis=1) * both
        by_one = 2 * np.sqrt((single**2).sum(axis=1))
        beyond: Floats = np.sign(lost) * np.maximum(np.abs(lost) - by_one, 0.0)
        return beyond


@dataclass(frozen=True, eq=False)
class Direction:
    """From real to destroyed subjects, feature by feature.

    The weights are those of Fisher's linear discriminant (1936) with a diagonal covariance: the difference over its
    variance, 0 where it is within 3.5 standard errors.

    Attributes:
        weight: (features,), not scaled.
        contrast: share among the real less that among the destroyed subjects, given the group, (features,).
    """

    weight: Floats
    contrast: Floats

    @classmethod
    def learn(cls, real: sp.csr_matrix, destroyed: sp.csr_matrix, starts: Ints) -> Direction:
        """From the features of training subjects, and of the same ones destroyed, once or several times.

        Args:
            real: (subjects, features). destroyed: (subjects or more, features).
            starts: where each group begins, (groups,).
        """
        if not real.shape[1]:
            return cls(np.zeros(0), np.zeros(0))
        shares, variance, size = _moments(real, starts)
        other, other_variance, other_size = _moments(destroyed, starts)
        contrast = shares - other
        noise = variance / np.maximum(size, 1) + other_variance / np.maximum(other_size, 1)
        # What no subject does is not known to be impossible.
        noise += 1 / np.maximum(size, 1) ** 2
        clear = np.abs(contrast) > MIN_Z * np.sqrt(noise)
        return cls(np.where(clear, contrast / np.maximum(noise, (contrast / MAX_Z) ** 2), 0.0), contrast)

    @property
    def changed(self) -> Bools:
        """Which features the destroyer changes, beyond what chance makes of as many."""
        least = 2 * np.log(max(len(self.weight), 2))
        return np.asarray(self.weight * self.contrast > least)

    def loss(self, columns: Ints, group: Ints) -> tuple[Loss, float] | None:
        """The loss along some features, and its information, squared contrast over noise; None if too little.

        Args:
            columns: in whole groups. group: of every feature of the scope.
        """
        information = float(self.weight[columns] @ self.contrast[columns])
        if information < MIN_INFORMATION:
            return None
        return Loss(columns, group_starts(group[columns]), self.weight[columns] / information), information


def _moments(features: sp.csr_matrix, starts: Ints) -> tuple[Floats, Floats, Floats]:
    """Mean and variance of each feature among the subjects in its group, and how many these are: (features,) each."""
    total = np.asarray(features.sum(axis=0), np.float64).reshape(1, -1)
    square = np.asarray(features.power(2).sum(axis=0), np.float64).ravel()
    shares, size = given_group(total, starts)
    have = np.repeat(size[0], np.diff(np.append(starts, total.shape[1])))
    return shares[0], np.maximum(square / np.maximum(have, 1) - shares[0] ** 2, 0.0), have
