"""ScopePart: what the gate knows about one scope at one size of S, and the tolerance of that scope."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from assoc_synth.gate.results import ALPHA, TOLERANCE
from assoc_synth.gate.scopes.scope import Block, Watched
from assoc_synth.gate.simultaneous import Simultaneous
from assoc_synth.gate.tolerance import bounds_of, tau_interval
from assoc_synth.transactions.arrays import Bools, Floats, Ints


@dataclass(frozen=True, eq=False)
class ScopePart:
    """One scope at one size. Discrepancies are from H, their last axis is over the scope's blocks.

    Attributes:
        watched: what is compared; it is frequent enough for so many subjects.
        counts: features of H, summed, shape (features,); 0 for those that are looked at in S alone.
        bounds: quantiles of the discrepancies of real subjects, a share τ of them destroyed, shape (2, τ grid, blocks).
        losses: those discrepancies themselves, of the signed blocks that have a weight, shape (τ grid, replicates,
            signed blocks).
        destroyed: discrepancies of destroyed subjects, shape (draws, blocks).
    """

    watched: Watched
    counts: Floats
    bounds: Floats
    losses: Floats
    destroyed: Floats

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        return self.watched.blocks

    @cached_property
    def signed(self) -> Ints:
        """Positions of the blocks whose weighted mean is the scope's loss."""
        return signed_of(self.blocks)

    def distances(self, sample: Floats, size: int, num_reference: int) -> Floats:
        """Discrepancies of summed features from those of H: (resamples, features) → (resamples, blocks)."""
        return discrepancies(self.blocks, sample, size, self.counts[None, :], num_reference)

    def tau_of(self, k: int, observed: float) -> tuple[float, float]:
        """[τ_L, τ_U] of one block."""
        return tau_interval(self.bounds[:, :, k], max(observed, 0.0) if self.blocks[k].is_signed else observed)

    def tolerance(self, observed: Floats, adjusted: Floats, kept: Bools) -> tuple[float | None, float | None]:
        """[τ_L, τ_U], 95 % one-sided each, of the blocks that are looked at; None if none of them is of associations.

        τ_L comes from the scope's loss alone, the weighted mean of its signed blocks: the blocks of absolute
        differences would put it too high, because they are simulated from T as well, in which what is watched is
        stronger than in fresh subjects. τ_U is the largest one of the loss and of every other association block that
        differs; a block that does not differ would only add the width of its noise. More than in the real subjects
        counts as equal. A scope without signed blocks has the block instead that destroyed subjects move most.

        Args:
            observed: discrepancies of S, shape (blocks,).
            adjusted: p of each block among all blocks, shape (blocks,).
            kept: which blocks are looked at, shape (blocks,).
        """
        main, low, high = self._main(observed, kept)
        if low is None or high is None:
            return None, None
        for k in np.flatnonzero(kept & (adjusted <= ALPHA)):
            if self.blocks[k].is_association and k not in main:
                high = max(high, self.tau_of(int(k), float(observed[k]))[1])
        return low, high

    def certificate(self, null: Simultaneous, kept: Bools) -> float | None:
        """Share of the destroyed draws that the difference test rejects and the tolerance does not pass.

        Args:
            null: of all blocks that are looked at, those of this scope among them.
            kept: as in `tolerance`.
        """
        stopped = []
        for observed in self.destroyed:
            adjusted = np.ones(len(observed))
            adjusted[kept] = null.adjusted_p(observed[kept])
            _, high = self.tolerance(observed, adjusted, kept)
            if high is None:
                return None
            stopped.append(high > TOLERANCE and adjusted.min() <= ALPHA)
        return float(np.mean(stopped)) if stopped else None

    def _main(self, observed: Floats, kept: Bools) -> tuple[set[int], float | None, float | None]:
        """The blocks that bound τ, and their interval."""
        chosen = [place for place, k in enumerate(self.signed) if kept[k]]
        if chosen:
            at = self.signed[chosen]
            weight = np.array([self.blocks[k].weight for k in at])
            weight = weight / weight.sum()
            mixed = bounds_of((self.losses[:, :, chosen] @ weight)[:, :, None])[:, :, 0]
            return set(at.tolist()), *tau_interval(mixed, max(float(observed[at] @ weight), 0.0))
        of_association = [k for k, block in enumerate(self.blocks) if block.is_association and kept[k]]
        if not of_association:
            return set(), None, None
        moved = self.bounds[0, -1] - self.bounds[1, 0]
        width = np.maximum(self.bounds[1, 0] - self.bounds[0, 0], 1e-12)
        k = max(of_association, key=lambda k: float(moved[k] / width[k]))
        return {k}, *self.tau_of(k, float(observed[k]))


def signed_of(blocks: tuple[Block, ...]) -> Ints:
    """Positions of the signed blocks that have a weight."""
    return np.array([k for k, block in enumerate(blocks) if block.is_signed and block.weight > 0], np.int64)


def discrepancies(blocks: tuple[Block, ...], sample: Floats, size: int, real: Floats, real_size: int) -> Floats:
    """Measure every block between summed features: (resamples, features) each → (resamples, blocks)."""
    found = [block.measure(sample, size, real, real_size) for block in blocks]
    return np.stack(found, axis=1) if found else np.zeros((len(sample), 0))
