"""Small parts of a drawing: elements with escaped text, scales and ticks. Equal numbers are written alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from html import escape

WIDTH = 420.0
"""Of a drawing that is half as wide as the page, in its own unit."""
Scale = Callable[[float], float]


def num(value: float) -> str:
    """At most one decimal: a tenth of a pixel is finer than anybody sees."""
    text = f"{value:.1f}"
    return text[:-2] if text.endswith(".0") else text


def element(name: str, content: str = "", /, **attributes: str | float | None) -> str:
    """One element; `class_` is the class, `_` in other names is a hyphen. The content must be escaped already."""
    parts = [name]
    for key, value in attributes.items():
        if value is None:
            continue
        shown = num(value) if isinstance(value, float | int) else escape(value, quote=True)
        parts.append(f'{key.rstrip("_").replace("_", "-")}="{shown}"')
    opening = " ".join(parts)
    return f"<{opening}>{content}</{name}>" if content else f"<{opening}/>"


def text(x: float, y: float, words: str, class_: str = "", *, anchor: str = "start", turn: float | None = None) -> str:
    """A line of text at its baseline."""
    spin = None if turn is None else f"rotate({num(turn)} {num(x)} {num(y)})"
    return element(
        "text",
        escape(words, quote=False),
        x=x,
        y=y,
        class_=class_ or None,
        text_anchor=None if anchor == "start" else anchor,
        transform=spin,
    )


def line(x1: float, y1: float, x2: float, y2: float, class_: str) -> str:
    """A straight line.

    Example:
        >>> line(0, 0, 10, 2.5, "grid")
        '<line x1="0" y1="0" x2="10" y2="2.5" class="grid"/>'
    """
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=class_)


def title(words: str) -> str:
    """What a browser shows on hovering and a screen reader reads."""
    return element("title", escape(words, quote=False))


def polyline(points: Iterable[tuple[float, float]], class_: str, *, closed: bool = False) -> str:
    """Lines from each point to the next, and back to the first where `closed`."""
    path = "M" + "L".join(f"{num(x)} {num(y)}" for x, y in points) + ("Z" if closed else "")
    return element("path", d=path, class_=class_)


def picture(width: float, height: float, label: str, parts: Iterable[str], class_: str = "") -> str:
    """The whole drawing; it scales to the width it is given."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {num(width)} {num(height)}" role="img" '
        f'aria-label="{escape(label, quote=True)}" class="{("plot " + class_).strip()}" '
        f'style="max-width:{num(1.6 * width)}px">' + "".join(parts) + "</svg>"
    )


def linear(low: float, high: float, start: float, end: float) -> Scale:
    """From [low, high] to [start, end]."""
    span = (high - low) or 1.0
    return lambda value: start + (value - low) / span * (end - start)


def ticks(low: float, high: float, about: int = 5) -> list[float]:
    """Round numbers within [low, high]."""
    raw = max((high - low) / max(about, 1), 1e-12)
    power = 1.0
    while power * 10 <= raw:
        power *= 10
    while power > raw:
        power /= 10
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= raw * 0.999)
    first = -int(-low / step) if low < 0 else int(low / step + 0.999)
    found = []
    while first * step <= high + 1e-9 * step:
        if first * step >= low - 1e-9 * step:
            found.append(first * step)
        first += 1
    return found


def percent(share: float) -> str:
    """A share for an axis: 5 %, 0.5 %."""
    return f"{100 * share:.3g} %"
