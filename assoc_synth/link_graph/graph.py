"""The associative link graph with its names and occurrences: items, and the links between them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy.sparse as sp

from assoc_synth.errors import InputError

if TYPE_CHECKING:
    import networkx as nx

    from assoc_synth.transactions.table import TransactionTable
from assoc_synth.link_graph.edges import Edges, Incidence


@dataclass(frozen=True, eq=False)
class LinkGraph:
    """A transaction table as an associative link graph, with names.

    Attributes:
        edges: the distinct links by code.
        table: the occurrences of those links, with their qualifiers (time, amount, basket, extras).
    """

    edges: Edges
    table: TransactionTable

    @classmethod
    def from_table(cls, table: TransactionTable) -> LinkGraph:
        edges = Edges.from_links(
            table.subject,
            table.verb,
            table.object,
            num_subjects=table.num_subjects,
            num_verbs=table.num_verbs,
            num_objects=table.num_objects,
        )
        return cls(edges, table)

    def incidence(self, verb: str | None = None) -> Incidence:
        """Subjects × objects, 0/1, over one verb by name or over all."""
        return self.edges.incidence(self._verb_code(verb))

    def projection(self, verb: str | None = None, other: str | None = None) -> sp.csr_matrix:
        """Objects × objects: subjects shared, within one verb, across two, or over all; exact counts."""
        return self.edges.projection(self._verb_code(verb), self._verb_code(other))

    @cached_property
    def baskets(self) -> npt.NDArray[np.int64]:
        """The basket of each row of the table, shape (rows,), numbered from 0; -1 where it is unknown.

        A basket is the basket column where the table has one, else the links of one subject at one timestamp.
        """
        table = self.table
        if table.basket is not None:
            return np.asarray(table.basket, np.int64)
        if table.time is None:
            return np.full(len(table), -1, np.int64)
        visits = pd.DataFrame({"subject": table.subject, "time": table.time})
        return np.asarray(visits.groupby(["subject", "time"], sort=True).ngroup().fillna(-1), np.int64)

    def basket_edges(self) -> Edges:
        """The same graph with the basket in the subject's place: co-occurrence "on one trip"."""
        known = self.baskets >= 0
        return Edges.from_links(
            self.baskets[known],
            self.table.verb[known],
            self.table.object[known],
            num_subjects=int(self.baskets.max(initial=-1)) + 1,
            num_verbs=self.edges.num_verbs,
            num_objects=self.edges.num_objects,
        )

    def to_networkx(self, *, max_links: int | None = None) -> nx.MultiDiGraph[Any]:
        """A view for people: a node per subject and object, an edge per row, keyed by the verb.

        Node names are ("subject", name) and ("object", name), since the same name may play both roles. Missing times
        and amounts are absent attributes. `max_links` keeps the first rows only.
        """
        import networkx as nx

        graph: nx.MultiDiGraph[Any] = nx.MultiDiGraph()
        table = self.table
        rows = len(table) if max_links is None else min(max_links, len(table))
        sources = table.subjects.take(table.subject[:rows])
        targets = table.objects.take(table.object[:rows])
        verbs = table.verbs.take(table.verb[:rows])
        for row, (source, verb, target) in enumerate(zip(sources, verbs, targets, strict=True)):
            qualifiers: dict[str, Any] = {}
            if table.time is not None and not np.isnat(table.time[row]):
                qualifiers["time"] = pd.Timestamp(table.time[row])
            if table.amount is not None and not np.isnan(table.amount[row]):
                qualifiers["amount"] = float(table.amount[row])
            graph.add_node(("subject", source), kind="subject", name=source)
            graph.add_node(("object", target), kind="object", name=target)
            graph.add_edge(("subject", source), ("object", target), verb=verb, **qualifiers)
        return graph

    def also_buy_graph(self, *, verb: str | None = None, min_count: int = 20, min_lift: float = 1.0) -> nx.Graph[Any]:
        """Objects as nodes (attribute support), pairs as edges weighted by lift (attributes weight, count)."""
        import networkx as nx

        counts = self.projection(verb).tocoo()
        support = self.projection(verb).diagonal()
        upper = (counts.row < counts.col) & (counts.data >= min_count)
        left, right, count = counts.row[upper], counts.col[upper], counts.data[upper].astype(float)
        lift = count * self.edges.num_subjects / (support[left] * support[right])
        graph: nx.Graph[Any] = nx.Graph()
        names = self.table.objects
        for code in np.unique(np.concatenate([left, right])):
            graph.add_node(names[code], support=int(support[code]))
        for i, j, n, weight in zip(left, right, count, lift, strict=True):
            if weight >= min_lift:
                graph.add_edge(names[i], names[j], weight=float(weight), count=int(n))
        return graph

    def _verb_code(self, verb: str | None) -> int | None:
        if verb is None:
            return None
        found = np.flatnonzero(self.table.verbs == verb)
        if not len(found):
            raise InputError(f"no verb {str(verb)[:40]!r}; the table has: {', '.join(map(str, self.table.verbs[:12]))}")
        return int(found[0])
