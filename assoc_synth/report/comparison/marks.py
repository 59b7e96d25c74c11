"""One line per measure: a mark for each table between other real subjects and a table without associations, as SVG."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assoc_synth.evaluation.figures import Figure
from assoc_synth.link_graph.drawing.names import shortened, shown
from assoc_synth.link_graph.drawing.svg import Scale, element, line, linear, picture, text, title
from assoc_synth.report.comparison.standing import lost
from assoc_synth.report.wording import measure_words

LOW, HIGH = -0.5, 1.5
"""Ends of the axis: what is beyond stands at the end."""
MOST_COLOURS = 8
_STEP, _SIZE = 20.0, 12.0


@dataclass(frozen=True)
class Mark:
    """A table's place on the line of a measure: 0 is the floor, 1 the independent table."""

    table: str
    at: float
    low: float
    high: float
    value: float


def marks_of(figures: Mapping[str, Figure]) -> list[Mark]:
    """The places of one measure's figures by table; a table without a place is left out."""
    found = []
    for table, figure in figures.items():
        at = lost(figure, figure.value)
        if at is None or figure.value is None:
            continue
        ends = [end for end in (lost(figure, figure.low), lost(figure, figure.high)) if end is not None] or [at]
        found.append(Mark(table, at, min(*ends, at), max(*ends, at), figure.value))
    return found


def marks_plot(measures: Mapping[str, Mapping[str, Figure]], tables: list[str], width: float) -> str:
    """The picture of one group of measures; empty where no measure has a place for any table.

    Args:
        measures: figures by measure and table.
        tables: all of them, in the order of their colours.
        width: of the picture; on a narrow one the names stand above the lines.
    """
    lines = {name: marks for name, figures in measures.items() if (marks := marks_of(figures))}
    if not lines:
        return ""
    is_wide = width > 600
    left, step = (330.0, _STEP) if is_wide else (12.0, 1.9 * _STEP)
    bottom = 8 + len(lines) * step
    x = linear(LOW, HIGH, left, width - 14)
    parts = [line(x(at), 4, x(at), bottom, "diagonal" if at == 0 else "grid") for at in (0.0, 0.5, 1.0)]
    for place, (name, marks) in enumerate(lines.items()):
        middle = 8 + (place + 0.5) * step + (0 if is_wide else 8)
        words = measure_words(name)
        if is_wide:
            parts.append(text(left - 10, middle + 4, shortened(words, _SIZE, left - 20), "label", anchor="end"))
        else:
            parts.append(text(4, middle - 12, shortened(words, _SIZE, width - 8), "label"))
        apart = min(5.0, 0.7 * _STEP / len(marks))
        for order, mark in enumerate(marks):
            y = middle + (order - (len(marks) - 1) / 2) * apart
            parts.append(_mark(words, mark, tables.index(mark.table), y, x))
    for at, words in ((0.0, "real"), (1.0, "independent")):
        parts.append(text(x(at), bottom + 16, words, "tick", anchor="middle"))
    return picture(width, bottom + 24, f"{len(lines)} measures of {len(tables)} tables", parts, "marks")


def _mark(words: str, mark: Mark, colour: int, y: float, x: Scale) -> str:
    low, at, high = (x(min(max(place, LOW), HIGH)) for place in (mark.low, mark.at, mark.high))
    kind = f"t{colour % MOST_COLOURS}"
    said = f"{shown(mark.table)}: {words} {mark.value:z.3f}, {100 * mark.at:.0f} % of the way from real to independent"
    body = line(low, y, high, y, f"range {kind}") if high - low > 0.5 else ""
    return body + element("circle", title(said), cx=at, cy=y, r=4.0, class_=f"mark {kind}")
