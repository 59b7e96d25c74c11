"""The tables begin at the counts of the planted order."""

import numpy as np
import pytest

from assoc_synth.ctgan.order.batches import Batches
from assoc_synth.ctgan.order.initialisation import start_gaps, start_tables
from assoc_synth.ctgan.order.links import CodedLinks
from assoc_synth.ctgan.order.model import OrderModel, OrderSpec


def started(planted, model: OrderModel, subjects: np.ndarray) -> None:
    data = planted.data()
    links, batches = CodedLinks.of(model, data, data.order), Batches(data.order, subjects)
    start_tables(model, batches, links, np.random.default_rng(0))
    start_gaps(model, batches, links, np.random.default_rng(0))


def test_what_follows_and_what_waits_is_told_by_the_counts(planted, beginning) -> None:
    started(planted, beginning, np.arange(60))
    transition, waiting = (part.detach() for part in beginning.tables())
    for thing in (1, 2, 3):
        assert transition[thing + 1, thing + 4] > 0.3
        assert transition[thing + 4, thing + 1] < 0
        assert waiting[thing + 1, thing + 4] == pytest.approx(-float(waiting[thing + 4, thing + 1]), abs=1e-5)
        assert waiting[thing + 1, thing + 4] > 0.5
    assert waiting[8, 1:8].max() < -0.5
    assert not beginning.transition[0].any()
    assert not beginning.waiting[:, 0].any()


def test_times_begin_at_the_ties_and_levels_of_their_links(planted, beginning) -> None:
    started(planted, beginning, np.arange(60))
    pairs = beginning.pairs
    assert pairs is not None
    ties = pairs.gap_kinds[..., 0].detach()
    assert all(ties[thing + 1, thing + 4] > 1.0 for thing in (1, 2, 3))  # an echo comes at once
    assert ties[5:8, 8].max() < -1.0  # the last one never
    assert pairs.level_kinds[5:8, 8].min() > 0.5  # but later than usual


def test_no_pair_no_start(planted) -> None:
    model = OrderModel(1, 9, OrderSpec(8, 3, pairs=True), 0.0)
    started(planted, model, np.array([], np.int64))
    assert model.pairs is not None
    tables = [model.transition, model.waiting, *model.tables_of_verbs, model.pairs.gap_kinds]
    assert not any(table.any() for table in tables)
