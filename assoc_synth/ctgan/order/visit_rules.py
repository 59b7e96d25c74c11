"""What never comes before what in any visit: rules of kinds and of verbs that no training subject breaks.

A rule (y, x, same) says: in a visit with x, no y comes before the first x. Each side is a frequent kind of link or any
link of a verb, so that a rule holds for rare links too: no purchase before the payment. With `same` both sides are
verbs, and the rule is about links to one object: nothing is added before it is viewed. Links of one time say nothing.
"""

from __future__ import annotations

import numpy as np

from assoc_synth.ctgan.order.rules import FEWEST, LEVEL
from assoc_synth.link_graph.edges import ragged
from assoc_synth.transactions.arrays import Bools, Ints

MOST_VISIT_RULES, MOST_KINDS, MOST_PAIRS = 64, 100, 10_000_000


def find_visit_rules(
    kinds: Ints, verb: Ints, object: Ints, *, time: Ints, visit: Ints, subject: Ints, num_objects: int
) -> Ints:
    """The rules of a table's visits: (rules, 3), rows of y and x, whether they are about one object.

    Rows are kinds from 1 on, then verbs: verb v is row len(kinds) + 1 + v.

    Args:
        kinds: (K,) the tokens of frequent kinds, ascending.
        verb, object: (N,) of links; time: (N,) ascending in a visit, equal for links of one time.
        visit, subject: (N,) ascending.

    Example:
        >>> verb, visit = np.tile([0, 1], 40), np.repeat(np.arange(40), 2)  # 1 after 0, of one object
        >>> kinds, time = np.zeros(0, np.int64), np.tile([0, 1], 40)
        >>> rules = find_visit_rules(kinds, verb, visit, time=time, visit=visit, subject=visit, num_objects=40)
        >>> rules.tolist()
        [[2, 1, 0], [2, 1, 1]]
    """
    verbs = int(verb.max(initial=-1)) + 1
    token, base = verb * num_objects + object, len(kinds) + 1
    counts = np.bincount(token, minlength=int(kinds.max(initial=0)) + 1)
    often = np.sort(kinds[np.argsort(-counts[kinds], kind="stable")[:MOST_KINDS]])
    at = np.flatnonzero(np.isin(token, often))
    row = np.concatenate([np.searchsorted(kinds, token[at]) + 1, base + verb])
    parts = (np.concatenate([part[at], part]) for part in (time, visit, subject))
    found = _unbroken(row, *parts, width=base + verbs)
    group = np.unique(visit * num_objects + object, return_inverse=True)[1]
    same = _unbroken(base + verb, time, group, subject, width=base + verbs)
    found = found[_says_more(found, same, kinds, verbs, num_objects)]
    both = [np.column_stack([part, np.full(len(part), kind)]) for kind, part in enumerate((found, same))]
    return np.concatenate([part[:MOST_VISIT_RULES] for part in both]).astype(np.int64)


def _says_more(rules: Ints, same: Ints, kinds: Ints, verbs: int, num_objects: int) -> Bools:
    """Which rules are not what the words mean, nor part of another one, nor of those about one object."""
    base, wide, alike = len(kinds) + 1, set(map(tuple, rules.tolist())), set(map(tuple, same.tolist()))
    of_verb = base + np.concatenate([[-1], kinds // num_objects, np.arange(verbs)])
    object = np.concatenate([[-1], kinds % num_objects, np.full(verbs, -1)])
    found = np.ones(len(rules), bool)
    for place, (y, x) in enumerate(rules.tolist()):
        verb = of_verb[y], of_verb[x]
        within = verb[0] == verb[1] and max(y, x) >= base
        part = y < base and (verb[0], x) in wide
        found[place] = not within and not part and not (verb in alike and object[y] == object[x] >= 0)
    return found


def _unbroken(row: Ints, time: Ints, group: Ints, subject: Ints, *, width: int) -> Ints:
    """Pairs (y, x) of which in no group the first y is before the first x, those that most show first: (rules, 2)."""
    order = np.lexsort((time, row, group))
    row, time, group, subject = row[order], time[order], group[order], subject[order]
    key, first, many = np.unique(group * width + row, return_index=True, return_counts=True)
    starts, sizes = np.unique(key // width, return_index=True, return_counts=True)[1:]
    of = np.repeat(np.arange(len(starts)), sizes)
    x = np.flatnonzero(np.cumsum(sizes[of]) <= MOST_PAIRS)
    y = ragged(np.append(starts, len(key)), of[x])
    x = np.repeat(x, sizes[of[x]])
    apart = time[first][y] != time[first][x]
    y, x = y[apart], x[apart]
    pair = row[first][y] * width + row[first][x]
    cells, at = np.unique(pair, return_inverse=True)
    broken = np.bincount(at, time[first][y] < time[first][x], len(cells))
    chance = np.bincount(at, np.log(many[x] / (many[x] + many[y])), len(cells))
    shown = np.bincount(_distinct(at, subject[first][x]), minlength=len(cells))
    tested = max(int((shown >= FEWEST).sum()), 1)
    is_rule: Bools = (shown >= FEWEST) & (broken == 0) & (chance <= np.log(LEVEL / tested))
    found = np.flatnonzero(is_rule)
    found = found[np.argsort(-shown[found], kind="stable")]
    return np.stack(np.divmod(cells[found], width), axis=1)


def _distinct(pair: Ints, subject: Ints) -> Ints:
    """The pair of each distinct (pair, subject)."""
    size = int(subject.max(initial=0)) + 1
    found: Ints = np.unique(pair * size + subject) // size
    return found
