"""The compiled loops of drawing links on a processor: one after another, without copies of the logits."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from assoc_synth.ctgan.categorical import LANES, chosen, exponentials
from assoc_synth.ctgan.compiled import compiled
from assoc_synth.ctgan.losses import EXCLUDED
from assoc_synth.transactions.arrays import Ints, Singles, Values


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
