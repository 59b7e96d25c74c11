"""Sizes that confirm a pair."""

from __future__ import annotations

import numpy as np
import pytest

from assoc_synth.link_graph.sample_size import decided_by, round_up, subjects_to_confirm


def test_a_pair_that_everybody_has_needs_nobody_and_one_that_nobody_has_never_ends() -> None:
    assert subjects_to_confirm(1.0, 1.0, 1.0) == 0.0
    assert np.isinf(subjects_to_confirm(0.0, 0.1, 0.1))


def test_rarer_pairs_closer_margins_and_more_power_need_more() -> None:
    base = subjects_to_confirm(0.01, 0.05, 0.05)
    assert subjects_to_confirm(0.001, 0.005, 0.005) > 5 * base
    assert subjects_to_confirm(0.01, 0.05, 0.05, power=0.95) > base
    half = subjects_to_confirm(0.01, 0.05, 0.05, margin=np.log(1.25) / 2)
    assert half == pytest.approx(4 * base, rel=1e-3)


def test_counts_by_size() -> None:
    assert decided_by([], [10, 20]).tolist() == [0, 0]
    assert decided_by([10, 15, np.inf], [9, 10, 20]).tolist() == [0, 1, 2]


def test_sizes_are_rounded_up_to_a_ladder() -> None:
    sizes = np.geomspace(3, 3e6, 50)
    for size in sizes:
        assert size <= round_up(float(size)) <= 1.67 * size
    assert round_up(2_000.0) == 2_000.0
    assert np.isinf(round_up(np.inf))
