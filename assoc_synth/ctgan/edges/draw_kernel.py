"""The compiled loops of drawing links on a processor: one categorical draw after another, without copies of the logits.

A row of logits is filled up to whole `LANES`. Lane l holds the categories l, l + `LANES`, …: a draw by the inverse
distribution function chooses a lane, and then a category in it. So nearly every loop runs over lanes side by side.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from assoc_synth.ctgan.compiled import compiled
from assoc_synth.ctgan.losses import EXCLUDED
from assoc_synth.transactions.arrays import Codes, Ints, Singles, Values

LANES = 64
LOWEST = np.float32(-1e30)
"""Logit of what fills a row up."""
LOG2_E, LEAST_POWER, BIAS = np.float32(np.log2(np.e)), np.float32(-127.0), np.int32(127)
MANTISSA = np.int32(23)
C1, C2, C3, C4, C5 = (np.float32(factor) for factor in (0.69315135, 0.24016416, 0.055800445, 0.009016688, 0.0018671829))
"""2^f ≈ 1 + Σ C_k·f^k on [0, 1), a least-squares fit of the relative error, which is below 2e-7."""


class Terms(NamedTuple):
    """What is the same for all subjects: of V verbs, C classes in rows of W, T tokens with pair terms.

    Attributes:
        bias: (V, W) log popularity, `LOWEST` from C on.
        slope: (V, V) factor of the log popularity of a link's object, by the next verb and the link's own.
        least_bias, log_objects: the least log popularity that is a factor, and what is added to it.
        offsets: (V + 1,) where the tokens of each verb begin; class_of: (T,) their classes.
    """

    bias: Singles
    slope: Singles
    least_bias: float
    log_objects: float
    offsets: Ints
    class_of: Ints


class Links(NamedTuple):
    """What subjects that are drawn together have: verbs and objects (A, n), and the sums of pair terms (A, T)."""

    verb: Ints
    object: Ints
    sums: Singles


@compiled
def draw_classes(
    product: Values, rows: Ints, verb: Ints, repeat: Singles, step: int, terms: Terms, links: Links, uniform: Singles
) -> tuple[Ints, Singles]:
    """The classes of the next links, and the highest logit of each: (P,), (P,).

    Args:
        product: (P, W) bits of the products of queries and weights, the upper half (uint16) or all (uint32) of float32.
        rows, verb: (P,) the subjects, and the verbs of their next links.
        repeat: (P, V) what an earlier link adds to its object's logit by its verb, popularity apart.
        step: how many links the subjects have.
        uniform: (P,).
    """
    bias, slope, least, log_objects = terms.bias, terms.slope, terms.least_bias, terms.log_objects
    offsets, class_of = terms.offsets, terms.class_of
    had_verb, had_object, sums = links.verb, links.object, links.sums
    width, shift = product.shape[1], np.uint32(32 - 8 * product.itemsize)
    bits, power = np.empty(width, np.uint32), np.empty(width, np.int32)
    x, lanes = bits.view(np.float32), np.empty(LANES, np.float32)
    found, highest = np.empty(len(rows), np.int64), np.empty(len(rows), np.float32)
    for i in range(len(rows)):
        row, own, v = rows[i], product[i], verb[i]
        base = bias[v]
        for j in range(width):
            bits[j] = np.uint32(own[j]) << shift
        for j in range(width):
            x[j] += base[j]
        for t in range(offsets[v], offsets[v + 1]):
            x[class_of[t]] += sums[row, t]
        for e in range(step):
            w, o = had_verb[row, e], had_object[row, e]
            if w == v:
                x[o] += np.float32(EXCLUDED)
            else:
                x[o] += repeat[i, w] + slope[v, w] * np.float32(max(base[o], least) + log_objects)
        highest[i] = exponentials(x, power, lanes)
        found[i] = chosen(x, lanes, uniform[i])
    return found, highest


@compiled
def draw_rows(logits: Singles, uniform: Singles) -> Ints:
    """One categorical draw per row from its logits: (N, n), (N,) → (N,)."""
    count = logits.shape[1]
    width = -(-count // LANES) * LANES
    x, power, lanes = np.empty(width, np.float32), np.empty(width, np.int32), np.empty(LANES, np.float32)
    found = np.empty(len(logits), np.int64)
    for i in range(len(logits)):
        own = logits[i]
        for j in range(count):
            x[j] = own[j]
        x[count:] = LOWEST
        exponentials(x, power, lanes)
        found[i] = chosen(x, lanes, uniform[i])
    return found


@compiled
def draw_verbs(left: Singles, uniform: Singles) -> Ints:
    """The next verb of each subject, in proportion to how many links of it are to come: (A, V), (A,) → (A,).

    One link of it less is to come afterwards, in place.
    """
    found = np.empty(len(uniform), np.int64)
    for i in range(len(uniform)):
        own = left[i]
        target, last = uniform[i] * own.sum(), 0
        for v in range(len(own)):
            if own[v] > 0:
                last = v
                if target < own[v]:
                    break
                target -= own[v]
        own[last] -= 1
        found[i] = last
    return found


@compiled
def exponentials(x: Singles, power: Codes, lanes: Singles) -> float:
    """Replace a row of logits by their exponentials, the highest one's being 1, sum them by lane, return the highest.

    Args:
        x: (W,); power: (W,) int32, for what lies between; lanes: (`LANES`,) the sums.
    """
    lanes[:] = LOWEST
    for begin in range(0, len(x), LANES):
        own = x[begin : begin + LANES]
        for lane in range(LANES):
            lanes[lane] = max(lanes[lane], own[lane])
    highest: float = lanes.max()
    for j in range(len(x)):
        t = (x[j] - highest) * LOG2_E
        t = t if t > LEAST_POWER else LEAST_POWER  # 2^−127 is 0 below
        whole = np.floor(t)
        f = t - whole
        x[j] = np.float32(1.0) + f * (C1 + f * (C2 + f * (C3 + f * (C4 + f * C5))))
        power[j] = (np.int32(whole) + BIAS) << MANTISSA
    scale = power.view(np.float32)
    for j in range(len(x)):
        x[j] *= scale[j]
    lanes[:] = 0.0
    for begin in range(0, len(x), LANES):
        own = x[begin : begin + LANES]
        for lane in range(LANES):
            lanes[lane] += own[lane]
    return highest


@compiled
def chosen(x: Singles, lanes: Singles, uniform: float) -> int:
    """The category where the running sum of weights, lane after lane, exceeds its share: (W,), (`LANES`,) → index.

    Rounding may carry the share past the last category with weight; then that one is chosen.
    """
    target, lane = uniform * lanes.sum(), 0
    for own in range(LANES):
        if lanes[own] > 0:
            lane = own
            if target < lanes[own]:
                break
            target -= lanes[own]
    last = lane
    for j in range(lane, len(x), LANES):
        if x[j] > 0:
            last = j
            if target < x[j]:
                break
            target -= x[j]
    return last
