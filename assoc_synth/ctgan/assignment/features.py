"""The compiled loops of training: which parameters the logits of swaps are sums of, beside the paths."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from assoc_synth.ctgan.assignment.kernel import (
    BETWEEN,
    CODE,
    LINK,
    NONE,
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
    order_bin,
    time_bin,
)
from assoc_synth.ctgan.compiled import compiled
from assoc_synth.transactions.arrays import Ints, Singles


class Features(NamedTuple):
    """Parameters that logits are sums of, (N,) each: the logit's row, the parameter, and whether it adds, 1 or −1."""

    row: Ints
    parameter: Ints
    sign: Singles


@compiled
def swap_features(
    world: World, partners: Partners, visit: Ints, by_visit: tuple[Ints, Ints], first: Ints, second: Ints, most: int
) -> Features:
    """The parameters of the logits that links `first` and `second`, (n,) each, stay where they are.

    Args:
        by_visit: links by visit, (L,), and where each visit's begin, (M + 1,).
        most: room for as many features.
    """
    row_of, parameter, sign = np.empty(most, np.int64), np.empty(most, np.int64), np.empty(most, np.float32)
    kind, kinds, terms = world.kind, world.kinds, world.num_verbs * world.num_verbs * TIME_BINS
    members, begins = by_visit
    offsets, others, codes = world.pairs.offsets, world.pairs.other, world.pairs.code
    count = 0
    for row in range(len(first)):
        for turn in range(4):
            link = first[row] if turn % 2 == 0 else second[row]
            there = visit[first[row]] if turn == 0 or turn == 3 else visit[second[row]]
            verb, object, term = kinds[kind[link], VERB], kinds[kind[link], OBJECT], kinds[kind[link], TERM]
            for at in range(begins[there], begins[there + 1]):
                partner = members[at]
                if partner == first[row] or partner == second[row]:
                    continue
                its = kind[partner]
                pair = find_pair(offsets, others, term, kinds[its, TERM])
                if pair >= 0:
                    row_of[count], sign[count] = row, 1.0 if turn < 2 else -1.0
                    parameter[count] = terms + codes[pair] // 2 * ORDER_BINS + SAME
                    count += 1
                if object == kinds[its, OBJECT]:
                    row_of[count], sign[count] = row, 1.0 if turn < 2 else -1.0
                    parameter[count] = (verb * world.num_verbs + kinds[its, VERB]) * TIME_BINS + SAME_VISIT
                    count += 1
    count = _add_apart(world, partners, visit, (first, second), (row_of, parameter, sign), count)
    return Features(row_of[:count], parameter[:count], sign[:count])


@compiled
def _add_apart(
    world: World,
    partners: Partners,
    visit: Ints,
    swaps: tuple[Ints, Ints],
    out: tuple[Ints, Ints, Singles],
    count: int,
) -> int:
    """Add the features of links in other visits; how many features there are then."""
    offsets, found, days, rank = partners.offsets, partners.found, world.days, world.rank
    (first, second), (row_of, parameter, sign) = swaps, out
    terms = world.num_verbs * world.num_verbs * TIME_BINS
    for row in range(len(first)):
        for turn in range(2):
            link, gone = (first[row], second[row]) if turn == 0 else (second[row], first[row])
            for at in range(offsets[link], offsets[link + 1]):
                partner, between, code = found[at, LINK], found[at, BETWEEN], found[at, CODE]
                if partner == gone and turn == 1:  # a pair that is swapped counts once, from the first one's side
                    continue
                for place in range(2):
                    here = visit[link] if place == 0 else visit[gone]
                    now = visit[link] if place == 1 and partner == gone else visit[partner]
                    if here == now:
                        continue
                    if between >= 0:
                        row_of[count], sign[count] = row, 1.0 - 2.0 * place
                        parameter[count] = between + time_bin(days[here], days[now])
                        count += 1
                    where = order_bin(rank[here], rank[now], code) if code >= 0 else NONE
                    if where >= 0:
                        row_of[count], sign[count] = row, 1.0 - 2.0 * place
                        parameter[count] = terms + code // 2 * ORDER_BINS + where
                        count += 1
    return count
