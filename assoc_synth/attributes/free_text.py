"""TextCode: free text renewed by words that many subjects use, never by a real cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

SHARED_BY = 5
"""Subjects who must have used a word before it may be written again."""
MAX_WORDS = 5_000


@dataclass(frozen=True, eq=False)
class TextCode:
    """What text is made of.

    Attributes:
        words, weights: words of many subjects, and how often they occur.
        last: those of them, by position, that end no real cell: every text ends with one, so that it is no real cell.
        lengths, length_weights: words per cell.
    """

    words: tuple[str, ...]
    weights: tuple[int, ...]
    last: tuple[int, ...]
    lengths: tuple[int, ...]
    length_weights: tuple[int, ...]

    @classmethod
    def learn(cls, column: pd.Series, subject: npt.NDArray[Any]) -> TextCode | None:
        """None where too few words are shared to write anything."""
        known = np.flatnonzero(column.notna().to_numpy())
        cells = [str(cell).split() for cell in column.iloc[known]]
        sizes = [len(cell) for cell in cells]
        said = pd.DataFrame({"word": [w for cell in cells for w in cell], "subject": np.repeat(subject[known], sizes)})
        uses = said.groupby("word")["subject"].agg(["nunique", "size"])
        uses = uses[uses["nunique"] >= SHARED_BY].sort_values("size", ascending=False, kind="stable")[:MAX_WORDS]
        ends = {cell[-1] for cell in cells if cell}
        last = tuple(at for at, word in enumerate(uses.index) if word not in ends)
        if not last:
            return None
        lengths, counts = np.unique(np.maximum(sizes, 1), return_counts=True)
        weights = tuple(int(n) for n in uses["size"])
        return cls(tuple(uses.index), weights, last, tuple(lengths.tolist()), tuple(counts.tolist()))

    def make(self, count: int, rng: np.random.Generator) -> list[str]:
        """`count` texts."""
        weights, sizes = np.asarray(self.weights, float), np.asarray(self.length_weights, float)
        words, ends = np.array(self.words, object), weights[list(self.last)]
        length = rng.choice(self.lengths, count, p=sizes / sizes.sum())
        inner = words[rng.choice(len(words), int((length - 1).sum()), p=weights / weights.sum())]
        end = words[rng.choice(self.last, count, p=ends / ends.sum())]
        begin = np.cumsum(length - 1) - (length - 1)
        return [" ".join([*inner[b : b + n - 1], e]) for b, n, e in zip(begin, length, end, strict=True)]

    def to_dict(self) -> dict[str, Any]:
        return {name: list(getattr(self, name)) for name in self.__dataclass_fields__}

    @classmethod
    def from_dict(cls, state: dict[str, Any]) -> TextCode:
        return cls(**{name: tuple(values) for name, values in state.items()})
