"""Frames of names: which rules, in which order, with which names."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from assoc_synth.link_graph.edges import Edges
from assoc_synth.link_graph.frames import ANY_VERB, COLUMNS, Named

BUY, RETURN = 0, 1
TEA, KETTLE, NAILS = 0, 1, 2
Draw = Callable[..., Edges]


@pytest.fixture
def named(shop: Edges) -> Named:
    return Named(shop, ("buy", "return"), ("tea", "kettle", "nails"))


def rows(frame: pd.DataFrame, *columns: str) -> list[tuple[object, ...]]:
    return list(frame[list(columns)].itertuples(index=False, name=None))


def test_also_buy_has_plain_names_and_every_column(named: Named) -> None:
    found = named.also_buy(TEA, BUY, top=10, min_count=1)
    assert found.columns.tolist() == list(COLUMNS)
    assert rows(found, "antecedents", "consequents", "count", "antecedent verb", "consequent verb") == [
        ("tea", "kettle", 3, "buy", "buy"),
        ("tea", "nails", 1, "buy", "buy"),
    ]
    assert found["antecedent support"].tolist() == pytest.approx([4 / 6, 4 / 6])
    assert found["consequent support"].tolist() == pytest.approx([3 / 6, 2 / 6])
    assert found["confidence"].tolist() == [0.75, 0.25]
    assert len(named.also_buy(TEA, BUY, top=1, min_count=1)) == 1
    assert named.also_buy(NAILS, RETURN, top=9, min_count=1).columns.tolist() == list(COLUMNS)


def test_also_buy_over_all_verbs_says_so(named: Named) -> None:
    found = named.also_buy(TEA, None, top=1, min_count=1)
    assert rows(found, "consequents", "antecedent verb", "consequent verb") == [("kettle", ANY_VERB, ANY_VERB)]


def test_partners_go_within_and_across_verbs_both_ways(named: Named) -> None:
    found = named.partners(KETTLE, BUY, top=9, min_count=2)
    assert rows(found, "antecedents", "consequents", "antecedent verb", "consequent verb", "count") == [
        ("kettle", "kettle", "buy", "return", 2),
        ("kettle", "tea", "buy", "buy", 3),
    ]
    assert found["lift"].tolist() == [2.0, 1.5]
    back = named.partners(None, RETURN, top=9, min_count=2)
    assert rows(back, "antecedents", "consequents", "consequent verb", "confidence") == [
        ("kettle", "kettle", "buy", 1.0),
        ("kettle", "tea", "buy", 1.0),
    ]


def test_partners_keep_the_strongest_of_each_link(named: Named) -> None:
    found = named.partners(None, None, top=1, min_count=1)
    links = rows(found, "antecedents", "antecedent verb")
    assert sorted(links) == [("kettle", "buy"), ("kettle", "return"), ("nails", "buy"), ("tea", "buy")]
    assert found["lift"].is_monotonic_decreasing


def test_rules_are_frozensets_in_both_directions(planted_graph: Draw) -> None:
    """Whoever has 0 gets 1; whoever has 2 mostly returns 3."""
    names = [f"object {code}" for code in range(30)]
    named = Named(planted_graph(2), ("buy", "return"), names)
    found = named.rules(None, min_count=20, min_lift=2.0, q=0.05)
    assert found.columns.tolist() == list(COLUMNS)
    sides = set(rows(found, "antecedent verb", "antecedents", "consequent verb", "consequents"))
    zero, one, two, three = (frozenset([names[code]]) for code in range(4))
    planted = {("buy", zero, "buy", one), ("buy", two, "return", three)}
    assert planted | {(w, b, v, a) for v, a, w, b in planted} <= sides
    assert len(found) <= 6
    assert found["lift"].is_monotonic_decreasing
    certain = found[(found["antecedents"] == zero) & (found["consequents"] == one)]
    assert certain["confidence"].tolist() == [1.0]
    assert certain["conviction"].tolist() == [float("inf")]
    within = named.rules(BUY, min_count=20, min_lift=2.0, q=0.05)
    assert set(within["consequent verb"]) == {"buy"}
    assert len(named.rules(None, min_count=10_000, min_lift=2.0, q=0.05)) == 0


def test_names_of_any_kind_stay_what_they_are(shop: Edges) -> None:
    named = Named(shop, (1, 2), (10, 20, 30))
    assert named.also_buy(TEA, BUY, top=1, min_count=1)["consequents"].tolist() == [20]
    assert named.rules(None, min_count=1, min_lift=0.0, q=1.0)["antecedents"].map(type).eq(frozenset).all()
