"""Where the order's tables begin: at what comes right after what, and before what, more often than by chance."""

from __future__ import annotations

import numpy as np
import torch

from assoc_synth.ctgan.order.batches import Batches
from assoc_synth.ctgan.order.model import OrderModel
from assoc_synth.ctgan.shrinkage import log_ratio
from assoc_synth.transactions.arrays import Floats, Ints

PRIOR, TRANSITION, WAITING = 2.0, 0.5, 0.25
"""Pseudo-counts that shrink the log ratios of rare pairs; shares of them that the tables begin at. Both are needed to
tell an order, and each says a part of what the other says."""
MOST_PAIRS, LINKS = 20_000_000, 4096


@torch.no_grad()
def start_tables(model: OrderModel, batches: Batches, slot: Ints, rng: np.random.Generator) -> None:
    """Set the transition and the waiting table of a model at its beginning.

    For two links alone, the odds of the first before the second are exp(w_12 − w_21), so that w_12 = ½ log(n_12 / n_21)
    is their maximum likelihood; in longer visits many pairs tell the same, and a half of it is taken.

    Args:
        slot: (N,) which row of the tables each link of the order has.
    """
    size = model.spec.kinds + 1
    after, expected, before = np.zeros(size * size), np.zeros(size * size), np.zeros(size * size)
    left = MOST_PAIRS
    for groups in batches.epoch(LINKS, rng):
        for group in groups:
            width = group.link.shape[1]
            rows = max(left // max(width * width, 1), 1)
            own, valid = slot[group.link[:rows]], group.valid[:rows]
            first, second = np.triu_indices(width, 1)
            both = valid[:, second]
            key = (own[:, first] * size + own[:, second])[both]
            before += np.bincount(key, minlength=size * size)
            share = np.broadcast_to(1.0 / np.maximum(valid.sum(1, keepdims=True), 1), both.shape)[both]
            expected += np.bincount(key, share, minlength=size * size)
            next_ = np.broadcast_to(second == first + 1, both.shape)[both]
            after += np.bincount(key[next_], minlength=size * size)
            left -= both.size
        if left <= 0:
            break
    shape = (size, size)
    came, chance, earlier = after.reshape(shape), expected.reshape(shape), before.reshape(shape)
    _set(model.transition, TRANSITION * log_ratio(came, chance + chance.T, PRIOR))
    _set(model.waiting, WAITING * log_ratio(earlier, earlier.T.copy(), PRIOR))


def _set(table: torch.Tensor, values: Floats) -> None:
    # Row and column 0 are all infrequent kinds together: what they have in common is not theirs one by one.
    values[0], values[:, 0] = 0.0, 0.0
    table.copy_(torch.from_numpy(values))
