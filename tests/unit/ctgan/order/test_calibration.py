"""Calibration of the order: wrong transitions and gaps are brought to those of the table."""

import numpy as np

from assoc_synth.ctgan.order.calibration import calibrate_order
from assoc_synth.randomness import Seeds


def test_an_untrained_model_comes_closer_by_its_transitions_alone(planted, beginning) -> None:
    data = planted.data()
    first = calibrate_order(beginning, data, seeds=Seeds.of(0))
    second = calibrate_order(beginning, data, seeds=Seeds.of(1))
    assert len(first) == 3
    assert second[-1] < 0.7 * first[0]


def test_nothing_is_calibrated_without_an_order_or_time(planted, beginning) -> None:
    data = planted.data()
    assert calibrate_order(None, data, seeds=Seeds.of(0)) == []
    assert calibrate_order(beginning, data, seeds=Seeds.of(0), deadline=-np.inf) == []
