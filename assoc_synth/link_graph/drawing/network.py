"""The strongest part of the link graph, drawn: names in boxes that never overlap, lines between them.

Kamada & Kawai's layout (1989) places each connected part; boxes that overlap are then pushed apart, and the parts are
packed in rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import networkx as nx
import numpy as np

from assoc_synth.link_graph.drawing.names import shortened
from assoc_synth.link_graph.drawing.names import width as text_width
from assoc_synth.link_graph.drawing.svg import element, picture, text, title
from assoc_synth.transactions.arrays import Floats

_SIZE, _HIGH, _PAD = 12.0, 22.0, 9.0
_GAP = 7.0
_SHORT = 34.0
"""Length of the line between two names that have no other partner."""
_ROUNDS = 400


@dataclass(frozen=True)
class DrawnLink:
    """A claimed pair of objects in the drawing: `standing` is "kept", "changed", "new", or "claimed" with one table."""

    left: str
    right: str
    lift: float
    standing: str


@dataclass(frozen=True)
class Drawing:
    """The strongest part of the link graph, within one verb."""

    verb: str
    links: tuple[DrawnLink, ...]


@dataclass(frozen=True, eq=False)
class _Part:
    """A connected part: `at` holds the boxes' centres, shape (names, 2), from (0, 0) to `size`."""

    names: list[str]
    at: Floats
    size: tuple[float, float]


def link_graph(
    facts: Drawing, width: float = 900.0, *, highlight: str = "", addresses: Mapping[str, str] | None = None
) -> str:
    """Draw the links on a canvas of the given width, and one name's box in another colour; the height follows.

    Args:
        addresses: where a name leads to that is followed; None draws names that lead nowhere.
    """
    place, height = placed(facts.links, width)
    room = _room(width)
    lines = [_line(link, place) for link in facts.links]
    boxes = [_box(name, place[name], room, "node own" if name == highlight else "node") for name in sorted(place)]
    label = f"Objects that are associated within {facts.verb}: {len(facts.links)} links"
    if addresses is None:
        return picture(width, height, label, [*lines, *boxes])
    followed = [
        element("a", box, href=addresses[name], aria_label=name) if name in addresses else box
        for name, box in zip(sorted(place), boxes, strict=True)
    ]
    # What is an image has no parts for a screen reader, and nothing in it can be reached by the keyboard.
    return picture(width, height, label, [*lines, *followed]).replace('role="img"', 'role="group"', 1)


def placed(links: Iterable[DrawnLink], width: float) -> tuple[dict[str, tuple[float, float]], float]:
    """The centre of every name's box, and the height of it all.

    Example:
        >>> place, height = placed([DrawnLink("tea", "cup", 3.0, "claimed")], 300)
        >>> sorted(place), height
        (['cup', 'tea'], 30.0)
    """
    room = _room(width)
    graph: nx.Graph[str] = nx.Graph()
    for link in links:
        graph.add_edge(link.left, link.right)
    parts = [_placed(graph.subgraph(names), room, width - 8) for names in nx.connected_components(graph)]
    parts.sort(key=lambda part: (-part.size[1], -part.size[0], part.names[0]))
    return _packed(parts, width)


def _room(width: float) -> float:
    """The longest that a name may be."""
    return min(170.0, width * 0.42)


def _placed(graph: nx.Graph[str], room: float, width: float) -> _Part:
    names = sorted(graph)
    wide = np.array([_width(name, room) for name in names])
    if len(names) == 2 and wide.sum() + _SHORT <= width:
        at = np.array([[wide[0] / 2, _HIGH / 2], [wide[0] + _SHORT + wide[1] / 2, _HIGH / 2]])
        return _Part(names, at, (float(wide.sum()) + _SHORT, _HIGH))
    # A fresh graph in sorted order: the layout must not depend on the order in which a set was walked.
    ordered: nx.Graph[str] = nx.Graph()
    ordered.add_nodes_from(names)
    ordered.add_edges_from(sorted((min(edge), max(edge)) for edge in graph.edges))
    layout = nx.kamada_kawai_layout(ordered)
    at = np.array([layout[name] for name in names], float)
    spread = float(np.sqrt(len(names)))
    at = (at - at.min(axis=0)) / np.maximum(np.ptp(at, axis=0), 1e-9)
    across = min(width - wide.max(), spread * 105.0)
    at = _apart(at * [across, spread * 46.0], wide, width)
    low = at - np.stack([wide / 2, np.full(len(at), _HIGH / 2)], axis=1)
    high = at + np.stack([wide / 2, np.full(len(at), _HIGH / 2)], axis=1)
    extent = high.max(axis=0) - low.min(axis=0)
    return _Part(names, at - low.min(axis=0), (float(extent[0]), float(extent[1])))


def _apart(at: Floats, wide: Floats, width: float) -> Floats:
    """Push boxes that overlap apart, downwards where the canvas has no more width."""
    at = at.copy()
    for turn in range(_ROUNDS):
        moved = False
        # What was pushed over the side comes back, and finds room above or below.
        at[:, 0] = np.clip(at[:, 0], wide / 2, np.maximum(width - wide / 2, wide / 2))
        for i in range(len(at)):
            for j in range(i):
                dx, dy = at[i] - at[j]
                over_x = (wide[i] + wide[j]) / 2 + _GAP - abs(dx)
                over_y = _HIGH + _GAP - abs(dy)
                if over_x <= 1e-6 or over_y <= 1e-6:
                    continue
                moved = True
                # A box at the edge cannot yield sideways: up and down there is always room.
                axis = 0 if over_x < 0.5 * over_y and turn < _ROUNDS // 4 else 1
                sign = 1.0 if (at[i] - at[j])[axis] >= 0 else -1.0
                push = (over_x if axis == 0 else over_y) / 2 + 0.1
                at[i, axis] += sign * push
                at[j, axis] -= sign * push
        if not moved:
            break
    return at


def _packed(parts: list[_Part], width: float) -> tuple[dict[str, tuple[float, float]], float]:
    """Rows of parts, tallest first: the centre of every box, and the height of it all."""
    place: dict[str, tuple[float, float]] = {}
    x, y, row = 4.0, 4.0, 0.0
    for part in parts:
        if x > 4.0 and x + part.size[0] > width - 4:
            x, y, row = 4.0, y + row + 22.0, 0.0
        for name, at in zip(part.names, part.at, strict=True):
            place[name] = (x + float(at[0]), y + float(at[1]))
        x, row = x + part.size[0] + 26.0, max(row, part.size[1])
    return place, y + row + 4.0


def _width(name: str, room: float) -> float:
    return text_width(shortened(name, _SIZE, room), _SIZE) + 2 * _PAD


def _line(link: DrawnLink, place: dict[str, tuple[float, float]]) -> str:
    (x1, y1), (x2, y2) = place[link.left], place[link.right]
    words = f"{link.left} + {link.right}: lift {link.lift:.1f} ({link.standing})"
    thick = min(1.0 + 0.7 * float(np.log2(max(link.lift, 1.0))), 5.0)
    return element("line", title(words), x1=x1, y1=y1, x2=x2, y2=y2, class_=f"link {link.standing}", stroke_width=thick)


def _box(name: str, at: tuple[float, float], room: float, class_: str) -> str:
    wide = _width(name, room)
    body = element(
        "rect",
        title(name),
        x=at[0] - wide / 2,
        y=at[1] - _HIGH / 2,
        width=wide,
        height=_HIGH,
        rx=_HIGH / 2,
        class_=class_,
    )
    return body + text(at[0], at[1] + 4.2, shortened(name, _SIZE, room), "name", anchor="middle")
