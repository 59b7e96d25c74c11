"""Drawing orders: every visit is a permutation of its links, whatever its size, and as likely as the model says."""

import numpy as np
import torch

from assoc_synth.ctgan.order.model import OrderModel, OrderSpec
from assoc_synth.ctgan.order.sampling import draw_order


def untrained(gaps: int = 0, kinds: int = 0) -> OrderModel:
    torch.manual_seed(0)
    return OrderModel(2, 6, OrderSpec(kinds, gaps), 0.0)


def test_places_are_a_permutation_in_each_visit() -> None:
    rng = np.random.default_rng(0)
    visit = rng.permutation(np.repeat(np.arange(40) * 3, rng.integers(1, 30, 40)))
    verb, object = rng.integers(0, 2, len(visit)), rng.integers(0, 6, len(visit))
    found = draw_order(untrained(gaps=4), verb, object, visit, torch.Generator().manual_seed(0))
    for own in np.unique(visit):
        assert np.sort(found.place[visit == own]).tolist() == list(range((visit == own).sum()))
    assert found.gap is not None
    assert ((found.gap == -1) == (found.place == 0)).all()
    assert found.gap.max() < 4


def test_no_link_no_order() -> None:
    none = np.zeros(0, np.int64)
    found = draw_order(untrained(), none, none, none, torch.Generator().manual_seed(0))
    assert len(found.place) == 0
    assert found.gap is None


def test_the_first_link_is_drawn_by_its_score() -> None:
    """Two links of which one is wanted first with log odds 1.5: by position alone, then by what waits for what."""
    visit = np.repeat(np.arange(4_000), 2)
    object = np.tile([0, 1], 4_000)
    for name in ("position", "waiting"):
        model = untrained(kinds=2)
        with torch.no_grad():
            model.embedding.object.zero_()
            model.kinds.copy_(torch.tensor([0, 1]))
            part = model.get_parameter(name)
            part[1, 0 if name == "position" else 2] = 1.5
        found = draw_order(model, np.zeros_like(object), object, visit, torch.Generator().manual_seed(1))
        share = (found.place[::2] == 0).mean()
        assert abs(share - 1 / (1 + np.exp(-1.5))) < 0.02


def test_a_long_visit_is_drawn_in_parts_of_bounded_size() -> None:
    visit = np.zeros(3_000, np.int64)
    rng = np.random.default_rng(0)
    verb, object = rng.integers(0, 2, 3_000), rng.integers(0, 6, 3_000)
    found = draw_order(untrained(), verb, object, visit, torch.Generator().manual_seed(0))
    assert np.sort(found.place).tolist() == list(range(3_000))
