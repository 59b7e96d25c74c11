"""NewIdentifiers: identifiers in the shape of a column's own, none of them a real one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from assoc_synth.transactions.arrays import Ints
from assoc_synth.transactions.columns.new_names import NewNames, invented
from assoc_synth.transactions.columns.numbered_shapes import BLOCK, numbered
from assoc_synth.transactions.columns.shapes import Shape
from assoc_synth.transactions.columns.templates import Template
from assoc_synth.transactions.stored import Stored

UNSHAPED = "no common shape"


@dataclass(frozen=True)
class NewIdentifiers(Stored):
    """How new identifiers are written. Holds no real one.

    Attributes:
        shape: how they look; None where they have no common shape.
        names: then the rule of names (`Anna Smith`).
        whole: whether they are whole numbers.
    """

    shape: Shape | None = None
    names: NewNames | None = None
    whole: bool = False

    @classmethod
    def beside(cls, column: pd.Series) -> NewIdentifiers:
        """The rule for identifiers like those of `column`: text or whole numbers, missing ones count for nothing.

        Example:
            >>> texts = pd.Series([f"{number:03d}-00-{number * 89 + 1000}" for number in range(99)])
            >>> NewIdentifiers.beside(texts).shown
            '0##-00-#### (# a digit)'
        """
        known = column.dropna()
        whole = not pd.api.types.is_string_dtype(known) and pd.api.types.is_numeric_dtype(known)
        texts: list[str] = pd.unique((known.astype("int64") if whole else known).astype(str)).tolist()
        named = None if whole or len(set(map(len, texts))) == 1 else invented(texts)
        shape = Shape.of(texts) if named is None else None
        if shape is None:
            named = named or NewNames.beside(pd.Index(texts, dtype="object"))
        return cls(shape, named, whole)

    @property
    def shown(self) -> str:
        """What they look like, and in brackets what the signs are."""
        if self.shape is not None:
            return self.shape.shown()
        rule = self.names
        if rule is None or rule.kind == "words":
            return "invented names"
        return f"{UNSHAPED}: new ones are like {rule.make(1)[0]}"

    def make(self, count: int, rng: np.random.Generator, taken: set[str] | None = None) -> list[Any]:
        """`count` different identifiers, none of them among `taken`."""
        if self.shape is not None:
            made = self.shape.make(count, rng, taken)
            return [int(text) for text in made] if self.whole else made
        taken = taken or set()
        names = () if self.names is None else self.names.make(count + len(taken))
        return [name for name in names if str(name) not in taken][:count]

    def run(self, numbers: Ints) -> list[Any]:
        """The identifiers of some numbers, (n,) in any order: two numbers never have the same one.

        Example:
            >>> rule = NewIdentifiers.beside(pd.Series([f"{number:03d}-00" for number in range(99)]))
            >>> rule.run(np.array([5_000, 1])) == [*rule.run(np.array([5_000])), *rule.run(np.array([1]))]
            True
        """
        if not len(numbers):
            return []
        blocks, place = np.unique(numbers // BLOCK, return_inverse=True)
        made = [name for block in blocks.tolist() for name in self._run(block * BLOCK, BLOCK)]
        return [made[at] for at in (place.ravel() * BLOCK + numbers % BLOCK).tolist()]

    def _run(self, first: int, count: int) -> list[Any]:
        if self.shape is not None:
            made = numbered(self.shape, first, count)
            return [int(text) for text in made] if self.whole else made
        assert self.names is not None, "there is a shape or a rule of names"
        return list(self.names.run(first, count))

    def to_dict(self) -> dict[str, Any]:
        return {
            "shape": None if self.shape is None else self.shape.to_dict(),
            "names": None if self.names is None else self.names.to_dict(),
            "whole": self.whole,
        }

    @classmethod
    def fields_of(cls, state: Any) -> Any:
        """Models before shapes have one form."""
        kept = {name: value for name, value in state.items() if name != "places"}
        if not (places := state.get("places")):
            return kept
        only = Template(tuple(places), 1)
        return {**kept, "shape": Shape((only,), only)}
