"""Names as they can be shown: no control characters, none that would break a file."""

from __future__ import annotations

import unicodedata


def shown(name: object) -> str:
    """A name for people: control characters as their pictures (␊ for a line feed), what no file can hold as �.

    Marks that turn the direction of writing go: they would turn the page around the name as well.
    """
    return "".join(_shown(character) for character in str(name)) or "∅"


def _shown(character: str) -> str:
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    kind = unicodedata.category(character)
    if kind == "Cf" and unicodedata.bidirectional(character) in _TURNING:
        return ""
    return "\ufffd" if kind in ("Cc", "Cs") or code & 0xFFFE == 0xFFFE else character


_TURNING = frozenset({"LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI"})


def width(text: str, size: float) -> float:
    """About how wide a text is in a sans-serif face, in the unit of `size`; on the safe side."""
    return size * sum(_advance(character) for character in text)


def _advance(character: str) -> float:
    if unicodedata.combining(character):
        return 0.0
    if unicodedata.east_asian_width(character) in "WF" or ord(character) > 0x1F000:
        return 1.05
    if character in "iljt.,;:'|!()[] ":
        return 0.34
    if character in "<>=+~":
        return 0.84
    if character in "mwMW@%—&":
        return 0.92
    return 0.68 if character.isupper() else 0.58


def shortened(text: str, size: float, room: float) -> str:
    """The text, cut with … to fit into `room`."""
    if width(text, size) <= room:
        return text
    while text and width(text + "…", size) > room:
        text = text[:-1]
    return text.rstrip() + "…"
