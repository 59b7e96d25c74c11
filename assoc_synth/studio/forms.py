"""What a form sends: texts by name, and a file. What is wrong with a number or a choice is said in one sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

from assoc_synth.errors import InputError


@dataclass(frozen=True)
class Form:
    """A form as it was sent.

    Attributes:
        fields: names and texts, in the order of the page; upload: the name and the content of its file.

    Example:
        >>> form = Form([("rows", " 1,000 "), ("verb", "bought"), ("verb", "viewed")])
        >>> form.whole("rows", "the rows"), form.every("verb"), form.text("nothing")
        (1000, ['bought', 'viewed'], '')
    """

    fields: Sequence[tuple[str, str]] = ()
    upload: tuple[str, BinaryIO] | None = None

    def text(self, name: str) -> str:
        """The last text of this name, without blanks around it; "" where there is none."""
        found = [value.strip() for key, value in self.fields if key == name]
        return found[-1] if found else ""

    def every(self, name: str) -> list[str]:
        """All texts of this name that are not empty."""
        return [value.strip() for key, value in self.fields if key == name and value.strip()]

    def having(self, prefix: str) -> dict[str, str]:
        """The texts whose names begin so, by what follows."""
        return {key.removeprefix(prefix): value.strip() for key, value in self.fields if key.startswith(prefix)}

    def number(self, name: str, words: str, *, low: float, high: float) -> float | None:
        """A number within limits; None where the field is empty.

        Raises:
            InputError: it is none; the message names the field by `words`.
        """
        text = self.text(name).replace(",", "")
        if not text:
            return None
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if not low <= value <= high:
            raise InputError(f"{words} must be a number from {low:,g} to {high:,g}, not {self.text(name)[:40]!r}")
        return value

    def whole(self, name: str, words: str, *, low: int = 1, high: int = 50_000_000) -> int | None:
        """A whole number within limits; None where the field is empty.

        Raises:
            InputError: it is none.
        """
        value = self.number(name, words, low=low, high=high)
        if value is not None and value != int(value):
            raise InputError(f"{words} must be a whole number, not {self.text(name)[:40]!r}")
        return None if value is None else int(value)

    def choice(self, name: str, words: str, known: Sequence[str]) -> str:
        """One of the known texts; the first where the field is empty.

        Raises:
            InputError: it is none of them.
        """
        text = self.text(name) or known[0]
        if text not in known:
            raise InputError(f"{words} is one of {', '.join(known[:20])}, not {text[:40]!r}")
        return text
