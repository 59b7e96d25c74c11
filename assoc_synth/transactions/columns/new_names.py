"""New names in the format of the real ones; none of them is a real one."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd

from assoc_synth.errors import InputError
from assoc_synth.transactions.columns.numbered_shapes import numbered
from assoc_synth.transactions.columns.shapes import Shape
from assoc_synth.transactions.columns.templates import legend
from assoc_synth.transactions.stored import Stored


@dataclass(frozen=True)
class NewNames(Stored):
    """A rule for names that by construction differ from all real ones.

    They are numbers above all real ones, text of the real ones' shape, or with a prefix or an ending that no real name
    has.

    Args:
        kind: "integer" for whole numbers, "digits" for whole numbers written as text, "numbered" for a prefix that all
            real names share and a number (`Customer_00349`), "words" for invented words (`Alice`, `Alice Smith`),
            "shape" for text, and "whole" for whole numbers, of a shape that is learned, "text" for anything else.
        start: the first number, above the largest real one.
        prefix: for numbered names the real one; for other text what every new name begins with and no real one does.
        width: for numbered names the least number of digits, for words the number of words.
        ending: for words what every new name ends with and no real one does.
        case: for words one of `CASES`.
        shape: for shapes, how new names look.

    Raises:
        InputError: the values do not belong together, as in a damaged model.

    Example:
        >>> NewNames.beside(pd.Index([7, 42])).make(2).tolist()
        [100, 101]
        >>> NewNames.beside(pd.Index(["Alice", "Bob"])).make(2).tolist()
        ['Rigilan', 'Kunalan']
    """

    kind: str
    start: int = 1
    prefix: str = ""
    width: int = 7
    ending: str = ""
    case: str = "title"
    shape: Shape | None = None

    def __post_init__(self) -> None:
        known = self.kind in KINDS and self.case in CASES and (self.shape is not None) == (self.kind in SHAPED)
        begins, ends = self.kind in ("numbered", "text"), self.kind == "words"
        if (
            not known
            or (begins, ends) != (bool(self.prefix), bool(self.ending))
            or self.start < 0
            or not 0 <= self.width <= MOST_DIGITS
        ):
            raise InputError("the rule for new names is damaged")

    @classmethod
    def beside(cls, names: pd.Index) -> NewNames:
        """The rule for names that are not among `names`."""
        kind = "integer" if names.dtype.kind in "iu" else "text"
        if names.dtype == object and len(names):
            if all(isinstance(name, int) and not isinstance(name, bool) for name in names):
                kind = "integer"
            elif all(isinstance(name, str) and name.isascii() and name.isdigit() and len(name) < 19 for name in names):
                kind = "digits" if not any(name.startswith("0") and name != "0" for name in names) else "text"
        texts = [str(name) for name in names]
        if kind != "text":
            largest = max(map(int, texts), default=0)
            return _of_width(kind, texts) or cls(kind, 10 ** len(str(max(largest, 0))))
        found = _numbered(texts) or invented(texts) or _shaped("shape", texts)
        if found is not None:
            return found
        lowered = [text.casefold() for text in texts]
        for prefix in chain(("S", "SYN", "SYNTH-"), (f"SYNTH{number}-" for number in range(len(lowered) + 1))):
            if not any(name.startswith(prefix.casefold()) for name in lowered):
                return cls("text", 1, prefix)
        raise AssertionError("more prefixes were tried than there are names")

    @property
    def shown(self) -> str:
        """What new names look like, and in brackets what the signs are."""
        if self.shape is not None:
            return self.shape.shown()
        if self.kind == "words":
            return "invented names"
        digits = max(self.width if self.prefix else 0, len(str(self.start)))
        sign = "#" if "#" not in self.prefix else "9"
        return self.prefix + sign * digits + legend([f"{sign} a digit"])

    def make(self, count: int) -> pd.Index:
        """`count` new names, the same ones at every call."""
        if self.shape is not None:
            return self._index(_blocks(self.shape, count))
        return self.run(0, count)

    def run(self, first: int, count: int) -> pd.Index:
        """The new names of the numbers from `first` on, so that those of several tables run on; none is made twice.

        Where names have a shape, they are others than those of `make`, which has to know all that come before.

        Example:
            >>> rule = NewNames.beside(pd.Index([7, 42]))
            >>> rule.run(0, 2).tolist(), rule.run(2, 2).tolist()
            ([100, 101], [102, 103])
        """
        if self.shape is not None:
            return self._index(numbered(self.shape, first, count))
        numbers = range(self.start + first, self.start + first + count)
        if self.kind == "words":
            return pd.Index([self._invented(number) for number in numbers], dtype=object)
        if self.prefix:
            return pd.Index([f"{self.prefix}{number:0{self.width}d}" for number in numbers], dtype=object)
        if self.kind == "digits":
            return pd.Index([str(number) for number in numbers], dtype=object)
        if numbers.stop < 2**63:
            return pd.Index(np.arange(numbers.start, numbers.stop, dtype=np.int64))
        return pd.Index(list(numbers), dtype=object)

    def _index(self, texts: list[str]) -> pd.Index:
        return pd.Index([int(text) for text in texts] if self.kind == "whole" else pd.Index(texts, dtype=object))

    def _invented(self, number: int) -> str:
        """A name made of syllables; two numbers never share one."""
        words = [_syllables(number + place * BETWEEN_WORDS) for place in range(self.width)]
        words[-1] += self.ending
        return CASES[self.case](" ".join(words))

    def to_dict(self) -> dict[str, Any]:
        """The rule as JSON values."""
        return asdict(self)


KINDS = ("integer", "digits", "numbered", "words", "shape", "whole", "text")
SHAPED = ("shape", "whole")
WIDE = 8
"""Digits from which whole numbers that all have as many are codes, whose width is kept."""
BLOCK = 1_024
"""Names of a shape are made in blocks, so that the first ones are the same however many are made."""
MOST_DIGITS = 4_000
"""Of the number in a name, as many as Python reads."""
CASES = {"title": str.title, "lower": str.lower, "upper": str.upper}
ENDINGS = ("lan", "rel", "nis", "dor", "runa", "miro", "neth", "loven", "milda", "festa", "dubel", "loquin", "mazelt")
"""The first that no real name has is taken."""
SYLLABLES = [consonant + vowel for consonant in "bdfgklmnprstvz" for vowel in "aeiou"]
LEAST_SYLLABLES, SCATTER, BETWEEN_WORDS = 2, 1_237, 2_801
"""Numbers are multiplied by `SCATTER`, coprime to the number of syllable pairs: successive names do not look alike."""
WORD = r"[^\W\d_]+(?:['’-][^\W\d_]+)*"


def invented(names: list[str]) -> NewNames | None:
    """The rule for names of one to three words, of letters only, all in the same case."""
    found = [len(name) > 1 and re.fullmatch(rf"{WORD}(?: {WORD}){{0,2}}", name) for name in names]
    if not names or not all(found):
        return None
    fits = {
        "upper": all(map(str.isupper, names)),
        "lower": all(map(str.islower, names)),
        "title": all(word[0].isupper() for name in names for word in name.split()),
    }
    case = next((case for case, does in fits.items() if does), None)
    ending = next((e for e in ENDINGS if not any(name.casefold().endswith(e) for name in names)), None)
    if case is None or ending is None:
        return None
    sizes = [name.count(" ") + 1 for name in names]
    return NewNames("words", width=max(set(sizes), key=sizes.count), ending=ending, case=case)


def _shaped(kind: str, texts: list[str]) -> NewNames | None:
    shape = Shape.of(texts) if len(texts) >= SHARED_BY else None
    return None if shape is None else NewNames(kind, shape=shape)


def _of_width(kind: str, texts: list[str]) -> NewNames | None:
    """The rule for whole numbers that all have this many digits."""
    wide = len({len(text) for text in texts}) == 1 and len(texts[0]) >= WIDE and "-" not in texts[0]
    return _shaped("whole" if kind == "integer" else "shape", texts) if wide else None


def _blocks(shape: Shape, count: int) -> list[str]:
    made: list[str] = []
    taken: set[str] = set()
    for block in range(-(-count // BLOCK)):
        more = shape.make(BLOCK, np.random.default_rng(block), taken)
        taken.update(more)
        made += more
    return made[:count]


def _syllables(number: int) -> str:
    """Two or more syllables, different ones for each number."""
    room = len(SYLLABLES) ** LEAST_SYLLABLES
    more, rest = divmod(number, room)
    left, made = rest * SCATTER % room, ""
    for _ in range(LEAST_SYLLABLES):
        left, place = divmod(left, len(SYLLABLES))
        made += SYLLABLES[place]
    while more:
        more, place = divmod(more - 1, len(SYLLABLES))
        made += SYLLABLES[place]
    return made


NUMBERED = re.compile(r"(\D+)(\d{1,18})")
SHARED_BY = 20
"""A prefix counts as a format, and not as somebody's name, if at least this many names share it."""


def _numbered(names: list[str]) -> NewNames | None:
    """The rule for names that are a prefix, the same for all, and a number."""
    found = [NUMBERED.fullmatch(name) for name in names]
    if len(names) < SHARED_BY or not all(found):
        return None
    parts = [(match[1], match[2]) for match in found if match is not None]
    if len({prefix for prefix, _ in parts}) > 1:
        return None
    widths = {len(number) for _, number in parts}
    return NewNames(
        "numbered",
        number_above(max(int(number) for _, number in parts), max(widths)),
        parts[0][0],
        widths.pop() if len(widths) == 1 else 1,
    )


def number_above(largest: int, width: int) -> int:
    """A round number above the largest real one, of at most `width` digits if there is one."""
    power: int = 10 ** len(str(largest))
    if len(str(power)) <= width:
        return power
    lead: int = 10 ** (len(str(largest)) - 1)
    return (largest // lead + 1) * lead
