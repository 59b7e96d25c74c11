"""What never comes before what: rules of the order in a visit that no training subject breaks, and no draw does.

A rule (y, x) says: in the visit in which a subject has its first x, no y comes before it. Links of one time say
nothing. Of two verbs of one object a rule holds for every object, however rare: nothing is added before it is viewed.
"""

from __future__ import annotations

import numpy as np

from assoc_synth.link_graph.edges import ragged
from assoc_synth.transactions.arrays import Bools, Floats, Ints

FEWEST, LEVEL = 30, 0.05
"""Subjects that show a rule, at least; the probability that chance gives one of all rules that are looked for."""
MOST_RULES, MOST_KINDS, MOST_PAIRS = 400, 400, 10_000_000


def find_rules(
    slot: Ints, time: Ints, visit: Ints, subject: Ints, *, kinds: Ints | None = None, num_objects: int = 1
) -> Ints:
    """The rules of a table's visits: (rules, 2) slots of y and x, those that most subjects show first.

    Args:
        slot: (N,) kinds of links; 0 has no rule. time: (N,) ascending in a visit, equal for links of one time.
        visit, subject: (N,) ascending, a subject's visits by time.
        kinds: (slots,) the (verb, object) tokens of the kinds from 1 on; None where no rule is of verbs.
        num_objects: of the tokens.

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
    shown = np.bincount(pair, minlength=width * width).astype(np.float64)
    broken = np.bincount(pair, time[first][y] < time[first][x], minlength=width * width).astype(np.float64)
    chance = np.bincount(pair, np.log(many[x] / (many[x] + many[y])), minlength=width * width).astype(np.float64)
    chance[:: width + 1] = 0.0
    is_rule = _clear(shown, broken, chance)
    if kinds is not None:
        is_rule |= _of_verbs([shown, broken, chance], kinds, num_objects, width)
    found = np.flatnonzero(is_rule)
    found = np.sort(found[np.argsort(-shown[found], kind="stable")][:MOST_RULES])
    return np.stack([found // width, found % width], axis=1)


def _clear(shown: Floats, broken: Floats, chance: Floats) -> Bools:
    """Which pairs nobody breaks, of those that enough show, though chance would have made some do."""
    tested = max(int((shown >= FEWEST).sum()), 1)
    clear: Bools = (shown >= FEWEST) & (broken == 0) & (chance <= np.log(LEVEL / tested))
    return clear


def _of_verbs(counts: list[Floats], kinds: Ints, num_objects: int, width: int) -> Bools:
    """The pairs of links to one object whose verbs keep a rule, all objects together: (width²,).

    Args:
        counts: of each pair, as `_clear` has them.
    """
    size = int(kinds.max(initial=0)) // num_objects + 1
    verb, object = np.divmod(kinds[: width - 1], num_objects)
    y, x = np.nonzero((object[:, None] == object[None, :]) & (verb[:, None] != verb[None, :]))
    pair, of = (y + 1) * width + x + 1, verb[y] * size + verb[x]
    pooled = [np.bincount(of, part[pair], minlength=size * size).astype(np.float64) for part in counts]
    found = np.zeros(width * width, bool)
    found[pair] = _clear(*pooled)[of]
    return found


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
