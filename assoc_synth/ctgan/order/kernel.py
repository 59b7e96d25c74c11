"""The compiled loop over visits that draws their orders: one link after another, out of those that are left."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from assoc_synth.ctgan.categorical import LANES, LOWEST, exponentials, in_order
from assoc_synth.ctgan.compiled import compiled
from assoc_synth.transactions.arrays import Bools, Codes, Ints, Singles

GONE, BARRED = np.float32(-1e9), np.float32(-1e6)
"""Score of a link that is placed, and what is added to that of one that has to wait."""


class Scores(NamedTuple):
    """What scores are made of, for T tokens, see `OrderModel`.

    Attributes:
        before, after, left, right: (T, rank) sides of the transition term and of the term of what is left.
        position: (T, 4) factors of `position_features`.
        slot, verb, object: (T,) rows of the tables, see `OrderModel.tables`, and codes.
        transition: (rows, rows) what one adds to the score of another right after it.
        waiting: (rows, rows) what one, while it is left, adds to the score of another.
        same_transition, same_waiting: (V, V), (2, V, V): the same by verbs for links to one object, and of the second
            also by whether the visit is the subject's first one with the object.
        kinds: rows of kinds, row 0 included.
        rules: (R, 4) rows, of which the first never comes before the second, kinds or, from `kinds` on, any link of a
            verb; whether links to one object; whether in every visit, or in the subject's first one with the second.
    """

    kinds: int
    before: Singles
    after: Singles
    left: Singles
    right: Singles
    position: Singles
    slot: Ints
    verb: Ints
    object: Ints
    transition: Singles
    waiting: Singles
    same_transition: Singles
    same_waiting: Singles
    rules: Ints


class Room(NamedTuple):
    """Room for the links of one visit, n of them filled up to whole `LANES`.

    Attributes:
        wants, follows: (rank, W) of the links' left and after sides; remains: (rank,) sum of the right sides.
        score: (W,) what depends on what is left, by the tables; now: (W,) everything.
        slot, verb, object: (W,); new: (W,) whether the visit is the subject's first one with the object.
        held: (W,) how many rules hold a link back; holds: (R,) which rules do, those of one object aside.
        placed: (W,) which links are.
        power, lanes: of `exponentials`.
    """

    wants: Singles
    follows: Singles
    remains: Singles
    score: Singles
    now: Singles
    slot: Ints
    verb: Ints
    object: Ints
    new: Ints
    held: Ints
    holds: Bools
    placed: Bools
    power: Codes
    lanes: Singles


@compiled
def draw_orders(
    token: Ints, begins: Bools, new: Bools, first: Ints, visits: Ints, scores: Scores, uniform: Singles, place: Ints
) -> None:
    """Write how many links of its visit come before each link to `place`, (L,).

    Args:
        token: (L,) rows of `scores`, visit after visit; begins: (L,) whether it is the subject's first visit with a
            link of this kind; new: with a link to this object.
        first: (M + 1,) where the links of each visit begin; visits: those that are drawn.
        uniform: (L,) one for each step.
    """
    rank, most = scores.before.shape[1], 1
    for visit in visits:
        most = max(most, first[visit + 1] - first[visit])
    width = -(-most // LANES) * LANES
    room = Room(
        np.zeros((rank, width), np.float32),
        np.zeros((rank, width), np.float32),
        np.zeros(rank, np.float32),
        np.zeros(width, np.float32),
        np.zeros(width, np.float32),
        np.zeros(width, np.int64),
        np.zeros(width, np.int64),
        np.zeros(width, np.int64),
        np.zeros(width, np.int64),
        np.zeros(width, np.int64),
        np.zeros(len(scores.rules), np.bool_),
        np.zeros(width, np.bool_),
        np.zeros(width, np.int32),
        np.zeros(LANES, np.float32),
    )
    for visit in visits:
        begin, end = first[visit], first[visit + 1]
        own = token[begin:end]
        prepare(own, begins[begin:end], new[begin:end], scores, room)
        last = -1
        for step in range(end - begin):
            score_all(own, step, last, scores, room)
            x = room.now[: -(-len(own) // LANES) * LANES]
            exponentials(x, room.power, room.lanes)
            last = in_order(x, len(own), uniform[begin + step] * room.lanes.sum())
            place[begin + last] = step
            remove(own, last, scores, room)


@compiled
def prepare(own: Ints, begins: Bools, new: Bools, scores: Scores, room: Room) -> None:
    """Fill the room with the links of a visit: tokens (n,), whether it is the first visit with such a link, (n,), and
    with its object, (n,).
    """
    left, right, after = scores.left, scores.right, scores.after
    wants, follows, remains = room.wants, room.follows, room.remains
    score, slot, verb, object = room.score, room.slot, room.verb, room.object
    remains[:] = 0.0
    for i in range(len(own)):
        slot[i], verb[i], object[i] = scores.slot[own[i]], scores.verb[own[i]], scores.object[own[i]]
        room.new[i] = 1 if new[i] else 0
        score[i] = 0.0
        for k in range(len(remains)):
            wants[k, i], follows[k, i] = left[own[i], k], after[own[i], k]
            remains[k] += right[own[i], k]
            score[i] -= left[own[i], k] * right[own[i], k]  # a link does not wait for itself
    for j in range(len(own)):
        by_slot = scores.waiting[slot[j]]
        for i in range(len(own)):
            if i != j:
                score[i] += by_slot[slot[i]]
                if object[i] == object[j]:
                    score[i] += scores.same_waiting[room.new[i], verb[j], verb[i]]
    hold(own, begins, scores, room)


@compiled
def matches(slot: int, verb: int, row: int, kinds: int) -> bool:
    """Whether a link is of a row: a kind, or any link of a verb."""
    return slot == row or verb == row - kinds


@compiled
def hold(own: Ints, begins: Bools, scores: Scores, room: Room) -> None:
    """Find which links the rules hold back before any is placed."""
    held, rules, holds, kinds = room.held, scores.rules, room.holds, scores.kinds
    slot, verb = room.slot, room.verb
    held[: len(own)], room.placed[: len(own)], holds[:] = 0, False, False
    for rule in range(len(holds)):
        y, x, same, every = rules[rule, 0], rules[rule, 1], rules[rule, 2] > 0, rules[rule, 3] > 0
        for j in range(len(own)):
            if matches(slot[j], verb[j], x, kinds):
                holds[rule] |= every or begins[j]
        if holds[rule]:
            for i in range(len(own)):
                if matches(slot[i], verb[i], y, kinds) and (not same or any_left(i, x, own, scores, room)):
                    held[i] += 1


@compiled
def any_left(i: int, x: int, own: Ints, scores: Scores, room: Room) -> bool:
    """Whether a visit has a link of row x to the object of link i, and none of them is placed."""
    slot, verb, object, kinds = room.slot, room.verb, room.object, scores.kinds
    found = False
    for j in range(len(own)):
        if object[j] == object[i] and matches(slot[j], verb[j], x, kinds):
            if room.placed[j]:
                return False
            found = True
    return found


@compiled
def release(own: Ints, last: int, scores: Scores, room: Room) -> None:
    """Let go what waits for a link that is to be placed."""
    held, rules, holds, kinds = room.held, scores.rules, room.holds, scores.kinds
    slot, verb, object = room.slot, room.verb, room.object
    for rule in range(len(holds)):
        y, x, same = rules[rule, 0], rules[rule, 1], rules[rule, 2] > 0
        if not holds[rule] or not matches(slot[last], verb[last], x, kinds):
            continue
        if same and not any_left(last, x, own, scores, room):
            continue  # an earlier one has let it go
        for i in range(len(own)):
            if matches(slot[i], verb[i], y, kinds) and (not same or object[i] == object[last]):
                held[i] -= 1
        if not same:
            holds[rule] = False


@compiled
def score_all(own: Ints, step: int, last: int, scores: Scores, room: Room) -> None:
    """Calculate the scores of all links at a step, after link `last` of the visit; −1 for none."""
    now, remains, position = room.now, room.remains, scores.position
    count, begun = len(own), step == 0
    width = -(-count // LANES) * LANES
    progress = np.float32(step / max(count - 1, 1) - 0.5)
    last_but_one = count - step == 2
    for i in range(count):
        at = position[own[i]]
        now[i] = room.score[i] + at[0] + at[2] * progress
        if begun:
            now[i] += at[1]
        if last_but_one:
            now[i] += at[3]
    for k in range(len(remains)):
        wants, factor = room.wants[k], remains[k]
        for i in range(count):
            now[i] += factor * wants[i]
    if last >= 0:
        score_transitions(own, last, scores, room)
    for i in range(count):
        if room.held[i] > 0:
            now[i] += BARRED
    now[count:width] = LOWEST


@compiled
def score_transitions(own: Ints, last: int, scores: Scores, room: Room) -> None:
    """Add to all scores what link `last` of the visit adds right after it."""
    now, slot, verb, object = room.now, room.slot, room.verb, room.object
    by_slot, by_same = scores.transition[slot[last]], scores.same_transition[verb[last]]
    for i in range(len(own)):
        now[i] += by_slot[slot[i]]
    for i in range(len(own)):
        if object[i] == object[last]:
            now[i] += by_same[verb[i]]
    for k in range(len(room.remains)):
        follows, factor = room.follows[k], scores.before[own[last], k]
        for i in range(len(own)):
            now[i] += factor * follows[i]


@compiled
def remove(own: Ints, last: int, scores: Scores, room: Room) -> None:
    """Take a link out of those that are left."""
    score, slot, verb = room.score, room.slot, room.verb
    by_slot = scores.waiting[slot[last]]
    for i in range(len(own)):
        score[i] -= by_slot[slot[i]]
    for i in range(len(own)):
        if room.object[i] == room.object[last]:
            score[i] -= scores.same_waiting[room.new[i], verb[last], verb[i]]
    score[last] = GONE
    right = scores.right[own[last]]
    for k in range(len(right)):
        room.remains[k] -= right[k]
    release(own, last, scores, room)
    room.placed[last] = True
