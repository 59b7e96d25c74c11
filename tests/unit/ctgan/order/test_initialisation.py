"""The tables begin at the counts of the planted order."""

import numpy as np
import torch

from assoc_synth.ctgan.order.batches import Batches
from assoc_synth.ctgan.order.initialisation import start_tables
from assoc_synth.ctgan.order.model import OrderModel, OrderSpec


def test_what_follows_and_what_waits_is_told_by_the_counts(planted, beginning) -> None:
    data = planted.data()
    batches = Batches(data.order, np.arange(60))
    start_tables(beginning, batches, planted.object + 1, np.random.default_rng(0))
    transition, waiting = beginning.transition.detach(), beginning.waiting.detach()
    for thing in (1, 2, 3):
        assert transition[thing + 1, thing + 4] > 0.3
        assert transition[thing + 4, thing + 1] < 0
        assert waiting[thing + 1, thing + 4] == -waiting[thing + 4, thing + 1]
        assert waiting[thing + 1, thing + 4] > 0.5
    assert waiting[8, 1:8].max() < -0.5
    assert not transition[0].any()
    assert not waiting[:, 0].any()


def test_no_pair_no_start(planted) -> None:
    data = planted.data()
    model = OrderModel(1, 8, OrderSpec(8, 3), 0.0)
    start_tables(model, Batches(data.order, np.array([], np.int64)), planted.object, np.random.default_rng(0))
    assert not torch.cat([model.transition, model.waiting]).any()
