"""ClassHistory: which classes a subject's earlier visits had, where columns persist, as a usual shop does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from assoc_synth.ctgan.visit_columns.groups import VisitGroups
from assoc_synth.transactions.arrays import Ints, Singles

MOST_CELLS = 20_000_000
"""The most numbers in the counts of one column: subjects are taken in parts."""


class ClassHistory:
    """The classes of some subjects' visits so far.

    Args:
        subjects: how many there are.
        classes: of each column.
    """

    def __init__(self, subjects: int, classes: Sequence[int]) -> None:
        self.last = np.full((subjects, len(classes)), -1, np.int64)
        self.counts = [np.zeros((subjects, size), np.int32) for size in classes]

    def earlier(self, subject: Ints, column: int) -> tuple[Ints, Ints, Singles]:
        """Of each subject the class of the last visit, the most frequent one, and its share: (n,) each, −1 for none."""
        counts = self.counts[column][subject]
        usual = counts.argmax(1)
        total = counts.sum(1)
        share = counts[np.arange(len(subject)), usual] / np.maximum(total, 1)
        return self.last[subject, column], np.where(total > 0, usual, -1), share.astype(np.float32)

    def add(self, subject: Ints, column: int, code: Ints) -> None:
        """One more visit of each of these subjects, with these classes: (n,) each, −1 where unknown."""
        known = code >= 0
        self.last[subject[known], column] = code[known]
        self.counts[column][subject[known], code[known]] += 1


def by_rank(groups: VisitGroups, classes: Sequence[int]) -> Iterator[tuple[ClassHistory, list[tuple[Ints, Ints]]]]:
    """The visits in the order in which their columns are drawn.

    Args:
        classes: of each column.

    Yields:
        For a part of the subjects an empty history, and all their first visits, all their second ones, and so on: the
        visits, (n,), and their subjects in the history, (n,). Links outside of visits are among the first.
    """
    every, own = np.unique(groups.subject, return_inverse=True)
    step = max(MOST_CELLS // max(*classes, 1), 1)
    for begin in range(0, len(every), step):
        inside = np.flatnonzero((own >= begin) & (own < begin + step))
        inside = inside[np.argsort(groups.rank[inside], kind="stable")]
        ends = np.cumsum(np.bincount(groups.rank[inside]))
        parts = np.split(inside, ends[:-1])
        yield ClassHistory(min(step, len(every) - begin), classes), [(part, own[part] - begin) for part in parts]


def earlier_classes(groups: VisitGroups, codes: Sequence[Ints], classes: Sequence[int]) -> tuple[Ints, Ints, Singles]:
    """What the true earlier visits had, by visit and column: (G, columns) each, as `ClassHistory.earlier` has it.

    Args:
        codes: of each column, (G,), −1 where unknown; classes: how many it has.
    """
    shape = len(groups), len(classes)
    last, usual, share = np.full(shape, -1), np.full(shape, -1), np.zeros(shape, np.float32)
    for history, ranks in by_rank(groups, classes):
        for at, subject in ranks:
            for column, code in enumerate(codes):
                last[at, column], usual[at, column], share[at, column] = history.earlier(subject, column)
                history.add(subject, column, np.where(groups.features[at, -1] > 0, code[at], -1))
    return last, usual, share
