"""Discrepancies against hand and scipy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.stats import ks_2samp

from assoc_synth.gate.blocks import Shares, blocks_of, discrepancies
from assoc_synth.gate.watchlist import Watchlist

Make = Callable[..., Watchlist]


def test_empty_blocks_are_absent(watch_of: Make) -> None:
    assert [block.name for block in blocks_of(watch_of([0, 1], [[0, 1]], []))] == [
        "association_loss",
        "pairs_within",
        "log_lift",
        "also_buy",
        "shares",
    ]
    nothing = watch_of([], [], [])
    assert blocks_of(nothing) == ()
    assert discrepancies(nothing, np.zeros((4, 0)), 3, np.zeros(0), 3).shape == (4, 0)


def test_discrepancies_by_hand(watch_of: Make) -> None:
    watch = watch_of([0, 1, 2], [[0, 1], [0, 2]], [], weight=np.array([3.0, 1.0]), strength=np.array([0.5, 1.5]))
    real, sample = np.array([40, 20, 10, 10, 5.0]), np.array([40, 20, 10, 4, 6.0])
    got = discrepancies(watch, sample, 100, real, 100)[0]
    # Weights 3 · 0.5 and 1 · 1.5; the second pair has gained.
    assert got[0] == pytest.approx((1.5 * np.log(10.5 / 4.5) - 1.5 * np.log(6.5 / 5.5)) / (1.5 * 0.5 + 1.5 * 1.5))
    assert got[1] == pytest.approx((6 + 1) / 15)
    assert got[2] == pytest.approx(0.75 * np.log(10.5 / 4.5) + 0.25 * np.log(6.5 / 5.5))
    # 1 given 0, 0 given 1, 2 given 0, 0 given 2.
    assert got[3] == pytest.approx((6 / 40 + 6 / 20 + 1 / 40 + 1 / 10) / (10 / 40 + 10 / 20 + 5 / 40 + 5 / 10))
    assert got[4] == 0
    assert discrepancies(watch, real, 100, real, 100).tolist() == [[0, 0, 0, 0, 0]]
    assert discrepancies(watch, sample, 100, sample + np.eye(5)[3] * 6, 100)[0, 0] > 0
    assert discrepancies(watch, real / 2, 50, real, 100)[0, 1] == 0


def test_real_subjects_without_a_watched_pair_leave_the_distance_finite(watch_of: Make) -> None:
    watch = watch_of([0, 1], [[0, 1]], [])
    names = [block.name for block in blocks_of(watch)]
    found = discrepancies(watch, [5.0, 5.0, 3.0], 10, [5.0, 5.0, 0.0], 10)
    assert found[0, names.index("pairs_within")] == pytest.approx(6.0)  # half a subject stands for none


def test_degrees_are_kolmogorov_smirnov(draw: Any, watch_of: Make) -> None:
    first, second = draw(300, 4), draw(200, 5).take(np.flatnonzero(draw(200, 5).degrees() > 2))
    scope, lowest = np.repeat([-1, 1], 41), np.tile(np.arange(41), 2)
    watch = watch_of([], [], [], num_objects=40, degree_scope=scope, degree_from=lowest)
    counts = [np.asarray(watch.features(edges).sum(axis=0)).ravel() for edges in (first, second)]
    got = discrepancies(watch, counts[0], 300, counts[1], second.num_subjects)[0, 0]
    expected = max(ks_2samp(first.degrees(v), second.degrees(v)).statistic for v in (None, 1))
    assert got == pytest.approx(expected)
    assert got > 0.1


def test_shares_by_kind(watch_of: Make) -> None:
    """Tokens 0 and 1, their pair, one pair across verbs, a control, a triple and two degree bins."""
    watch = watch_of(
        [0, 1, 4],
        [[0, 1]],
        [[1, 2]],
        control=np.array([[0, 2]]),
        triples=np.array([[0, 1, 2]]),
        degree_scope=np.array([-1, -1]),
        degree_from=np.array([0, 2]),
    )
    shares = Shares(watch, np.arange(1, 10)[None, :] / 10, 10)
    kinds = (shares.tokens, shares.within, shares.across, shares.control, shares.triples, shares.degrees)
    assert [kind[0].tolist() for kind in kinds] == [[0.1, 0.2, 0.3], [0.4], [0.5], [0.6], [0.7], [0.8, 0.9]]
    assert shares.pairs.tolist() == [[0.4, 0.5]]
    assert shares.confidences[0].tolist() == pytest.approx([4.0, 2.0]), "0.4 of the 0.1, and of the 0.2, in the pair"
    counts = shares.values[0] * 10
    expected = [(counts[3] + 0.5) * 10.5 / ((counts[0] + 0.5) * (counts[1] + 0.5))]
    expected += [(counts[4] + 0.5) * 10.5 / ((counts[1] + 0.5) * (counts[2] + 0.5))]
    assert shares.log_lift[0] == pytest.approx(np.log(expected))
