"""The order model: its likelihood is that of an order drawn link by link, and its sizes are checked."""

import itertools

import numpy as np
import pytest
import torch

from assoc_synth.ctgan.order.batches import Group
from assoc_synth.ctgan.order.model import (
    GAP_FEATURES,
    OF_VERBS,
    PACE,
    POSITIONS,
    OrderModel,
    OrderSpec,
    frequent_kinds,
    gap_features,
    position_features,
    squares,
)
from assoc_synth.ctgan.order.training import OrderStage
from assoc_synth.randomness import Seeds


def test_frequent_kinds_have_terms_of_their_own(planted) -> None:
    data = planted.data()
    assert frequent_kinds(data.order, data.edges, data.link_edge).tolist() == list(range(8))
    assert OrderSpec.of(data.order, data.edges, data.link_edge) == OrderSpec(
        8, 3, 16, True, 16, ties=True, elapsed=True
    )
    assert OrderSpec.of(None, data.edges, data.link_edge) is None


def test_stored_sizes_are_checked() -> None:
    assert OrderSpec.from_dict(None) is None
    assert OrderSpec.from_dict({"kinds": 3, "gaps": 0, "rules": 2}) == OrderSpec(3, 0, 2)
    for wrong in ({"kinds": -1}, {"kinds": 10**9}, {"gaps": 10**9}, {"rules": 10**9}, {"visit_rules": 10**9}):
        with pytest.raises(ValueError, match="absurd"):
            OrderSpec.from_dict({"kinds": 1, "gaps": 1, "rules": 1} | wrong)


@pytest.mark.parametrize(
    ("buffer", "value"), [("kinds", -1), ("kinds", 10**15), ("rules", 0), ("rules", 9), ("visit_rules", 10)]
)
def test_kinds_and_rules_that_there_are_not_are_not_sound(beginning: OrderModel, buffer: str, value: int) -> None:
    assert beginning.is_sound()
    beginning.get_buffer(buffer)[-1] = value
    assert not beginning.is_sound()


def test_kinds_are_in_order(beginning: OrderModel) -> None:
    beginning.kinds.copy_(beginning.kinds.flip(0).clone())
    assert not beginning.is_sound()


def test_infrequent_kinds_share_a_row_and_others_have_their_own(beginning) -> None:
    object = torch.tensor([[0, 7, 8]])
    assert beginning.slots(torch.zeros_like(object), object).tolist() == [[1, 8, 0]]


def _shares(model, pair) -> np.ndarray:
    features, pace = torch.zeros(1, GAP_FEATURES), torch.zeros(1, PACE)
    with torch.no_grad():
        return torch.softmax(model.gap_logits(torch.zeros_like(pair), pair, features, pace), 1).numpy()[0]


def test_gaps_begin_at_their_shares_but_for_rules(planted, beginning) -> None:
    data, model = planted.data(), beginning
    assert _shares(model, torch.tensor([[1, 4]])).tolist() == [1.0, 0.0, 0.0]  # an echo follows at once
    assert _shares(model, torch.tensor([[4, 7]]))[0] == 0.0
    for table in (model.pairs.tie_verbs, model.pairs.tie_kind_verb, model.pairs.tie_verb_kind):
        table.zero_()
    real = np.bincount(planted.gap[data.order.follows], minlength=3) / data.order.follows.sum()
    assert np.abs(_shares(model, torch.tensor([[1, 4]])) - real).max() < 0.1
    assert model.gap_level.mean().abs() < 1e-6


def test_features_tell_the_ends_of_a_visit() -> None:
    step, length = torch.tensor([0, 1, 2]), torch.tensor([3, 3, 3])
    features = position_features(step, length)
    assert features.shape == (3, POSITIONS)
    assert features[:, 1].tolist() == [1, 0, 0]
    assert features[:, 3].tolist() == [0, 1, 0]
    gaps = gap_features(step[1:], length[1:], torch.zeros(2), torch.zeros(2))
    assert gaps.shape == (2, GAP_FEATURES)
    assert gaps[:, 2].tolist() == [1, 0]
    assert gaps[:, 3].tolist() == [0, 1]


def test_the_scores_of_all_orders_are_a_distribution(planted, beginning) -> None:
    """The product over the steps, as training computes it, sums to 1 over the orders of three links."""
    torch.manual_seed(3)
    data, model = planted.data(), beginning
    with torch.no_grad():
        model.transition.normal_()
        model.waiting.normal_()
        model.position.normal_()
    stage = OrderStage(model, data, data.order, np.arange(5), seeds=Seeds.of(0))
    step, length, valid = np.arange(3)[None], np.full((1, 3), 3), np.ones((1, 3), bool)
    total = 0.0
    for order in itertools.permutations([1, 4, 7]):
        object = torch.tensor([order])
        group = Group(np.zeros((1, 3), np.int64), np.zeros((1, 3), np.int64), valid, step, length)
        with torch.no_grad():
            total += float(torch.exp(-stage._order_loss(group, model.embed(torch.zeros_like(object), object))))
    assert total == pytest.approx(1.0, abs=1e-5)


def test_the_prior_counts_every_term() -> None:
    model = OrderModel(1, 2, OrderSpec(0, 3, pairs=True), 0.0)
    with torch.no_grad():
        before = float(squares(model))
        model.verb_waiting += 2.0
        assert float(squares(model)) == pytest.approx(before + 4.0 * OF_VERBS, rel=1e-4)
        model.waiting += 2.0
        assert float(squares(model)) == pytest.approx(before + 4.0 * OF_VERBS + 4.0, rel=1e-4)
        for part in model.tables_of_verbs:
            part.zero_()
        before = float(squares(model))
        for part in model.tables_of_verbs:
            part += 1.0
        added = sum(part.numel() for part in model.tables_of_verbs)
        assert float(squares(model)) == pytest.approx(before + added * OF_VERBS, rel=1e-4)


def test_the_tables_of_the_draw_say_what_training_says() -> None:
    torch.manual_seed(0)
    model = OrderModel(2, 6, OrderSpec(3, 0, pairs=True), 0.0)
    verb, object = torch.tensor([[0, 0, 1, 1]]), torch.tensor([[0, 3, 2, 5]])
    with torch.no_grad():
        model.kinds.copy_(torch.tensor([0, 3, 8]))
        for part in model.parameters():
            part.normal_()
        model.embedding.object.zero_()
        model.embedding.shift.zero_()
        links = model.embed(verb, object)
        row = torch.where(links.slot > 0, links.slot, 4 + verb)[0]
        assert row.tolist() == [1, 2, 3, 5]
        for table, terms in zip(model.tables(), (model.transitions, model.waits), strict=True):
            apart = ~torch.eye(4, dtype=torch.bool)
            found = table[row[:, None], row]
            assert torch.allclose(found[apart], terms(links, links)[0][apart], atol=1e-5)


def test_models_of_earlier_releases_have_no_terms_of_pairs() -> None:
    model = OrderModel(2, 6, OrderSpec(3, 4), 0.0)
    assert model.pairs is None
    assert not any(name.startswith("pairs") for name in model.state_dict())
    link = torch.zeros(1, 2, dtype=torch.int64)
    visit = model.visit_pace(link[0], link[0], link[0])
    assert visit.shape == (1, 0)
    assert model.gap_logits(link, link, torch.zeros(1, GAP_FEATURES), visit).shape == (1, 4)
    assert model.gap_residual(torch.tensor([2]), link, link).tolist() == [model.gap_level[2].item()]
