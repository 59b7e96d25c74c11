"""Compiled categorical draws on a processor, from logits in single precision.

A row of logits is filled up to whole `LANES`. Lane l holds the categories l, l + `LANES`, …, so that the exponentials
and their sums are calculated side by side.
"""

from __future__ import annotations

import numpy as np

from assoc_synth.ctgan.compiled import compiled
from assoc_synth.transactions.arrays import Codes, Ints, Singles

LANES = 64
LOWEST = np.float32(-1e30)
"""Logit of what fills a row up."""
LOG2_E, LEAST_POWER, BIAS = np.float32(np.log2(np.e)), np.float32(-127.0), np.int32(127)
MANTISSA = np.int32(23)
C1, C2, C3, C4, C5 = (np.float32(factor) for factor in (0.69315135, 0.24016416, 0.055800445, 0.009016688, 0.0018671829))
"""2^f ≈ 1 + Σ C_k·f^k on [0, 1), a least-squares fit of the relative error, which is below 2e-7."""


@compiled
def draw_rows(logits: Singles, uniform: Singles) -> Ints:
    """One categorical draw per row from its logits, by the inverse distribution function: (N, n), (N,) → (N,)."""
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
        found[i] = in_order(x, count, uniform[i] * lanes.sum())
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


@compiled
def in_order(x: Singles, count: int, target: float) -> int:
    """The one of the first `count` categories where the running sum of weights exceeds the target: (W,) → index.

    Rounding may carry the target past the last category with weight; then that one is chosen.
    """
    last = 0
    for j in range(count):
        if x[j] > 0:
            last = j
            if target < x[j]:
                break
            target -= x[j]
    return last
