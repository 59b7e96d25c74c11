"""Compiled categorical draws: by the softmax, in the order of the categories, and never what has no weight."""

import numpy as np
import pytest

from assoc_synth.ctgan.categorical import LANES, chosen, draw_rows, exponentials, in_order
from assoc_synth.transactions.arrays import Floats, Singles

EVEN = 20_000
"""Uniforms in equal steps: each category is drawn as often as its share says, but for the two ends of its interval."""


def even(count: int = EVEN) -> Singles:
    return ((np.arange(count) + 0.5) / count).astype(np.float32)


def softmax(logits: Singles) -> Floats:
    weights = np.exp(logits.astype(np.float64) - logits.max())
    return weights / weights.sum()


@pytest.mark.parametrize("count", [1, 5, LANES, LANES + 1, 700])
def test_rows_are_drawn_by_their_softmax(count: int) -> None:
    logits = 3 * np.random.default_rng(count).standard_normal(count).astype(np.float32)
    found = np.bincount(draw_rows(np.tile(logits, (EVEN, 1)), even()), minlength=count)
    assert np.abs(found - EVEN * softmax(logits)).max() <= 2


@pytest.mark.parametrize("nothing", [-np.inf, -1e4, -1e6])
@pytest.mark.parametrize("uniform", [0.0, 0.5, 1.0 - 2.0**-24])
def test_what_has_no_weight_is_never_drawn(nothing: float, uniform: float) -> None:
    logits = np.full((1, 200), nothing, np.float32)
    logits[0, [70, 134]] = 1.0
    assert draw_rows(logits, np.array([uniform], np.float32))[0] in (70, 134)


def test_exponentials_are_those_of_numpy() -> None:
    logits = np.linspace(-95, 4, 10 * LANES, dtype=np.float32)
    x, power, lanes = logits.copy(), np.empty(len(logits), np.int32), np.empty(LANES, np.float32)
    assert exponentials(x, power, lanes) == 4
    exact = np.exp(logits.astype(np.float64) - 4)
    kept = exact > 2.0**-126
    assert np.abs(x[kept] / exact[kept] - 1).max() < 1e-5  # the argument is rounded by 2^−24 of itself
    assert (x[exact < 2.0**-127] == 0).all()
    assert np.allclose(lanes, x.reshape(-1, LANES).sum(0))


@pytest.mark.parametrize("uniform", [0.0, 0.3, 0.7, 1.0 - 2.0**-24])
def test_weights_are_summed_in_order_or_lane_after_lane(uniform: float) -> None:
    x = np.zeros(2 * LANES, np.float32)
    x[[3, 5, LANES + 3]] = 1.0, 2.0, 4.0
    total = x.reshape(2, LANES).sum(0)
    assert in_order(x, len(x), uniform * 7) == (3 if uniform * 7 < 1 else 5 if uniform * 7 < 3 else LANES + 3)
    assert chosen(x, total, uniform) == (3 if uniform * 7 < 1 else LANES + 3 if uniform * 7 < 5 else 5)


def test_rows_are_drawn_in_the_order_of_their_categories() -> None:
    found = draw_rows(np.zeros((EVEN, 150), np.float32), even())
    assert (np.diff(found) >= 0).all()
    assert set(found.tolist()) == set(range(150))
