"""Copies of training subjects among emitted ones: the same links, or all but one of them.

Two sets are near copies if one becomes the other by one link added, removed or replaced. A set of k links has k subsets
of k − 1 (its deletions); two sets are near each other exactly if they, or one of them and a deletion of the other, or
two deletions are equal. Sets are compared by 64-bit sums of mixed numbers (splitmix64 of Steele, Lea & Flood 2014), so
a whole table is searched in the time that it takes to sort its links.

Milk and bread identify no one: only sets of at least `MIN_TOKENS` links are looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from assoc_synth.evaluation.figures import clopper_pearson
from assoc_synth.link_graph.edges import Edges, Incidence
from assoc_synth.transactions.arrays import Bools, Ints

MIN_TOKENS = 4
"""Smaller baskets are often equal by chance: milk and bread identify no one."""

Keys = npt.NDArray[np.uint64]


@dataclass(frozen=True)
class Copies:
    """How many subjects are copies of a training subject.

    Attributes:
        count: evaluated subjects that are copies; num_subjects: subjects evaluated, those with at least four tokens.
        low, high: exact 95 % interval of the share.
    """

    count: int
    num_subjects: int
    low: float
    high: float

    @property
    def share(self) -> float:
        """NaN where nobody has four tokens."""
        return self.count / self.num_subjects if self.num_subjects else float("nan")

    @classmethod
    def among(cls, found: Bools) -> Copies:
        """Of the evaluated subjects, (subjects,), those that are copies."""
        count, total = int(found.sum()), len(found)
        return cls(count, total, *clopper_pearson(count, total))


@dataclass(frozen=True, eq=False)
class Sets:
    """The records of a table as sets of tokens, by their keys.

    Attributes:
        record: (records,) which rows of the matrix they are.
        size: (records,) tokens of each.
        whole: (records,) the key of each set.
        owner, without: (entries,) the record, and the key of its set without one token.
    """

    record: Ints
    size: Ints
    whole: Keys
    owner: Ints
    without: Keys

    @classmethod
    def of(cls, matrix: Incidence, min_tokens: int = MIN_TOKENS) -> Sets:
        """Of the rows of a 0/1 matrix that have at least `min_tokens` tokens, (records, tokens), in their order."""
        size = np.diff(matrix.indptr)
        kept = np.flatnonzero(size >= min_tokens)
        matrix, size = matrix[kept], size[kept].astype(np.int64)
        mixed = _mixed(matrix.indices.astype(np.uint64))
        # Sums wrap around at 2⁶⁴, and so do their differences.
        total = np.concatenate([np.zeros(1, np.uint64), np.cumsum(mixed, dtype=np.uint64)])
        whole = total[matrix.indptr[1:]] - total[matrix.indptr[:-1]]
        owner = np.repeat(np.arange(len(size)), size)
        return cls(kept, size, whole, owner, whole[owner] - mixed)

    def __len__(self) -> int:
        return len(self.size)

    @cached_property
    def _counted(self) -> tuple[Keys, Ints]:
        keys, counts = np.unique(self.whole, return_counts=True)
        return keys, counts.astype(np.int64)

    @cached_property
    def _shortened(self) -> tuple[Keys, Ints]:
        keys, counts = np.unique(self.without, return_counts=True)
        return keys, counts.astype(np.int64)

    def equal_to(self, others: Sets) -> Ints:
        """How many of the other records are the same set: (records,)."""
        return _looked_up(self.whole, *others._counted)

    def near_to(self, others: Sets) -> Ints:
        """How many of the other records are the same set or one link away, those that are so twice counted twice.

        Returns:
            Shape (records,): 0 exactly where there is none.

        Example:
            >>> import scipy.sparse as sp
            >>> one, two = (Sets.of(sp.csr_matrix(row)) for row in ([[1, 1, 1, 1, 0, 0]], [[1, 1, 1, 0, 1, 0]]))
            >>> one.equal_to(two).tolist(), one.near_to(two).tolist()
            ([0], [1])
        """
        found = self.equal_to(others) + _looked_up(self.whole, *others._shortened)
        each = _looked_up(self.without, *others._counted) + _looked_up(self.without, *others._shortened)
        # Equal sets have all their deletions in common.
        same = self.equal_to(others) * self.size
        added = np.bincount(self.owner, weights=each, minlength=len(self)).astype(np.int64)
        return np.asarray(found + added - same, np.int64)


def exact_copies(train: Edges, other: Edges, *, min_tokens: int = MIN_TOKENS) -> Copies:
    """Subjects of `other` with at least `min_tokens` (verb, object) tokens that are exactly a training subject's.

    Works on `LinkGraph.basket_edges()` as well. Both graphs are over one vocabulary.
    """
    trained, evaluated = (Sets.of(edges.tokens(), min_tokens) for edges in (train, other))
    return Copies.among(evaluated.equal_to(trained) > 0)


def near_copies(train: Edges, other: Edges, *, min_tokens: int = MIN_TOKENS) -> Copies:
    """As `exact_copies`, but one token may be added, removed or replaced."""
    trained, evaluated = (Sets.of(edges.tokens(), min_tokens) for edges in (train, other))
    return Copies.among(evaluated.near_to(trained) > 0)


def duplicates(sets: Sets) -> Copies:
    """Records that equal another one of their own table."""
    return Copies.among(sets.equal_to(sets) > 1)


def most_emitted(train: Sets, other: Sets) -> int:
    """The largest number of records of a table that are one and the same training record."""
    return int(train.equal_to(other).max(initial=0))


def _looked_up(keys: Keys, known: Keys, counts: Ints) -> Ints:
    """The count of each key, 0 where it is not known."""
    if not len(known):
        return np.zeros(len(keys), np.int64)
    place = np.minimum(np.searchsorted(known, keys), len(known) - 1)
    return np.where(known[place] == keys, counts[place], 0)


def _mixed(number: Keys) -> Keys:
    """splitmix64: a number that looks random and depends on the given one alone."""
    mixed = (number + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(mixed ^ (mixed >> np.uint64(31)), np.uint64)
