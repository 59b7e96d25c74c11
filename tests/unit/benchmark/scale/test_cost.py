"""Costs by size: lines, and how they grow."""

import pytest

from assoc_synth.benchmark.scale.cost import Cost, _apart, growth


def test_a_size_has_a_line() -> None:
    cost = Cost(10_000, 1_000, 900, 12.0, 1_500_000_000, 0.5, 10_000, 600_000_000)
    assert cost.line == "| 10,000 | 1,000 | 900 | 12 s | 1.5 GB | 50 µs | 600 MB |"


def test_growth_is_found() -> None:
    costs = [Cost(n, 9, 9, 1e-3 * n**0.7, 4 * 10**8 + 100 * n, 1.0, 9, 9) for n in (10**4, 10**5, 10**6)]
    assert growth(costs) == (pytest.approx(0.7), pytest.approx(100), pytest.approx(4e8))


def test_work_apart_tells_its_seconds_and_its_peak() -> None:
    found, seconds, peak = _apart(divmod, 7, 2)
    assert found == (3, 1)
    assert seconds < 1
    assert peak > 10**6
    with pytest.raises(RuntimeError, match="a measurement failed"):
        _apart(divmod, 7, 0)
