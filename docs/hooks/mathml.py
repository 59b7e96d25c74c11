"""Formulas as MathML, which browsers show without a script: `$x$` in a line, `$$x$$` in a paragraph of its own."""

from __future__ import annotations

import re

from latex2mathml.converter import convert

CODE = re.compile(r"(^```.*?^```|`[^`\n]+`)", re.MULTILINE | re.DOTALL)
BLOCK = re.compile(r"\$\$(.+?)\$\$", re.DOTALL)
SCROLLS = '<div style="overflow-x: auto">'
"""A formula that is wider than a telephone scrolls, and not the page around it."""
INLINE = re.compile(r"(?<![\\$\w])\$(?!\s)([^$\n]+?)(?<!\s)\$(?![\w$])")


def on_page_markdown(markdown: str, **_: object) -> str:
    """The page with its formulas converted; what is in code stays as it is."""
    parts = CODE.split(markdown)
    return "".join(part if at % 2 else _converted(part) for at, part in enumerate(parts))


def _converted(text: str) -> str:
    text = BLOCK.sub(lambda found: f"{SCROLLS}{convert(found[1].strip(), display='block')}</div>", text)
    return INLINE.sub(lambda found: convert(found[1]), text)
