"""How many links a subject has: histograms of the training subjects, from which n is drawn before the first link."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from assoc_synth.graph import Edges

Index = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Degrees:
    """Numbers of subjects by number of edges, in all and of one verb.

    Attributes:
        total: (T, 2) rows (n, subjects with n edges), n ≥ 1, ascending.
        by_verb: (U, 4) rows (verb, n, edges of that verb, subjects), ascending; zero edges of a verb included.
    """

    total: Index
    by_verb: Index

    @classmethod
    def learn(cls, edges: Edges) -> Degrees:
        sizes = np.diff(edges.offsets)
        n, subjects = np.unique(sizes[sizes > 0], return_counts=True)
        own = np.zeros((edges.num_subjects, edges.num_verbs), np.int64)
        np.add.at(own, (edges.subject, edges.verb), 1)
        parts = []
        for verb in range(edges.num_verbs):
            pairs, count = np.unique(np.stack([sizes, own[:, verb]], 1)[sizes > 0], axis=0, return_counts=True)
            parts.append(np.column_stack([np.full(len(pairs), verb), pairs, count]))
        return cls(np.column_stack([n, subjects]), np.concatenate(parts) if parts else np.zeros((0, 4), np.int64))

    def draw(self, subjects: int, rng: np.random.Generator) -> Index:
        """n for new subjects: (subjects,)."""
        drawn: Index = rng.choice(self.total[:, 0], subjects, p=self.total[:, 1] / self.total[:, 1].sum())
        return drawn

    def draw_of(self, verbs: list[int], subjects: int, rng: np.random.Generator) -> tuple[Index, Index]:
        """For subjects with a link of the given verbs: how many such links, and n in all: (subjects,), (subjects,).

        One verb, or all but one, is drawn from the histogram of (n, edges of the verb). Several verbs are drawn each
        given the same n, as if they were independent at that n; of the asked and the other verbs the fewer are drawn.
        """
        others = [verb for verb in np.unique(self.by_verb[:, 0]).tolist() if verb not in verbs]
        found_size, found_total, missing = [], [], subjects
        while missing > 0:
            total = self._totals_with(verbs, missing, rng)
            if len(verbs) <= len(others):
                size = np.minimum(self._of_verbs(verbs, total, rng), total)
            else:
                size = np.maximum(total - self._of_verbs(others, total, rng), 0)
            kept = size > 0
            found_size.append(size[kept])
            found_total.append(total[kept])
            missing -= int(kept.sum())
        return np.concatenate(found_size), np.concatenate(found_total)

    def _totals_with(self, verbs: list[int], subjects: int, rng: np.random.Generator) -> Index:
        """n to try: of one verb, that of subjects who have it; of several, that of any subject."""
        if len(verbs) > 1:
            return self.draw(subjects, rng)
        rows = self.by_verb[(self.by_verb[:, 0] == verbs[0]) & (self.by_verb[:, 2] > 0)]
        drawn: Index = rng.choice(rows[:, 1], subjects, p=rows[:, 3] / rows[:, 3].sum())
        return drawn

    def _of_verbs(self, verbs: list[int], total: Index, rng: np.random.Generator) -> Index:
        """Edges of the verbs together given n: for each verb a draw from the subjects of that n, by inverse CDF."""
        size = np.zeros(len(total), np.int64)
        for verb in verbs:
            rows = self.by_verb[self.by_verb[:, 0] == verb]
            cumulative = np.concatenate([[0], np.cumsum(rows[:, 3])])
            low = cumulative[np.searchsorted(rows[:, 1], total, side="left")]
            high = cumulative[np.searchsorted(rows[:, 1], total, side="right")]
            at = low + (rng.random(len(total)) * (high - low)).astype(np.int64)
            size += rows[np.searchsorted(cumulative, at, side="right") - 1, 2]
        return size

    def to_arrays(self) -> dict[str, Index]:
        return {"degrees.total": self.total, "degrees.by_verb": self.by_verb}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Index]) -> Degrees:
        return cls(arrays["degrees.total"], arrays["degrees.by_verb"])
