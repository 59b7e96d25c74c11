"""The compiled loops of training: which parameters the logits of moves are sums of, beside the paths."""

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
    lag_bin,
    order_bin,
    size_term,
    time_bin,
)
from assoc_synth.ctgan.compiled import compiled
from assoc_synth.transactions.arrays import Ints, Singles

UNSCALED, HERE, THERE = range(3)


class Features(NamedTuple):
    """Parameters that logits are sums of, (N,) each.

    Attributes:
        row, parameter: of the logit; sign: whether it adds, 1 or −1.
        scaled: by which visit's size it is scaled, `HERE` or `THERE`, or `UNSCALED`.
    """

    row: Ints
    parameter: Ints
    sign: Singles
    scaled: Ints


class Place(NamedTuple):
    """Where links are: the visit of each, (L,); links by visit, (L,), and where each visit's begin, (M + 1,)."""

    visit: Ints
    members: Ints
    begins: Ints


@compiled
def swap_features(world: World, partners: Partners, place: Place, first: Ints, second: Ints, most: int) -> Features:
    """The parameters of the logits that links `first` and `second`, (n,) each, stay where they are.

    Args:
        most: room for as many features.
    """
    out = Features(
        np.empty(most, np.int64), np.empty(most, np.int64), np.empty(most, np.float32), np.zeros(most, np.int64)
    )
    count, row_of, kinds, kind = 0, world.sizes.row, world.kinds, world.kind
    for row in range(len(first)):
        one, other = first[row], second[row]
        here, there = place.visit[one], place.visit[other]
        count = _add_beside(world, place, out, (row, one, other, here, there), (HERE, THERE), count)
        count = _add_beside(world, place, out, (row, other, one, there, here), (THERE, HERE), count)
        count = _add_apart(world, partners, place.visit, out, (row, one, other, here, there, 0), count)
        count = _add_apart(world, partners, place.visit, out, (row, other, one, there, here, 1), count)
        a, b = row_of[kinds[kind[one], VERB]], row_of[kinds[kind[other], VERB]]
        if a != b and a:
            count = _add_sizes(world, place, out, (row, a, here, there), count)
        if a != b and b:
            count = _add_sizes(world, place, out, (row, b, there, here), count)
    return Features(out.row[:count], out.parameter[:count], out.sign[:count], out.scaled[:count])


@compiled
def transfer_features(world: World, partners: Partners, place: Place, link: Ints, to: Ints, most: int) -> Features:
    """The parameters of the logits that links stay where they are, and do not go to visits `to`, (n,) each.

    Args:
        most: room for as many features.
    """
    out = Features(
        np.empty(most, np.int64), np.empty(most, np.int64), np.empty(most, np.float32), np.zeros(most, np.int64)
    )
    count = 0
    for row in range(len(link)):
        here, there = place.visit[link[row]], to[row]
        count = _add_beside(world, place, out, (row, link[row], NONE, here, there), (HERE, THERE), count)
        count = _add_apart(world, partners, place.visit, out, (row, link[row], NONE, here, there, 0), count)
        count = _add_sizes(world, place, out, (row, 0, here, there), count)
        verb = world.sizes.row[world.kinds[world.kind[link[row]], VERB]]
        if verb:
            count = _add_sizes(world, place, out, (row, verb, here, there), count)
    return Features(out.row[:count], out.parameter[:count], out.sign[:count], out.scaled[:count])


@compiled
def _add_beside(
    world: World, place: Place, out: Features, move: tuple[int, int, int, int, int], scaled: tuple[int, int], count: int
) -> int:
    """Add the features of links that share the visit; how many features there are then.

    Args:
        move: the logit's row, the link, the one that goes the other way or `NONE`, where it is, and where it would go.
    """
    (row, link, gone, here, there), kind, kinds, verbs = move, world.kind, world.kinds, world.num_verbs
    offsets, others, codes = world.pairs.offsets, world.pairs.other, world.pairs.code
    verb, object, term = kinds[kind[link], VERB], kinds[kind[link], OBJECT], kinds[kind[link], TERM]
    for turn in range(2):
        visit = there if turn else here
        for at in range(place.begins[visit], place.begins[visit + 1]):
            partner = place.members[at]
            if partner in (link, gone):
                continue
            its = kind[partner]
            pair = find_pair(offsets, others, term, kinds[its, TERM])
            if pair >= 0:
                out.row[count], out.sign[count] = row, 1.0 - 2.0 * turn
                out.parameter[count] = verbs * verbs * TIME_BINS + codes[pair] // 2 * ORDER_BINS + SAME
                out.scaled[count] = scaled[turn]
                count += 1
            if object == kinds[its, OBJECT]:
                out.row[count], out.sign[count] = row, 1.0 - 2.0 * turn
                out.parameter[count] = (verb * verbs + kinds[its, VERB]) * TIME_BINS + SAME_VISIT
                out.scaled[count] = scaled[turn]
                count += 1
    return count


@compiled
def _add_apart(
    world: World, partners: Partners, visit: Ints, out: Features, move: tuple[int, int, int, int, int, int], count: int
) -> int:
    """Add the features of links in other visits; how many features there are then.

    Args:
        move: as above, and 1 where the pair of both links counts already, from the first one's side.
    """
    row, link, gone, here, there, turn = move
    found, days, rank, terms = partners.found, world.days, world.rank, world.num_verbs * world.num_verbs * TIME_BINS
    for at in range(partners.offsets[link], partners.offsets[link + 1]):
        partner, between, code = found[at, LINK], found[at, BETWEEN], found[at, CODE]
        if partner == gone and turn == 1:
            continue
        for place in range(2):
            own = there if place else here
            now = here if place == 1 and partner == gone else visit[partner]
            if own == now:
                continue
            if between >= 0:
                out.row[count], out.sign[count] = row, 1.0 - 2.0 * place
                out.parameter[count] = between + time_bin(days[own], days[now])
                count += 1
            if code < 0:
                continue
            for where in (order_bin(rank[own], rank[now], code), lag_bin(days[own], days[now], code)):
                if where >= 0:
                    out.row[count], out.sign[count] = row, 1.0 - 2.0 * place
                    out.parameter[count] = terms + code // 2 * ORDER_BINS + where
                    count += 1
    return count


@compiled
def _add_sizes(world: World, place: Place, out: Features, move: tuple[int, int, int, int], count: int) -> int:
    """Add the features of visits' sizes; how many features there are then.

    Args:
        move: the logit's row, the verb's row or 0, where the link is, and where it would go.
    """
    row, verb, here, there = move
    for turn in range(2):
        own = there if turn else here
        held = place.begins[own + 1] - place.begins[own]
        if verb:
            held = 0
            for at in range(place.begins[own], place.begins[own + 1]):
                held += world.sizes.row[world.kinds[world.kind[place.members[at]], VERB]] == verb
        for after in range(2):
            out.row[count], out.sign[count] = row, 1.0 - 2.0 * after
            out.parameter[count] = size_term(world.sizes, verb, held + after * (2 * turn - 1), own)
            count += 1
    return count
