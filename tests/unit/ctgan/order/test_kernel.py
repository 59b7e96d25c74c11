"""The compiled draw of orders: every permutation as often as the model's scores say, and rules without exception."""

from itertools import permutations

import numpy as np
import pytest
import torch

from assoc_synth.ctgan.order.model import OrderModel, OrderSpec, position_features
from assoc_synth.ctgan.order.sampling import draw_order
from assoc_synth.transactions.arrays import Floats

VISITS = 40_000
VERB, OBJECT = np.array([0, 1, 0, 1]), np.array([0, 2, 3, 3])
"""The last two are links to one object, and the last one is infrequent."""


def drawn_to_order(rules: int = 0) -> OrderModel:
    """A model with everything that a score has, of the kinds (0, 0), (0, 3) and (1, 2)."""
    torch.manual_seed(3)
    model = OrderModel(2, 6, OrderSpec(3, 0, rules, pairs=True), 0.0).eval()
    with torch.no_grad():
        model.kinds.copy_(torch.tensor([0, 3, 8]))
        for name, part in model.named_parameters():
            part.normal_(std=0.3 if name.startswith("embedding") else 0.7)
    return model


def exact_shares(model: OrderModel) -> dict[tuple[int, ...], float]:
    """Each permutation's probability, link after link (Plackett 1975, Luce 1959)."""
    links = model.embed(torch.from_numpy(VERB)[None], torch.from_numpy(OBJECT)[None])
    after, waits = (
        part[0].detach().double().numpy() for part in (model.transitions(links, links), model.waits(links, links))
    )
    position, count, shares = links.position[0].detach().double().numpy(), len(VERB), dict[tuple[int, ...], float]()
    for order in permutations(range(count)):
        logarithm = 0.0
        for step, own in enumerate(order):
            left = order[step:]
            features = position_features(torch.tensor(step), torch.tensor(count)).double().numpy()
            scores = {
                i: position[i] @ features
                + sum(waits[i, j] for j in left if j != i)
                + (after[order[step - 1], i] if step else 0.0)
                for i in left
            }
            logarithm += scores[own] - np.log(np.exp(list(scores.values())).sum())
        shares[order] = float(np.exp(logarithm))
    return shares


def drawn_shares(model: OrderModel) -> dict[tuple[int, ...], float]:
    visit = np.repeat(np.arange(VISITS), len(VERB))
    found = draw_order(model, np.tile(VERB, VISITS), np.tile(OBJECT, VISITS), visit, torch.Generator().manual_seed(0))
    orders = found.place.reshape(VISITS, -1).argsort(1)
    found_orders, counts = np.unique(orders, axis=0, return_counts=True)
    return {tuple(order): count / VISITS for order, count in zip(found_orders.tolist(), counts.tolist(), strict=True)}


def test_every_permutation_is_as_likely_as_its_scores_say() -> None:
    model = drawn_to_order()
    exact, found = exact_shares(model), drawn_shares(model)
    spread = np.sqrt(np.array(list(exact.values())) / VISITS)
    errors: Floats = np.array([found.get(order, 0.0) - share for order, share in exact.items()])
    assert sum(exact.values()) == pytest.approx(1.0)
    assert (np.abs(errors) < 4.5 * spread).all()
    assert max(exact.values()) > 5 * min(exact.values())  # else any draw would pass


def test_a_rule_is_never_broken_and_the_rest_follows_the_scores() -> None:
    """Kind 2, (0, 3), never before kind 1, (0, 0)."""
    model = drawn_to_order(rules=1)
    free = drawn_shares(model)
    model.rules.copy_(torch.tensor([[2, 1]]))
    found = drawn_shares(model)
    assert all(order.index(2) > order.index(0) for order in found)
    assert any(order.index(2) < order.index(0) for order in free)


def test_a_rule_holds_in_the_first_visit_with_its_link_only() -> None:
    """The subject has the kind (0, 0) in both of its visits."""
    model = drawn_to_order(rules=1)
    with torch.no_grad():
        model.position[2, 1] = 10.0  # (0, 3) wants to be first
    model.rules.copy_(torch.tensor([[2, 1]]))
    visit, subject = np.repeat(np.arange(2_000), 2), np.repeat(np.arange(1_000), 4)
    object, verb = np.tile([0, 3], 2_000), np.zeros(4_000, np.int64)
    found = draw_order(model, verb, object, visit, torch.Generator().manual_seed(0), subject=subject)
    comes_first = found.place[1::2] == 0
    assert not comes_first[::2].any()
    assert comes_first[1::2].mean() > 0.5


def test_threads_change_nothing() -> None:
    model, rng, before = drawn_to_order(), np.random.default_rng(0), torch.get_num_threads()
    visit = rng.integers(0, 50, 600)
    verb, object, found = rng.integers(0, 2, 600), rng.integers(0, 6, 600), []
    for threads in (1, 3):
        torch.set_num_threads(threads)
        found.append(draw_order(model, verb, object, visit, torch.Generator().manual_seed(5)).place)
    torch.set_num_threads(before)
    assert np.array_equal(found[0], found[1])


def test_links_to_an_object_of_earlier_visits_wait_by_terms_of_their_own() -> None:
    """Two links to one object in both visits of a subject: in the first one the second verb waits, later it comes."""
    model = OrderModel(2, 6, OrderSpec(0, 0, pairs=True), 0.0)
    assert model.pairs is not None
    with torch.no_grad():
        for part in model.parameters():
            part.zero_()
        model.pairs.same_waiting[1, 1, 0] = -2.0
        model.pairs.same_waiting[0, 1, 0] = 1.0
    visit, verb, object = np.repeat(np.arange(8_000), 3), np.tile([0, 1, 0], 8_000), np.tile([2, 2, 4], 8_000)
    place = draw_order(model, verb, object, visit, torch.Generator().manual_seed(1), subject=visit // 2).place
    place = place.reshape(-1, 2, 3)
    comes_first = (place[:, :, 1] < place[:, :, 0]).mean(0)
    # Of one object: a step at which both are left chooses the second with odds exp(term).
    for share, term in zip(comes_first, (-2.0, 1.0), strict=True):
        odds = np.exp(term)
        third = 1 / (2 + odds)
        exact = odds / (2 + odds) + third * odds / (1 + odds)
        assert abs(share - exact) < 0.02
