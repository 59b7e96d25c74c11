"""The compiled count of a state: how often each parameter is part of its energy, beside the paths."""

from __future__ import annotations

import numpy as np

from assoc_synth.ctgan.assignment.features import Place
from assoc_synth.ctgan.assignment.kernel import (
    BETWEEN,
    CODE,
    LINK,
    MEETINGS,
    OBJECT,
    ORDER_BINS,
    SAME,
    SAME_VISIT,
    TERM,
    TIME_BINS,
    VERB,
    Partners,
    World,
    find_pair,
    lag_bin,
    order_bin,
    size_term,
    time_bin,
)
from assoc_synth.ctgan.compiled import compiled
from assoc_synth.transactions.arrays import Floats, Ints


@compiled
def beside_parameters(world: World, place: Place) -> Ints:
    """The parameters of two links in one visit, of all pairs of links: (N, 2), the visit and the parameter."""
    kind, kinds, terms = world.kind, world.kinds, world.num_verbs * world.num_verbs * TIME_BINS
    offsets, others, codes = world.pairs.offsets, world.pairs.other, world.pairs.code
    found, count = np.empty((1024, 2), np.int64), 0
    for there in range(len(place.begins) - 1):
        for one in range(place.begins[there], place.begins[there + 1]):
            own = kind[place.members[one]]
            verb, object, term = kinds[own, VERB], kinds[own, OBJECT], kinds[own, TERM]
            for other in range(one + 1, place.begins[there + 1]):
                its = kind[place.members[other]]
                if count + 2 > len(found):
                    found = np.concatenate((found, np.empty_like(found)))
                pair = find_pair(offsets, others, term, kinds[its, TERM])
                if pair >= 0:
                    found[count, 0], found[count, 1] = there, terms + codes[pair] // 2 * ORDER_BINS + SAME
                    count += 1
                if object == kinds[its, OBJECT]:
                    found[count, 0] = there
                    found[count, 1] = (verb * world.num_verbs + kinds[its, VERB]) * TIME_BINS + SAME_VISIT
                    count += 1
    return found[:count]


@compiled
def count_company(world: World, place: Place) -> Floats:
    """How many links of each token with company meet so many companions in their visit: (T, `MEETINGS`)."""
    kind, own, offsets, others = world.kind, world.company.place, world.company.offsets, world.company.other
    counts = np.zeros((len(offsets) - 1, MEETINGS))
    for there in range(len(place.begins) - 1):
        for one in range(place.begins[there], place.begins[there + 1]):
            token, met = own[kind[place.members[one]]], 0
            if token < 0:
                continue
            for other in range(place.begins[there], place.begins[there + 1]):
                met += find_pair(offsets, others, token, own[kind[place.members[other]]]) >= 0
            counts[token, min(met, MEETINGS - 1)] += 1.0
    return counts


@compiled
def count_parameters(world: World, partners: Partners, place: Place, size: int) -> Floats:
    """How often each of the flat parameters of links in different visits, and of sizes, is part of the energy."""
    counts = np.zeros(size)
    terms = world.num_verbs * world.num_verbs * TIME_BINS
    visit, members, begins = place.visit, place.members, place.begins
    _count_sizes(counts, world, members, begins)
    starts, found, days, rank = partners.offsets, partners.found, world.days, world.rank
    for link in range(len(visit)):
        for at in range(starts[link], starts[link + 1]):
            here, now, code = visit[link], visit[found[at, LINK]], found[at, CODE]
            if here == now:
                continue
            # Both links of a pair list each other.
            if found[at, BETWEEN] >= 0:
                counts[found[at, BETWEEN] + time_bin(days[here], days[now])] += 0.5
            if code >= 0:
                base = terms + code // 2 * ORDER_BINS
                _count_half(counts, base, order_bin(rank[here], rank[now], code))
                _count_half(counts, base, lag_bin(days[here], days[now], code))
    return counts


@compiled
def _count_half(counts: Floats, base: int, where: int) -> None:
    """Count a term of a pair from one of its links; `NONE` is no term."""
    if where >= 0:
        counts[base + where] += 0.5


@compiled
def _count_sizes(counts: Floats, world: World, members: Ints, begins: Ints) -> None:
    """Add the terms of sizes of all visits that have links."""
    sizes, held = world.sizes, np.zeros(1 + world.sizes.verbs, np.int64)
    if not sizes.classes:
        return
    for there in range(len(begins) - 1):
        if begins[there] == begins[there + 1]:
            continue
        held[:] = 0
        held[0] = begins[there + 1] - begins[there]
        for at in range(begins[there], begins[there + 1]):
            row = sizes.row[world.kinds[world.kind[members[at]], VERB]]
            if row:
                held[row] += 1
        for row in range(len(held)):
            counts[size_term(sizes, row, held[row], there)] += 1.0
