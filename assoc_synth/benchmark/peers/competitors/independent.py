"""Objects drawn by popularity within each verb, with every subject's degree: no association at all."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from assoc_synth.benchmark.peers.competitors import Fit, Sample
from assoc_synth.benchmark.peers.job import roles_of
from assoc_synth.link_graph.edges import Edges
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.link_graph.independent import independent_draw
from assoc_synth.transactions.table import TransactionTable


class Independent:
    """The best that a synthesizer of independent rows can do. Baskets are drawn apart from subjects."""

    def fit(self, train: pd.DataFrame, *, seed: int, seconds: float | None) -> Fit:
        self.table = TransactionTable.from_frame(train, **roles_of(train))
        graph = LinkGraph.from_table(self.table)
        self.edges = graph.edges
        self.baskets = graph.basket_edges() if self.table.basket is not None else None
        self.rng = np.random.default_rng(seed)
        return Fit()

    def sample(self, *, seconds: float | None) -> Sample:
        rows = self._rows(independent_draw(self.edges, self.rng))
        if self.baskets is None:
            return Sample(rows)
        filled = self.baskets.take(np.flatnonzero(np.diff(self.baskets.offsets)))
        return Sample(rows, self._rows(independent_draw(filled, self.rng)))

    def save(self, folder: Path) -> bool:
        return False

    def _rows(self, edges: Edges) -> pd.DataFrame:
        verbs, objects = self.table.verbs.to_numpy(object), self.table.objects.to_numpy(object)
        return pd.DataFrame(
            {
                "subject": np.repeat(edges.subject, edges.count).astype(str),
                "verb": np.repeat(verbs[edges.verb], edges.count),
                "object": np.repeat(objects[edges.object], edges.count),
            }
        )
