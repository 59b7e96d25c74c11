"""The compiled part of rules of visits: which of them a move breaks, and repairs of what breaks them.

Of one subject, kinds and visits are places: `held` (M, D) is how many links of each kind each visit has, `rank` (M,)
the visits' places in time (−1 undated), and its rules are in CSR form by kind, as in `VisitRules`. What a move changes
is found by the two visits alone; for order, the first dated place of each kind is kept.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from assoc_synth.ctgan.compiled import compiled
from assoc_synth.transactions.arrays import Bools, Ints

AFTER, WITH, NEVER, ALONE = range(4)
"""Kinds of rules: y only after x or at the same time, y only with x in the visit, never both in one visit; and, of y
alone, not twice in one visit."""
ROUNDS, STEPS = 3, 4
"""Rounds of repairs, and moves of one link in each of them."""
UNSEEN = 1 << 40
"""The first place in time of a kind without dated links: after all others."""


class VisitRules(NamedTuple):
    """Rules that each kind of link takes part in, in CSR form: offsets (K + 1,), rule (N, 3): kind of rule, y, x.

    `alone` is 1 where no visit may hold a link twice.
    """

    offsets: Ints
    rule: Ints
    alone: int


class Law(NamedTuple):
    """The rules of one subject, and what they look at; see above.

    Attributes:
        links: (D,) of each kind, in all visits.
        leads: (D,) whether others come after a kind, by a rule.
        earliest: (D,) first place in time of the kinds that lead, `UNSEEN` of others.
    """

    offsets: Ints
    rule: Ints
    held: Ints
    rank: Ints
    links: Ints
    leads: Bools
    earliest: Ints


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
    place = np.full(len(rules.offsets) - 1 if len(rules.rule) else 0, -1)
    if len(rules.rule):
        place[own] = np.arange(len(own))
    leads, count = np.zeros(len(own), np.bool_), 0
    for at in range(len(own)):
        for listed in range(rules.offsets[own[at]], rules.offsets[own[at] + 1]):
            kind, y, x = rules.rule[listed, 0], place[rules.rule[listed, 1]], place[rules.rule[listed, 2]]
            if min(y, x) >= 0:
                rule[count, 0], rule[count, 1], rule[count, 2] = kind, y, x
                leads[x] |= kind == AFTER
                count += 1
        if rules.alone and links[at] > 1:
            rule[count, 0], rule[count, 1], rule[count, 2] = ALONE, at, at
            count += 1
        offsets[at + 1] = count
    return Law(offsets, rule[:count].copy(), held, rank, links, leads, _earliest(held, rank, leads))


@compiled
def _earliest(held: Ints, rank: Ints, leads: Bools) -> Ints:
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
    offsets = law.offsets
    more = change_of_transfer(law, a, first, second)
    if offsets[b] < offsets[b + 1]:
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
            more += _passed(law, y, earliest[x], _moved(law, x, first, second))
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
def _passed(law: Law, y: int, now: int, then: int) -> int:
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
    if law.leads[a]:
        law.earliest[a] = _moved(law, a, first, second)
    law.held[first, a] -= 1
    law.held[second, a] += 1


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
                transfer(law, kind, first, second)
                sizes[first] -= 1
                sizes[second] += 1
                visit[one] = base + second
                break


@compiled
def repair(law: Law, local: Ints, visit: Ints, base: int, most: int, rng: np.random.Generator) -> None:
    """Transfer links that break rules, or swap them with others, as long as fewer break them then.

    Args:
        local: (n,) places of the links' kinds; visit: (n,) the links' visits, changed; base: the subject's first visit.
        most: links that a visit may have after a transfer; 0 where there are none.
    """
    if not len(law.rule):
        return
    reorder(law, visit, base, most)
    sizes = law.held.sum(1)
    for _ in range(ROUNDS):
        breaking, moves = _breaking(law, local, visit, base), 0
        for one in range(len(local)):
            if breaking[visit[one] - base, local[one]]:
                moves += _mend(law, (local, visit, sizes), (base, most), one, rng)
        if not moves:
            break
    reorder(law, visit, base, most)


@compiled
def reorder(law: Law, visit: Ints, base: int, most: int) -> None:
    """Let two visits change places, with all their links, as long as fewer links are before those that lead.

    What is in one visit stays together, so that no other rule is broken then.

    Args:
        visit, base, most: as in `repair`.
    """
    now, visits, sizes = _too_early(law), len(law.rank), law.held.sum(1)
    for first in range(visits):
        for second in range(first):
            if now == 0:
                return
            if min(law.rank[first], law.rank[second]) < 0 or law.rank[first] == law.rank[second]:
                continue
            if most == 0 and sizes[first] != sizes[second]:
                continue
            _change_places(law, first, second)
            then = _too_early(law)
            if then >= now:
                _change_places(law, first, second)
                continue
            now, sizes[first], sizes[second] = then, sizes[second], sizes[first]
            for one in range(len(visit)):
                if visit[one] == base + first:
                    visit[one] = base + second
                elif visit[one] == base + second:
                    visit[one] = base + first


@compiled
def _too_early(law: Law) -> int:
    """How many links are before the first one that they have to be after."""
    found = 0
    for y in range(len(law.links)):
        for at in range(law.offsets[y], law.offsets[y + 1]):
            if law.rule[at, 0] == AFTER and law.rule[at, 1] == y:
                found += _passed(law, y, 0, law.earliest[law.rule[at, 2]])
    return found


@compiled
def _change_places(law: Law, first: int, second: int) -> None:
    """Two visits have each other's links."""
    for kind in range(law.held.shape[1]):
        law.held[first, kind], law.held[second, kind] = law.held[second, kind], law.held[first, kind]
    law.earliest[:] = _earliest(law.held, law.rank, law.leads)


@compiled
def _breaking(law: Law, local: Ints, visit: Ints, base: int) -> Bools:
    """Which kinds in which visits break rules, or have others break them: (M, D)."""
    held, rules = law.held, law.rule
    found = np.zeros(held.shape, np.bool_)
    for one in range(len(local)):
        own, here = local[one], visit[one] - base
        for at in range(law.offsets[own], law.offsets[own + 1]):
            kind, y, x = rules[at, 0], rules[at, 1], rules[at, 2]
            if y == own and broken(law, (kind, y, x), here):
                found[here, y] = True
                if kind == NEVER:
                    found[here, x] = True
                elif kind == AFTER:
                    found[:, x] = True
    return found


@compiled
def _mend(law: Law, links: tuple[Ints, Ints, Ints], limits: tuple[int, int], one: int, rng: np.random.Generator) -> int:
    """Move a link until it breaks no rule, at most `STEPS` times; how many moves there were.

    Args:
        links: kinds and visits of the subject's links, and sizes of its visits; limits: its first visit, and `most`.
    """
    local, visit, _ = links
    for step in range(STEPS):
        if step and not _breaks(law, local[one], visit[one] - limits[0]):
            return step
        if not _transferred(law, links, limits, one, rng) and not _swapped(law, local, visit, limits[0], one, rng):
            return step
    return STEPS


@compiled
def _transferred(
    law: Law, links: tuple[Ints, Ints, Ints], limits: tuple[int, int], one: int, rng: np.random.Generator
) -> bool:
    """Transfer a link to a visit in which fewer break rules, if one has room for it; whether it was."""
    (local, visit, sizes), (base, most) = links, limits
    kind, visits, first = local[one], len(sizes), visit[one] - base
    begin = int(rng.random() * visits)
    for at in range(visits if most and sizes[first] > 1 else 0):
        second = (begin + at) % visits
        if second != first and sizes[second] < most and change_of_transfer(law, kind, first, second) < 0:
            transfer(law, kind, first, second)
            sizes[first] -= 1
            sizes[second] += 1
            visit[one] = base + second
            return True
    return False


@compiled
def _swapped(law: Law, local: Ints, visit: Ints, base: int, one: int, rng: np.random.Generator) -> bool:
    """Swap a link with one with which fewer break rules, if there is any; whether it was."""
    size, kind, first = len(local), local[one], visit[one] - base
    begin = int(rng.random() * size)
    for at in range(size):
        other = (begin + at) % size
        second = visit[other] - base
        if first != second and change(law, kind, local[other], first, second) < 0:
            exchange(law, kind, local[other], first, second)
            visit[one], visit[other] = base + second, base + first
            return True
    return False


@compiled
def _breaks(law: Law, kind: int, visit: int) -> bool:
    """Whether links of this kind in a visit break a rule, or whether others anywhere are before they should be."""
    for at in range(law.offsets[kind], law.offsets[kind + 1]):
        rule = law.rule[at, 0], law.rule[at, 1], law.rule[at, 2]
        if rule[0] == AFTER and rule[1] != kind:
            if _passed(law, rule[1], 0, law.earliest[kind]):
                return True
        elif broken(law, rule, visit):
            return True
    return False
