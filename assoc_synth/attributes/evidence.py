"""Whether rows are evidence that a column is a function of their groups: few contradictions where chance makes many."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from assoc_synth.transactions.arrays import Ints

TOLERANCE = 0.005
"""Share of the rows of groups of two and more that may contradict a dependency that is found."""
MUCH_LESS = 0.05
"""Contradictions must also be fewer than this share of those that chance would make."""
EXPECTED = 20.0
"""Contradictions that chance must have been able to make: below, a rule that holds says nothing."""
LOOKED_AT, COARSE = 20_000, 2_000
"""Rows that are looked at before all of them are, and the groups up to which these are any rows."""


def contradictions(code: Ints, group: Ints) -> tuple[int, int, float]:
    """Rows that differ from their group's commonest value, rows of groups of two and more, and how many would differ
    by chance.

    Args:
        code: (n,) values, −1 missing, which is a value too; group: (n,), −1 for none.

    Example:
        >>> contradictions(np.array([0, 0, 1, 1]), np.array([5, 5, 5, 6]))
        (1, 3, 1.0)
    """
    inside = group >= 0
    code, group = code[inside], group[inside]
    _, own, size = np.unique(group, return_inverse=True, return_counts=True)
    rows = int(size[size > 1].sum())
    width = int(code.max(initial=0)) + 2
    pairs, count = np.unique(own * width + code + 1, return_counts=True)
    most = np.zeros(len(size), np.int64)
    np.maximum.at(most, pairs // width, count)
    share = np.unique(code, return_counts=True)[1] / max(len(code), 1)
    return int((size - most).sum()), rows, float((rows - (size > 1).sum()) * (1 - (share**2).sum()))


def contradicts(code: Ints, group: Ints) -> tuple[bool, float]:
    """Whether too many rows contradict a dependency that is said to be, and their share."""
    differ, rows, _ = contradictions(code, group)
    return differ > TOLERANCE * max(rows, 1), differ / max(rows, 1)


def holds(code: Ints, group: Ints, owner: Ints | None, least: tuple[int, float] = (0, 0.0)) -> bool:
    """Whether a column is a function of groups, and the rows are evidence of it.

    A key that is nearly unique determines everything, so that only groups that repeat count.

    Args:
        code: (n,) values, −1 missing, which is a value too; group: (n,) from 0 on.
        owner: (n,) whose each row is: rows of one owner in one group count as one; None where they are counted singly.
        least: groups with several rows, and rows in them, that there must be.
    """
    first = _first_of_each(group, owner)
    _, own, size = np.unique(group, return_inverse=True, return_counts=True)
    several = np.bincount(own[first], minlength=len(size)) > 1
    inside = several[own]
    if several.sum() < least[0] or inside.sum() < least[1]:
        return False
    alone = first[inside[first]]
    if contradictions(code[alone], group[alone])[2] < EXPECTED:
        return False
    differ, rows, chance = contradictions(code[inside], group[inside])
    return differ <= TOLERANCE * rows and differ <= MUCH_LESS * chance


def _first_of_each(group: Ints, owner: Ints | None) -> Ints:
    """The first row of each owner in each group."""
    if owner is None:
        return np.arange(len(group))
    _, own = np.unique(group, return_inverse=True)
    first: Ints = np.unique(own * (int(owner.max(initial=0)) + 1) + owner, return_index=True)[1]
    return first


@dataclass(frozen=True, eq=False)
class FirstLook:
    """A part of the rows, by which most of what does not hold is seen soon: whole groups where they are many.

    Attributes:
        rows: which; group: theirs.
    """

    rows: Ints
    group: Ints

    @classmethod
    def of(cls, group: Ints) -> FirstLook:
        """The part that is looked at: group (n,), −1 for none."""
        rows = np.flatnonzero(group >= 0)
        step = len(rows) // LOOKED_AT
        if step > 1:
            _, own = np.unique(group[rows], return_inverse=True)
            rows = rows[own % step == 0] if int(own.max()) >= COARSE else rows[::step]
        return cls(rows, group[rows])

    def contradicts(self, code: Ints, missingness: bool) -> bool:
        """Whether this part alone says that the column (n,) is no function of the groups."""
        code, group = code[self.rows], self.group
        if missingness:
            group = group[code >= 0]
            code = code[code >= 0]
        differ, rows, _ = contradictions(code, group)
        return differ > 10 + 4 * TOLERANCE * rows
