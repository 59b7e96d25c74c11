"""The histories of subjects as numbers that are the same for the same links, and how many are the same."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from assoc_synth.link_graph.edges import Edges
from assoc_synth.transactions.arrays import Values

LEAST_LINKS = 3
"""A history has at least so many links."""


@dataclass(frozen=True, eq=False)
class Histories:
    """The links of subjects with `LEAST_LINKS` or more, as two numbers each that are the same for the same links.

    Attributes:
        first, second: (subjects,) sums of two random 64-bit numbers for each link.
    """

    first: Values
    second: Values

    @classmethod
    def of(cls, edges: Edges) -> Histories:
        """Of the subjects of edges."""
        sizes = np.diff(edges.offsets)
        if not (sizes >= LEAST_LINKS).any():
            return cls.none()
        # Sums of random 63-bit numbers are equal for equal sets, and for others hardly ever.
        rng = np.random.default_rng(0)
        marks = rng.integers(0, 2**63, (2, edges.num_verbs * edges.num_objects), dtype=np.uint64)
        sums = [np.add.reduceat(mark[edges.token], edges.offsets[:-1][sizes > 0]) for mark in marks]
        of_subject = (sizes >= LEAST_LINKS)[sizes > 0]
        return cls(*(own[of_subject] for own in sums))

    @classmethod
    def none(cls) -> Histories:
        """Of no subject."""
        return cls(np.zeros(0, np.uint64), np.zeros(0, np.uint64))

    def __len__(self) -> int:
        return len(self.first)

    def joined(self, other: Histories) -> Histories:
        """These and others."""
        return Histories(np.concatenate([self.first, other.first]), np.concatenate([self.second, other.second]))

    def thinned(self, bits: int) -> Histories:
        """Those whose first number ends in so many zero bits: each history is among them with all its copies or not."""
        kept = self.first & np.uint64(2**bits - 1) == 0
        return self if bits == 0 else Histories(self.first[kept], self.second[kept])


def count_pairs(histories: Histories) -> tuple[int, int]:
    """Pairs that are the same, and how many would have to go until no two are."""
    if not len(histories):
        return 0, 0
    order = np.lexsort((histories.second, histories.first))
    other = (np.diff(histories.first[order]) != 0) | (np.diff(histories.second[order]) != 0)
    times = np.diff(np.flatnonzero(np.concatenate([[True], other, [True]]))).astype(np.int64)
    return int((times * (times - 1) // 2).sum()), int(len(histories) - len(times))
