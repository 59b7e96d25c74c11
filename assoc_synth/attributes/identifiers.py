"""FreshIdentifiers: identifiers in the format of a column's own, none of them a real one."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from itertools import product
from math import prod
from typing import Any

import numpy as np
import pandas as pd

from assoc_synth.columns.names import FreshNames

ALPHABETS = ("0123456789", "0123456789abcdef", "0123456789ABCDEF", "abcdefghijklmnopqrstuvwxyz",
             "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789abcdefghijklmnopqrstuvwxyz",
             "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
             "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")  # fmt: skip
NUMBERED = re.compile(r"(\D*)(\d{1,18})")


@dataclass(frozen=True)
class FreshIdentifiers:
    """How fresh identifiers are written. Holds no real one.

    Attributes:
        prefix, start, width: a text and a number of at least so many digits, above all real ones (`ORDER-001276`).
        places: otherwise the characters of each place, one where it is fixed (a UUID); the places of `mark` have a
            combination that no real one has.
        names: otherwise the rule of names.
        whole: whether they are numbers, not text.
    """

    prefix: str = ""
    start: int = 0
    width: int = 0
    places: tuple[str, ...] = ()
    names: FreshNames | None = None
    whole: bool = False

    @classmethod
    def beside(cls, column: pd.Series) -> FreshIdentifiers:
        """The rule for identifiers in the format of `column` (missing values count for nothing)."""
        known = column.dropna()
        if pd.api.types.is_integer_dtype(column.dtype) or all(isinstance(cell, int) for cell in known):
            largest = max((int(cell) for cell in known), default=0)
            return cls(start=_above(max(largest, 0), len(str(max(largest, 0)))), width=1, whole=True)
        texts = pd.unique(known.astype(str)).tolist()
        found = [NUMBERED.fullmatch(text) for text in texts]
        prefixes = {match[1] for match in found if match is not None}
        if all(found) and len(prefixes) == 1:
            digits = [match[2] for match in found if match is not None]
            padded = len({len(number) for number in digits}) == 1
            width = max(map(len, digits))
            return cls(next(iter(prefixes)), _above(max(map(int, digits)), width), width if padded else 1)
        places = _places(texts)
        if places:
            return cls(places=places)
        return cls(names=FreshNames.beside(pd.Index(texts, dtype=object)))

    def make(self, count: int, rng: np.random.Generator) -> list[Any]:
        """`count` different identifiers."""
        if self.names is not None:
            return list(self.names.make(count))
        if self.whole:
            return list(range(self.start, self.start + count))
        if not self.places:
            return [f"{self.prefix}{number:0{self.width}d}" for number in range(self.start, self.start + count)]
        made: dict[str, None] = {}
        while len(made) < count:
            drawn = [np.array(list(place))[rng.integers(len(place), size=count - len(made))] for place in self.places]
            made |= dict.fromkeys("".join(cells) for cells in zip(*drawn, strict=True))
        return list(made)

    def to_dict(self) -> dict[str, Any]:
        return {**asdict(self), "places": list(self.places)}

    @classmethod
    def from_dict(cls, state: dict[str, Any]) -> FreshIdentifiers:
        names = FreshNames.from_dict(state["names"]) if state["names"] is not None else None
        return cls(**{**state, "places": tuple(state["places"]), "names": names})


def _above(largest: int, width: int) -> int:
    """A round number above the largest real one, with no more digits than `width` where there is one."""
    power: int = 10 ** len(str(largest))
    if len(str(power)) <= width:
        return power
    lead: int = 10 ** (len(str(largest)) - 1)
    return (largest // lead + 1) * lead


def _places(texts: list[str]) -> tuple[str, ...]:
    """The characters of each place, with a beginning that no text has; () where there is no such format or no room."""
    if not texts or len({len(text) for text in texts}) != 1:
        return ()
    places = []
    for column in zip(*texts, strict=True):
        seen = set(column)
        alphabet = next((a for a in ALPHABETS if seen <= set(a)), "")
        if len(seen) > 1 and not alphabet:
            return ()
        places.append(next(iter(seen)) if len(seen) == 1 else alphabet)
    wide = max((place for place in places if len(place) > 1), key=len, default="")
    if set(wide) <= set(ALPHABETS[2]) | set(ALPHABETS[1]):
        places = [wide if place == ALPHABETS[0] else place for place in places]
    free = [at for at, place in enumerate(places) if len(place) > 1]
    for length in range(1, len(free) + 1):
        mark = free[:length]
        taken = {tuple(text[at] for at in mark) for text in texts}
        if len(taken) == prod(len(places[at]) for at in mark):
            continue
        chosen = next(c for c in product(*(places[at] for at in mark)) if c not in taken)
        for at, character in zip(mark, chosen, strict=True):
            places[at] = character
        # Room for many times as many as are ever drawn: otherwise they could not all be different.
        return tuple(places) if prod(len(place) for place in places) >= 10**12 else ()
    return ()
