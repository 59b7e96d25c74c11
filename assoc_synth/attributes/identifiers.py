"""NewIdentifiers: identifiers in the format of a column's own, none of them a real one."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from itertools import product
from math import prod
from typing import Any

import numpy as np
import pandas as pd

from assoc_synth.transactions.columns.new_names import NewNames

ALPHABETS = ("0123456789", "0123456789abcdef", "0123456789ABCDEF", "abcdefghijklmnopqrstuvwxyz",
             "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789abcdefghijklmnopqrstuvwxyz",
             "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
             "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")  # fmt: skip


@dataclass(frozen=True)
class NewIdentifiers:
    """How new identifiers are written. Holds no real one.

    Attributes:
        places: the characters of each place, one where it is fixed (a UUID), so that a beginning occurs that no real
            one has; () where they are names.
        names: otherwise the rule of names (numbers, `ORDER-001276`).
    """

    places: tuple[str, ...] = ()
    names: NewNames | None = None

    @classmethod
    def beside(cls, column: pd.Series) -> NewIdentifiers:
        """The rule for identifiers in the format of `column` (missing values count for nothing)."""
        known = column.dropna()
        if pd.api.types.is_integer_dtype(column.dtype):
            return cls(names=NewNames.beside(pd.Index(known.astype("int64"))))
        texts = pd.unique(known.astype(str)).tolist()
        names = NewNames.beside(pd.Index(texts, dtype="object"))
        places = _places(texts) if names.kind in ("text", "words") else ()
        return cls(places=places) if places else cls(names=names)

    def make(self, count: int, rng: np.random.Generator) -> list[Any]:
        """`count` different identifiers."""
        if self.names is not None:
            return list(self.names.make(count))
        made: dict[str, None] = {}
        while len(made) < count:
            drawn = [np.array(list(place))[rng.integers(len(place), size=count - len(made))] for place in self.places]
            made |= dict.fromkeys("".join(cells) for cells in zip(*drawn, strict=True))
        return list(made)

    def to_dict(self) -> dict[str, Any]:
        return {**asdict(self), "places": list(self.places)}

    @classmethod
    def from_dict(cls, state: dict[str, Any]) -> NewIdentifiers:
        names = NewNames.from_dict(state["names"]) if state["names"] is not None else None
        return cls(tuple(state["places"]), names)


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
