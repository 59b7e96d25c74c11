"""The work that every competitor is given: a training table, and a held-out one of the same population."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from assoc_synth import datasets
from assoc_synth.benchmark.gates import Gates
from assoc_synth.errors import InputError
from assoc_synth.evaluation import Proximity, RecommenderTask, closer_to_train
from assoc_synth.gate.split import MAX_HELD_OUT, held_out_clusters, whole_clusters
from assoc_synth.link_graph.edges import Edges
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.link_graph.independent import independent_draw
from assoc_synth.transactions.arrays import Ints
from assoc_synth.transactions.table import TransactionTable

CONTAMINATED = 0.1
"""Share of independent subjects in a real table that the gate is tried on."""


@dataclass(frozen=True, eq=False)
class Work:
    """Two disjoint halves of one table, over the same vocabularies.

    Attributes:
        name: the data set's name.
        train: the table that competitors see.
        heldout: the table that they do not see.
        seed: of the evaluation's draws: which objects are hidden from the recommender, which subjects are compared.
    """

    name: str
    train: TransactionTable
    heldout: TransactionTable
    seed: int = 0

    def __post_init__(self) -> None:
        for what in ("verbs", "objects"):
            if not np.array_equal(getattr(self.train, what), getattr(self.heldout, what)):
                raise InputError(f"the two halves of {self.name} must share their {what}")

    @classmethod
    def load(cls, name: str, *, seed: int = 0, subjects: int | None = None) -> Work:
        """A named data set, halved by `datasets.halves`: by cluster where it has clusters.

        Args:
            subjects: of each half, at random, where a part of it is enough; whole clusters, so that there may be fewer.

        Raises:
            InputError: the name is unknown.
            MissingExtraError: the data set's package is not installed.
        """
        train, heldout = datasets.halves(datasets.load(name))
        if subjects is not None:
            train, heldout = (_some(half, subjects, seed) for half in (train, heldout))
        return cls(name, train, heldout, seed=seed)

    @property
    def verbs(self) -> tuple[str, ...]:
        """The verbs' names, by code."""
        return tuple(str(verb) for verb in self.train.verbs)

    @cached_property
    def train_edges(self) -> Edges:
        """The distinct links of the training half."""
        return LinkGraph.from_table(self.train).edges

    @cached_property
    def heldout_edges(self) -> Edges:
        """The distinct links of the held-out half, by the same codes."""
        return LinkGraph.from_table(self.heldout).edges

    @cached_property
    def train_baskets(self) -> Edges | None:
        """The training half with the basket in the subject's place; None without baskets."""
        return baskets_of(self.train)

    @cached_property
    def heldout_baskets(self) -> Edges | None:
        """The held-out half with the basket in the subject's place; None without baskets."""
        return baskets_of(self.heldout)

    @cached_property
    def gates(self) -> Gates:
        """A gate that no competitor has seen, of half of the held-out subjects, at most 5,000."""
        return Gates(self.train, self.heldout.take_subjects(self._halved[0]), self.seed)

    @property
    def unseen(self) -> Edges:
        """The held-out subjects that the gate has not seen."""
        return self.heldout_edges.take(self._halved[1])

    @property
    def unseen_rows(self) -> TransactionTable:
        """The rows of the same."""
        return self.heldout.take_subjects(self._halved[1])

    def contaminated(self, real: Edges) -> Edges:
        """Real subjects, a tenth of them replaced by independent draws."""
        rng = np.random.default_rng(self.seed)
        replaced = round(CONTAMINATED * real.num_subjects)
        kept = np.sort(rng.permutation(real.num_subjects)[replaced:])
        return Edges.joined([real.take(kept), independent_draw(self.train_edges, rng, num_subjects=replaced)])

    @cached_property
    def _halved(self) -> tuple[Ints, Ints]:
        """Codes of the held-out subjects that the gate has seen, and of the others."""
        rng, total = np.random.default_rng(self.seed), self.heldout_edges.num_subjects
        size = min(total // 2, MAX_HELD_OUT)
        if self.heldout.clusters is not None:
            unseen, seen = held_out_clusters(self.heldout.clusters, total // 2, rng)
            return seen, unseen
        order = rng.permutation(total).astype(np.int64)
        return np.sort(order[:size]), np.sort(order[size:])

    @cached_property
    def recommending(self) -> RecommenderTask:
        """Hidden objects of held-out subjects, which a recommender trained on a synthetic table has to find."""
        return RecommenderTask(self.train_edges, self.heldout_edges, self.seed, clusters=self.heldout.clusters)

    def proximity(self, edges: Edges) -> Proximity:
        """Closeness to the training subjects, beside the independent generator's."""
        found = closer_to_train(self.train_edges, self.heldout_edges, edges, seed=self.seed)
        return replace(found, independent=self._independent_share)

    @cached_property
    def _independent_share(self) -> float:
        drawn = independent_draw(self.train_edges, np.random.default_rng(self.seed))
        return closer_to_train(self.train_edges, self.heldout_edges, drawn, seed=self.seed).share


def _some(half: TransactionTable, subjects: int, seed: int) -> TransactionTable:
    """At most so many subjects, in whole clusters."""
    if subjects >= half.num_subjects:
        return half
    rng = np.random.default_rng(seed)
    if half.clusters is not None:
        return half.take_subjects(whole_clusters(half.clusters, subjects, rng)[1])
    return half.take_subjects(rng.permutation(half.num_subjects)[:subjects])


def baskets_of(table: TransactionTable) -> Edges | None:
    """The graph with the basket in the subject's place, without empty baskets; None where no column names baskets."""
    if table.basket is None:
        return None
    edges = LinkGraph.from_table(table).basket_edges()
    return edges.take(np.flatnonzero(np.diff(edges.offsets)))
