"""Simultaneous inference over blocks: Westfall and Young's max-T, with a limit for each block.

The blocks are brought to one scale, the upper tail of their own null, and the largest of all decides. In contrast to
the smallest rank, the largest standardised value can tell a huge discrepancy in one of a hundred blocks from chance
with 999 resamples.

Sources: Westfall & Young 1993; Romano & Wolf 2005.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from assoc_synth.transactions.arrays import Floats, Ints

TAIL = 0.99
"""The quantile of the null that is one unit above its median."""


@dataclass(frozen=True, eq=False)
class Simultaneous:
    """One or several nulls of some blocks, each on one scale. What differs has to differ from each null.

    Attributes:
        centre, scale: median of each block and the distance from it to the upper tail, shape (nulls, blocks).
        largest: the largest standardised value of each resample, ascending, shape (nulls, resamples).
    """

    centre: Floats
    scale: Floats
    largest: Floats

    @classmethod
    def of(cls, null: Floats, observed: Floats | None = None) -> Simultaneous:
        """From discrepancies of the null, shape (resamples, blocks), or of several, (nulls, resamples, blocks).

        There is at least one of each.

        Args:
            observed: (blocks,) discrepancies that are exchangeable with those of the null, for an exact test.
        """
        nulls = null if null.ndim == 3 else null[None]
        together = nulls
        if observed is not None:
            own = np.broadcast_to(observed, (len(nulls), 1, len(observed)))
            together = np.concatenate([nulls, own], axis=1)
        centre = np.median(together, axis=1)
        above = np.quantile(together, TAIL, axis=1) - centre
        farthest = together.max(axis=1) - centre
        # A block that is hardly ever anything else than its median still has a scale.
        scale = np.maximum(np.where(above > 0, above, farthest), 1e-9)
        largest = ((nulls - centre[:, None]) / scale[:, None]).max(axis=2)
        return cls(centre, scale, np.sort(largest, axis=1))

    def of_blocks(self, chosen: Ints) -> Simultaneous:
        """Some of the blocks, still judged among all of them."""
        return Simultaneous(self.centre[:, chosen], self.scale[:, chosen], self.largest)

    def adjusted_p(self, observed: Floats) -> Floats:
        """p of each block among the largest values of the null: shape as given, its last axis over the blocks.

        The smallest of them is the p of the test over all blocks together. Of several nulls, a block has the largest
        p, so that the test has its level under each of them.

        Example:
            >>> null = np.random.default_rng(0).normal(size=(999, 50))
            >>> found = Simultaneous.of(null).adjusted_p(np.array([9.0] + [0.0] * 49))
            >>> [round(float(p), 3) for p in found[:2]]
            [0.001, 1.0]
        """
        adjusted: Floats = np.zeros(np.shape(observed))
        for centre, scale, largest in zip(self.centre, self.scale, self.largest, strict=True):
            value = (observed - centre) / scale
            beyond = len(largest) - np.searchsorted(largest, value - 1e-12, side="left")
            adjusted = np.maximum(adjusted, (1 + beyond) / (len(largest) + 1))
        return adjusted

    def limits(self, alpha: float) -> Floats:
        """What real data exceed in some block in a share `alpha` of all cases: (blocks,)."""
        farthest = np.quantile(self.largest, 1 - alpha, axis=1, method="higher")
        bound: Floats = (self.centre + self.scale * farthest[:, None]).max(axis=0)
        return bound
