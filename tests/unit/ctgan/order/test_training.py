"""Training the order: a planted order is learned to certainty, and nothing is made up where there is none."""

import numpy as np
import torch

from assoc_synth.ctgan.order.calibration import ROUNDS
from assoc_synth.ctgan.order.model import OrderModel, OrderSpec
from assoc_synth.ctgan.order.sampling import draw_order
from assoc_synth.ctgan.order.training import train_order
from assoc_synth.randomness import Seeds


def trained(data, epochs: int = 25) -> OrderModel:
    torch.manual_seed(0)
    spec = OrderSpec.of(data.order, data.edges, data.link_edge)
    assert spec is not None
    model = OrderModel(data.edges.num_verbs, data.edges.num_objects, spec, 0.0)
    train_order(model, data, validation=np.arange(10), seeds=Seeds.of(0), epochs=epochs)
    return model


def drawn(model: OrderModel, planted, seed: int = 0):
    shuffled = np.random.default_rng(seed).permutation(len(planted.object))
    object, visit = planted.object[shuffled], planted.visit[shuffled]
    found = draw_order(model, np.zeros_like(object), object, visit, torch.Generator().manual_seed(seed))
    at = np.lexsort((found.place, visit))
    return object[at], visit[at], None if found.gap is None else found.gap[at]


def test_a_planted_order_and_its_gaps_come_back(planted) -> None:
    object, visit, gap = drawn(trained(planted.data()), planted)
    first = np.append(True, visit[1:] != visit[:-1])
    last = np.append(first[1:], True)
    assert (object[first] == 0).mean() > 0.99
    assert (object[last] == 7).mean() > 0.99
    echo = np.flatnonzero((object >= 4) & (object < 7))
    assert (object[echo - 1] == object[echo] - 3).mean() > 0.95
    assert gap is not None
    assert (gap[first] == -1).all()
    assert (gap[echo] == 0).mean() > 0.9
    assert (gap[last & ~first] == 2).mean() > 0.9


def test_links_of_one_time_whose_order_is_chance_are_drawn_at_random(planted) -> None:
    data = planted.data(by_file=False, tied=True, gaps=False)
    object, visit, gap = drawn(trained(data, epochs=6), planted)
    assert gap is None
    first = np.append(True, visit[1:] != visit[:-1])
    size = np.bincount(visit)
    expected = (1 / size).mean()
    assert abs((object[first] == 0).mean() - expected) < 0.08


def test_validation_gets_better_and_the_history_says_how_transitions_were_calibrated(planted, beginning) -> None:
    data = planted.data()
    history = train_order(beginning, data, validation=np.arange(10), seeds=Seeds.of(0), epochs=8)
    assert history.initial is not None
    assert min(epoch["validation"] for epoch in history.epochs) < 0.8 * history.initial
    errors = history.calibrated["order"]
    assert len(errors) == ROUNDS
    assert max(errors) < 0.3


def test_without_an_order_nothing_is_trained(planted) -> None:
    assert train_order(None, planted.data(), validation=np.arange(3), seeds=Seeds.of(0)).epochs == []
