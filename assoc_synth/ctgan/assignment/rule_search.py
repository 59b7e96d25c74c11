"""The compiled search for places of a subject's links that break fewer rules, where no repair of one step is left.

A local search in the manner of WalkSAT (Selman, Kautz and Cohen 1994): a link that breaks a rule, or now and then any,
makes the move with which fewest break rules then, even if they are more than now, and sometimes a random one. What was
best is kept.
"""

from __future__ import annotations

import numpy as np

from assoc_synth.ctgan.assignment.rule_kernel import Law, broken, change, change_of_transfer, exchange, transfer
from assoc_synth.ctgan.assignment.rule_repair import breaking_of, sizes_of
from assoc_synth.ctgan.compiled import compiled
from assoc_synth.transactions.arrays import Bools, Ints

MOST_LOOKS, MOST_STEPS = 100_000, 2_000
"""Moves that are looked at, and steps, at most, for one subject."""
ANY_LINK, ANY_MOVE = 0.3, 0.1
"""How often the link, and the move, is a random one."""


@compiled
def search(law: Law, local: Ints, visit: Ints, base: int, most: int, rng: np.random.Generator) -> None:
    """Move links until none breaks a rule, or for as many steps as there may be; see `repair` for the arguments."""
    now = all_broken(law)
    if now == 0 or len(law.rank) < 2:
        return
    best, kept, sizes, size = now, visit.copy(), sizes_of(law), len(local)
    for _ in range(min(MOST_LOOKS // (size + len(sizes)), MOST_STEPS)):
        one = _link(breaking_of(law, local, visit, base), law, local, visit, base, rng)
        other, second, more = _move(law, local, visit, sizes, (base, most), one, rng)
        first = visit[one] - base
        if second < 0:
            continue
        if other < 0:
            transfer(law, local[one], first, second)
            sizes[first] -= 1
            sizes[second] += 1
        else:
            exchange(law, local[one], local[other], first, second)
            visit[other] = base + first
        visit[one] = base + second
        now += more
        if now < best:
            best = now
            kept[:] = visit
        if now == 0:
            break
    for one in range(size):
        if visit[one] != kept[one]:
            transfer(law, local[one], visit[one] - base, kept[one] - base)
    visit[:] = kept


@compiled
def all_broken(law: Law) -> int:
    """How many links break rules, over all rules and visits."""
    found = 0
    for kind in range(len(law.links)):
        for at in range(law.offsets[kind], law.offsets[kind + 1]):
            if law.rule[at, 1] == kind:
                for visit in range(len(law.rank)):
                    found += broken(law, (law.rule[at, 0], law.rule[at, 1], law.rule[at, 2]), visit)
    return found


@compiled
def _link(breaking: Bools, law: Law, local: Ints, visit: Ints, base: int, rng: np.random.Generator) -> int:
    """A link that breaks a rule, or any."""
    size = len(local)
    begin = int(rng.random() * size)
    if rng.random() < ANY_LINK:
        return begin
    for at in range(size):
        one = (begin + at) % size
        here, verb = visit[one] - base, law.verb[local[one]]
        if breaking[here, local[one]] or (verb >= 0 and breaking[here, verb]):
            return one
    return begin


@compiled
def _move(
    law: Law, local: Ints, visit: Ints, sizes: Ints, limits: tuple[int, int], one: int, rng: np.random.Generator
) -> tuple[int, int, int]:
    """The link that comes back, −1 for none, the visit that a link goes to, −1 for none, and how many more break rules.

    The best one, or a random one.
    """
    (base, most), size, visits, kind = limits, len(local), len(sizes), local[one]
    first, is_random = visit[one] - base, rng.random() < ANY_MOVE
    begin = int(rng.random() * (size + visits))
    found, to, least = -1, -1, 1 << 40
    for at in range(size + visits):
        place = (begin + at) % (size + visits)
        if place < visits:
            other, second = -1, place
            if second == first or sizes[first] < 2 or sizes[second] >= most:
                continue
            more = change_of_transfer(law, kind, first, second)
        else:
            other = place - visits
            second = visit[other] - base
            if second == first or local[other] == kind:
                continue
            more = change(law, kind, local[other], first, second)
        if more < least:
            found, to, least = other, second, more
        if is_random:
            break
    return found, to, least
