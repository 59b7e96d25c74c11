"""A part of the link graph as a figure: what goes with one object, or the strongest pairs. It needs no kernel."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, Protocol

import pandas as pd

from assoc_synth.errors import InputError
from assoc_synth.link_graph.drawing.names import shown
from assoc_synth.link_graph.drawing.network import Drawing, DrawnLink, link_graph
from assoc_synth.transactions.files.atomic import replacing

Unit = Literal["subject", "basket"]
WIDTH = 760.0
MOST_SECOND = 24
"""Lines among the partners of an object: more would hide those of the object itself."""
_STYLE = (
    ".graph-plot{background:#fff;font-family:system-ui,'Segoe UI',Roboto,'DejaVu Sans',sans-serif}"
    ".graph-plot .name{font-size:12px;fill:#1b2430}.graph-plot .link{stroke:#98a4b3;stroke-opacity:.8;"
    "stroke-linecap:round}.graph-plot .link.own{stroke:#0f766e}.graph-plot .node{fill:#f6f7f9;stroke:#c6ccd4}"
    ".graph-plot .node.own{fill:#d6ece8;stroke:#0f766e}"
)


class Graph(Protocol):
    """What is drawn: `LinkGraph` is one."""

    def also_buy(self, object: object, *, verb: str | None, top: int, min_count: int, per: Unit) -> pd.DataFrame: ...
    def rules(self, *, verb: str | None, min_count: int, per: Unit) -> pd.DataFrame: ...


@dataclass(frozen=True, repr=False)
class GraphPlot:
    """A figure: a notebook shows it, `save` writes it.

    Attributes:
        svg: the drawing, one SVG element without a script.
        pairs: what is drawn: left, right and lift, strongest first.
    """

    svg: str
    pairs: pd.DataFrame

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the drawing as an SVG file, or as HTML where the path ends in .html.

        Raises:
            InputError: the path ends in something else, or cannot be written.
        """
        suffix = os.path.splitext(os.fspath(path))[1].lower()
        if suffix not in (".svg", ".html"):
            raise InputError(f"a graph is saved as .svg or .html, not as {suffix[:20] or 'a file without a suffix'!r}")
        page = f'<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Link graph</title>{self.svg}</html>'
        with replacing(path) as temporary:
            temporary.write_bytes((self.svg if suffix == ".svg" else page).encode("utf-8", "replace"))

    def __repr__(self) -> str:
        return f"GraphPlot({len(self.pairs)} pairs)"

    def _repr_html_(self) -> str:
        return f'<div style="max-width:{WIDTH:.0f}px">{self.svg}</div>'


def plot(graph: Graph, thing: object, verb: str | None, top: int, min_count: int, per: Unit) -> GraphPlot:
    """Draw the partners of an object and the lines among them, or without one the strongest claimed pairs.

    Args:
        graph: whose pairs are drawn.
        thing: the object's name; None for the strongest pairs.
        verb, min_count, per: as `LinkGraph.also_buy` and `LinkGraph.rules` take them.
        top: the most partners, or pairs.

    Raises:
        InputError: an unknown name, or there is no pair to draw.
    """
    links = (
        _around(graph, thing, verb, top, min_count, per)
        if thing is not None
        else _strongest(graph, verb, top, min_count, per)
    )
    if not links:
        what = "no pair is claimed" if thing is None else f"no object goes with {str(thing)[:40]!r}"
        raise InputError(f"{what} with {min_count} common {per}s or more: ask for fewer with min_count=")
    within = "any verb" if verb is None else shown(verb)
    own = "" if thing is None else shown(thing)
    drawn = link_graph(Drawing(within, tuple(links)), WIDTH, highlight=own)
    body = drawn.replace('class="plot', 'class="plot graph-plot', 1)
    body = re.sub(r"max-width:[\d.]+px", f"max-width:{WIDTH:.0f}px", body, count=1)  # as large as its letters are meant
    svg = body.replace(">", f"><style>{_STYLE}</style>", 1)
    return GraphPlot(
        svg, pd.DataFrame([(one.left, one.right, one.lift) for one in links], columns=["left", "right", "lift"])
    )


def _around(graph: Graph, thing: object, verb: str | None, top: int, min_count: int, per: Unit) -> list[DrawnLink]:
    found = graph.also_buy(thing, verb=verb, top=top, min_count=min_count, per=per)
    partners = found["consequents"].tolist()
    own = [DrawnLink(shown(thing), shown(name), float(lift), "own") for name, lift in _lifts(found)]
    others: dict[frozenset[object], DrawnLink] = {}
    for name in partners:
        beside = graph.also_buy(name, verb=verb, top=top, min_count=min_count, per=per)
        for other, lift in _lifts(beside[beside["consequents"].isin(partners)]):
            if lift > 1:
                pair = frozenset((name, other))
                others.setdefault(pair, DrawnLink(shown(name), shown(other), lift, "claimed"))
    strongest = sorted(others.values(), key=lambda link: (-link.lift, link.left, link.right))
    return own + strongest[:MOST_SECOND]


def _strongest(graph: Graph, verb: str | None, top: int, min_count: int, per: Unit) -> list[DrawnLink]:
    found = graph.rules(verb=verb, min_count=min_count, per=per)
    several = len({*found["antecedent verb"], *found["consequent verb"]}) > 1
    sides = ("antecedent", "consequent")
    names = [
        [
            (f"{one} " if several else "") + str(next(iter(things)))
            for one, things in zip(found[f"{side} verb"], found[f"{side}s"], strict=True)
        ]
        for side in sides
    ]
    links: dict[frozenset[str], DrawnLink] = {}
    for left, right, lift in zip(*names, found["lift"].tolist(), strict=True):
        links.setdefault(frozenset((left, right)), DrawnLink(shown(left), shown(right), float(lift), "claimed"))
    return list(links.values())[:top]


def _lifts(found: pd.DataFrame) -> Iterable[tuple[object, float]]:
    return zip(found["consequents"].tolist(), found["lift"].astype(float).tolist(), strict=True)
