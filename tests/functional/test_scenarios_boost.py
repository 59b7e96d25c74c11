"""Boost: what is named has its share or its lift, and the others keep theirs."""

from __future__ import annotations

import numpy as np
import pytest

from assoc_synth import AssociativeSynthesizer
from assoc_synth.errors import InputError
from assoc_synth.link_graph.edges import Edges
from assoc_synth.model.drawing import generate_edges
from assoc_synth.randomness import Seeds
from assoc_synth.scenarios.boosting import Boost

TEA, TEAPOT = ("bought", "tea"), ("bought", "teapot")


@pytest.fixture(scope="module")
def shop(stored_shop: AssociativeSynthesizer) -> AssociativeSynthesizer:
    return stored_shop


def has(edges: Edges, shop: AssociativeSynthesizer, link: tuple[str, str]) -> np.ndarray:
    verb, object = list(shop.model_.verbs).index(link[0]), list(shop.model_.objects).index(link[1])
    return edges.tokens()[:, [verb * edges.num_objects + object]].toarray()[:, 0] > 0


def test_a_boosted_link_has_its_share_and_the_others_keep_theirs(shop: AssociativeSynthesizer) -> None:
    edges = shop.sample(2_000, boost={("returned", "laptop"): 4.0}).graph.edges
    share = shop.model_.margins[2, list(shop.model_.objects).index("laptop")] / shop.model_.known_subjects
    assert has(edges, shop, ("returned", "laptop")).mean() == pytest.approx(4 * share, rel=0.02)
    tea = shop.model_.margins[0, list(shop.model_.objects).index("tea")] / shop.model_.known_subjects
    assert has(edges, shop, TEA).mean() == pytest.approx(tea, abs=0.02)
    sizes, subjects = shop.model_.degrees.total.T
    mean = sizes @ subjects / subjects.sum()
    assert len(edges) == pytest.approx(2_000 * mean, rel=0.04)


def lift(edges: Edges, shop: AssociativeSynthesizer) -> float:
    left, right = has(edges, shop, TEA), has(edges, shop, TEAPOT)
    return float((left & right).mean() / left.mean() / right.mean())


@pytest.fixture
def plain_lift(shop: AssociativeSynthesizer, plain_lifts: list[float]) -> float:
    """Of tea and teapot without a boost, from one draw for all tests."""
    if not plain_lifts:
        plain_lifts.append(lift(generate_edges(shop.model_, 12_000, seeds=Seeds.of(5)), shop))
    return plain_lifts[0]


@pytest.fixture(scope="module")
def plain_lifts() -> list[float]:
    return []


@pytest.mark.parametrize("factor", [0.5, 2.0])
def test_a_boosted_pair_has_its_lift_and_both_links_their_shares(
    shop: AssociativeSynthesizer, factor: float, plain_lift: float
) -> None:
    drawn = Boost.of(shop.model_, None, (TEA, TEAPOT, factor)).draw(shop.model_, 2_000, Seeds.of(0))
    edges = drawn.edges
    assert drawn.outcomes[-1].obtained == pytest.approx(lift(edges, shop))
    assert lift(edges, shop) == pytest.approx(factor * plain_lift, rel=0.10)
    margins = shop.model_.margins / shop.model_.known_subjects
    tea = margins[0, list(shop.model_.objects).index("tea")]
    assert has(edges, shop, TEA).mean() == pytest.approx(tea, rel=0.02)


@pytest.mark.usefixtures("roughly_read")
def test_a_lift_out_of_reach_is_refused_with_the_largest_factor(shop: AssociativeSynthesizer) -> None:
    with pytest.raises(InputError, match="out of reach, give at most"):
        shop.sample(500, boost_pair=(TEA, TEAPOT, 50.0))


def test_only_what_was_named_is_reweighted_back(shop: AssociativeSynthesizer) -> None:
    shares = shop.model_.margins / shop.model_.known_subjects
    laptop = list(shop.model_.objects).index("laptop")
    drawn = Boost.of(shop.model_, {("returned", "laptop"): 6.0}, None).draw(shop.model_, 4_000, Seeds.of(1))
    assert has(drawn.edges, shop, ("returned", "laptop")).mean() == pytest.approx(6 * shares[2, laptop], rel=0.02)
    assert drawn.judged.num_subjects == shop.model_.judge.num_reference()
    assert has(drawn.judged, shop, ("returned", "laptop")).mean() == pytest.approx(shares[2, laptop], rel=0.2)
