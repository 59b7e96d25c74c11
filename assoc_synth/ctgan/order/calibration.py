"""Calibration of the order: what is drawn for the real visits, brought to their transitions and gaps."""

from __future__ import annotations

import math
import time

import numpy as np
import torch

from assoc_synth.ctgan.interface import Occurrences
from assoc_synth.ctgan.order.model import OrderModel
from assoc_synth.ctgan.order.sampling import draw_order
from assoc_synth.ctgan.shrinkage import log_ratio
from assoc_synth.randomness import Seeds
from assoc_synth.transactions.arrays import Bools, Floats, Ints

ROUNDS, STEP, PRIOR, LINKS = 3, 0.7, 10.0, 100_000
"""Draws; share of an error that a correction takes out; pseudo-counts that shrink it; links drawn at most."""


@torch.no_grad()
def calibrate_order(
    model: OrderModel | None, data: Occurrences, *, seeds: Seeds, deadline: float = math.inf
) -> list[float]:
    """Correct the transitions of frequent kinds and the shares of gaps; nothing where no order is learned.

    Args:
        deadline: `time.monotonic()` after which no further round begins.

    Returns:
        Total variation of the transitions of frequent kinds before each round's correction.
    """
    order = data.order
    if model is None or order is None or not order.follows.any():
        return []
    count = len(order.link) if len(order.link) <= LINKS else int(np.flatnonzero(~order.follows[:LINKS])[-1])
    count = count or len(order.link)
    edge = data.link_edge[order.link[:count]]
    verb, object = data.edges.verb[edge].astype(np.int64), data.edges.object[edge].astype(np.int64)
    slot = model.slots(*(torch.from_numpy(part).to(model.kinds.device) for part in (verb, object))).cpu().numpy()
    follows, visit = order.follows[:count], order.visit[:count]
    real = _transitions(slot, follows, model.spec.kinds + 1)
    gaps = np.bincount(order.gap.code[:count][follows], minlength=model.spec.gaps) if order.gap is not None else None
    random = torch.Generator(device=model.kinds.device).manual_seed(seeds.integer())
    errors: list[float] = []
    for _ in range(ROUNDS):
        if time.monotonic() > deadline:
            break
        drawn = draw_order(model, verb, object, visit, random, subject=order.subject[:count])
        at = np.lexsort((drawn.place, visit))
        found = _transitions(slot[at], follows, model.spec.kinds + 1)
        errors.append(float(0.5 * np.abs(real - found).sum() / max(real.sum(), 1)))
        # Order between ties that are not followed is random in the table too: its transitions are no target.
        model.transition.add_(_correction(real, found, model.transition))
        if gaps is not None and drawn.gap is not None and model.gap is not None:
            shares = np.bincount(drawn.gap[drawn.gap >= 0], minlength=model.spec.gaps)
            bias = model.gap[-1].get_parameter("bias")
            bias.add_(_correction(gaps.astype(np.float64), shares.astype(np.float64), bias))
    return errors


def _transitions(slot: Ints, follows: Bools, size: int) -> Floats:
    """How often each frequent kind comes right after each: (size, size)."""
    after = np.flatnonzero(follows)
    key = slot[after - 1] * size + slot[after]
    return np.bincount(key, minlength=size * size).reshape(size, size).astype(np.float64)


def _correction(real: Floats, drawn: Floats, like: torch.Tensor) -> torch.Tensor:
    return torch.from_numpy(STEP * log_ratio(real, drawn, PRIOR)).to(like)
