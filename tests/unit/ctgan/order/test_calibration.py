"""Calibration of the order: wrong transitions and gaps are brought to those of the table."""

import numpy as np
import torch

from assoc_synth.ctgan.order.calibration import ROUNDS, calibrate_order
from assoc_synth.ctgan.order.model import OrderModel, OrderSpec
from assoc_synth.ctgan.order.sampling import draw_order
from assoc_synth.randomness import Seeds

OBJECTS = 8


def test_an_untrained_model_comes_closer_by_its_transitions_alone(planted, beginning) -> None:
    data = planted.data()
    first = calibrate_order(beginning, data, seeds=Seeds.of(0))
    second = calibrate_order(beginning, data, seeds=Seeds.of(1))
    assert len(first) == ROUNDS
    assert second[-1] < 0.7 * first[0]


def test_nothing_is_calibrated_without_an_order_or_time(planted, beginning) -> None:
    data = planted.data()
    assert calibrate_order(None, data, seeds=Seeds.of(0)) == []
    assert calibrate_order(beginning, data, seeds=Seeds.of(0), deadline=-np.inf) == []


def test_shares_of_ties_and_times_of_verbs_come_to_those_of_the_table(planted, beginning) -> None:
    """An untrained model has the planted classes at their shares, whatever the links are."""
    data = planted.data()
    pairs = beginning.pairs
    assert pairs is not None
    with torch.no_grad():
        pairs.gap_verbs[..., 0] += 3.0  # far too many ties
    calibrate_order(beginning, data, seeds=Seeds.of(0))
    drawn = draw_order(
        beginning, np.zeros_like(planted.object), planted.object, planted.visit, torch.Generator().manual_seed(3)
    )
    follows = data.order.follows
    assert drawn.gap is not None
    assert abs((drawn.gap[drawn.gap >= 0] == 0).mean() - (planted.gap[follows] == 0).mean()) < 0.05


def test_the_files_order_of_links_at_one_time_is_no_target_where_theirs_is_random(planted) -> None:
    """All links of a visit share their time, and the file has them in the planted order."""
    data = planted.data(by_file=False, tied=True, gaps=False)
    spec = OrderSpec.of(data.order, data.edges, data.link_edge)
    assert spec is not None
    model = OrderModel(1, OBJECTS + 1, spec, 0.0)
    model.start_at(data.order, data.edges, data.link_edge)
    calibrate_order(model, data, seeds=Seeds.of(0))
    drawn = draw_order(
        model, np.zeros_like(planted.object), planted.object, planted.visit, torch.Generator().manual_seed(3)
    )
    first = np.append(True, np.diff(planted.visit) != 0)
    opens = drawn.place[first] == 0
    assert abs(opens.mean() - (1 / np.bincount(planted.visit)).mean()) < 0.12
