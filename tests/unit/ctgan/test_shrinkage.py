"""Log ratios of counts, shrunk."""

import numpy as np
import pytest

from assoc_synth.ctgan.shrinkage import log_ratio


def test_equal_counts_have_no_ratio_and_frequent_things_keep_theirs() -> None:
    found = log_ratio(np.array([0.0, 5, 2e6, 2]), np.array([0.0, 5, 1e6, 1]), 10.0)
    assert found == pytest.approx([0, 0, np.log(2), np.log(12 / 11)], abs=1e-4)


def test_single_precision_stays() -> None:
    assert log_ratio(np.ones(2, np.float32), np.ones(2, np.float32), 1.0).dtype == np.float32
