"""Groups of subjects by the sizes of their visits: how many links a visit has on average, and how unlike they are.

One person's visits are all of one size, another's are weekly shops with small ones in between. Sizes that are drawn by
one law for all make everybody alike. So subjects with enough visits are in a group by two numbers: the mean size of
their visits, and the coefficient of variation of it, each cut at quantiles. Each group has size terms of its own. In a
new subject the mean follows from its links and its visits; the other number's class is drawn, as often as subjects of
that mean with about as many visits have it.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from assoc_synth.link_graph.column_classes import coarse
from assoc_synth.transactions.arrays import Floats, Ints

LEVELS, SPREADS = 4, 4
"""Classes of the mean size, and of the coefficient of variation."""
GROUPS = LEVELS * (1 + SPREADS)
"""Those of each level: of subjects with few visits, and of each class of variation."""
FEWEST_VISITS = 10
"""Visits from which on their variation says something of a subject."""
FEWEST_SUBJECTS = 20
"""Subjects of each group, about, that there must be."""
VISITS = (20, 40, 80)
"""Where classes of numbers of visits begin, beyond the first."""
PRIOR = 1.0
"""Subjects that are added to each class of variation."""


class SizeGroups(nn.Module):
    """Where classes of the mean size and of its variation begin, and how often subjects have the latter.

    Args:
        groups: `GROUPS`, or 0: then all subjects are in group 0.

    Shape:
        levels (L − 1,), spreads (L, C − 1), shares (L, classes of numbers of visits, C), for L levels and C spreads.

    Example:
        >>> groups = SizeGroups(GROUPS)
        >>> len(groups), groups.of(np.array([0, 0, 1]), np.array([2, 3, 1])).tolist()
        (20, [15, 15, 15])
    """

    levels: Tensor
    spreads: Tensor
    shares: Tensor

    def __init__(self, groups: int = 0) -> None:
        super().__init__()
        if groups not in (0, GROUPS):
            raise ValueError(f"there are {GROUPS} groups of sizes or none, not {groups}")
        self.groups = groups
        if groups:
            self.register_buffer("levels", torch.zeros(LEVELS - 1))
            self.register_buffer("spreads", torch.zeros(LEVELS, SPREADS - 1))
            self.register_buffer("shares", torch.full((LEVELS, len(VISITS) + 1, SPREADS), 1.0 / SPREADS))

    def __len__(self) -> int:
        return self.groups

    @torch.no_grad()
    def learn(self, owner: Ints, size: Ints) -> None:
        """Take the classes from visits: (M,) subjects and (M,) links of each."""
        visits, mean, variation = summary(owner, size)
        enough = np.flatnonzero(visits >= FEWEST_VISITS)
        levels = coarse(np.quantile(mean[enough], np.arange(1, LEVELS) / LEVELS))
        level, spreads = np.searchsorted(levels, mean, side="right"), np.zeros((LEVELS, SPREADS - 1))
        counts = np.full((LEVELS, len(VISITS) + 1, SPREADS), PRIOR)
        for one in range(LEVELS):
            own = enough[level[enough] == one]
            if len(own):
                spreads[one] = coarse(np.quantile(variation[own], np.arange(1, SPREADS) / SPREADS))
            spread = np.searchsorted(spreads[one], variation[own], side="right")
            np.add.at(counts[one], (np.searchsorted(VISITS, visits[own], side="right"), spread), 1.0)
        for name, part in (("levels", levels), ("spreads", spreads), ("shares", counts / counts.sum(2, keepdims=True))):
            self.get_buffer(name).copy_(torch.from_numpy(part))

    def of(self, owner: Ints, size: Ints, rng: np.random.Generator | None = None) -> Ints:
        """The group of each visit's subject: (M,), (M,) → (M,).

        Args:
            rng: draws the class of variation; None takes that of the sizes.
        """
        if not self.groups:
            return np.zeros(len(owner), np.int64)
        visits, mean, variation = summary(owner, size)
        levels, spreads, shares = (own.cpu().numpy() for own in (self.levels, self.spreads, self.shares))
        level = np.searchsorted(levels, mean, side="right")
        if rng is None:
            spread = (variation[:, None] >= spreads[level]).sum(1)
        else:
            below = shares[level, np.searchsorted(VISITS, visits, side="right")].cumsum(1)
            spread = (below[:, :-1] < rng.random(len(level))[:, None]).sum(1)
        group = level * (1 + SPREADS) + np.where(visits >= FEWEST_VISITS, 1 + spread, 0)
        found: Ints = group[owner].astype(np.int64)
        return found

    def is_sound(self) -> bool:
        """Whether the shares, as read from a file, are ones."""
        return not self.groups or bool((self.shares >= 0).all() and ((self.shares.sum(2) - 1).abs() < 1e-3).all())


def enough_groups(owner: Ints, size: Ints) -> int:
    """How many groups visits are enough for: `GROUPS`, or 0.

    Example:
        >>> enough_groups(np.repeat(np.arange(400), 10), np.ones(4_000, int)), enough_groups(np.arange(9), np.ones(9))
        (20, 0)
    """
    visits = np.bincount(owner)
    return GROUPS if (visits >= FEWEST_VISITS).sum() >= FEWEST_SUBJECTS * LEVELS * SPREADS else 0


def summary(owner: Ints, size: Ints) -> tuple[Ints, Floats, Floats]:
    """How many visits subjects have, their mean size, and its coefficient of variation: (S,) each, 0 without visits.

    Example:
        >>> [part.tolist() for part in summary(np.array([0, 0, 2]), np.array([1, 3, 5]))]
        [[2, 0, 1], [2.0, 0.0, 5.0], [0.5, 0.0, 0.0]]
    """
    visits = np.bincount(owner)
    number = np.maximum(visits, 1)
    mean = np.bincount(owner, size) / number
    square = np.bincount(owner, size.astype(np.float64) ** 2) / number
    variation = np.sqrt(np.maximum(square - mean**2, 0.0)) / np.maximum(mean, 1e-9)
    return visits.astype(np.int64), mean, variation
