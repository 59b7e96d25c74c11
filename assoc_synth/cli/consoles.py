"""Consoles that show what files say and never do it: no escape sequence of a name or a card reaches a terminal."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterable
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.text import Text

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""C0 but tab and line feed, C1, separators of lines, what overrides the direction of text, and halves of characters."""
_PLAIN = str.maketrans(
    {"“": '"', "”": '"', "’": "'", "–": "-", "−": "-", "…": "...", "τ": "tau", "×": "x", "→": "->", "≥": ">=", "·": "-"}
)
"""What the package's own words use beyond ASCII."""


def visible(text: str, encoding: str = "utf-8") -> str:
    """A text with its control characters written out, and with what an encoding lacks replaced.

    Example:
        >>> visible("tea\\x1b[31m")
        'tea\\\\x1b[31m'
        >>> visible("“τ” ✓", "ascii")
        '"tau" \\\\u2713'
    """
    shown = _CONTROL.sub(lambda found: ascii(found[0])[1:-1], text)
    try:
        shown.encode(encoding)
    except UnicodeEncodeError:
        shown = shown.translate(_PLAIN).encode(encoding, "backslashreplace").decode(encoding)
    return shown


class PlainConsole(Console):
    """A console on which text is text; colours come from styles and markup alone."""

    def render_str(self, text: str, *arguments: Any, **keywords: Any) -> Text:
        """Text as `rich` makes it of what is visible."""
        return super().render_str(visible(text.replace("\r\n", "\n"), self.encoding), *arguments, **keywords)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """The segments of anything, those that were made of `Text` too."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else Segment(visible(segment.text, self.encoding), segment.style)


def never_fail() -> None:
    """Standard output and error write what their encoding lacks as an escape, instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
