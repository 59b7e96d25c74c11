"""Lift, its logarithm and its interval."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assoc_synth.link_graph.lift import lift, lift_interval, log2_share_lift, log_lift


def test_lift_interval_covers_the_truth() -> None:
    """True lift 0.08 / (0.2 · 0.25) = 1.6, 800 subjects."""
    cells = np.random.default_rng(0).multinomial(800, [0.08, 0.12, 0.17, 0.63], size=4_000)
    low, high = lift_interval(cells[:, 0], cells[:, 0] + cells[:, 1], cells[:, 0] + cells[:, 2], 800)
    assert 0.94 <= ((low <= 1.6) & (high >= 1.6)).mean() <= 0.965


def test_lift_interval_at_its_edges() -> None:
    low, high = lift_interval([30, 0], [100, 10], [30, 10], 100)
    assert (low[0], high[0]) == pytest.approx((1.0, 1.0))
    assert (low[1], high[1]) == (0.0, np.inf)


def test_lift_by_hand() -> None:
    assert lift([30, 0, 5], [60, 10, 0], [100, 10, 9], 1_000).tolist() == [5.0, 0.0, 5_000 / 1]
    assert lift(0, 0, 0, 0) == 0


def test_log_lift_by_hand() -> None:
    assert log_lift(3, 4, 5, 10) == pytest.approx(np.log(3.5 * 10.5 / (4.5 * 5.5)))
    assert np.isfinite(log_lift(0, 0, 0, 10))


@given(st.integers(1, 1_000), st.data())
def test_log_lift_of_shares_is_that_of_counts(n: int, data: st.DataObject) -> None:
    left, right = (data.draw(st.integers(0, n)) for _ in range(2))
    count = data.draw(st.integers(0, min(left, right)))
    shares = log_lift(count / n, left / n, right / n, 1, half=0.5 / n)
    assert shares == pytest.approx(log_lift(count, left, right, n), abs=1e-9)


def test_share_lift_reads_nobody_as_half_a_subject_at_most() -> None:
    together, expected = np.array([0.25, 0.0, 0.0, 0.0]), np.array([0.125, 0.25, 0.01, 0.0])
    assert log2_share_lift(together, expected, 4).tolist() == [1.0, -1.0, 0.0, 0.0]


@given(st.integers(1, 1_000), st.data())
def test_share_lift_never_reads_absence_as_an_attraction(n: int, data: st.DataObject) -> None:
    left, right = (data.draw(st.integers(0, n)) for _ in range(2))
    found = log2_share_lift(np.array([0.0]), np.array([left / n * right / n]), n)[0]
    assert np.isfinite(found)
    assert found <= 0
