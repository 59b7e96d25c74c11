"""The associative link graph: items, the links between them, and the counting calls that everything else is built on.

`Edges` is the graph without names: one entry per distinct (subject, verb, object). A real table, a candidate of the
generator and an independent draw all are `Edges`, so that the same calls count them all. `LinkGraph` adds names and
occurrences.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy.sparse as sp

from assoc_synth.errors import InputError

if TYPE_CHECKING:
    import networkx as nx

    from assoc_synth.table import TransactionTable

Codes = npt.NDArray[np.int32]
Incidence: TypeAlias = sp.csr_matrix
"""A 0/1 matrix with a row per subject, float32."""


@dataclass(frozen=True, eq=False)
class Edges:
    """Distinct links by code, sorted by subject, then verb, then object.

    Attributes:
        subject, verb, object: int32 codes, shape (edges,).
        count: how often each edge occurs, int64, shape (edges,), at least 1.
        num_subjects, num_verbs, num_objects: sizes of the three vocabularies; a subject without a link is allowed.
    """

    subject: Codes
    verb: Codes
    object: Codes
    count: npt.NDArray[np.int64]
    num_subjects: int
    num_verbs: int
    num_objects: int

    @classmethod
    def from_links(
        cls,
        subject: npt.ArrayLike,
        verb: npt.ArrayLike,
        object: npt.ArrayLike,
        *,
        num_subjects: int,
        num_verbs: int,
        num_objects: int,
    ) -> Edges:
        """Collapse links (one entry per occurrence, any order) into distinct edges with counts."""
        key = np.asarray(subject, np.int64) * num_verbs + np.asarray(verb, np.int64)
        key = key * num_objects + np.asarray(object, np.int64)
        distinct, count = np.unique(key, return_counts=True)
        rest, object_code = np.divmod(distinct, max(num_objects, 1))
        subject_code, verb_code = np.divmod(rest, max(num_verbs, 1))
        return cls(
            subject_code.astype(np.int32),
            verb_code.astype(np.int32),
            object_code.astype(np.int32),
            count.astype(np.int64),
            num_subjects,
            num_verbs,
            num_objects,
        )

    def __len__(self) -> int:
        return len(self.subject)

    @property
    def num_links(self) -> int:
        """Occurrences: the number of rows of the table behind the graph."""
        return int(self.count.sum())

    @cached_property
    def offsets(self) -> npt.NDArray[np.int64]:
        """Where each subject's edges begin: shape (num_subjects + 1,)."""
        return np.concatenate([[0], np.cumsum(np.bincount(self.subject, minlength=self.num_subjects))]).astype(np.int64)

    @cached_property
    def token(self) -> npt.NDArray[np.int64]:
        """(verb, object) as one number, verb · num_objects + object: shape (edges,)."""
        token: npt.NDArray[np.int64] = self.verb.astype(np.int64) * self.num_objects + self.object
        return token

    def incidence(self, verb: int | None = None) -> Incidence:
        """Who is linked to what: 0/1, shape (num_subjects, num_objects), over one verb or over all verbs together."""
        keep = slice(None) if verb is None else self.verb == verb
        return _indicator(self.subject[keep], self.object[keep], (self.num_subjects, self.num_objects))

    def tokens(self) -> Incidence:
        """Who is linked to what and how: 0/1, shape (num_subjects, num_verbs · num_objects), column = `token`."""
        return _indicator(self.subject, self.token, (self.num_subjects, self.num_verbs * self.num_objects))

    def degrees(self, verb: int | None = None) -> npt.NDArray[np.int64]:
        """Distinct objects per subject, over one verb or over all: shape (num_subjects,)."""
        sizes: npt.NDArray[np.int64] = np.diff(self.incidence(verb).indptr).astype(np.int64)
        return sizes

    def degrees_by_verb(self) -> npt.NDArray[np.int64]:
        """Distinct objects per subject under each verb: shape (num_subjects, num_verbs)."""
        return np.stack([self.degrees(verb) for verb in range(self.num_verbs)], axis=1)

    def projection(self, verb: int | None = None, other: int | None = None) -> sp.csr_matrix:
        """Subjects shared by each two objects, exact: shape (num_objects, num_objects).

        Entry (i, j) counts the subjects with a `verb` link to i and an `other` link to j; the diagonal of the symmetric
        case is the objects' support. `other=None` means the same verb; `verb=None` any verb.
        """
        left = self.incidence(verb)
        right = left if other is None or other == verb else self.incidence(other)
        return (left.T @ right).tocsr()

    def of_verbs(self, verbs: Sequence[int]) -> Edges:
        """The edges of these verbs and the subjects that have one, renumbered from 0; the vocabularies stay whole."""
        kept = np.flatnonzero(np.isin(self.verb, verbs))
        subjects, own = np.unique(self.subject[kept], return_inverse=True)
        return Edges(
            own.astype(np.int32),
            self.verb[kept],
            self.object[kept],
            self.count[kept],
            len(subjects),
            self.num_verbs,
            self.num_objects,
        )

    @classmethod
    def joined(cls, parts: Sequence[Edges]) -> Edges:
        """The subjects of several graphs over one vocabulary, one after the other."""
        starts = np.cumsum([0, *(part.num_subjects for part in parts)])
        subject = [part.subject + np.int32(start) for part, start in zip(parts, starts, strict=False)]
        return cls(
            np.concatenate(subject),
            np.concatenate([part.verb for part in parts]),
            np.concatenate([part.object for part in parts]),
            np.concatenate([part.count for part in parts]),
            int(starts[-1]),
            parts[0].num_verbs,
            parts[0].num_objects,
        )

    def take(self, subjects: npt.ArrayLike) -> Edges:
        """The graph of the given subject codes in the given order, renumbered from 0; a code may come more than
        once.
        """
        chosen = np.asarray(subjects, np.int64)
        sizes = np.diff(self.offsets)[chosen]
        at = ragged(self.offsets, chosen)
        return Edges(
            np.repeat(np.arange(len(chosen), dtype=np.int32), sizes),
            self.verb[at],
            self.object[at],
            self.count[at],
            len(chosen),
            self.num_verbs,
            self.num_objects,
        )


def ragged(offsets: npt.NDArray[np.int64], groups: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Indices of all members of the given groups, in the groups' order; group i holds offsets[i] … offsets[i + 1] −
    1.
    """
    sizes = np.diff(offsets)[groups]
    shift = np.repeat(offsets[groups] - (np.cumsum(sizes) - sizes), sizes)
    return shift + np.arange(int(sizes.sum()))


def _indicator(rows: npt.NDArray[Any], columns: npt.NDArray[Any], shape: tuple[int, int]) -> Incidence:
    matrix = sp.csr_matrix((np.ones(len(rows), np.float32), (rows, columns)), shape=shape)
    matrix.sum_duplicates()
    matrix.data[:] = 1.0
    return matrix


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
        moments = pd.DataFrame({"subject": table.subject, "time": table.time})
        return np.asarray(moments.groupby(["subject", "time"], sort=True).ngroup().fillna(-1), np.int64)

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
