"""The compiled moves of bundles: links that hold together go to another visit together, or change places.

Where links need each other in a visit, moves of one link are hardly ever made. A bundle grows from a link at random:
two links of one visit are bonded with the probability 1 − e^(−bond), independently, and what is bonded goes together
(Swendsen and Wang 1987; Wolff 1989). A bundle is as probable in its new visit as in its old one, but for the bonds
that it does not have there: e^(−bond) each. With these the logit of Barker's rule is that of all links that go.
"""

from __future__ import annotations

import numpy as np

from assoc_synth.ctgan.assignment.kernel import NONE, World
from assoc_synth.ctgan.assignment.moves import Distant, Own, go, loss
from assoc_synth.ctgan.assignment.rule_kernel import WITH, Law, change_of_transfer
from assoc_synth.ctgan.compiled import compiled
from assoc_synth.transactions.arrays import Bools, Ints, Singles

LEAST_BOND, MOST_BOND = 1.0, 5.0
"""Energy of two links in one visit from which on they are bonded, and the strongest bond: it can be left out."""
MOST_LOGIT = 50.0


@compiled
def bonds(together: Singles, law: Law) -> Singles:
    """How strongly two kinds hold together: (D, D), (rules) → (D, D); strongly where one needs the other."""
    bond = np.zeros_like(together)
    for one in range(len(together)):
        for other in range(len(together)):
            if together[one, other] >= LEAST_BOND:
                bond[one, other] = min(together[one, other], MOST_BOND)
    for at in range(len(law.rule)):
        if law.rule[at, 0] == WITH and _is_rare(law, law.rule[at, 1]) and _is_rare(law, law.rule[at, 2]):
            for one in range(len(together)):
                for other in range(len(together) if _is_of(law, one, law.rule[at, 1]) else 0):
                    if _is_of(law, other, law.rule[at, 2]):
                        bond[one, other] = bond[other, one] = MOST_BOND
    return bond


@compiled
def _is_rare(law: Law, end: int) -> bool:
    """Whether an end is a kind of links, or a verb of about one link a visit: of more, one that goes is not missed."""
    return end < len(law.verb) or law.links[end] <= len(law.rank)


@compiled
def _is_of(law: Law, kind: int, end: int) -> bool:
    """Whether links of a kind are of an end of a rule: the kind itself, or its verb."""
    return end in (kind, law.verb[kind])


@compiled
def move_bundles(
    world: World, distant: Distant, preference: Singles, own: Own, visit: Ints, rng: np.random.Generator
) -> None:
    """A sweep: a third as many moves of bundles as the subject has links that may be in one, which are as much work.

    Every other time a second bundle takes the first one's place: one of the visit that the first one goes to, or of a
    third one. So no visit has to be empty in between. In that last case, where the reverse move changes the roles of
    the bundles, both begin at any link, else only the second one.

    Args:
        preference: (C, P) of classes of sizes; visit: (L,) of all links; changed.
    """
    size, visits, held, most = len(own.local), len(own.held), own.held, len(world.sizes.of) - 1
    moved, is_moved, bonded = np.empty(size, np.int64), np.zeros(size, np.bool_), own.bonded
    for turn in range(3 + len(bonded) // 3 if len(bonded) else 0):
        one, other = bonded[int(rng.random() * len(bonded))], int(rng.random() * size)
        if turn % 4 == 3:
            one = int(rng.random() * size)
        here, source = visit[own.begin + one] - own.base, visit[own.begin + other] - own.base
        to = source
        if turn % 4 != 1:
            to = int(rng.random() * (visits - 1))
            to += to >= here
        if (here == source and turn % 2) or here == to:
            continue
        there = count = _grow(own, visit, one, (moved, is_moved), 0, rng)
        if turn % 2:
            count = _grow(own, visit, other, (moved, is_moved), there, rng)
        left, joined = held[here, 0] + count - 2 * there, held[to, 0] + there - (count - there) * (source == to)
        rest = held[source, 0] - (count - there) if source not in (here, to) else 1
        if 0 < left <= most and 0 < joined <= most and rest > 0:
            bundles = moved[:there], moved[there:count], is_moved
            _try(world, distant, preference, own, visit, bundles, (here, to, source), rng)
        is_moved[moved[:count]] = False


@compiled
def _grow(own: Own, visit: Ints, seed: int, bundle: tuple[Ints, Bools], count: int, rng: np.random.Generator) -> int:
    """Add the bundle of a link to those found, from place `count` on; how many links there are then."""
    moved, is_moved = bundle
    local, bond, after, at = own.local, own.bond, own.listed.after, count
    begin = own.listed.first[visit[own.begin + seed] - own.base]
    moved[count], is_moved[seed] = seed, True
    count += 1
    while at < count:
        one, other = moved[at], begin
        while other != NONE:
            strength = bond[local[one], local[other]]
            if strength > 0.0 and not is_moved[other] and rng.random() > np.exp(-strength):
                moved[count], is_moved[other] = other, True
                count += 1
            other = after[other]
        at += 1
    return count


@compiled
def _cut(own: Own, visit: Ints, moved: Ints, is_moved: Bools) -> float:
    """The sum of the bonds between links that move and those of their visits that stay."""
    total, local, after = 0.0, own.local, own.listed.after
    for one in moved:
        other = own.listed.first[visit[own.begin + one] - own.base]
        while other != NONE:
            if not is_moved[other]:
                total += own.bond[local[one], local[other]]
            other = after[other]
    return total


@compiled
def _try(
    world: World,
    distant: Distant,
    preference: Singles,
    own: Own,
    visit: Ints,
    bundles: tuple[Ints, Ints, Bools],
    visits: tuple[int, int, int],
    rng: np.random.Generator,
) -> None:
    """Move a bundle, and another one, which may be empty, into its place; or leave both where they are.

    Args:
        visits: where the first one is, where it goes, and where the second one is.
    """
    (there, back, is_moved), (here, to, source), law = bundles, visits, own.law
    logit, worse = -_cut(own, visit, there, is_moved) - _cut(own, visit, back, is_moved), 0
    for turn in range(2):
        begin, end = (source, here) if turn else (here, to)
        for one in back if turn else there:
            if len(law.rule):
                worse += change_of_transfer(law, own.local[one], begin, end)
            logit += loss(world, distant, preference, own, visit, one, end)
            go(world, own, visit, one, end)
    logit += _cut(own, visit, there, is_moved) + _cut(own, visit, back, is_moved)
    if worse < 0 or (worse == 0 and rng.random() * (1.0 + np.exp(min(logit, MOST_LOGIT))) < 1.0):
        return
    for one in back:
        go(world, own, visit, one, source)
    for one in there:
        go(world, own, visit, one, here)
