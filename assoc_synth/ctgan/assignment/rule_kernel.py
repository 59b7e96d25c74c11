"""The compiled part of rules of visits: which of them a swap breaks, and repairs of what breaks them at the beginning.

Of one subject, kinds and visits are places: `held` (M, D) is how many links of each kind each visit has, `rank` (M,)
the visits' places in time (−1 undated), and its rules are in CSR form by kind, as in `VisitRules`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from assoc_synth.ctgan.compiled import compiled
from assoc_synth.transactions.arrays import Ints

AFTER, WITH, NEVER, ALONE = range(4)
"""Kinds of rules: y only after x or at the same time, y only with x in the visit, never both in one visit; and, of y
alone, not twice in one visit."""
TRIES, ROUNDS = 4, 3
"""Swaps that are tried to repair one link, as a multiple of the subject's links, and rounds of it."""


class VisitRules(NamedTuple):
    """Rules that each kind of link takes part in, in CSR form: offsets (K + 1,), rule (N, 3): kind of rule, y, x.

    `alone` is 1 where no visit may hold a link twice.
    """

    offsets: Ints
    rule: Ints
    alone: int


class Law(NamedTuple):
    """The rules of one subject, and what they look at; see above."""

    offsets: Ints
    rule: Ints
    held: Ints
    rank: Ints


def rules_of(rules: Ints, token: Ints, *, alone: bool = False) -> VisitRules:
    """The rules by kind of link.

    Args:
        rules: (R, 3) as found; token: (K,) of each kind, ascending.
        alone: whether no visit may hold a link twice.
    """
    at = np.searchsorted(token, rules[:, 1:]).clip(max=max(len(token) - 1, 0))
    known = (token[at] == rules[:, 1:]).all(1) if len(token) else np.zeros(len(rules), bool)
    rule, ends = np.flatnonzero(known), at[known]
    own = np.concatenate([ends[:, 0], ends[:, 1]])
    order = np.argsort(own, kind="stable")
    offsets = np.concatenate([[0], np.cumsum(np.bincount(own, minlength=len(token)))]).astype(np.int64)
    listed = np.concatenate([rules[rule, :1], ends], axis=1).astype(np.int64)
    return VisitRules(offsets, np.tile(listed, (2, 1))[order].astype(np.int64), int(alone))


@compiled
def law_of(rules: VisitRules, own: Ints, local: Ints, visit: Ints, rank: Ints) -> Law:
    """The rules of a subject both of whose kinds it has.

    Args:
        own: (D,) its kinds; local, visit: (n,) the places of its links' kinds and visits; rank: (M,) of its visits.
    """
    held = np.zeros((len(rank), len(own)), np.int64)
    for link in range(len(local)):
        held[visit[link], local[link]] += 1
    count, links = 0, held.sum(0)
    for at in range(len(own)):
        count += rules.offsets[own[at] + 1] - rules.offsets[own[at]] + rules.alone
    offsets, rule = np.zeros(len(own) + 1, np.int64), np.empty((count, 3), np.int64)
    count = 0
    for at in range(len(own)):
        for listed in range(rules.offsets[own[at]], rules.offsets[own[at] + 1]):
            y, x = np.searchsorted(own, rules.rule[listed, 1]), np.searchsorted(own, rules.rule[listed, 2])
            if max(y, x) < len(own) and own[y] == rules.rule[listed, 1] and own[x] == rules.rule[listed, 2]:
                rule[count, 0], rule[count, 1], rule[count, 2] = rules.rule[listed, 0], y, x
                count += 1
        if rules.alone and links[at] > 1:
            rule[count, 0], rule[count, 1], rule[count, 2] = ALONE, at, at
            count += 1
        offsets[at + 1] = count
    return Law(offsets, rule[:count].copy(), held, rank)


@compiled
def broken(held: Ints, rank: Ints, rule: tuple[int, int, int], first: int, second: int) -> int:
    """How many links break a rule; of those in other visits than these two, only where they could change it."""
    kind, y, x = rule
    if kind != AFTER:
        found = 0
        for visit in (first, second):
            if kind == WITH:
                found += held[visit, y] if held[visit, x] == 0 else 0
            elif kind == NEVER:
                found += min(held[visit, y], held[visit, x])
            else:
                found += max(held[visit, y] - 1, 0)
        return found
    earliest = -1
    for visit in range(len(rank)):
        if held[visit, x] > 0 and rank[visit] >= 0 and (earliest < 0 or rank[visit] < earliest):
            earliest = rank[visit]
    before = 0
    for visit in range(len(rank)):
        if rank[visit] >= 0 and (earliest < 0 or rank[visit] < earliest):
            before += held[visit, y]
    return before


@compiled
def change(law: Law, a: int, b: int, first: int, second: int) -> int:
    """How many more links break rules if a link of kind `a` in visit `first` and one of `b` in `second` are swapped."""
    offsets, rules, held, rank = law.offsets, law.rule, law.held, law.rank
    if offsets[a] == offsets[a + 1] and offsets[b] == offsets[b + 1]:
        return 0
    more = 0
    for after in range(2):
        if after:
            exchange(held, a, b, first, second)
        sign = 1 if after else -1
        for kind in (a, b):
            for at in range(offsets[kind], offsets[kind + 1]):
                more += sign * broken(held, rank, (rules[at, 0], rules[at, 1], rules[at, 2]), first, second)
    exchange(held, b, a, first, second)
    return more


@compiled
def exchange(held: Ints, a: int, b: int, first: int, second: int) -> None:
    """A link of kind `a` goes from visit `first` to `second`, and one of kind `b` comes back."""
    held[first, a] -= 1
    held[second, a] += 1
    held[first, b] += 1
    held[second, b] -= 1


@compiled
def change_of_transfer(law: Law, a: int, first: int, second: int) -> int:
    """How many more links break rules if a link of kind `a` goes from visit `first` to `second`."""
    more = 0
    for after in range(2):
        if after:
            transfer(law.held, a, first, second)
        for at in range(law.offsets[a], law.offsets[a + 1]):
            rule = (law.rule[at, 0], law.rule[at, 1], law.rule[at, 2])
            more += (2 * after - 1) * broken(law.held, law.rank, rule, first, second)
    transfer(law.held, a, second, first)
    return more


@compiled
def transfer(held: Ints, a: int, first: int, second: int) -> None:
    """A link of kind `a` goes from visit `first` to `second`."""
    held[first, a] -= 1
    held[second, a] += 1


@compiled
def part(law: Law, local: Ints, visit: Ints, base: int, most: int, rng: np.random.Generator) -> None:
    """Transfer links that their visit holds twice, and may not, to visits without them, whatever else is broken then.

    Args:
        local, visit, base, most: as in `repair`.
    """
    sizes = law.held.sum(1)
    for one in range(len(local)):
        kind, first = local[one], visit[one] - base
        is_alone = law.offsets[kind + 1] > law.offsets[kind] and law.rule[law.offsets[kind + 1] - 1, 0] == ALONE
        if not is_alone or law.held[first, kind] < 2:
            continue
        begin = int(rng.random() * len(sizes))
        for at in range(len(sizes)):
            second = (begin + at) % len(sizes)
            if law.held[second, kind] == 0 and sizes[second] < most:
                transfer(law.held, kind, first, second)
                sizes[first] -= 1
                sizes[second] += 1
                visit[one] = base + second
                break


@compiled
def repair(law: Law, local: Ints, visit: Ints, base: int, most: int, rng: np.random.Generator) -> None:
    """Swap links that break rules with others, or transfer them, as long as fewer break them then.

    Args:
        local: (n,) places of the links' kinds; visit: (n,) the links' visits, changed; base: the subject's first visit.
        most: links that a visit may have after a transfer; 0 where there are none.
    """
    size, sizes = len(local), law.held.sum(1)
    for _ in range(ROUNDS):
        for one in range(size):
            kind = local[one]
            if not _breaks(law, kind, visit[one] - base):
                continue
            for attempt in range(TRIES * size):
                first = visit[one]
                if most and attempt % 2:
                    second = base + int(rng.random() * len(sizes))
                    if _fits(law, sizes, kind, first - base, second - base, most):
                        transfer(law.held, kind, first - base, second - base)
                        sizes[first - base] -= 1
                        sizes[second - base] += 1
                        visit[one] = second
                else:
                    other = int(rng.random() * size)
                    second = visit[other]
                    if first == second or local[other] == kind:
                        continue
                    if change(law, kind, local[other], first - base, second - base) < 0:
                        exchange(law.held, kind, local[other], first - base, second - base)
                        visit[one], visit[other] = second, first
                if visit[one] != first and not _breaks(law, kind, visit[one] - base):
                    break


@compiled
def _fits(law: Law, sizes: Ints, kind: int, first: int, second: int, most: int) -> bool:
    """Whether a link can be transferred so that fewer break rules, no visit is emptied, and none gets too many."""
    if first == second or sizes[first] < 2 or sizes[second] >= most:
        return False
    return change_of_transfer(law, kind, first, second) < 0


@compiled
def _breaks(law: Law, kind: int, place: int) -> bool:
    """Whether a rule of links of this kind is broken, in this visit where it is a rule of single visits."""
    for at in range(law.offsets[kind], law.offsets[kind + 1]):
        if broken(law.held, law.rank, (law.rule[at, 0], law.rule[at, 1], law.rule[at, 2]), place, place) > 0:
            return True
    return False
