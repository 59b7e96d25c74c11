"""What never comes before what: rules of the order in a visit that no training subject breaks, and no draw does.

A rule (y, x) says: in the visit in which a subject has its first x, no y comes before it. Links of one time say
nothing.
"""

from __future__ import annotations

import numpy as np

from assoc_synth.link_graph.edges import ragged
from assoc_synth.transactions.arrays import Bools, Ints

FEWEST, LEVEL = 30, 0.05
"""Subjects that show a rule, at least; the probability that chance gives one of all rules that are looked for."""
MOST_RULES, MOST_KINDS, MOST_PAIRS = 64, 100, 10_000_000


def find_rules(slot: Ints, time: Ints, visit: Ints, subject: Ints) -> Ints:
    """The rules of a table's visits: (rules, 2) slots of y and x, those that most subjects show first.

    Args:
        slot: (N,) kinds of links; 0 has no rule. time: (N,) ascending in a visit, equal for links of one time.
        visit, subject: (N,) ascending, a subject's visits by time.

    Example:
        >>> slot = np.tile([3, 1, 2], 40)  # 2 comes after 1, and 3 before both
        >>> place, visit = np.tile([0, 1, 2], 40), np.repeat(np.arange(40), 3)
        >>> find_rules(slot, place, visit, visit).tolist()
        [[1, 3], [2, 1], [2, 3]]
    """
    counts = np.bincount(slot)
    counts[0] = 0
    frequent = np.argsort(-counts, kind="stable")[:MOST_KINDS]
    kept = np.flatnonzero(np.isin(slot, frequent[counts[frequent] > 0]))
    slot, time, visit, subject = (part[kept] for part in (slot, time, visit, subject))
    if not len(slot):
        return np.zeros((0, 2), np.int64)
    width = int(slot.max()) + 1
    # What a visit holds, how often, and when first; then whether it is the subject's first visit with it.
    key, first, many = np.unique(visit * width + slot, return_index=True, return_counts=True)
    begins = np.unique(subject[first] * width + slot[first], return_index=True)[1]
    is_first = np.zeros(len(key), bool)
    is_first[begins] = True
    starts, sizes = np.unique(key // width, return_index=True, return_counts=True)[1:]
    wanted = np.flatnonzero(is_first)
    of = np.repeat(np.arange(len(starts)), sizes)
    wanted = wanted[np.cumsum(sizes[of[wanted]]) <= MOST_PAIRS]
    y = ragged(np.append(starts, len(key)), of[wanted])
    x = np.repeat(wanted, sizes[of[wanted]])
    differs = time[first][y] != time[first][x]
    y, x = y[differs], x[differs]
    pair = slot[first][y] * width + slot[first][x]
    shown = np.bincount(pair, minlength=width * width)
    broken = np.bincount(pair, time[first][y] < time[first][x], minlength=width * width)
    chance = np.bincount(pair, np.log(many[x] / (many[x] + many[y])), minlength=width * width)
    chance[:: width + 1] = 0.0
    tested = max(int((shown >= FEWEST).sum()), 1)
    found = np.flatnonzero((shown >= FEWEST) & (broken == 0) & (chance <= np.log(LEVEL / tested)))
    found = np.sort(found[np.argsort(-shown[found], kind="stable")][:MOST_RULES])
    return np.stack([found // width, found % width], axis=1)


def first_visits(slot: Ints, visit: Ints, subject: Ints) -> Bools:
    """Which links are in their subject's first visit with a link of their kind: (L,), in any order.

    Example:
        >>> first_visits(np.array([1, 1, 2]), np.array([5, 4, 5]), np.array([0, 0, 0])).tolist()
        [False, True, True]
    """
    key = subject * (int(slot.max(initial=0)) + 1) + slot
    own = np.unique(key, return_inverse=True)[1]
    earliest = np.full(int(own.max(initial=-1)) + 1, np.iinfo(np.int64).max)
    np.minimum.at(earliest, own, visit)
    result: Bools = visit == earliest[own]
    return result
