"""Gauges: where a block of the gate is between real data and the table that has lost what its scope is about."""

from __future__ import annotations

from assoc_synth.gate.verdict import BlockResult
from assoc_synth.link_graph.drawing.svg import WIDTH, element, line, linear, picture, text, title

_HIGH = 24.0
KEY = (0.36, 0.52, 0.2, 0.9)
"""Observed, limit, floor and destroyed of the gauge that explains the others."""


def gauge(block: BlockResult, words: str) -> str:
    """One block; what is beyond the simultaneous limit is a difference that chance does not explain."""
    destroyed = block.independent
    most = 1.06 * max(block.observed, block.limit, block.floor, destroyed, 1e-12)
    label = (
        f"{words}: {block.observed:.3f}; real data {block.floor:.3f}, at most {block.limit:.3f}; destroyed "
        f"{destroyed:.3f}"
    )
    values = (block.observed / most, block.limit / most, block.floor / most, destroyed / most)
    return picture(WIDTH, _HIGH, label, _drawn(*values, y=_HIGH / 2, words=f"{words}: {block.observed:.3f}"))


def gauge_key() -> str:
    """A gauge with names on its parts."""
    observed, limit, floor, destroyed = KEY
    x = linear(0.0, 1.0, 8, WIDTH - 8)
    below = ((floor, "real data on average"), (limit, "limit of real data"), (destroyed, "destroyed"))
    parts = _drawn(observed, limit, floor, destroyed, y=36.0, words="this table")
    parts.append(text(x(observed), 20, "this table", "label", anchor="middle"))
    parts.append(text(x(0), 20, "0: identical", "tick"))
    for at, words in below:
        parts.append(line(x(at), 46, x(at), 54, "grid"))
        parts.append(text(x(at), 66, words, "tick", anchor="middle"))
    return picture(WIDTH, 72, "How to read a gauge: from identical on the left to destroyed on the right", parts, "key")


def _drawn(observed: float, limit: float, floor: float, destroyed: float, *, y: float, words: str) -> list[str]:
    """Parts of a gauge whose values are shares of its width."""
    inside = linear(0.0, 1.0, 8, WIDTH - 8)

    def x(value: float) -> float:  # more association than in the real table is drawn as no loss
        return inside(min(max(value, 0.0), 1.0))

    return [
        element("rect", x=x(0), y=y - 4, width=x(1) - x(0), height=8.0, rx=4.0, class_="track"),
        element("rect", x=x(0), y=y - 4, width=max(x(limit) - x(0), 0.5), height=8.0, rx=4.0, class_="band"),
        line(x(floor), y - 9, x(floor), y + 9, "mark"),
        line(x(destroyed), y - 9, x(destroyed), y + 9, "mark loose"),
        element(
            "circle",
            title(words),
            cx=x(observed),
            cy=y,
            r=6.5,
            class_="dot synth" if observed <= limit else "dot bad",
        ),
    ]
