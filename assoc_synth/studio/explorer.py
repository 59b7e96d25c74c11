"""Exploring a graph: what goes with an object, drawn so that every name leads on from there, and the heat map."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal
from urllib.parse import urlencode

import numpy as np

from assoc_synth.errors import InputError
from assoc_synth.link_graph.associations import MIN_COUNT
from assoc_synth.link_graph.drawing.names import shown
from assoc_synth.link_graph.drawing.network import Drawing, DrawnLink, link_graph
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.report.book import ClaimedPairs, frequent
from assoc_synth.report.heat import heat_maps
from assoc_synth.report.heat_plots import heat_legend, heat_panel
from assoc_synth.report.heat_plots import heat_maps as drawn_maps

Unit = Literal["subject", "basket"]
MOST, MOST_AMONG = 12, 18
"""Partners of an object, or pairs, that are shown; lines among the partners."""
COUNTS = MIN_COUNT, 5, 1
"""How many have both names of a pair at least: fewer where no pair has as many, so that no name leads nowhere."""
WIDTH = 720.0
MOST_FREQUENT = 12


@dataclass(frozen=True)
class View:
    """What is looked at: an object, or "" for the strongest pairs; a verb, or "" for all; what is counted.

    Example:
        >>> View("tea & co", "bought").address
        'explore?object=tea+%26+co&verb=bought&per=subject'
    """

    object: str = ""
    verb: str = ""
    per: Unit = "subject"

    @property
    def address(self) -> str:
        """The address that shows it."""
        return f"explore?{urlencode({'object': self.object, 'verb': self.verb, 'per': self.per})}"


@dataclass(frozen=True)
class Pair:
    """A line of the list: two names, how often both, the lift, and where each of the names leads.

    Attributes:
        confidence: of those who have the left one, how many have the right one too, 0 to 1.
    """

    left: str
    right: str
    count: int
    confidence: float
    lift: float
    left_address: str
    right_address: str


@dataclass(frozen=True)
class Explored:
    """What is shown of a view: a drawing, one SVG element; and the list of its pairs, strongest first.

    Attributes:
        least: how many have both names of every pair at least.
    """

    view: View
    svg: str
    pairs: tuple[Pair, ...]
    least: int


def explored(graph: LinkGraph, view: View) -> Explored:
    """The partners of an object and the lines among them, or the strongest claimed pairs.

    Raises:
        InputError: an unknown name, or there is no pair.
    """
    return _around(graph, view) if view.object else _strongest(graph, view)


def _around(graph: LinkGraph, view: View) -> Explored:
    verb = view.verb or None
    for least in COUNTS:
        found = graph.also_buy(view.object, verb=verb, top=MOST, min_count=least, per=view.per)
        if not found.empty:
            break
    else:
        raise InputError(f"no {view.per} has {view.object[:40]!r} and another object: there is nothing to show")
    pairs = tuple(
        Pair(view.object, str(name), int(count), float(share), float(lift), view.address, _to(name, view))
        for name, count, share, lift in zip(
            found["consequents"], found["count"], found["confidence"], found["lift"], strict=True
        )
    )
    links = [DrawnLink(shown(view.object), shown(pair.right), pair.lift, "own") for pair in pairs]
    partners, among = {pair.right for pair in pairs}, dict[frozenset[str], DrawnLink]()
    for name in sorted(partners):
        beside = graph.also_buy(name, verb=verb, top=MOST, min_count=least, per=view.per)
        for other, lift in zip(beside["consequents"].astype(str), beside["lift"].tolist(), strict=True):
            if other in partners and lift > 1:
                among.setdefault(frozenset((name, other)), DrawnLink(shown(name), shown(other), lift, "claimed"))
    strongest = sorted(among.values(), key=lambda link: (-link.lift, link.left, link.right))
    addresses = {shown(pair.right): pair.right_address for pair in pairs}
    drawn = Drawing(view.verb or "any verb", (*links, *strongest[:MOST_AMONG]))
    return Explored(view, link_graph(drawn, WIDTH, highlight=shown(view.object), addresses=addresses), pairs, least)


def _strongest(graph: LinkGraph, view: View) -> Explored:
    found = graph.rules(verb=view.verb or None, per=view.per)
    several = len({*found["antecedent verb"], *found["consequent verb"]}) > 1
    pairs: dict[frozenset[tuple[str, str]], Pair] = {}
    for row in found.to_dict("records"):
        names = [(str(row[f"{side} verb"]), str(next(iter(row[f"{side}s"])))) for side in ("antecedent", "consequent")]
        words = [f"{verb} {name}" if several else name for verb, name in names]
        to = [View(name, verb, view.per).address for verb, name in names]
        pair = Pair(words[0], words[1], int(row["count"]), float(row["confidence"]), float(row["lift"]), to[0], to[1])
        pairs.setdefault(frozenset(names), pair)
        if len(pairs) == MOST:
            break
    if not pairs:
        raise InputError(
            "no pair is certain: it takes 20 common subjects, and twice as many as by chance. Look at one object"
        )
    addresses = {shown(pair.left): pair.left_address for pair in pairs.values()}
    addresses |= {shown(pair.right): pair.right_address for pair in pairs.values()}
    links = tuple(DrawnLink(shown(pair.left), shown(pair.right), pair.lift, "claimed") for pair in pairs.values())
    svg = link_graph(Drawing(view.verb or "any verb", links), WIDTH, addresses=addresses)
    return Explored(view, svg, tuple(pairs.values()), COUNTS[0])


def _to(name: object, view: View) -> str:
    return View(str(name), view.verb, view.per).address


def main_verb(graph: LinkGraph) -> str:
    """The verb within which most pairs are claimed, else the one with most links."""
    return str(graph.table.verbs[_claims(graph).verb])


@lru_cache(maxsize=1)
def _claims(graph: LinkGraph) -> ClaimedPairs:
    verbs, objects = (tuple(str(name) for name in own) for own in (graph.table.verbs, graph.table.objects))
    return ClaimedPairs(graph.edges, verbs, objects, frequent(graph.edges), "within")


def heat(graph: LinkGraph, verb: str) -> tuple[str, str]:
    """The lifts of every two of the most associated objects of a verb, and the verb.

    Args:
        verb: its name; "" for the one with most claimed pairs.

    Returns:
        The map as one SVG element, "" where there are not two objects.
    """
    claims = _claims(graph)
    code = claims.verbs.index(verb) if verb in claims.verbs else claims.verb
    maps, _ = heat_maps({"real": claims}, code)
    return (drawn_maps([heat_panel(maps[0])], 620.0) if maps else ""), claims.verbs[code]


def legend() -> str:
    """The colours of the heat map."""
    return heat_legend()


def frequent_objects(graph: LinkGraph, view: View) -> list[tuple[str, str]]:
    """The objects that most subjects have, and the address of each."""
    support = np.bincount(graph.edges.incidence(None).indices, minlength=graph.edges.num_objects)
    order = np.argsort(-support, kind="stable")[:MOST_FREQUENT]
    return [(str(graph.table.objects[code]), _to(graph.table.objects[code], view)) for code in order.tolist()]


def frequent_verbs(graph: LinkGraph) -> list[str]:
    """The verbs, the one with most rows first."""
    rows = np.bincount(graph.table.verb, minlength=graph.table.num_verbs)
    return [str(graph.table.verbs[code]) for code in np.argsort(-rows, kind="stable").tolist()]


def has_baskets(graph: LinkGraph) -> bool:
    """Whether "in one visit" can be counted."""
    return bool((graph.baskets >= 0).any())
