"""How many links a subject has: histograms of the training subjects, from which n is drawn before the first link."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from assoc_synth.errors import InputError
from assoc_synth.link_graph.edges import Edges
from assoc_synth.transactions.arrays import Ints

NEIGHBOURS = 30
"""Subjects of about the same n that a verb's share is drawn from, so that no single subject's is repeated."""


@dataclass(frozen=True, eq=False)
class Degrees:
    """Numbers of subjects by number of edges, in all and of one verb.

    Attributes:
        total: (T, 2) rows (n, subjects with n edges), n ≥ 1, ascending.
        by_verb: (U, 4) rows (verb, edges left, edges of that verb, subjects), ascending; zero edges of a verb are
            included. The edges left are a subject's edges of this verb and of more frequent verbs.
    """

    total: Ints
    by_verb: Ints

    @classmethod
    def learn(cls, edges: Edges) -> Degrees:
        """Count the edges of each subject; subjects without any are left out."""
        sizes = np.diff(edges.offsets)
        n, subjects = np.unique(sizes[sizes > 0], return_counts=True)
        own = np.zeros((edges.num_subjects, edges.num_verbs), np.int64)
        np.add.at(own, (edges.subject, edges.verb), 1)
        parts, left = [np.zeros((0, 4), np.int64)], sizes.copy()
        for verb in np.argsort(own.sum(0), kind="stable"):
            pairs, count = np.unique(np.stack([left, own[:, verb]], 1)[left > 0], axis=0, return_counts=True)
            parts.append(np.column_stack([np.full(len(pairs), verb), pairs, count]))
            left -= own[:, verb]
        rows = np.concatenate(parts)
        return cls(np.column_stack([n, subjects]), rows[np.lexsort(rows.T[::-1])])

    @property
    def num_verbs(self) -> int:
        return int(self.by_verb[:, 0].max(initial=-1)) + 1

    def draw(self, subjects: int, rng: np.random.Generator) -> Ints:
        """Links of each verb for new subjects: (subjects, verbs), every row at least one link.

        n comes from its histogram. Then the verbs follow, the rarest first: each takes the share that it has of what is
        left in a training subject with about as much left, and the most frequent verb takes the rest. So every verb
        keeps its own distribution, however many there are.
        """
        left = rng.choice(self.total[:, 0], subjects, p=self.total[:, 1] / self.total[:, 1].sum())
        frequency = np.bincount(self.by_verb[:, 0], weights=self.by_verb[:, 2] * self.by_verb[:, 3])
        rarest_first = np.argsort(frequency, kind="stable")
        drawn = np.zeros((subjects, self.num_verbs), np.int64)
        for verb in rarest_first[:-1]:
            drawn[:, verb] = np.minimum(self._of_verb(int(verb), left, rng), left)
            left -= drawn[:, verb]
        drawn[:, rarest_first[-1]] = left
        return drawn

    def draw_of(self, verbs: list[int], subjects: int, rng: np.random.Generator) -> tuple[Ints, Ints]:
        """Links of new subjects that have a link of the given verbs.

        Returns:
            (subjects, verbs), 0 for the verbs that are not given, and (subjects, verbs), the links of all verbs.

        Raises:
            InputError: no training subject has such a link.
        """
        if not self.by_verb[np.isin(self.by_verb[:, 0], verbs), 2].any():
            raise InputError("no training subject has a link by this verb, so none can be drawn: ask for another verb")
        found: list[Ints] = []
        missing = subjects
        while missing > 0:
            drawn = self.draw(max(2 * missing, 1_000), rng)
            drawn = drawn[drawn[:, verbs].sum(1) > 0][:missing]
            found.append(drawn)
            missing -= len(drawn)
        whole = np.concatenate(found)
        asked = np.zeros_like(whole)
        asked[:, verbs] = whole[:, verbs]
        return asked, whole

    def _of_verb(self, verb: int, left: Ints, rng: np.random.Generator) -> Ints:
        """Edges of one verb, given how many edges are left.

        A training subject with about as many edges left is drawn, and the verb's share in it is multiplied by the edges
        that are left here, rounded at random.
        """
        rows = self.by_verb[self.by_verb[:, 0] == verb]
        cumulative = np.concatenate([[0], np.cumsum(rows[:, 3])])
        low = cumulative[np.searchsorted(rows[:, 1], left, side="left")]
        high = cumulative[np.searchsorted(rows[:, 1], left, side="right")]
        short = np.maximum(NEIGHBOURS - (high - low), 0)
        low = np.maximum(low - (short + 1) // 2, 0)
        high = np.minimum(high + (short + 1) // 2, cumulative[-1])
        at = low + (rng.random(len(left)) * (high - low)).astype(np.int64)
        like = rows[np.searchsorted(cumulative, at, side="right") - 1]
        edges: Ints = np.floor(left * (like[:, 2] / like[:, 1]) + rng.random(len(left))).astype(np.int64)
        return edges

    def to_arrays(self) -> dict[str, Ints]:
        return {"degrees.total": self.total, "degrees.by_verb": self.by_verb}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Ints]) -> Degrees:
        return cls(arrays["degrees.total"], arrays["degrees.by_verb"])
