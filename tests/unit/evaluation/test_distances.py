"""Total variation and Kolmogorov–Smirnov, by hand and against scipy."""

import math

import numpy as np
import pytest
from scipy.stats import ks_2samp

from assoc_synth.evaluation.distances import kolmogorov_smirnov, total_variation, total_variation_of_codes


def test_distances() -> None:
    assert total_variation([1, 3], [3, 1]) == 0.5
    assert math.isnan(total_variation([0, 0], [1, 0]))
    rng = np.random.default_rng(0)
    x, y = rng.integers(0, 9, 50).astype(float), rng.integers(3, 12, 70).astype(float)
    assert kolmogorov_smirnov(x, y) == pytest.approx(ks_2samp(x, y).statistic)
    assert math.isnan(kolmogorov_smirnov(x, np.zeros(0)))


def test_codes_below_zero_are_missing() -> None:
    first, second = np.array([0, 0, 1, -1]), np.array([0, 1, 3, -1, -1])
    assert total_variation_of_codes(first, second) == pytest.approx((1 / 3 + 0 + 1 / 3) / 2)
    assert math.isnan(total_variation_of_codes(np.array([-1]), second))
    assert math.isnan(total_variation_of_codes(np.zeros(0, np.int64), np.zeros(0, np.int64)))


def test_equal_and_disjoint_distributions() -> None:
    assert total_variation([2, 4], [1, 2]) == 0.0
    assert total_variation([1, 0], [0, 5]) == 1.0
    assert kolmogorov_smirnov([1, 2, 2], [1, 1, 2, 2, 2, 2]) == 0.0
    assert kolmogorov_smirnov([1, 2], [3]) == 1.0
