"""The associations as a graph to walk through in a notebook, by ipysigma; without a kernel it is a picture."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import networkx as nx
import pandas as pd

from assoc_synth.errors import InputError, MissingExtraError
from assoc_synth.link_graph.drawing.names import shown
from assoc_synth.link_graph.drawing.plot import Graph, GraphPlot, Unit, plot

if TYPE_CHECKING:
    from ipysigma import Sigma

OWN = 24
"""Partners of the object that is asked for, beside the strongest pairs of all."""
MOST_LABELS, GRAVITY = 100, 0.2
"""Names that are all written; strength of the pull to the middle, beside that of a pair."""
WIDGET, PICTURE = "application/vnd.jupyter.widget-view+json", "image/svg+xml"


class Explorable(Graph, Protocol):
    """What is explored: `LinkGraph` is one."""

    def partners(
        self, object: object | None, *, verb: str | None, top: int, min_count: int, per: Unit
    ) -> pd.DataFrame: ...


@dataclass(frozen=True, eq=False, repr=False)
class GraphExplorer:
    """A graph that a notebook shows to be searched, dragged and clicked; a page without a kernel shows the picture.

    Attributes:
        widget: ipysigma's own, to be shown with others, or to be changed.
        graph: what it shows. A node is an object, or with several verbs a verb and an object, with its verb, its
            support and its group of nodes that hold together; an edge has lift, lift_low, lift_high and count.
        picture: the strongest part of it, which needs no kernel.
    """

    widget: Sigma
    graph: nx.Graph[str]
    picture: GraphPlot

    def __repr__(self) -> str:
        return f"GraphExplorer({len(self.graph)} nodes, {self.graph.number_of_edges()} pairs)"

    def _repr_mimebundle_(self, **_: object) -> dict[str, object]:
        live: dict[str, object] = self.widget._repr_mimebundle_()
        return {WIDGET: live[WIDGET], PICTURE: self.picture.svg, "text/plain": repr(self)}


def explorer(graph: Explorable, thing: object, verb: str | None, top: int, min_count: int, per: Unit) -> GraphExplorer:
    """Show the strongest claimed pairs, and beside them the partners of an object, which is selected.

    Args:
        graph: whose pairs are shown.
        thing: the object's name; None selects nothing.
        verb, min_count, per: as `LinkGraph.rules` takes them.
        top: the most claimed pairs.

    Raises:
        InputError: an unknown name, or there is no pair to show.
        MissingExtraError: ipysigma is absent.
    """
    try:
        from ipysigma import Sigma
    except ImportError:
        raise MissingExtraError("explore()", "interactive") from None
    picture = plot(graph, thing, verb, 12, min_count, per)
    found = [graph.rules(verb=verb, min_count=min_count, per=per).head(2 * top)]
    if thing is not None:
        own = graph.partners(thing, verb=verb, top=OWN, min_count=min_count, per=per)
        found.append(own if verb is None else own[own["consequent verb"] == verb])
    pairs: nx.Graph[str] = nx.Graph()
    for frame in found:
        _add(pairs, frame, with_verbs=verb is None and len(set(_verbs(found))) > 1)
    if not pairs:
        raise InputError(f"no pair has {min_count} common {per}s or more: ask for fewer with min_count=")
    for number, names in enumerate(nx.community.louvain_communities(pairs, weight="lift", seed=0), 1):
        nx.set_node_attributes(pairs, {name: f"group {number}" for name in names}, "group")
    things = {pairs.nodes[name]["object"]: name for name in reversed(list(pairs))}
    widget = Sigma(
        pairs,
        layout=_places(pairs),
        node_size="support",
        node_color="group",
        edge_size="lift",
        node_size_range=(4, 14),
        edge_size_range=(1, 5),
        clickable_edges=True,
        selected_node=None if thing is None else things.get(shown(thing)),
        show_all_labels=len(pairs) <= MOST_LABELS,
    )
    return GraphExplorer(widget, pairs, picture)


def _places(pairs: nx.Graph[str]) -> dict[str, dict[str, float]]:
    """Where each node is at first, by springs (Fruchterman and Reingold 1991).

    A node that is linked to all keeps parts that share no pair near each other.
    """
    held: nx.Graph[object] = nx.Graph()
    middle = object()
    held.add_edges_from(pairs.edges, weight=1.0)
    held.add_edges_from(((middle, name) for name in pairs), weight=GRAVITY)
    place = nx.spring_layout(held, k=2.5 / len(held) ** 0.5, seed=0, iterations=200)
    return {str(name): {"x": float(place[name][0]), "y": float(place[name][1])} for name in pairs}


def _verbs(frames: list[pd.DataFrame]) -> Iterator[str]:
    for frame in frames:
        for side in ("antecedent", "consequent"):
            yield from map(str, frame[f"{side} verb"])


def _add(pairs: nx.Graph[str], frame: pd.DataFrame, *, with_verbs: bool) -> None:
    """Add the pairs of a frame of rules, whose two directions are one edge."""
    for row in frame.to_dict("records"):
        ends = []
        for side in ("antecedent", "consequent"):
            things, verb = row[f"{side}s"], shown(row[f"{side} verb"])
            thing = shown(next(iter(things)) if isinstance(things, frozenset) else things)
            ends.append(name := f"{verb} {thing}" if with_verbs else thing)
            support = round(float(row[f"{side} support"]), 4)
            pairs.add_node(name, label=name, object=thing, verb=verb, support=support)
        numbers: dict[str, Any] = {one: round(float(row[one]), 2) for one in ("lift", "lift_low", "lift_high")}
        pairs.add_edge(ends[0], ends[1], **numbers, count=int(row["count"]))
