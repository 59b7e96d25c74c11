"""Max-T over blocks: p-values, limits, and what the smallest rank could not see."""

from __future__ import annotations

import numpy as np
import pytest

from assoc_synth.gate.simultaneous import Simultaneous


def test_adjusted_p_is_the_rank_among_the_largest() -> None:
    null = np.random.default_rng(0).normal(size=(99, 2))
    found = Simultaneous.of(null)
    assert found.adjusted_p(np.array([99.0, -99.0])).tolist() == pytest.approx([1 / 100, 1])
    one = float(np.sort(((null - found.centre) / found.scale).max(axis=1))[-5])
    above = (found.centre + found.scale * (one + 1e-9))[0]
    assert found.adjusted_p(above)[0] == pytest.approx(5 / 100)


def test_the_smallest_adjusted_p_is_uniform_under_the_null() -> None:
    rng = np.random.default_rng(0)
    shared = rng.normal(size=(300, 200, 1))
    values = (shared + rng.normal(size=(300, 200, 30))) * np.arange(1, 31)
    p = np.array([Simultaneous.of(run[1:], run[0]).adjusted_p(run[0]).min() for run in values])
    assert 0.02 <= (p <= 0.05).mean() <= 0.09
    assert 0.42 <= (p <= 0.5).mean() <= 0.58


def test_a_huge_discrepancy_in_one_of_many_blocks_is_seen() -> None:
    """By ranks, each of 300 independent blocks is largest in one of 999 resamples: nothing could be below .05."""
    null = np.random.default_rng(0).normal(size=(999, 300))
    observed = np.zeros(300)
    observed[7] = 12.0
    assert Simultaneous.of(null).adjusted_p(observed)[7] == pytest.approx(0.001)


def test_limits_are_exceeded_somewhere_one_time_in_twenty() -> None:
    rng = np.random.default_rng(1)
    null, fresh = (rng.normal(size=(2_000, 20)) * np.arange(1, 21) for _ in range(2))
    beyond = (fresh > Simultaneous.of(null).limits(0.05)).any(axis=1).mean()
    assert 0.03 <= beyond <= 0.07


def test_a_block_that_is_always_the_same_has_a_scale() -> None:
    null = np.column_stack([np.zeros(99), np.random.default_rng(0).normal(size=99)])
    found = Simultaneous.of(null)
    assert found.adjusted_p(np.array([0.0, 0.0]))[0] > 0.5
    assert found.adjusted_p(np.array([1.0, 0.0]))[0] == pytest.approx(1 / 100)


def test_some_blocks_are_still_judged_among_all() -> None:
    null = np.random.default_rng(0).normal(size=(99, 3))
    found = Simultaneous.of(null)
    observed = np.array([2.0, 1.0, 3.0])
    some = found.of_blocks(np.array([2, 0])).adjusted_p(observed[[2, 0]])
    assert some.tolist() == found.adjusted_p(observed)[[2, 0]].tolist()


def test_what_differs_has_to_differ_from_each_null() -> None:
    rng = np.random.default_rng(0)
    near, far = rng.normal(size=(999, 2)), rng.normal(0, 3, size=(999, 2))
    both = Simultaneous.of(np.stack([near, far]))
    observed = np.array([5.0, 20.0])
    assert Simultaneous.of(near).adjusted_p(observed).max() == pytest.approx(0.001)
    assert both.adjusted_p(observed)[0] == Simultaneous.of(far).adjusted_p(observed)[0] > 0.05
    assert both.adjusted_p(observed)[1] == pytest.approx(0.001)
    limits = [Simultaneous.of(null).limits(0.05) for null in (near, far)]
    assert both.limits(0.05).tolist() == np.maximum(*limits).tolist()
    assert both.of_blocks(np.array([1])).adjusted_p(observed[1:]).tolist() == both.adjusted_p(observed)[1:].tolist()
