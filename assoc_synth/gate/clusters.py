"""Subjects that come in clusters, such as the trips of one household: not subjects are drawn anew, but clusters.

Subjects of one cluster are alike, so that n of them say less than n others: their mean varies by more, by the factor
1 + (m − 1)ρ where m is the size of a cluster and ρ how alike its subjects are (the design effect, Kish 1965). A
bootstrap of whole clusters has that variance (Davison & Hinkley 1997, section 3.8).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from assoc_synth.transactions.arrays import Ints


@dataclass(frozen=True, eq=False)
class Clusters:
    """Which subjects are in which cluster.

    Attributes:
        members: subjects, one cluster after the other, (subjects,).
        starts: where each cluster begins, and how many subjects there are: (clusters + 1,).
    """

    members: Ints
    starts: Ints

    @classmethod
    def of(cls, codes: Ints | None) -> Clusters | None:
        """From the cluster of each subject, (subjects,); None where every subject is on its own.

        Example:
            >>> found = Clusters.of(np.array([7, 3, 7]))
            >>> found.members.tolist(), found.starts.tolist()
            ([1, 0, 2], [0, 1, 3])
            >>> Clusters.of(np.array([7, 3, 5])) is None
            True
        """
        if codes is None or not len(codes):
            return None
        order = np.argsort(codes, kind="stable").astype(np.int64)
        begins = np.flatnonzero(np.append(True, np.diff(codes[order]) != 0))
        if len(begins) == len(codes):
            return None
        return cls(order, np.append(begins, len(codes)).astype(np.int64))

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def sizes(self) -> Ints:
        """Subjects of each: (clusters,)."""
        return np.diff(self.starts)

    def subjects(self, chosen: Ints) -> Ints:
        """The subjects of some clusters, in their order; a cluster may come more than once."""
        sizes = self.sizes[chosen]
        ends = np.cumsum(sizes)
        at = np.arange(int(sizes.sum())) + np.repeat(self.starts[chosen] - ends + sizes, sizes)
        return self.members[at]

    def bootstrapped(self, rng: np.random.Generator) -> Ints:
        """Clusters drawn with replacement, one fewer than there are: so the variance is right (Rao & Wu 1988)."""
        return rng.integers(0, len(self), max(len(self) - 1, 1))

    def in_sample(self, size: int) -> float:
        """In how many clusters `size` subjects drawn without replacement are on average.

        Example:
            >>> round(Clusters.of(np.array([0, 0, 1, 1])).in_sample(2), 1)
            1.5
        """
        left = 1 - min(size / len(self.members), 1.0)
        return float((1 - left**self.sizes).sum())


def thinned(subjects: Ints, size: int, rng: np.random.Generator) -> Ints:
    """At most `size` of some subjects, without replacement."""
    return subjects if len(subjects) <= size else rng.permutation(subjects)[:size]


def joined_codes(first: Ints | None, second: Ints | None, sizes: tuple[int, int]) -> Ints | None:
    """The clusters of two sets of subjects side by side, none of which is in both; None where neither has any.

    Args:
        sizes: subjects of each.
    """
    if first is None and second is None:
        return None
    one, other = (
        np.arange(size) if codes is None else codes for codes, size in zip((first, second), sizes, strict=True)
    )
    shift = one.max(initial=-1) - other.min(initial=0) + 1
    return np.concatenate([one, other + shift]).astype(np.int64)
