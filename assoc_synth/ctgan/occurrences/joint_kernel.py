"""The compiled loop that draws how often a subject's edges occur: one after another, each given those before it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from assoc_synth.ctgan.categorical import BIAS, C1, C2, C3, C4, C5, LEAST_POWER, LOG2_E, MANTISSA
from assoc_synth.ctgan.compiled import compiled
from assoc_synth.transactions.arrays import Bools, Codes, Floats, Ints, Singles

MOST_BUDGET = 2.0
"""Bound of how much more or less than expected is left, as a logarithm."""
LEAST_VARIANCE = 1e-6
ANCHOR_NUMBERS = 8
"""Numbers of an anchor that are told apart, as `Partners` does."""


class Terms(NamedTuple):
    """What is the same for all subjects: T tokens with rows of their own, V verbs, C classes, F features.

    Tokens without a row have that of their verb, after those of the tokens.

    Attributes:
        value: (C,) log of the number that each class stands for.
        partners: (T, K) tokens, drawn before, whose numbers a token's number looks at; −1 for none.
        tilts, bends: (T + V, F) by which the features move logits along the value and along its square.
        loadings: (T + V, R) along which directions subjects differ.
        at_most, at_least: (T, B) tokens, drawn before, that a token never exceeds or falls below; −1 for none.
        ordered: (V, V) whether links of one verb never occur more often than those of the other to the same object.
        anchors: (groups, C) logits by how closely an anchor is followed and its number.
    """

    value: Singles
    partners: Ints
    tilts: Singles
    bends: Singles
    loadings: Singles
    at_most: Ints
    at_least: Ints
    ordered: Bools
    anchors: Singles


class Block(NamedTuple):
    """Edges of subjects that are drawn together.

    Attributes:
        offsets: (S + 1,) where each subject's edges begin.
        order: (E,) edges, subject after subject, as they are drawn.
        token: (E,) their tokens among those with rows, −1 for others; row: (E,) their rows.
        verb: (E,); object: (E,) numbered from 0; objects: how many.
        anchor: (E,) the edge that one follows, −1 for none; group: (E,) its first row of `anchors`.
        total: (S,) links that each subject is to have.
        known: (S, P) features of subjects.
    """

    offsets: Ints
    order: Ints
    token: Ints
    row: Ints
    verb: Ints
    object: Ints
    objects: int
    anchor: Ints
    group: Ints
    total: Floats
    known: Singles


class Draw(NamedTuple):
    """What is drawn, and what is kept of it.

    Attributes:
        base: (E, C) logits of each edge by itself; those of its anchor are added in place.
        code: (E,) classes, −1 for those to be drawn; changed in place.
        uniform: (E,) by which they are drawn.
        features: (E, F), filled; or (0, F).
        shares: (E, C) by which each class was or would be drawn, filled; or (0, C).
    """

    base: Singles
    code: Ints
    uniform: Singles
    features: Singles
    shares: Singles


class _State(NamedTuple):
    """What is known of the subject whose turn it is: errors are how far values were above what they usually are.

    Attributes:
        error, code, whose: (T,) of the tokens, and the last subject that had each.
        twin, twin_code, twin_whose: (V, objects) the same of verbs and objects.
        sums, spread: (V,) of the verbs' errors, and their variances.
        mean, cover: (R,), (R, R) what is believed of the subject's directions.
        gain: (R,) room for what changes it.
        links: (2,) beyond one per edge: expected of the edges to come, and left of the subject's total.
    """

    error: Singles
    code: Ints
    whose: Ints
    twin: Singles
    twin_code: Ints
    twin_whose: Ints
    sums: Floats
    spread: Floats
    mean: Floats
    cover: Floats
    gain: Floats
    links: Floats


def new_state(terms: Terms, block: Block) -> _State:
    """Of nobody yet."""
    tokens, verbs, directions = len(terms.partners), len(terms.ordered), terms.loadings.shape[1]
    pairs = verbs, block.objects
    return _State(
        np.zeros(tokens, np.float32),
        np.zeros(tokens, np.int64),
        np.full(tokens, -1),
        np.zeros(pairs, np.float32),
        np.zeros(pairs, np.int64),
        np.full(pairs, -1),
        np.zeros(verbs),
        np.zeros(verbs),
        np.zeros(directions),
        np.zeros((directions, directions)),
        np.zeros(directions),
        np.zeros(2),
    )


@compiled
def walk(terms: Terms, block: Block, draw: Draw, state: _State) -> None:
    """Draw the classes of all edges, or follow those that are given.

    Args:
        state: by `new_state`.
    """
    share, power = np.empty(len(terms.value), np.float32), np.empty(len(terms.value), np.int32)
    x, number = np.zeros(terms.tilts.shape[1], np.float32), np.exp(terms.value)
    moments = np.empty((max(np.diff(block.offsets).max(), 1), 3)) if len(block.offsets) > 1 else np.empty((0, 3))
    for s in range(len(block.offsets) - 1):
        _begin(s, terms, block, draw, state, (share, power, number), moments)
        for at in range(block.offsets[s], block.offsets[s + 1]):
            e = block.order[at]
            own, row, known = draw.base[e], block.row[e], moments[e - block.offsets[s]]
            if block.anchor[e] >= 0:
                _follow_anchor(e, terms, block, draw, state, (share, power, number), known)
            _features(e, s, terms, block, state, x)
            if len(draw.features):
                draw.features[e] = x
            if draw.code[e] < 0 or len(draw.shares):
                tilt, bend = 0.0, 0.0
                for k in range(len(x)):
                    tilt += terms.tilts[row, k] * x[k]
                    bend += terms.bends[row, k] * x[k]
                _shares(own, tilt, bend, terms.value, share, power)
                low, high = _bounds(e, s, terms, block, state)
                if low > 0 or high < len(share) - 1:
                    _within(share, low, high)
                if len(draw.shares):
                    draw.shares[e] = share
                if draw.code[e] < 0:
                    draw.code[e] = _chosen(share, draw.uniform[e], low, high)
            code = draw.code[e]
            state.links[0] -= known[2]
            state.links[1] -= number[code] - 1.0
            _remember(e, s, code, block, state, terms.value[code] - known[0], known[1])
            _believe(terms.loadings[row], terms.value[code] - known[0], known[1], state)


@compiled
def _begin(
    s: int,
    terms: Terms,
    block: Block,
    draw: Draw,
    state: _State,
    room: tuple[Singles, Codes, Singles],
    moments: Floats,
) -> None:
    """Forget the subject before, and expect what the edges say by themselves: `_moments` of each."""
    share, power, number = room
    state.sums[:], state.spread[:], state.mean[:], state.cover[:], state.links[:] = 0.0, 0.0, 0.0, 0.0, 0.0
    for d in range(len(state.mean)):
        state.cover[d, d] = 1.0
    begin, end = block.offsets[s], block.offsets[s + 1]
    for e in range(begin, end):
        _shares(draw.base[e], 0.0, 0.0, terms.value, share, power)
        _moments(share, terms.value, number, moments[e - begin])
        state.links[0] += moments[e - begin, 2]
    state.links[1] = block.total[s] - (end - begin)


@compiled
def _shares(logits: Singles, tilt: float, bend: float, value: Singles, share: Singles, power: Codes) -> None:
    """Shares ∝ exp(logits + tilt · value + bend · value²): (C,); `power` (C,) is room for what lies between."""
    first, second = np.float32(tilt), np.float32(bend)
    top = np.float32(-np.inf)
    for c in range(len(share)):
        share[c] = logits[c] + (first + second * value[c]) * value[c]
        top = max(top, share[c])
    for c in range(len(share)):  # as in `exponentials`, for few classes
        t = (share[c] - top) * LOG2_E
        t = t if t > LEAST_POWER else LEAST_POWER
        whole = np.floor(t)
        f = t - whole
        share[c] = np.float32(1.0) + f * (C1 + f * (C2 + f * (C3 + f * (C4 + f * C5))))
        power[c] = (np.int32(whole) + BIAS) << MANTISSA
    scale, total = power.view(np.float32), np.float32(0.0)
    for c in range(len(share)):
        share[c] *= scale[c]
        total += share[c]
    total = np.float32(1.0) / total
    for c in range(len(share)):
        share[c] *= total


@compiled
def _moments(share: Singles, value: Singles, number: Singles, moments: Floats) -> None:
    """Mean and variance of the value, and the mean number of links beyond one: (3,)."""
    mean, second, expected = 0.0, 0.0, 0.0
    for c in range(len(share)):
        mean += share[c] * value[c]
        second += share[c] * value[c] * value[c]
        expected += share[c] * (number[c] - 1.0)
    moments[0], moments[1], moments[2] = mean, max(second - mean * mean, LEAST_VARIANCE), expected


@compiled
def _follow_anchor(
    e: int,
    terms: Terms,
    block: Block,
    draw: Draw,
    state: _State,
    room: tuple[Singles, Codes, Singles],
    moments: Floats,
) -> None:
    """What an edge says by itself, given its anchor's number."""
    own, (share, power, number) = draw.base[e], room
    group = block.group[e] + min(draw.code[block.anchor[e]], ANCHOR_NUMBERS - 1)
    for c in range(len(share)):
        own[c] += terms.anchors[group, c]
    state.links[0] -= moments[2]
    _shares(own, 0.0, 0.0, terms.value, share, power)
    _moments(share, terms.value, number, moments)
    state.links[0] += moments[2]


@compiled
def _features(e: int, s: int, terms: Terms, block: Block, state: _State, x: Singles) -> None:
    """What is known before an edge is drawn, in the order of `features_of`: (F,)."""
    places, verbs, token, thing = terms.partners.shape[1], len(terms.ordered), block.token[e], block.object[e]
    x[:] = 0.0
    if token >= 0:
        for k in range(places):
            other = terms.partners[token, k]
            if other >= 0 and state.whose[other] == s:
                x[k] = state.error[other]
    for v in range(verbs):
        if v != block.verb[e] and state.twin_whose[v, thing] == s:
            x[places + v] = state.twin[v, thing]
        x[places + verbs + v] = state.sums[v] / (1.0 + state.spread[v])
    at = places + 2 * verbs
    x[at : at + block.known.shape[1]] = block.known[s]
    at += block.known.shape[1]
    along = 0.0
    for d in range(len(state.mean)):
        along += terms.loadings[block.row[e], d] * state.mean[d]
    x[at] = along
    budget = np.log((max(state.links[1], 0.0) + 1.0) / (max(state.links[0], 0.0) + 1.0))
    x[at + 1] = min(max(budget, -MOST_BUDGET), MOST_BUDGET)
    x[at + 2] = 1.0


@compiled
def _bounds(e: int, s: int, terms: Terms, block: Block, state: _State) -> tuple[int, int]:
    """The lowest and the highest class that an edge may have, given those that it never exceeds or falls below."""
    low, high, token, verb, thing = 0, len(terms.value) - 1, block.token[e], block.verb[e], block.object[e]
    if token >= 0:
        for k in range(terms.at_most.shape[1]):
            other = terms.at_most[token, k]
            if other >= 0 and state.whose[other] == s:
                high = min(high, state.code[other])
            other = terms.at_least[token, k]
            if other >= 0 and state.whose[other] == s:
                low = max(low, state.code[other])
    for v in range(len(terms.ordered)):
        if v != verb and state.twin_whose[v, thing] == s:
            if terms.ordered[verb, v]:
                high = min(high, state.twin_code[v, thing])
            if terms.ordered[v, verb]:
                low = max(low, state.twin_code[v, thing])
    return min(low, high), high


@compiled
def _within(share: Singles, low: int, high: int) -> None:
    """No shares outside of bounds, and those inside sum to 1."""
    total = np.float32(0.0)
    for c in range(len(share)):
        if c < low or c > high:
            share[c] = 0.0
        total += share[c]
    if total <= 0.0:
        share[low], total = np.float32(1.0), np.float32(1.0)
    for c in range(len(share)):
        share[c] /= total


@compiled
def _chosen(share: Singles, uniform: float, low: int, high: int) -> int:
    """The class where the running sum of shares exceeds a uniform number; rounding leads to the last with a share."""
    last = low
    for c in range(low, high + 1):
        if share[c] > 0.0:
            last = c
            if uniform < share[c]:
                break
        uniform -= share[c]
    return last


@compiled
def _remember(e: int, s: int, code: int, block: Block, state: _State, error: float, variance: float) -> None:
    """Keep an edge's class and error for those after it."""
    token, verb, thing = block.token[e], block.verb[e], block.object[e]
    if token >= 0:
        state.error[token], state.code[token], state.whose[token] = error, code, s
    if len(state.sums):
        state.twin[verb, thing], state.twin_code[verb, thing], state.twin_whose[verb, thing] = error, code, s
        state.sums[verb] += error
        state.spread[verb] += variance


@compiled
def _believe(loading: Singles, error: float, variance: float, state: _State) -> None:
    """Update what is believed of the subject's directions: a Kalman step, with the error's variance as information."""
    scale, fit = 1.0, 0.0
    for d in range(len(loading)):
        state.gain[d] = 0.0
        for o in range(len(loading)):
            state.gain[d] += state.cover[d, o] * loading[o]
        scale += variance * state.gain[d] * loading[d]
        fit += loading[d] * state.mean[d]
    for d in range(len(loading)):
        state.mean[d] += state.gain[d] * (error - variance * fit) / scale
        for o in range(len(loading)):
            state.cover[d, o] -= variance * state.gain[d] * state.gain[o] / scale


@compiled
def keep_bounds(terms: Terms, block: Block, number: Ints, state: _State) -> None:
    """Numbers of one class that have to be at most, or at least, each other's are made so: (E,), changed in place."""
    for s in range(len(block.offsets) - 1):
        for at in range(block.offsets[s], block.offsets[s + 1]):
            e = block.order[at]
            token, verb, thing = block.token[e], block.verb[e], block.object[e]
            if token >= 0:
                for k in range(terms.at_most.shape[1]):
                    other = terms.at_most[token, k]
                    if other >= 0 and state.whose[other] == s:
                        number[e] = min(number[e], state.code[other])
                    other = terms.at_least[token, k]
                    if other >= 0 and state.whose[other] == s:
                        number[e] = max(number[e], state.code[other])
                state.code[token], state.whose[token] = number[e], s
            for v in range(len(terms.ordered)):
                if v != verb and state.twin_whose[v, thing] == s:
                    if terms.ordered[verb, v]:
                        number[e] = min(number[e], state.twin_code[v, thing])
                    if terms.ordered[v, verb]:
                        number[e] = max(number[e], state.twin_code[v, thing])
            if len(terms.ordered):
                state.twin_code[verb, thing], state.twin_whose[verb, thing] = number[e], s
