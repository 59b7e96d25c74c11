"""Decimals of numbers, float noise left out."""

import numpy as np
import pytest

from assoc_synth.transactions.columns.decimals import decimals_of, noise_of, rounded


@pytest.mark.parametrize(
    ("values", "decimals"),
    [([1, 2.5], 1), ([0.1 + 0.2, 2], 1), ([1e-6], 6), ([1e-7], None), ([np.nan, np.inf, 3], 0), ([], 0)],
)
def test_the_fewest_decimals(values: list[float], decimals: int | None) -> None:
    assert decimals_of(np.array(values, dtype=float)) == decimals


def test_noise_stays_and_more_is_rounded() -> None:
    assert rounded(np.array([0.1 + 0.2, 1.26, 2.0**60 + 2.0**8]), 1).tolist() == [0.1 + 0.2, 1.3, 2.0**60 + 2.0**8]


def test_noise_of_single_precision_is_larger() -> None:
    assert (noise_of("float32"), noise_of("arrow:float"), noise_of("float64")) == (1e-6, 1e-6, 1e-12)
