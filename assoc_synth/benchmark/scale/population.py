"""A population of many objects, most of them rare, with planted pairs of which the truth is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from assoc_synth.transactions.arrays import Ints
from assoc_synth.transactions.table import TransactionTable

FLATNESS = 0.7
"""Exponent of Zipf's law: the share of the object of rank r is proportional to r^-0.7."""
MEAN_LINKS = 10
FREQUENT = 4_096
"""Objects that a generator of many has a class for each; rarer ones share one."""
KINDS = ("rare × rare", "rare × frequent", "frequent × frequent")


@dataclass(frozen=True, eq=False)
class Population:
    """Who could be drawn: objects by popularity, and pairs that subjects have together.

    Attributes:
        objects: how many there are.
        pairs: by kind, (2, pairs) objects each.
        both: the share of the subjects that have a pair together, chance aside.

    Example:
        >>> population = Population.of(20_000, pairs=5, both=0.01, rng=np.random.default_rng(0))
        >>> table = population.table(500, np.random.default_rng(1))
        >>> table.num_subjects, sorted(population.pairs) == sorted(KINDS)
        (500, True)
    """

    objects: int
    pairs: dict[str, Ints]
    both: float

    @classmethod
    def of(cls, objects: int, *, pairs: int, both: float, rng: np.random.Generator) -> Population:
        """A population with so many pairs of each kind; objects are numbered by their rank."""
        tail = rng.choice(np.arange(min(2 * FREQUENT, objects // 2), objects), (3, pairs), replace=False)
        most = min(FREQUENT, objects) // 2  # ranks of frequent ones, without the few that nearly everybody has
        head = rng.choice(np.arange(min(objects // 100, most // 2), most), (3, pairs), replace=False)
        chosen = np.stack([tail[0], tail[1]]), np.stack([tail[2], head[0]]), np.stack([head[1], head[2]])
        return cls(objects, dict(zip(KINDS, (one.astype(np.int64) for one in chosen), strict=True)), both)

    def table(self, subjects: int, rng: np.random.Generator) -> TransactionTable:
        """A sample of subjects, with as many links as a geometric number; the names are numbers."""
        share = np.arange(1, self.objects + 1) ** -FLATNESS
        edges = np.cumsum(share) / share.sum()
        subject = np.repeat(np.arange(subjects), rng.geometric(1 / MEAN_LINKS, subjects))
        object = np.minimum(np.searchsorted(edges, rng.random(len(subject))), self.objects - 1)
        rows = [(subject, object)]
        for pairs in self.pairs.values():
            for pair in pairs.T:
                have = np.flatnonzero(rng.random(subjects) < self.both)
                rows += [(have, np.full(len(have), one)) for one in pair]
        columns = [np.concatenate([row[place] for row in rows]) for place in range(2)]
        frame = pd.DataFrame({"subject": columns[0], "object": columns[1]})
        return TransactionTable.from_frame(frame, verb_name="had", layout="rows")

    def links(self, table: TransactionTable, kind: str) -> tuple[Ints, Ints]:
        """The codes of a kind's pairs in a table: (pairs,) each, −1 where it has no such object."""
        code = {int(name): place for place, name in enumerate(table.objects)}
        left, right = ([code.get(int(one), -1) for one in side] for side in self.pairs[kind])
        return np.array(left, np.int64), np.array(right, np.int64)
