"""The heat maps drawn: lifts in each table, and what the second has more or less of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from assoc_synth.link_graph.drawing.names import shortened
from assoc_synth.link_graph.drawing.names import width as text_width
from assoc_synth.link_graph.drawing.svg import WIDTH, element, picture, text, title
from assoc_synth.report.facts import DifferenceMap, HeatMap

WIDE = 940.0
_GAP, _HEADING = 18.0, 20.0
Cell = Callable[[int, int, float], tuple[str, str]]
"""From row, column and value to the class and the words of a square."""


@dataclass(frozen=True, eq=False)
class Panel:
    """One map: `values[i][j]` of every two objects, and how a square of it looks."""

    heading: str
    objects: tuple[str, ...]
    values: tuple[tuple[float | None, ...], ...]
    cell: Cell


def heat_panel(facts: HeatMap) -> Panel:
    """log2 lift of every two objects, in nine steps."""

    def cell(i: int, j: int, value: float) -> tuple[str, str]:
        words = f"{facts.objects[i]} + {facts.objects[j]}: lift {2**value:.2f} (shrunk)"
        return f"heat h{heat_step(value)}", words

    return Panel(f"{facts.side.capitalize()} table", facts.objects, facts.values, cell)


def difference_panel(facts: DifferenceMap) -> Panel:
    """Synthetic over real lift of every two objects, in nine steps; what has changed for certain has a frame."""

    def cell(i: int, j: int, value: float) -> tuple[str, str]:
        certain = facts.changed[i][j]
        words = f"{facts.objects[i]} + {facts.objects[j]}: {2**value:.2f} times the real lift"
        return f"heat h{difference_step(value)}{' sure' if certain else ''}", f"{words} (changed)" if certain else words

    return Panel("Synthetic over real", facts.objects, facts.values, cell)


def heat_maps(panels: list[Panel], width: float = WIDTH) -> str:
    """Maps of the same objects side by side, whose names are written once at the left and under each map."""
    objects = panels[0].objects
    room = min(116.0, max(text_width(name, 11) for name in objects))
    left, top = room + 10, 4.0 + (_HEADING if len(panels) > 1 else 0.0)
    wide = (width - left - 6 - _GAP * (len(panels) - 1)) / len(panels)
    side = wide / len(objects)
    parts = [
        text(left - 6, top + (i + 0.72) * side, shortened(name, 11, room), "tick", anchor="end")
        for i, name in enumerate(objects)
    ]
    for k, panel in enumerate(panels):
        start = left + k * (wide + _GAP)
        if len(panels) > 1:
            parts.append(text(start, 13, panel.heading, "label strong"))
        for j, name in enumerate(objects):
            short = shortened(name, 11, room)
            x, y = start + (j + 0.7) * side, top + len(objects) * side + 8
            parts.append(text(x, y, short, "tick", anchor="end", turn=-60))
        parts += _squares(panel, start, top, side)
    label = f"{', '.join(panel.heading for panel in panels)}: lifts among {len(objects)} objects"
    return picture(width, top + len(objects) * side + 12 + room, label, parts)


def _squares(panel: Panel, left: float, top: float, side: float) -> list[str]:
    """A square per pair; those with a frame come last, so that none covers it."""
    plain: list[str] = []
    framed: list[str] = []
    for i, row in enumerate(panel.values):
        for j, value in enumerate(row):
            if value is None:
                continue
            kind, words = panel.cell(i, j, value)
            square = element(
                "rect",
                title(words) if i < j else "",
                x=left + j * side,
                y=top + i * side,
                width=side - 1,
                height=side - 1,
                class_=kind,
            )
            (framed if kind.endswith("sure") else plain).append(square)
    return plain + framed


def heat_step(log2_lift: float) -> int:
    """0 (lift of a quarter or less) over 4 (lift near 1) to 8 (lift of eight or more)."""
    return int(np.searchsorted([-1.5, -1.0, -0.6, -0.25, 0.25, 0.8, 1.6, 2.6], log2_lift))


def difference_step(log2_ratio: float) -> int:
    """0 (a third of the real lift or less) over 4 (within a fifth of it) to 8 (three times as much or more)."""
    return int(np.searchsorted([-1.5, -1.0, -0.6, -0.3, 0.3, 0.6, 1.0, 1.5], log2_ratio))


def heat_legend() -> str:
    """The nine steps of the lifts and what they mean."""
    return _legend(("¼", "", "½", "", "1", "", "2", "", "8"), "Colours of the heat maps: lift from a quarter to eight")


def difference_legend() -> str:
    """The nine steps of the differences and what they mean."""
    labels = ("⅓", "", "½", "", "=", "", "2×", "", "3×")
    return _legend(labels, "Colours of the difference: from a third of the real lift to three times")


def _legend(labels: tuple[str, ...], label: str) -> str:
    parts = []
    for step, words in enumerate(labels):
        parts.append(element("rect", x=4 + step * 24, y=4, width=23, height=12, class_=f"heat h{step}"))
        parts.append(text(4 + step * 24 + 11.5, 32, words, "tick", anchor="middle"))
    return picture(224, 40, label, parts, "legend")
