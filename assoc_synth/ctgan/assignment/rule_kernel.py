"""The compiled part of rules of visits: the rules of a subject, and which of them a move breaks.

Of one subject, kinds and visits are places: `held` (M, D) is how many links of each kind each visit has, `rank` (M,)
the visits' places in time (−1 undated), and its rules are in CSR form by kind, as in `VisitRules`. Verbs with rules are
kinds too, after those of links: a link that goes is one of its own kind and one of its verb. What a move changes is
found by the two visits alone; for order, the first dated place of each kind is kept.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from assoc_synth.ctgan.compiled import compiled
from assoc_synth.transactions.arrays import Bools, Ints
from assoc_synth.transactions.distinct import positions

AFTER, WITH, NEVER, ALONE = range(4)
"""Kinds of rules: y only after x or at the same time, y only with x in the visit, never both in one visit; and, of y
alone, not twice in one visit."""
NONE = -1
UNSEEN = 1 << 40
"""The first place in time of a kind without dated links: after all others."""


class VisitRules(NamedTuple):
    """Rules that each kind of link takes part in, in CSR form: offsets (K + V + 1,), rule (N, 3): kind of rule, y, x.

    After the K kinds come the V verbs, whose rules are of all links of theirs. `alone` is 1 where no visit may hold a
    link twice; `verb` (K,) is where the verb of each kind is among the kinds.
    """

    offsets: Ints
    rule: Ints
    alone: int
    verb: Ints


class Law(NamedTuple):
    """The rules of one subject, and what they look at; see above.

    D kinds of links, and W verbs of them with rules, which follow as kinds.

    Attributes:
        held: (M, D + W) links of each visit.
        links: (D + W,) of each kind, in all visits.
        leads: (D + W,) whether others come after a kind, by a rule.
        earliest: (D + W,) first place in time of the kinds that lead, `UNSEEN` of others.
        verb: (D,) the kind that is a link's verb, `NONE` where that has no rules.
    """

    offsets: Ints
    rule: Ints
    held: Ints
    rank: Ints
    links: Ints
    leads: Bools
    earliest: Ints
    verb: Ints


def rules_of(rules: Ints, kinds: Ints, shape: tuple[int, int], *, alone: bool = False) -> VisitRules:
    """The rules by kind of link.

    Args:
        rules: (R, 3) as found; kinds: (K, 2) verb and object, ascending.
        shape: how many verbs and objects there are.
        alone: whether no visit may hold a link twice.
    """
    (verbs, objects), size = shape, len(kinds)
    code = np.concatenate([kinds[:, 0] * objects + kinds[:, 1], verbs * objects + np.arange(verbs)])
    at = positions(rules[:, 1:], code)
    known = (at >= 0).all(1)
    rule, ends = np.flatnonzero(known), at[known]
    own = np.concatenate([ends[:, 0], ends[:, 1]])
    order = np.argsort(own, kind="stable")
    offsets = np.concatenate([[0], np.cumsum(np.bincount(own, minlength=len(code)))]).astype(np.int64)
    listed = np.concatenate([rules[rule, :1], ends], axis=1).astype(np.int64)
    verb = (size + kinds[:, 0]).astype(np.int64)
    return VisitRules(offsets, np.tile(listed, (2, 1))[order].astype(np.int64), int(alone), verb)


@compiled
def law_of(rules: VisitRules, own: Ints, local: Ints, visit: Ints, rank: Ints) -> Law:
    """The rules of a subject both of whose ends it has.

    Args:
        own: (D,) its kinds; local, visit: (n,) the places of its links' kinds and visits; rank: (M,) of its visits.
    """
    every, verb = _with_verbs(rules, own)
    held = np.zeros((len(rank), len(every)), np.int64)
    for link in range(len(local)):
        held[visit[link], local[link]] += 1
        if verb[local[link]] != NONE:
            held[visit[link], verb[local[link]]] += 1
    count, links = 0, held.sum(0)
    for at in range(len(every)):
        count += rules.offsets[every[at] + 1] - rules.offsets[every[at]] + rules.alone
    offsets, rule = np.zeros(len(every) + 1, np.int64), np.empty((count, 3), np.int64)
    place = np.full(len(rules.offsets) - 1 if len(rules.rule) else 0, NONE)
    if len(rules.rule):
        place[every] = np.arange(len(every))
    leads, count = np.zeros(len(every), np.bool_), 0
    for at in range(len(every)):
        for listed in range(rules.offsets[every[at]], rules.offsets[every[at] + 1]):
            kind, y, x = rules.rule[listed, 0], place[rules.rule[listed, 1]], place[rules.rule[listed, 2]]
            if min(y, x) >= 0:
                rule[count, 0], rule[count, 1], rule[count, 2] = kind, y, x
                leads[x] |= kind == AFTER
                count += 1
        if rules.alone and at < len(own) and links[at] > 1:
            rule[count, 0], rule[count, 1], rule[count, 2] = ALONE, at, at
            count += 1
        offsets[at + 1] = count
    return Law(offsets, rule[:count].copy(), held, rank, links, leads, earliest_of(held, rank, leads), verb)


@compiled
def _with_verbs(rules: VisitRules, own: Ints) -> tuple[Ints, Ints]:
    """A subject's kinds with those of their verbs that have rules, (D + W,), and where each kind's verb is, (D,)."""
    verb = np.full(len(own), NONE)
    every = np.empty(2 * len(own), np.int64)
    every[: len(own)] = own
    size, begin = len(own), len(rules.verb)
    if rules.offsets[begin] == len(rules.rule):  # no verb has rules
        return every[:size].copy(), verb
    for at in range(len(own)):
        kind = rules.verb[own[at]]
        if rules.offsets[kind] < rules.offsets[kind + 1]:
            for before in range(len(own), size):
                if every[before] == kind:
                    verb[at] = before
            if verb[at] == NONE:
                every[size], verb[at] = kind, size
                size += 1
    return every[:size].copy(), verb


@compiled
def earliest_of(held: Ints, rank: Ints, leads: Bools) -> Ints:
    """The first place in time of each kind that leads: (D,)."""
    earliest = np.full(len(leads), UNSEEN)
    for visit in range(len(rank)):
        for kind in range(len(leads)):
            if leads[kind] and held[visit, kind] > 0 and 0 <= rank[visit] < earliest[kind]:
                earliest[kind] = rank[visit]
    return earliest


@compiled
def broken(law: Law, rule: tuple[int, int, int], visit: int) -> int:
    """How many links of a visit break a rule; of an order, those before the first link that they have to be after."""
    kind, y, x = rule
    held = law.held
    if kind == AFTER:
        found = held[visit, y] if 0 <= law.rank[visit] < law.earliest[x] else 0
    elif kind == WITH:
        found = held[visit, y] if held[visit, x] == 0 else 0
    elif kind == NEVER:
        found = min(held[visit, y], held[visit, x])
    else:
        found = max(held[visit, y] - 1, 0)
    return int(found)


@compiled
def change(law: Law, a: int, b: int, first: int, second: int) -> int:
    """How many more links break rules if a link of kind `a` in visit `first` and one of `b` in `second` are swapped."""
    more = change_of_transfer(law, a, first, second)
    if law.offsets[b] < law.offsets[b + 1] or law.verb[b] != NONE:
        transfer(law, a, first, second)
        more += change_of_transfer(law, b, second, first)
        transfer(law, a, second, first)
    return more


@compiled
def exchange(law: Law, a: int, b: int, first: int, second: int) -> None:
    """A link of kind `a` goes from visit `first` to `second`, and one of kind `b` comes back."""
    transfer(law, a, first, second)
    transfer(law, b, second, first)


@compiled
def change_of_transfer(law: Law, a: int, first: int, second: int) -> int:
    """How many more links break rules if a link of kind `a` goes from visit `first` to `second`."""
    more = _change_of_kind(law, a, first, second)
    if law.verb[a] != NONE:
        more += _change_of_kind(law, law.verb[a], first, second)
    return more


@compiled
def _change_of_kind(law: Law, a: int, first: int, second: int) -> int:
    """The same by the rules of one kind, which may be a verb."""
    offsets, rules, held, rank, earliest = law.offsets, law.rule, law.held, law.rank, law.earliest
    more = 0
    for at in range(offsets[a], offsets[a + 1]):
        kind, y, x = rules[at, 0], rules[at, 1], rules[at, 2]
        if kind == ALONE:
            more += int(held[second, a] > 0) - int(held[first, a] > 1)
        elif kind == NEVER:
            other = x if a == y else y
            more += int(held[second, a] < held[second, other]) - int(held[first, a] <= held[first, other])
        elif kind == WITH and a == y:
            more += int(held[second, x] == 0) - int(held[first, x] == 0)
        elif kind == WITH:
            more += held[first, y] if held[first, x] == 1 else 0
            more -= held[second, y] if held[second, x] == 0 else 0
        elif a == y:
            more += int(0 <= rank[second] < earliest[x]) - int(0 <= rank[first] < earliest[x])
        else:
            more += passed(law, y, earliest[x], _moved(law, x, first, second))
    return more


@compiled
def _moved(law: Law, x: int, first: int, second: int) -> int:
    """The first place in time of a kind, once a link of it has gone from visit `first` to `second`."""
    held, rank, now = law.held, law.rank, law.earliest[x]
    then = rank[second] if rank[second] >= 0 else UNSEEN
    if then <= now or rank[first] != now or held[first, x] > 1:
        return int(min(then, now))
    if law.links[x] > 1:
        for visit in range(len(rank)):
            if visit != first and held[visit, x] > 0 and 0 <= rank[visit] < then:
                then = rank[visit]
    return int(then)


@compiled
def passed(law: Law, y: int, now: int, then: int) -> int:
    """How many more links of kind `y` are before a place in time when that moves from `now` to `then`."""
    if now == then:
        return 0
    low, high, found = min(now, then), max(now, then), 0
    for visit in range(len(law.rank)):
        if low <= law.rank[visit] < high:
            found += law.held[visit, y]
    return found if then > now else -found


@compiled
def transfer(law: Law, a: int, first: int, second: int) -> None:
    """A link of kind `a` goes from visit `first` to `second`."""
    _transfer_kind(law, a, first, second)
    if law.verb[a] != NONE:
        _transfer_kind(law, law.verb[a], first, second)


@compiled
def _transfer_kind(law: Law, a: int, first: int, second: int) -> None:
    """The same of one kind, which may be a verb."""
    if law.leads[a]:
        law.earliest[a] = _moved(law, a, first, second)
    law.held[first, a] -= 1
    law.held[second, a] += 1
