"""Whole numbers with heavy tails as classes: small ones exactly, then buckets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from assoc_synth.ctgan.interface import CodedColumn

Index = npt.NDArray[np.int64]
EXACT = 16
GROWTH = 1.25


@dataclass(frozen=True, eq=False)
class CountCode:
    """Classes of whole numbers ≥ 1: class i is edges[i] … edges[i + 1] − 1.

    Attributes:
        edges: (classes + 1,) ascending; the last one is the observed maximum + 1.
    """

    name: str
    edges: Index

    @classmethod
    def learn(cls, name: str, counts: Index) -> CountCode:
        """1 to 16 each on its own, then buckets that grow by a quarter, none of them empty at the end."""
        top = int(counts.max(initial=1))
        edges = list(range(1, min(top, EXACT) + 1))
        if top > EXACT:
            edges.append(EXACT + 1)
        while edges[-1] * GROWTH < top and top > EXACT:
            edges.append(max(int(np.ceil(edges[-1] * GROWTH)), edges[-1] + 1))
        return cls(name, np.asarray([e for e in edges if e <= top] + [top + 1], np.int64))

    @property
    def classes(self) -> int:
        return len(self.edges) - 1

    def encode(self, counts: Index) -> CodedColumn:
        """(n,) counts → classes; 0 counts as 1."""
        code = np.searchsorted(self.edges, np.maximum(counts, 1), side="right") - 1
        return CodedColumn.discrete(self.name, code.clip(0, self.classes - 1), self.classes)

    def decode(self, code: Index, rng: np.random.Generator) -> Index:
        """(n,) classes → counts, within a bucket at equal odds on the log scale."""
        low, high = self.edges[code], self.edges[code + 1]
        drawn = np.exp(np.log(low) + rng.random(len(code)) * (np.log(high) - np.log(low)))
        counts: Index = np.minimum(np.maximum(drawn.astype(np.int64), low), high - 1)
        return counts

    def to_dict(self) -> dict[str, Any]:
        return {"name": self.name, "edges": self.edges.tolist()}

    @classmethod
    def from_dict(cls, state: dict[str, Any]) -> CountCode:
        return cls(str(state["name"]), np.asarray(state["edges"], np.int64))
