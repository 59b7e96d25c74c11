"""The compiled repairs of what breaks rules of visits: links that go to another visit, and visits that change places.

A move is made where fewer links break rules then, so that repairs end; see `rule_kernel` for the rules of a subject.
"""

from __future__ import annotations

import numpy as np

from assoc_synth.ctgan.assignment.rule_kernel import (
    AFTER,
    ALONE,
    NEVER,
    NONE,
    Law,
    broken,
    change,
    change_of_transfer,
    earliest_of,
    exchange,
    passed,
    transfer,
)
from assoc_synth.ctgan.compiled import compiled
from assoc_synth.transactions.arrays import Bools, Ints

ROUNDS, STEPS = 3, 4
"""Rounds of repairs, and moves of one link in each of them."""


@compiled
def sizes_of(law: Law) -> Ints:
    """(M,) links of each visit."""
    sizes: Ints = law.held[:, : len(law.verb)].sum(1)
    return sizes


@compiled
def part(law: Law, local: Ints, visit: Ints, base: int, most: int, rng: np.random.Generator) -> None:
    """Transfer links that their visit holds twice, and may not, to visits without them, whatever else is broken then.

    Args:
        local, visit, base, most: as in `repair`.
    """
    sizes = sizes_of(law)
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
    sizes = sizes_of(law)
    for _ in range(ROUNDS):
        breaking, moves = breaking_of(law, local, visit, base), 0
        for one in range(len(local)):
            verb = law.verb[local[one]]
            if breaking[visit[one] - base, local[one]] or (verb != NONE and breaking[visit[one] - base, verb]):
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
    now, visits, sizes = _too_early(law), len(law.rank), sizes_of(law)
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
                found += passed(law, y, 0, law.earliest[law.rule[at, 2]])
    return found


@compiled
def _change_places(law: Law, first: int, second: int) -> None:
    """Two visits have each other's links."""
    for kind in range(law.held.shape[1]):
        law.held[first, kind], law.held[second, kind] = law.held[second, kind], law.held[first, kind]
    law.earliest[:] = earliest_of(law.held, law.rank, law.leads)


@compiled
def breaking_of(law: Law, local: Ints, visit: Ints, base: int) -> Bools:
    """Which kinds in which visits break rules, or have others break them: (M, D + W)."""
    found = np.zeros(law.held.shape, np.bool_)
    for one in range(len(local)):
        _mark(law, found, local[one], visit[one] - base)
        if law.verb[local[one]] != NONE:
            _mark(law, found, law.verb[local[one]], visit[one] - base)
    return found


@compiled
def _mark(law: Law, found: Bools, own: int, here: int) -> None:
    """Mark what breaks the rules of a kind in a visit, see `_breaking`."""
    for at in range(law.offsets[own], law.offsets[own + 1]):
        kind, y, x = law.rule[at, 0], law.rule[at, 1], law.rule[at, 2]
        if y == own and broken(law, (kind, y, x), here):
            found[here, y] = True
            if kind == NEVER:
                found[here, x] = True
            elif kind == AFTER:
                found[:, x] = True


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
            return step + (_fetched(law, links, limits, one, rng) or _left(law, links, limits, one, rng))
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
            _go(law, links, base, one, second)
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
def _fetched(
    law: Law, links: tuple[Ints, Ints, Ints], limits: tuple[int, int], one: int, rng: np.random.Generator
) -> bool:
    """Bring another link to the visit of one that cannot leave, with which fewer break rules; whether one came.

    Its own visit may not be empty: where it was alone, a third link takes its place.
    """
    (local, visit, sizes), (base, most) = links, limits
    size, first = len(local), visit[one] - base
    begin = int(rng.random() * size)
    for at in range(size if sizes[first] < most else 0):
        other = (begin + at) % size
        second, kind = visit[other] - base, local[other]
        if first == second or (law.offsets[kind] == law.offsets[kind + 1] and law.verb[kind] == NONE):
            continue
        if sizes[second] == 1:
            if _replaced(law, links, base, other, first):
                return True
        elif change_of_transfer(law, kind, second, first) < 0:
            _go(law, links, base, other, first)
            return True
    return False


@compiled
def _left(
    law: Law, links: tuple[Ints, Ints, Ints], limits: tuple[int, int], one: int, rng: np.random.Generator
) -> bool:
    """Let a link that is alone in its visit go to another one, and a third one take its place; whether it did."""
    (_, visit, sizes), (base, most) = links, limits
    first, visits = visit[one] - base, len(sizes)
    begin = int(rng.random() * visits)
    for at in range(visits if sizes[first] == 1 else 0):
        second = (begin + at) % visits
        if second != first and sizes[second] < most and _replaced(law, links, base, one, second):
            return True
    return False


@compiled
def _replaced(law: Law, links: tuple[Ints, Ints, Ints], base: int, one: int, second: int) -> bool:
    """Let a link that is alone in its visit go, and another one take its place, if fewer break rules; whether it did.

    Args:
        second: where the first one goes.
    """
    local, visit, sizes = links
    first, kind = visit[one] - base, local[one]
    more = change_of_transfer(law, kind, first, second)
    transfer(law, kind, first, second)
    for third in range(len(local)):
        source = visit[third] - base
        if third != one and sizes[source] > 1 and more + change_of_transfer(law, local[third], source, first) < 0:
            transfer(law, kind, second, first)
            _go(law, links, base, one, second)
            _go(law, links, base, third, first)
            return True
    transfer(law, kind, second, first)
    return False


@compiled
def _go(law: Law, links: tuple[Ints, Ints, Ints], base: int, one: int, second: int) -> None:
    """A link goes to another visit."""
    local, visit, sizes = links
    first = visit[one] - base
    transfer(law, local[one], first, second)
    sizes[first] -= 1
    sizes[second] += 1
    visit[one] = base + second


@compiled
def _breaks(law: Law, kind: int, visit: int) -> bool:
    """Whether links of this kind in a visit break a rule, or whether others anywhere are before they should be."""
    verb = law.verb[kind]
    return _kind_breaks(law, kind, visit) or (verb != NONE and _kind_breaks(law, verb, visit))


@compiled
def _kind_breaks(law: Law, kind: int, visit: int) -> bool:
    """The same by the rules of one kind, which may be a verb."""
    for at in range(law.offsets[kind], law.offsets[kind + 1]):
        rule = law.rule[at, 0], law.rule[at, 1], law.rule[at, 2]
        if rule[0] == AFTER and rule[1] != kind:
            if passed(law, rule[1], 0, law.earliest[kind]):
                return True
        elif broken(law, rule, visit):
            return True
    return False
