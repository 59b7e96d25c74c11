"""The compiled parts of moves: what a link loses when it goes to another visit, and its going.

What is lost is telescoped: the losses of several links that go one after the other are those of all of them together.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from assoc_synth.ctgan.assignment.kernel import BETWEEN, CODE, LINK, MEETINGS, NONE, World, apart, size_term
from assoc_synth.ctgan.assignment.rule_kernel import Law, transfer
from assoc_synth.ctgan.compiled import compiled
from assoc_synth.transactions.arrays import Floats, Ints, Singles


class Distant(NamedTuple):
    """What energies of links in different visits are made of: partners, visits' times and places, parameters."""

    offsets: Ints
    found: Ints
    days: Floats
    rank: Ints
    flat: Singles
    base: int


class Listed(NamedTuple):
    """The links of a subject by visit, as linked lists: the first of each, (M,), and each link's neighbours, (n,).

    `NONE` where there is none.
    """

    first: Ints
    after: Ints
    before: Ints


class Own(NamedTuple):
    """One subject's D kinds of links in its M visits.

    Attributes:
        begin, base: its first link, and its first visit.
        local: (n,) its links' kinds; row: (D,) their verbs' rows of size terms.
        together: (D, D) what two links contribute in any visit; field: (M, D) what visits do to a link.
        alike: (D, D) the association of two links in one visit; pull: (M, D) its sums over visits' links; pairs: (M,)
            its sums over visits' pairs of links; scale: (C,) what it counts by the class of a visit's size.
        like: (D, P) preferences; liked: (M, P) their sums over visits; by_size: (C, D) of classes of sizes.
        bond: (D, D) how strongly two links in one visit hold together when bundles are made, 0 not at all.
        held: (M, 1 + W) links of each visit, in all and by row.
        mates: (D, D) 1 for companions, else 0; meets: (D, `MEETINGS`) terms of how many of them a link meets; company:
            (M, D) how many a link of the kind would meet; all without kinds, D = 0, where none has companions.
        law: its rules.
        bonded: its links of kinds with bonds, places.
        listed: links by visit, see `Listed`.
    """

    begin: int
    base: int
    local: Ints
    row: Ints
    together: Singles
    field: Singles
    alike: Singles
    pull: Singles
    pairs: Floats
    scale: Singles
    like: Singles
    liked: Singles
    by_size: Singles
    bond: Singles
    held: Ints
    mates: Ints
    meets: Singles
    company: Ints
    law: Law
    bonded: Ints
    listed: Listed


@compiled
def enlist(listed: Listed, one: int, visit: int) -> None:
    """A link comes to a visit."""
    first = listed.first[visit]
    if first != NONE:
        listed.before[first] = one
    listed.first[visit], listed.after[one], listed.before[one] = one, first, NONE


@compiled
def relist(listed: Listed, one: int, visit: int, to: int) -> None:
    """A link goes from one visit to another."""
    before, after = listed.before[one], listed.after[one]
    if before != NONE:
        listed.after[before] = after
    else:
        listed.first[visit] = after
    if after != NONE:
        listed.before[after] = before
    enlist(listed, one, to)


@compiled
def leaves(distant: Distant, visit: Ints, move: tuple[int, int, int, int], is_second: bool) -> float:
    """What a link loses beside its partners in other visits when it moves.

    Args:
        move: the link, the one that goes the other way or `NONE`, where it is, and where it goes.
        is_second: of a swap; what the pair of both links loses counts once, with the first one.
    """
    (link, gone, here, there), days, rank = move, distant.days, distant.rank
    offsets, found, logit = distant.offsets, distant.found, 0.0
    for at in range(offsets[link], offsets[link + 1]):
        partner, terms = found[at, LINK], (found[at, BETWEEN], found[at, CODE], distant.base)
        if partner == gone and is_second:
            continue
        now = visit[partner]
        then = here if partner == gone else now
        if here != now:
            logit += apart(distant.flat, terms, (days[here], days[now]), (rank[here], rank[now]))
        if there != then:
            logit -= apart(distant.flat, terms, (days[there], days[then]), (rank[there], rank[then]))
    return logit


@compiled
def recounted(world: World, flat: Singles, row: int, held: tuple[int, int], visit: int) -> float:
    """What is lost by the terms of visits' sizes when a link goes from a visit to another one.

    Args:
        row: 0 for links in all, else of a verb, whose links these are.
        held: how many the first visit and the second one have; visit: any of the subject.
    """
    sizes, (here, there) = world.sizes, held
    logit = float(flat[size_term(sizes, row, here, visit)] - flat[size_term(sizes, row, here - 1, visit)])
    more = float(flat[size_term(sizes, row, there, visit)] - flat[size_term(sizes, row, there + 1, visit)])
    return logit + more


@compiled
def loss(world: World, distant: Distant, preference: Singles, own: Own, visit: Ints, one: int, second: int) -> float:
    """What energy is lost when a link of a subject goes to another visit.

    Args:
        preference: (C, P) of classes of sizes; visit: (L,) of all links.
        one: the link, counted from the subject's first one; second: the visit, counted from its first one.
    """
    kind, first = own.local[one], visit[own.begin + one] - own.base
    held, row, of = own.held, own.row[kind], world.sizes.of
    logit = float(own.field[first, kind] - own.field[second, kind] - own.together[kind, kind])
    logit += _thinned(of, own, (first, second), kind)
    logit += math.log(held[first, 0] / (held[second, 0] + 1.0))
    logit += recounted(world, distant.flat, 0, (held[first, 0], held[second, 0]), own.base)
    if row:
        logit += recounted(world, distant.flat, row, (held[first, row], held[second, row]), own.base)
    logit += _resized(preference, of, own, (first, second), kind)
    if len(own.mates):
        logit += _left_company(own, one, first, second)
    if distant.offsets[own.begin + one] < distant.offsets[own.begin + one + 1]:
        places = own.begin + one, NONE, own.base + first, own.base + second
        logit += leaves(distant, visit, places, False)
    return logit


@compiled
def go(world: World, own: Own, visit: Ints, one: int, second: int) -> None:
    """A link of a subject goes to another visit; see `loss`."""
    kind, first, of = own.local[one], visit[own.begin + one] - own.base, world.sizes.of
    field, together, held, most = own.field, own.together, own.held, len(of) - 1
    transfer(own.law, kind, first, second)
    relist(own.listed, one, first, second)
    visit[own.begin + one] = own.base + second
    for at in range(field.shape[1]):
        field[first, at] -= together[kind, at]
        field[second, at] += together[kind, at]
    own.pairs[first] -= own.pull[first, kind] - own.alike[kind, kind]
    own.pairs[second] += own.pull[second, kind]
    for at in range(field.shape[1]):
        own.pull[first, at] -= own.alike[kind, at]
        own.pull[second, at] += own.alike[kind, at]
    for at, more in ((first, -1), (second, 1)):
        before, after = of[min(held[at, 0], most)], of[min(held[at, 0] + more, most)]
        held[at, 0] += more
        if before != after:
            field[at] += own.by_size[after] - own.by_size[before]
        own.liked[at] += more * own.like[kind]
    count_one(held, own.row[kind], first, second)
    if len(own.mates):
        own.company[first] -= own.mates[kind]
        own.company[second] += own.mates[kind]


@compiled
def met(own: Own, kind: int, companions: int) -> float:
    """The term of a link of a kind that meets so many companions."""
    return float(own.meets[kind, min(companions, MEETINGS - 1)])


@compiled
def _left_company(own: Own, one: int, first: int, second: int) -> float:
    """What is lost by the terms of company when a link goes from the first visit to the second one."""
    kind, mates, company, local = own.local[one], own.mates, own.company, own.local
    logit = met(own, kind, company[first, kind]) - met(own, kind, company[second, kind])
    for at, more in ((first, -1), (second, 1)):
        other = own.listed.first[at]
        while other != NONE:
            its = local[other]
            if mates[its, kind]:
                logit += met(own, its, company[at, its]) - met(own, its, company[at, its] + more)
            other = own.listed.after[other]
    return logit


@compiled
def traded_company(own: Own, links: tuple[int, int], visits: tuple[int, int]) -> float:
    """What is lost by the terms of company when two links change visits: `links` as `visits`, where they are."""
    mates, company, local, logit = own.mates, own.company, own.local, 0.0
    for turn in range(2):
        link, at, there = links[turn], visits[turn], visits[1 - turn]
        goes, comes = local[link], local[links[1 - turn]]
        logit += met(own, goes, company[at, goes]) - met(own, goes, company[there, goes] - mates[goes, comes])
        other = own.listed.first[at]
        while other != NONE:
            its = local[other]
            more = mates[its, comes] - mates[its, goes]
            if more != 0 and other != link:
                logit += met(own, its, company[at, its]) - met(own, its, company[at, its] + more)
            other = own.listed.after[other]
    return logit


@compiled
def _thinned(of: Ints, own: Own, visits: tuple[int, int], kind: int) -> float:
    """What the associations of two visits' pairs lose when a link goes from the first one to the second."""
    (first, second), scale, most = visits, own.scale, len(of) - 1
    here, there, pull = own.pairs[first], own.pairs[second], own.pull
    left, joined = here - pull[first, kind] + own.alike[kind, kind], there + pull[second, kind]
    sizes = own.held[first, 0], own.held[second, 0]
    before = scale[of[min(sizes[0], most)]] * here + scale[of[min(sizes[1], most)]] * there
    after = scale[of[min(sizes[0] - 1, most)]] * left + scale[of[min(sizes[1] + 1, most)]] * joined
    return float(before - after)


@compiled
def count_one(held: Ints, row: int, first: int, second: int) -> None:
    """A link of a verb with terms of its own goes from one visit to another."""
    if row:
        held[first, row] -= 1
        held[second, row] += 1


@compiled
def _resized(preference: Singles, of: Ints, own: Own, visits: tuple[int, int], kind: int) -> float:
    """What the other links of two visits lose when their sizes' classes change, and what the moved link loses by that.

    The moved link's own loss, by the sizes of now, is part of the field.
    """
    first, second = visits
    liked, like, logit, most = own.liked, own.like, 0.0, len(of) - 1
    here, left = of[min(own.held[first, 0], most)], of[min(own.held[first, 0] - 1, most)]
    there, joined = of[min(own.held[second, 0], most)], of[min(own.held[second, 0] + 1, most)]
    if here != left:
        for at in range(like.shape[1]):
            logit += (liked[first, at] - like[kind, at]) * (preference[here, at] - preference[left, at])
    if there != joined:
        for at in range(like.shape[1]):
            logit += (liked[second, at] + like[kind, at]) * (preference[there, at] - preference[joined, at])
    return logit
