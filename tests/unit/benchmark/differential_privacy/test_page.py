"""The page shows every figure of every level, and says where a promise is broken."""

import math

from assoc_synth.benchmark.differential_privacy.audit import Audited
from assoc_synth.benchmark.differential_privacy.page import page_of
from assoc_synth.benchmark.differential_privacy.utility import NAMES, Left


def _left(epsilon: float | None, seed: int, value: float) -> Left:
    return Left("shop", epsilon, seed, 1_000, 40, False, {**dict.fromkeys(NAMES, value), "hours": math.nan})


def test_cells_have_mean_and_range_and_missing_ones_a_dash() -> None:
    page = page_of([_left(None, 0, 0.9), _left(3.0, 0, 0.25), _left(3.0, 1, 0.75), _left(math.inf, 0, 0.8)], [])
    assert "| | another real half | ε = 3 | ε = ∞ |" in page
    row = next(line for line in page.splitlines() if line.startswith("| `lift_r`"))
    assert row.endswith("| 0.900 | 0.500 (0.250–0.750) | 0.800 |")
    assert next(line for line in page.splitlines() if line.startswith("| `hours`")).endswith("| – | – | – |")
    assert all(f"`{name}`" in page for name in NAMES)


def test_a_broken_promise_is_named() -> None:
    kept = Audited("everything", 3.0, 1e-6, (1.0, "pairs"), 0.9, 100, 0.6, 0.4, 0.2, 0.9)
    broken = Audited("strange", 3.0, 1e-6, (1.0, "pairs"), 0.9, 100, 0.9, 0.1, 2.0, 5.0)
    lines = page_of([_left(3.0, 0, 0.5)], [kept, broken]).splitlines()
    assert next(line for line in lines if line.startswith("| everything")).endswith("| holds |")
    assert next(line for line in lines if line.startswith("| strange")).endswith("| **broken** |")
