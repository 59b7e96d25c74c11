"""Whole numbers, some of them very large, as classes: small ones exactly, then buckets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from assoc_synth.attributes.sharing import subjects_per
from assoc_synth.ctgan.interface import CodedColumn
from assoc_synth.errors import InputError
from assoc_synth.transactions.arrays import Codes, Ints
from assoc_synth.transactions.stored import Stored

EXACT, GROWTH = 16, 1.25
"""Counts with a class each, and how buckets grow from there."""


@dataclass(frozen=True, eq=False)
class CountCode(Stored):
    """Classes of whole numbers ≥ 1: class i is edges[i] … edges[i + 1] − 1.

    Attributes:
        edges: (classes + 1,) ascending. The last one is the largest number + 1, or where the most extreme subjects do
            not count the end of a bucket that enough of them reach.
    """

    name: str
    edges: Ints

    def __post_init__(self) -> None:
        if self.edges.ndim != 1 or len(self.edges) < 2 or self.edges[0] < 1 or (np.diff(self.edges) < 1).any():
            raise InputError(f"the classes of {str(self.name)[:60]!r} do not fit together")

    @classmethod
    def learn(cls, name: str, counts: Ints, subject: Ints | Codes | None = None, fewest: int = 1) -> CountCode:
        """1 to 16 each on its own, then buckets that grow by a quarter, up to the largest count.

        Args:
            counts: (n,) whole numbers.
            subject: (n,) whose each is; None where each is its own subject's.
            fewest: subjects that reach the last class. Above 1 its end is that of a bucket and nobody's own number, and
                larger counts are in it.

        Example:
            >>> CountCode.learn("count", np.array([1, 2, 30])).edges.tolist()
            [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 22, 28, 31]
            >>> CountCode.learn("count", np.array([1, 2, 2, 30]), fewest=2).edges.tolist()
            [1, 2, 3]
        """
        top = max(_reached(counts, np.arange(len(counts)) if subject is None else subject, fewest), 1)
        edges = list(range(1, min(top, EXACT) + 2))
        while edges[-1] <= top:
            edges.append(max(int(np.ceil(edges[-1] * GROWTH)), edges[-1] + 1))
        if fewest <= 1:
            edges[-1] = top + 1
        elif edges[-1] > top + 1:
            edges[-1] = _free(edges[-1], counts, subject, fewest)
        return cls(name, np.asarray(edges, np.int64))

    @property
    def most(self) -> int:
        """The largest number that is drawn."""
        return int(self.edges[-1]) - 1

    @property
    def classes(self) -> int:
        return len(self.edges) - 1

    def encode(self, counts: Ints) -> CodedColumn:
        """(n,) counts → classes; 0 counts as 1."""
        code = np.searchsorted(self.edges, np.maximum(counts, 1), side="right") - 1
        return CodedColumn.discrete(self.name, code.clip(0, self.classes - 1), self.classes)

    def decode(self, code: Ints, rng: np.random.Generator) -> Ints:
        """(n,) classes → counts, within a bucket log-uniformly."""
        low, high = self.edges[code], self.edges[code + 1]
        drawn = np.exp(np.log(low) + rng.random(len(code)) * (np.log(high) - np.log(low)))
        counts: Ints = np.minimum(np.maximum(drawn.astype(np.int64), low), high - 1)
        return counts

    def to_dict(self) -> dict[str, Any]:
        return {"name": self.name, "edges": self.edges.tolist()}


def _free(end: int, counts: Ints, subject: Ints | Codes | None, fewest: int) -> int:
    """The end of a bucket, or the next number of which the one before is none that a few subjects have."""
    own, code = np.unique(counts, return_inverse=True)
    each = np.arange(len(counts)) if subject is None else subject
    rare = set(own[subjects_per(code, each, len(own)) < fewest].tolist())
    while end - 1 in rare:
        end += 1
    return end


def _reached(counts: Ints, subject: Ints | Codes, fewest: int) -> int:
    """The largest number that so many subjects reach; 1 where there are fewer subjects."""
    owners, place = np.unique(subject, return_inverse=True)
    if len(owners) < max(fewest, 1):
        return 1
    most = np.zeros(len(owners), np.int64)
    np.maximum.at(most, place, counts)
    return int(np.sort(most)[-max(fewest, 1)])
