"""Split: which subjects train, which stop the training, and which only the gate sees."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from assoc_synth.gate.split import split_subjects, whole_clusters
from assoc_synth.link_graph.edges import Edges
from assoc_synth.randomness import Seeds
from assoc_synth.transactions.arrays import Ints
from assoc_synth.transactions.table import TransactionTable

VALIDATION = 0.10
MAX_VALIDATION = 5_000
"""Training subjects that drive early stopping."""


@dataclass(frozen=True, eq=False)
class Split:
    """Codes of a table's subjects, ascending.

    Attributes:
        training: the subjects that the networks learn from.
        validation: the subjects whose loss stops training; with fewer than three subjects, the training subjects.
        gate: those that judge samples and are kept from everything else.
        clusters: the cluster of each subject, (S,): each lies in one of the three; None without clusters.
    """

    training: Ints
    validation: Ints
    gate: Ints
    clusters: Ints | None = None

    @classmethod
    def of(cls, num_subjects: int, seeds: Seeds, clusters: Ints | None = None) -> Split:
        """Split subjects at random, clusters as a whole.

        Example:
            >>> split = Split.of(100, Seeds.of(0))
            >>> len(split.training), len(split.validation), len(split.gate)
            (72, 8, 20)
        """
        rng = seeds.generator()
        known, gate = split_subjects(num_subjects, rng, clusters)
        size = min(int(np.ceil(VALIDATION * len(known))), MAX_VALIDATION)
        if clusters is not None:
            training, validation = (known[part] for part in whole_clusters(clusters[known], size, rng))
            return cls(training, validation if len(validation) else known, gate, clusters)
        order = rng.permutation(known)
        training, validation = np.sort(order[size:]), np.sort(order[:size])
        return cls(training, validation, gate) if len(training) else cls(known, known, gate)

    def with_every_verb(self, edges: Edges) -> Split:
        """The split in which every verb has a subject that trains: else no row of a rare verb could ever be drawn.

        Of a verb that no training subject has, the first subject changes over to them, with its whole cluster.

        Args:
            edges: of all subjects.
        """
        seen = np.zeros(edges.num_verbs, bool)
        seen[edges.verb[np.isin(edges.subject, self.training)]] = True
        verbs, first = np.unique(edges.verb, return_index=True)
        needed = np.unique(edges.subject[first[~seen[verbs]]]).astype(np.int64)
        if not len(needed):
            return self
        if self.clusters is not None:
            needed = np.flatnonzero(np.isin(self.clusters, self.clusters[needed])).astype(np.int64)
        validation, gate = (np.setdiff1d(part, needed) for part in (self.validation, self.gate))
        return Split(np.union1d(self.training, needed), validation, gate, self.clusters)

    def part(self, subjects: int, seeds: Seeds) -> Split:
        """The split of about so many random subjects alone, the same share of each part; clusters as a whole.

        Example:
            >>> few = Split.of(1_000, Seeds.of(0)).part(100, Seeds.of(1))
            >>> len(few.training), len(few.validation), len(few.gate)
            (72, 8, 20)
        """
        rng = seeds.generator()
        share = subjects / max(len(self.training) + len(self.validation) + len(self.gate), 1)

        def some(part: Ints) -> Ints:
            size = max(round(share * len(part)), min(len(part), 1))
            if self.clusters is None:
                return np.sort(rng.permutation(part)[:size])
            taken = part[whole_clusters(self.clusters[part], size, rng)[1]]
            return taken if len(taken) else part

        return Split(some(self.training), some(self.validation), some(self.gate), self.clusters)

    def renumbered(self, kept: Ints) -> Split:
        """The split of the subjects that are left, by their new codes; those that train stop it where no other does.

        Args:
            kept: (n,) their codes, ascending.

        Example:
            >>> Split(np.array([0, 2]), np.array([1]), np.array([3])).renumbered(np.array([0, 3])).gate.tolist()
            [1]
        """
        parts = (np.flatnonzero(np.isin(kept, part)) for part in (self.training, self.validation, self.gate))
        training, validation, gate = (part.astype(np.int64) for part in parts)
        training = training if len(training) else validation
        clusters = None if self.clusters is None else self.clusters[kept]
        return Split(training, validation if len(validation) else training, gate, clusters)

    @cached_property
    def known(self) -> Ints:
        """Subjects that training may look at: those that train and those that stop it."""
        return np.union1d(self.training, self.validation)


def with_known_objects(gate: TransactionTable, known: TransactionTable, rng: np.random.Generator) -> TransactionTable:
    """The gate's rows in the names that the known subjects have: others stand for one of the objects that fewest have.

    No generator can draw a name that no training subject has, and no stored count of it says whose it is.

    Args:
        gate, known: tables of one vocabulary.
    """
    count = np.bincount(
        np.unique(known.subject.astype(np.int64) * known.num_objects + known.object) % known.num_objects,
        minlength=known.num_objects,
    )
    new = np.flatnonzero(count[gate.object] == 0)
    if not len(new):
        return gate.with_own_names()
    rarest = np.flatnonzero(count == count[count > 0].min())
    stands_for = np.zeros(known.num_objects, gate.object.dtype)
    unknown = np.unique(gate.object[new])
    stands_for[unknown] = rng.choice(rarest, len(unknown))
    object = gate.object.copy()
    object[new] = stands_for[object[new]]
    return replace(gate, object=object).with_own_names()
