"""The associative link graph with its names and occurrences: items, and the links between them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
import scipy.sparse as sp

from assoc_synth.errors import InputError
from assoc_synth.link_graph import views
from assoc_synth.link_graph.alignment import Vocabulary
from assoc_synth.link_graph.associations import MIN_COUNT, MIN_LIFT
from assoc_synth.link_graph.drawing.explorer import GraphExplorer, explorer
from assoc_synth.link_graph.drawing.plot import GraphPlot
from assoc_synth.link_graph.drawing.plot import plot as draw_part
from assoc_synth.link_graph.edges import Edges, Incidence
from assoc_synth.link_graph.frames import Named
from assoc_synth.link_graph.imports.reading import read_graph
from assoc_synth.link_graph.lift import lift
from assoc_synth.link_graph.pairs import FALSE_DISCOVERY_RATE
from assoc_synth.transactions.arrays import Ints
from assoc_synth.transactions.preview import preview
from assoc_synth.transactions.sessions import visits_by_time
from assoc_synth.transactions.table import TransactionTable

if TYPE_CHECKING:
    import igraph
    import networkx as nx
    import polars as pl
    import pyarrow as pa
    from torch_geometric.data import HeteroData

Unit = Literal["subject", "basket"]


@dataclass(frozen=True, eq=False, repr=False)
class LinkGraph:
    """A transaction table as an associative link graph, with names.

    Attributes:
        edges: the distinct links by code.
        table: the occurrences of those links, with their qualifiers (time, amount, basket, extras).

    Example:
        >>> frame = pd.DataFrame({"subject": ["ann", "ann", "bob"], "verb": "buys", "object": ["tea", "cup", "tea"]})
        >>> LinkGraph.from_table(TransactionTable.from_frame(frame))
        LinkGraph(2 subjects, 1 verb, 2 objects, 3 distinct links in 3 rows)
    """

    edges: Edges
    table: TransactionTable

    @classmethod
    def from_table(cls, table: TransactionTable) -> LinkGraph:
        """Collapse the rows of a table into distinct links; the codes are the table's."""
        edges = Edges.from_links(
            table.subject,
            table.verb,
            table.object,
            num_subjects=table.num_subjects,
            num_verbs=table.num_verbs,
            num_objects=table.num_objects,
        )
        return cls(edges, table)

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> LinkGraph:
        """Read a graph from elsewhere, or one that was exported; its `table` can be fitted.

        Args:
            path: a folder with items.parquet and links.parquet, or a file: .graphml, .json (node-link), .nt (N-Triples)
                or .lino (Links Notation), each also .gz, or three columns of tabs without a header. Any other file is
                read as a table.

        Raises:
            InputError: it cannot be read; the message says where.
            MissingExtraError: the library that reads it is absent.

        Example:
            >>> import tempfile, pathlib
            >>> path = pathlib.Path(tempfile.mkdtemp()) / "nations.tsv"
            >>> _ = path.write_text("uk\\texports\\tusa\\nusa\\texports\\tuk\\n")
            >>> LinkGraph.read(path)
            LinkGraph(2 subjects, 1 verb, 2 objects, 2 distinct links in 2 rows)
        """
        return cls.from_table(read_graph(path))

    def incidence(self, verb: str | None = None) -> Incidence:
        """Subjects × objects, 0/1, over one verb by name or over all."""
        return self.edges.incidence(self._verb(verb))

    def projection(self, verb: str | None = None, other: str | None = None) -> sp.csr_matrix:
        """Objects × objects: subjects shared, within one verb, across two, or over all; exact counts."""
        return self.edges.projection(self._verb(verb), self._verb(other))

    @cached_property
    def baskets(self) -> Ints:
        """The basket of each row of the table, shape (rows,), numbered from 0; -1 where it is unknown.

        A basket is the basket column where the table has one, else a session where the rows come in sessions, else the
        links of one subject at one timestamp; see `transactions.sessions`.
        """
        table = self.table
        if table.basket is not None:
            return np.asarray(table.basket, np.int64)
        if table.time is None:
            return np.full(len(table), -1, np.int64)
        return visits_by_time(table.subject, table.time)

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

    def also_buy(
        self,
        object: object,
        *,
        verb: str | None = None,
        top: int = 10,
        min_count: int = MIN_COUNT,
        per: Unit = "subject",
    ) -> pd.DataFrame:
        """Who buys this also buys that: the partners of one object under one verb, best lift first.

        Nothing is claimed: a lift above 1 may be chance, or come from busy subjects. `rules` has what may be claimed.

        Args:
            object: a name.
            verb: the verb of both objects; None merges all verbs ("any verb" in the verbs' columns).
            top: return at most this many partners.
            min_count: least subjects with both.
            per: count subjects, or baskets ("on one trip").

        Returns:
            A row per partner, columns as in `rules`. "antecedents" and "consequents" are plain names, not frozensets:
            each holds one object, and `found["consequents"].tolist()` is the list of partners.

        Raises:
            InputError: an unknown object or verb (the message has the closest names), no baskets, or a number that is
                none of its kind.

        Example:
            >>> baskets = {"ann": ["tea", "cup"], "bob": ["tea", "cup"], "eve": ["tea"], "joe": ["ink"]}
            >>> rows = [(who, "buys", what) for who, basket in baskets.items() for what in basket]
            >>> table = TransactionTable.from_frame(pd.DataFrame(rows, columns=["subject", "verb", "object"]))
            >>> found = LinkGraph.from_table(table).also_buy("tea", verb="buys", min_count=1)
            >>> found[["consequents", "count", "confidence", "lift"]].round(2).to_dict("records")
            [{'consequents': 'cup', 'count': 2, 'confidence': 0.67, 'lift': 1.33}]
        """
        _check_whole(top=top, min_count=min_count)
        return self._named(per).also_buy(self._object(object), self._verb(verb), top=top, min_count=min_count)

    def rules(
        self,
        *,
        verb: str | None = None,
        min_count: int = MIN_COUNT,
        min_lift: float = MIN_LIFT,
        q: float = FALSE_DISCOVERY_RATE,
        per: Unit = "subject",
    ) -> pd.DataFrame:
        """The associations that may be claimed, each in both directions, strongest lift first.

        A pair is claimed where at least `min_count` subjects have both, the lift is at least `min_lift`, and more
        subjects have both than a null that keeps all degrees and supports allows, at false discovery rate `q`.

        Args:
            verb: only pairs within this verb; None for pairs within every verb and across every two.
            per: count subjects, or baskets ("on one trip").

        Returns:
            A row per rule: "antecedents" and "consequents" (frozensets of names, as mlxtend has them), "antecedent
            support", "consequent support", support, confidence, lift, leverage, conviction, zhangs_metric, jaccard,
            certainty, kulczynski (`metrics` has the formulas), count, the 95 % intervals support_low, support_high,
            lift_low and lift_high, "antecedent verb" and "consequent verb".

        Raises:
            InputError: an unknown verb, or no baskets.
        """
        _check_whole(min_count=min_count)
        _check_number("min_lift", min_lift, np.inf)
        _check_number("q", q, 1.0)
        return self._named(per).rules(self._verb(verb), min_count=min_count, min_lift=min_lift, q=q)

    def partners(
        self,
        object: object | None = None,
        *,
        verb: str | None = None,
        top: int = 10,
        min_count: int = MIN_COUNT,
        per: Unit = "subject",
    ) -> pd.DataFrame:
        """What goes with links: the strongest partners of each (verb, object), within its verb and across verbs.

        `also_buy` stays within one verb; here a partner may have another verb (bought, returned). Nothing is claimed.

        Args:
            object, verb: only the partners of this object's links, or of this verb's links; None for all.
            top: return at most this many partners of each link.
            min_count: least subjects with both.
            per: count subjects, or baskets ("on one trip").

        Returns:
            A row per rule, strongest lift first, columns as in `rules`, but plain names as in `also_buy`.

        Raises:
            InputError: an unknown object or verb, or no baskets.
        """
        _check_whole(top=top, min_count=min_count)
        code = None if object is None else self._object(object)
        return self._named(per).partners(code, self._verb(verb), top=top, min_count=min_count)

    def __repr__(self) -> str:
        return f"LinkGraph({', '.join(self._sizes)})"

    def _repr_html_(self) -> str:
        edges = self.edges
        links = np.bincount(edges.verb, weights=edges.count, minlength=edges.num_verbs).astype(np.int64)
        distinct = np.bincount(edges.verb, minlength=edges.num_verbs)
        busiest = np.argsort(-links, kind="stable")
        rows = pd.DataFrame(
            {"verb": self.table.verbs.take(busiest), "links": links[busiest], "distinct": distinct[busiest]}
        )
        return preview("Link graph", {"holds": ", ".join(self._sizes)}, rows)

    @property
    def _sizes(self) -> tuple[str, ...]:
        edges = self.edges
        links = f"{_many(len(edges), 'distinct link')} in {_many(edges.num_links, 'row')}"
        sizes = ((edges.num_subjects, "subject"), (edges.num_verbs, "verb"), (edges.num_objects, "object"))
        return *(_many(count, noun) for count, noun in sizes), links

    def to_networkx(self, *, max_links: int | None = None) -> nx.MultiDiGraph[Any]:
        """A view for people: a node per subject and object, an edge per row, keyed by the verb.

        Node names are ("subject", name) and ("object", name), since the same name may play both roles. Missing
        times, amounts and baskets are absent attributes. `max_links` keeps the first rows only.
        """
        return views.to_networkx(self.table, max_links)

    def to_igraph(self) -> igraph.Graph:
        """A directed multigraph of igraph: a vertex per subject and object, an edge per row.

        Vertices have kind, label (the name) and name, which is unique: "subject:ann". Edges have verb, and time (ISO
        8601), amount and basket if the table has them, None where missing.

        Raises:
            MissingExtraError: igraph is absent.
        """
        return views.to_igraph(self.table)

    def to_pyg(self) -> HeteroData:
        """A `HeteroData` of PyTorch Geometric with an edge type ("subject", verb, "object") per verb.

        Each has edge_index, and time, amount and basket if the table has them, as `link_graph.tensors` describes.

        Raises:
            MissingExtraError: torch_geometric is absent.
        """
        return views.to_pyg(self.table)

    def to_arrow(self) -> pa.Table:
        """The rows as an Arrow table of the user's own columns, typed."""
        return views.to_arrow(self.table)

    def to_polars(self) -> pl.DataFrame:
        """The rows as a polars frame of the user's own columns, typed.

        Raises:
            MissingExtraError: polars is absent.
        """
        return views.to_polars(self.table)

    def plot(
        self,
        object: object | None = None,
        *,
        verb: str | None = None,
        top: int = 12,
        min_count: int = MIN_COUNT,
        per: Unit = "subject",
    ) -> GraphPlot:
        """Draw what goes with an object, or the strongest claimed pairs; the thicker a line, the higher the lift.

        Args:
            object: its partners as in `also_buy`, and the lines among them; None for the strongest pairs of `rules`.
            verb, top, min_count, per: as in `also_buy`.

        Returns:
            A figure that a notebook shows, with `save("graph.svg")`.

        Raises:
            InputError: an unknown object or verb, or there is no pair to draw.
        """
        _check_whole(top=top, min_count=min_count)
        return draw_part(self, object, verb, top, min_count, per)

    def explore(
        self,
        object: object | None = None,
        *,
        verb: str | None = None,
        top: int = 150,
        min_count: int = MIN_COUNT,
        per: Unit = "subject",
    ) -> GraphExplorer:
        """The claimed pairs as a graph to walk through in a notebook: search, drag, zoom, click a name or a line.

        Args:
            object: shown with its strongest partners, and selected; None for the claimed pairs alone.
            verb, min_count, per: as in `rules`.
            top: the most claimed pairs, the strongest first.

        Raises:
            InputError: an unknown object or verb, or there is no pair to show.
            MissingExtraError: ipysigma is absent.
        """
        _check_whole(top=top, min_count=min_count)
        return explorer(self, object, verb, top, min_count, per)

    def also_buy_graph(
        self, *, verb: str | None = None, min_count: int = MIN_COUNT, min_lift: float = 1.0
    ) -> nx.Graph[Any]:
        """Objects as nodes (attribute support), pairs as edges weighted by lift (attributes weight, count)."""
        import networkx as nx

        counts = self.projection(verb).tocoo()
        support = self.projection(verb).diagonal()
        upper = (counts.row < counts.col) & (counts.data >= min_count)
        left, right, count = counts.row[upper], counts.col[upper], counts.data[upper].astype(float)
        strength = lift(count, support[left], support[right], self.edges.num_subjects)
        graph: nx.Graph[Any] = nx.Graph()
        names = self.table.objects
        for code in np.unique(np.concatenate([left, right])):
            graph.add_node(names[code], support=int(support[code]))
        for i, j, n, weight in zip(left, right, count, strength, strict=True):
            if weight >= min_lift:
                graph.add_edge(names[i], names[j], weight=float(weight), count=int(n))
        return graph

    @cached_property
    def _vocabularies(self) -> tuple[Vocabulary, Vocabulary]:
        return Vocabulary(self.table.verbs), Vocabulary(self.table.objects)

    def _verb(self, name: object | None) -> int | None:
        return None if name is None else self._vocabularies[0].find(name, "verb")

    def _object(self, name: object) -> int:
        return self._vocabularies[1].find(name, "object")

    def _named(self, per: Unit) -> Named:
        if per not in ("subject", "basket"):
            raise InputError(f"per={per!r}: associations are counted per 'subject' or per 'basket'")
        edges = self.edges
        if per == "basket":
            edges = self.basket_edges()
            if not edges.num_subjects:
                raise InputError("per='basket': this table has neither baskets nor times, count per 'subject'")
        return Named(edges, tuple(self.table.verbs), tuple(self.table.objects))


def _check_whole(**values: object) -> None:
    for name, value in values.items():
        if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 1:
            raise InputError(f"{name} must be a whole number from 1 up, not {value!r}")


def _check_number(name: str, value: object, most: float) -> None:
    number = not isinstance(value, bool) and isinstance(value, int | float | np.number)
    if not number or not 0 <= float(value) <= most:  # type: ignore[arg-type]
        raise InputError(f"{name} must be a number from 0 {f'to {most:g}' if most < np.inf else 'up'}, not {value!r}")


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
