"""The graph with names: counts, baskets, frames, and what it shows of itself."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from assoc_synth.datasets import ToyShopTruth, toy_shop
from assoc_synth.errors import InputError
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.transactions.table import TransactionTable


def graph(rows: list[tuple[object, ...]], *more: str) -> LinkGraph:
    frame = pd.DataFrame(rows, columns=["subject", "verb", "object", *more])
    return LinkGraph.from_table(TransactionTable.from_frame(frame))


@pytest.fixture
def small() -> LinkGraph:
    """Three buy tea and cup, one only tea, one only ink; one returns the cup."""
    bought = [(who, "buys", what) for who in "abc" for what in ("tea", "cup")] + [("d", "buys", "tea")]
    return graph([*bought, ("e", "buys", "ink"), ("a", "returns", "cup"), ("a", "buys", "tea")])


@pytest.fixture(scope="module")
def shop() -> LinkGraph:
    return LinkGraph.from_table(toy_shop(subjects=1_500, seed=1))


def test_counts_by_name(small: LinkGraph) -> None:
    assert small.table.objects.tolist() == ["cup", "ink", "tea"]
    assert small.incidence("returns").toarray().sum() == 1
    assert small.projection("buys").toarray().tolist() == [[3, 0, 3], [0, 1, 0], [3, 0, 4]]
    assert small.projection("buys", "returns").toarray().tolist() == [[1, 0, 0], [0, 0, 0], [1, 0, 0]]


def test_baskets_are_the_column_or_the_visits() -> None:
    day, next_day = "2026-01-01", "2026-01-02"
    timed = graph(
        [
            ("a", "buys", "tea", day),
            ("a", "buys", "cup", day),
            ("a", "buys", "ink", next_day),
            ("b", "buys", "tea", day),
        ],
        "time",
    )
    assert timed.baskets.tolist() == [0, 0, 1, 2]
    assert timed.basket_edges().num_subjects == 3
    given = graph([("a", "buys", "tea", "x"), ("a", "buys", "cup", "y"), ("b", "buys", "ink", "y")], "basket")
    assert given.baskets.tolist() == [0, 1, 1]
    assert graph([("a", "buys", "tea")]).baskets.tolist() == [-1]


def test_also_buy_by_name(small: LinkGraph) -> None:
    found = small.also_buy("tea", verb="buys", min_count=1)
    assert found["consequents"].tolist() == ["cup"]
    assert found["count"].tolist() == [3]
    assert found["lift"].tolist() == [pytest.approx(5 * 3 / (4 * 3))]
    assert len(small.also_buy("tea", verb="buys")) == 0, "nobody shares 20 subjects"
    assert small.also_buy("tea", min_count=1)["antecedent verb"].tolist() == ["any verb"]


def test_partners_of_one_object(small: LinkGraph) -> None:
    found = small.partners("cup", verb="returns", min_count=1)
    assert set(zip(found["consequents"], found["consequent verb"], strict=True)) == {("cup", "buys"), ("tea", "buys")}
    assert found["confidence"].tolist() == [1.0, 1.0]


def test_planted_associations_are_claimed(shop: LinkGraph) -> None:
    found = shop.rules()
    sides = {
        (row["antecedent verb"], *row["antecedents"], row["consequent verb"], *row["consequents"])
        for row in found.to_dict("records")
    }
    planted = [(p.verb, p.object, p.other_verb, p.other_object) for p in ToyShopTruth().within if p.verb == "bought"]
    assert np.mean([pair in sides for pair in planted]) > 0.8
    within = shop.rules(verb="bought")
    assert set(within["antecedent verb"]) == {"bought"}
    assert (within["lift"] >= 2).all()
    assert (within["lift_low"] < within["lift"]).all()


def test_per_basket_counts_baskets(shop: LinkGraph) -> None:
    whole, trips = (
        shop.also_buy("tea", verb="bought", min_count=5),
        shop.also_buy("tea", verb="bought", min_count=5, per="basket"),
    )
    both = whole.merge(trips, on="consequents", suffixes=("", "_trip"))
    assert len(both) > 0
    assert (both["antecedent support_trip"] < both["antecedent support"]).all()
    with pytest.raises(InputError, match="neither baskets nor times"):
        graph([("a", "buys", "tea")]).rules(per="basket")
    with pytest.raises(InputError, match="per='trip'"):
        shop.rules(per="trip")  # type: ignore[arg-type]


def test_unknown_names_get_close_matches(shop: LinkGraph) -> None:
    with pytest.raises(InputError, match=r"no object 'kettel' in this table; did you mean 'kettle'"):
        shop.also_buy("kettel")
    with pytest.raises(InputError, match=r"no verb 'bougth' in this table; did you mean 'bought'"):
        shop.rules(verb="bougth")
    with pytest.raises(
        InputError, match=r"no verb 'buy' in this table; it has: 'bought', 'claimed_warranty', 'returned'"
    ):
        shop.rules(verb="buy")
    with pytest.raises(InputError, match="no object"):
        shop.partners("kettel")


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda graph: graph.also_buy("tea", top=0), "top must be a whole number from 1 up, not 0"),
        (lambda graph: graph.also_buy("tea", min_count="20"), "min_count must be a whole number from 1 up, not '20'"),
        (lambda graph: graph.partners(top=True), "top must be a whole number from 1 up, not True"),
        (lambda graph: graph.rules(min_count=2.5), "min_count must be a whole number from 1 up, not 2.5"),
        (lambda graph: graph.rules(q=5), "q must be a number from 0 to 1, not 5"),
        (lambda graph: graph.rules(min_lift=float("nan")), "min_lift must be a number from 0 up, not nan"),
    ],
)
def test_numbers_of_the_wrong_kind_get_a_sentence(
    small: LinkGraph, call: Callable[[LinkGraph], object], said: str
) -> None:
    with pytest.raises(InputError, match=said):
        call(small)


def test_numbers_name_their_objects() -> None:
    numbered = graph([(who, "buys", what) for who in range(3) for what in (7, 8)])
    assert numbered.also_buy(7, min_count=1)["consequents"].tolist() == [8]
    assert numbered.also_buy("7", min_count=1)["consequents"].tolist() == [8]


def test_the_networkx_views(small: LinkGraph) -> None:
    view = small.to_networkx()
    assert view.number_of_edges() == 10
    assert view.nodes[("object", "tea")] == {"kind": "object", "name": "tea"}
    assert small.to_networkx(max_links=2).number_of_edges() == 2
    pairs = small.also_buy_graph(verb="buys", min_count=1)
    assert list(pairs.edges(data=True)) == [("cup", "tea", {"weight": pytest.approx(1.25), "count": 3})]
    assert pairs.nodes["tea"] == {"support": 4}
    assert small.also_buy_graph(verb="buys", min_count=1, min_lift=2.0).number_of_edges() == 0


def test_qualifiers_go_along_where_they_are_known() -> None:
    timed = graph([("a", "buys", "tea", "2026-01-01", 2.5), ("a", "buys", "cup", None, None)], "time", "amount")
    qualifiers = [data for *_, data in timed.to_networkx().edges(data=True)]
    assert {"verb": "buys", "time": pd.Timestamp("2026-01-01"), "amount": 2.5} in qualifiers
    assert {"verb": "buys"} in qualifiers


def test_it_shows_itself_in_short(small: LinkGraph) -> None:
    assert repr(small) == "LinkGraph(5 subjects, 2 verbs, 3 objects, 9 distinct links in 10 rows)"
    nasty = graph([(f"s{n}", f"<script>{n}", "<b>" * 2_000) for n in range(50)])
    assert len(repr(nasty)) < 500
    shown = nasty._repr_html_()
    assert len(shown) < 5_000
    assert "<script>" not in shown
    assert "&lt;script&gt;0" in shown
