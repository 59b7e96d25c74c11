"""Which objects have a class of the softmax of their own, and which share one with their cluster.

The cost of a link must not grow like the number of objects. The most frequent objects, where associations can be
measured, keep classes of their own; rare ones with similar partners are put into one cluster, which is one class, with
a second softmax inside it (adaptive softmax: Grave et al. 2017, with clusters of the association graph in place of
frequency bands).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from assoc_synth.transactions.arrays import Floats, Ints

LEAST_HEAD, HEAD_ROOTS = 4_096, 10
"""Objects with a class of their own: 10 √objects, at least 4,096. Up to twice as many objects, all have one."""


@dataclass(frozen=True, eq=False)
class Clusters:
    """The classes of the object softmax: first the head's objects, then the clusters.

    Attributes:
        head: objects with a class of their own, (H,).
        member: the object in each slot of each cluster, −1 where a slot is empty, (C, S).
    """

    head: Ints
    member: Ints

    @classmethod
    def none(cls, num_objects: int) -> Clusters:
        """Every object has its class."""
        return cls(np.arange(num_objects), np.zeros((0, 0), np.int64))

    @classmethod
    def of(cls, counts: Ints, factors: Floats) -> Clusters:
        """Divide the rare objects into clusters by their factors.

        Args:
            counts: links of each object, (objects,).
            factors: objects with similar partners have similar rows, (objects, rank).
        """
        size = head_size(len(counts))
        if size == len(counts):
            return cls.none(size)
        by_frequency = np.argsort(-counts, kind="stable")
        head, tail = np.sort(by_frequency[:size]), np.sort(by_frequency[size:])
        return cls(head, halved(tail, factors[tail], round(math.log2(math.sqrt(len(tail))))))

    @property
    def num_objects(self) -> int:
        return len(self.head) + int((self.member >= 0).sum())

    def places(self) -> tuple[Ints, Ints]:
        """Class of each object, and its slot there, −1 in the head: (objects,) each."""
        class_of, slot = np.zeros(self.num_objects, np.int64), np.full(self.num_objects, -1)
        class_of[self.head] = np.arange(len(self.head))
        cluster, place = np.nonzero(self.member >= 0)
        object = self.member[cluster, place]
        class_of[object], slot[object] = len(self.head) + cluster, place
        return class_of, slot

    def class_sums(self, values: Floats) -> Floats:
        """Sums over the objects of each class: (…, objects) → (…, classes)."""
        padded = np.concatenate([values, np.zeros((*values.shape[:-1], 1))], axis=-1)
        return np.concatenate([values[..., self.head], padded[..., self.member].sum(-1)], axis=-1)

    def in_slots(self, values: Floats, empty: float) -> Floats:
        """Values of the clusters' objects by slot: (…, objects) → (…, C, S)."""
        padded = np.concatenate([values, np.full((*values.shape[:-1], 1), empty)], axis=-1)
        return padded[..., self.member]


def head_size(num_objects: int) -> int:
    """How many of `num_objects` objects have a class of their own."""
    size = max(LEAST_HEAD, HEAD_ROOTS * math.isqrt(num_objects))
    return size if num_objects > 2 * size else num_objects


def halved(objects: Ints, factors: Floats, times: int) -> Ints:
    """Clusters of equal size: each is cut at the median of its factors' leading direction, `times` times.

    Returns:
        (2^times, slots), −1 where a slot is empty.
    """
    parts = [np.arange(len(objects))]
    for _ in range(times):
        parts = [half for part in parts for half in _halves(part, factors)]
    member = np.full((len(parts), max(len(part) for part in parts)), -1)
    for cluster, part in enumerate(parts):
        member[cluster, : len(part)] = objects[part]
    return member


def _halves(part: Ints, factors: Floats) -> tuple[Ints, Ints]:
    own = factors[part] - factors[part].mean(0)
    _, directions = np.linalg.eigh(own.T @ own)
    order = np.argsort(own @ directions[:, -1], kind="stable")
    middle = (len(part) + 1) // 2
    return part[order[:middle]], part[order[middle:]]
