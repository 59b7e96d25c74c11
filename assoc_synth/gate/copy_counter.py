"""Counting copies in a table of any size, part by part, in memory that does not grow with it."""

from __future__ import annotations

import numpy as np

from assoc_synth.gate.copies import Copies
from assoc_synth.gate.histories import Histories, count_pairs

MOST_KEPT = 2**20
"""Histories that are kept: 16 bytes each."""


class CopyCounter:
    """Copies among the subjects of parts that come one after the other.

    Of many subjects, those histories are kept whose mark ends in so many zero bits, and with a history all its copies:
    pairs among them are those of all, less by the same factor (adaptive sampling; Wegman, in Flajolet 1990). Up to
    `most` subjects the count is exact.

    Example:
        >>> from assoc_synth.link_graph.edges import Edges
        >>> edges = Edges.from_links([0, 0, 0], [0, 0, 0], [1, 2, 3], num_subjects=1, num_verbs=1, num_objects=4)
        >>> counter = CopyCounter()
        >>> for _ in range(3):
        ...     counter.add(Histories.of(edges))
        >>> counter.copies
        Copies(subjects=3, pairs=3, repeated=2)
    """

    def __init__(self, most: int = MOST_KEPT) -> None:
        self.most, self.subjects, self._bits = most, 0, 0
        self._kept = Histories.none()

    def add(self, histories: Histories) -> None:
        """The subjects of the next part."""
        self.subjects += len(histories)
        self._kept = self._kept.joined(histories.thinned(self._bits))
        while len(self._kept) > self.most:
            self._bits += 1
            self._kept = self._kept.thinned(self._bits)

    @property
    def copies(self) -> Copies:
        """Those of all parts so far; estimated where not all are kept."""
        pairs, repeated = count_pairs(self._kept)
        return Copies(self.subjects, pairs << self._bits, min(repeated << self._bits, self.subjects))

    @property
    def share(self) -> float:
        """The share of histories that is kept."""
        return float(np.ldexp(1.0, -self._bits))
