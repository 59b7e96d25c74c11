"""The report's plots: facts in, inline SVG out. Colours are classes, which the page's style gives in light and dark."""

from __future__ import annotations

import math

from assoc_synth.link_graph.drawing.names import shortened
from assoc_synth.link_graph.drawing.names import width as text_width
from assoc_synth.link_graph.drawing.svg import (
    WIDTH,
    element,
    line,
    linear,
    percent,
    picture,
    polyline,
    text,
    ticks,
    title,
)
from assoc_synth.report.facts import Chart, LiftScatter, Standing, TokenPair

SIDES = {"real": "real", "synthetic": "synth", "held out": "held"}
_LEAST = -3
"""log2 of the lowest lift of a scatter: a pair that nobody has would leave the others no room."""
_SMALL, _LARGE = 11.0, 12.0
"""Sizes of ticks on a desk and on a phone, where the page's style makes them larger."""


def describe(pair: TokenPair) -> str:
    """A pair in one line: "bought: tea + honey", or "viewed tea → bought honey"."""
    if pair.left_verb == pair.right_verb:
        return f"{pair.left_verb}: {pair.left} + {pair.right}"
    return f"{pair.left_verb} {pair.left} → {pair.right_verb} {pair.right}"


def lift_scatter(facts: LiftScatter) -> str:
    """Lift in the real table against lift in the synthetic one, both log2, and the band of real data."""
    height, left, bottom = 400.0, 46.0, 352.0
    xs = [math.log2(max(pair.real_lift, 2**_LEAST)) for pair in facts.points]
    ys = [math.log2(max(pair.synthetic_lift, 2**_LEAST)) for pair in facts.points]
    low, high = math.floor(min([*xs, *ys, 0.0])), math.ceil(max([*xs, *ys, 1.0]))
    x, y = linear(low, high, left, WIDTH - 12), linear(low, high, bottom, 12)
    parts = []
    for power in range(low, high + 1):
        parts += [line(x(power), y(low), x(power), y(high), "grid"), line(x(low), y(power), x(high), y(power), "grid")]
        name = ("≤ " if power == _LEAST else "") + (f"{2**power}" if power >= 0 else f"1/{2**-power}")
        parts += [text(x(power), bottom + 18, name, "tick", anchor="middle")]
        parts += [text(left - 7, y(power) + 4, name, "tick", anchor="end")]
    if facts.band:
        at = [(low, facts.band[0][1]), *facts.band, (high, facts.band[-1][1])]
        upper = [(x(v), y(min(max(v + half, low), high))) for v, half in at]
        lower = [(x(v), y(min(max(v - half, low), high))) for v, half in reversed(at)]
        parts.append(polyline(upper + lower, "band", closed=True))
    parts.append(line(x(low), y(low), x(high), y(high), "diagonal"))
    order = sorted(range(len(xs)), key=lambda i: (facts.points[i].label == "changed", i))
    for i in order:
        pair = facts.points[i]
        words = f"{describe(pair)}: lift {pair.real_lift:.2f} real, {pair.synthetic_lift:.2f} synthetic ({pair.label})"
        kind = "point bad" if pair.label == "changed" else "point"
        parts.append(element("circle", title(words), cx=x(xs[i]), cy=y(ys[i]), r=3.0, class_=kind))
    parts.append(text((left + WIDTH - 12) / 2, bottom + 40, "lift in the real table", "axis", anchor="middle"))
    parts.append(text(14, (bottom + 12) / 2, "lift in the synthetic table", "axis", anchor="middle", turn=-90))
    return picture(WIDTH, height, f"Lift against lift of {len(facts.points)} pairs", parts)


def bars(chart: Chart) -> str:
    """Horizontal bars, one group per class: for names."""
    room = min(150.0, max(text_width(label, 12) for label in chart.labels) + 4)
    left, right = room + 10, WIDTH - 58
    most = max(max(series.values) for series in chart.series) or 1.0
    x = linear(0.0, most, left, right)
    thick = 12.5
    step = thick * len(chart.series) + 10
    parts = []
    for i, label in enumerate(chart.labels):
        top = 4 + i * step
        middle = top + thick * len(chart.series) / 2
        parts.append(text(left - 8, middle + 4, shortened(label, 12, room), "label", anchor="end"))
        for k, series in enumerate(chart.series):
            share = series.values[i]
            at = top + k * thick
            words = f"{label}, {series.side}: {percent(share)}"
            parts.append(
                element(
                    "rect",
                    title(words),
                    x=left,
                    y=at,
                    width=max(x(share) - left, 0.5),
                    height=thick - 1.5,
                    rx=1.5,
                    class_=SIDES[series.side],
                )
            )
            parts.append(text(x(share) + 4, at + thick - 2.5, percent(share), "value"))
    return picture(WIDTH, 4 + len(chart.labels) * step, f"Shares by {chart.name}", parts)


def standing_bars(facts: Standing) -> str:
    """How many claimed pairs are confirmed, changed and undecided."""
    rows = [(name, getattr(facts, name)) for name in ("confirmed", "changed", "undecided")]
    x = linear(0.0, max(max(count for _, count in rows), 1), 92, WIDTH - 58)
    parts = []
    for i, (name, count) in enumerate(rows):
        top = 6.0 + 34 * i
        parts.append(text(84, top + 16, name, "label", anchor="end"))
        parts.append(element("rect", x=92.0, y=top, width=max(x(count) - 92, 0.5), height=22.0, rx=3.0, class_=name))
        parts.append(text(x(count) + 5, top + 16, f"{count:,}", "value"))
    label = ", ".join(f"{count:,} {name}" for name, count in rows)
    return picture(WIDTH, 108, f"Claimed pairs: {label}", parts)


def columns(chart: Chart, *, edges: bool = False) -> str:
    """Upright columns, one group per class: for what has an order.

    Args:
        edges: the labels are at the sides of the columns, one more than there are columns.
    """
    height, left, bottom = 240.0, 44.0, 200.0
    most = max(max(series.values) for series in chart.series) or 1.0
    count = len(chart.series[0].values)
    y = linear(0.0, most, bottom, 10)
    step = (WIDTH - left - 14) / count
    thick = step * (0.84 / len(chart.series))
    parts = []
    for share in ticks(0.0, most, 4):
        parts += [line(left, y(share), WIDTH - 14, y(share), "grid")]
        parts += [text(left - 6, y(share) + 4, percent(share), "tick", anchor="end")]
    for i in range(count):
        name = f"{chart.labels[i]} to {chart.labels[i + 1]}" if edges else chart.labels[i]
        for k, series in enumerate(chart.series):
            at = left + i * step + 0.08 * step + k * thick
            parts.append(
                element(
                    "rect",
                    title(f"{name}, {series.side}: {percent(series.values[i])}"),
                    x=at,
                    y=y(series.values[i]),
                    width=max(thick - 0.4, 0.6),
                    height=max(bottom - y(series.values[i]), 0.0),
                    class_=SIDES[series.side],
                )
            )
    parts += _named(chart.labels, left, step, bottom, 0.0 if edges else 0.5)
    return picture(WIDTH, height - 14, f"Shares by {chart.name}", parts)


def _named(labels: tuple[str, ...], left: float, step: float, bottom: float, shift: float) -> list[str]:
    """Every label, or every second, third … one, so that none touches the next."""
    half = [text_width(label, _SMALL) / 2 for label in labels]
    places = [left + (i + shift) * step for i in range(len(labels))]
    stride = 1
    while any(
        places[i] + half[i] + 5 > places[i + stride] - half[i + stride] for i in range(0, len(labels) - stride, stride)
    ):
        stride += 1
    return [
        text(min(places[i], WIDTH - half[i] - 3), bottom + 17, labels[i], "tick", anchor="middle")
        for i in range(0, len(labels), stride)
    ]


def degree_curves(chart: Chart) -> str:
    """Share of the subjects with at least n objects, by n; both axes logarithmic."""
    height, left, bottom = 270.0, 52.0, 214.0
    at = [math.log10(int(label)) for label in chart.labels]
    least = min(value for series in chart.series for value in series.values if value > 0)
    low = max(math.floor(math.log10(least)), -6)
    x, y = linear(0.0, max(at[-1], 0.05), left, WIDTH - 16), linear(float(low), 0.0, bottom, 12)
    parts = []
    for power in range(low, 1):
        parts += [line(left, y(power), WIDTH - 16, y(power), "grid")]
        parts += [text(left - 6, y(power) + 4, percent(10.0**power), "tick", anchor="end")]
    free = -math.inf
    for value in [factor * 10**power for power in range(7) for factor in (1, 2, 5)]:
        if math.log10(value) <= at[-1] + 1e-9 and x(math.log10(value)) >= free:
            parts += [text(x(math.log10(value)), bottom + 17, f"{value:,}", "tick", anchor="middle")]
            parts += [line(x(math.log10(value)), bottom, x(math.log10(value)), bottom + 4, "grid")]
            free = x(math.log10(value)) + text_width(f"{value:,}", _SMALL) + 8
    for series in chart.series:
        points = [(x(a), y(math.log10(v))) for a, v in zip(at, series.values, strict=True) if v > 0]
        parts.append(polyline(points, f"curve {SIDES[series.side]}"))
    parts.append(text((left + WIDTH - 16) / 2, bottom + 40, "at least this many objects", "axis", anchor="middle"))
    return picture(WIDTH, height, "Share of subjects by number of objects", parts)


def legend(sides: list[str]) -> str:
    """Which colour is which table."""
    items = (f'<span class="key"><i class="{SIDES[side]}"></i>{side}</span>' for side in sides)
    return f'<p class="legend">{"".join(items)}</p>'
