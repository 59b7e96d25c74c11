"""Claims are found where they are planted and nowhere else; partners by hand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from assoc_synth.link_graph.associations import also_buy, rules
from assoc_synth.link_graph.edges import Edges
from assoc_synth.link_graph.pairs import all_pairs

BUY, RETURN = 0, 1
TEA, KETTLE, NAILS = 0, 1, 2
Draw = Callable[..., Edges]


def test_also_buy_by_hand(shop: Edges) -> None:
    found = also_buy(shop, TEA, verb=BUY, min_count=1)
    assert found.partner.tolist() == [KETTLE, NAILS]
    assert found.confidence.tolist() == [0.75, 0.25]
    assert found.lift.tolist() == pytest.approx([1.5, 0.75])
    assert ((found.low < found.lift) & (found.lift < found.high)).all()
    assert also_buy(shop, TEA, verb=BUY, min_count=2).partner.tolist() == [KETTLE]
    assert also_buy(shop, TEA, verb=BUY, min_count=1, top=1).partner.tolist() == [KETTLE]


def test_also_buy_across_verbs_may_return_the_object_itself(shop: Edges) -> None:
    found = also_buy(shop, KETTLE, across=(BUY, RETURN), min_count=1)
    assert found.partner.tolist() == [KETTLE]
    assert found.confidence.tolist() == pytest.approx([2 / 3])
    assert len(also_buy(shop, NAILS, across=(BUY, RETURN), min_count=1)) == 0


def test_planted_rules_are_found_and_nothing_else(planted_graph: Draw) -> None:
    found = rules(planted_graph(2))
    columns = (found.verb, found.left, found.other, found.right)
    named = {tuple(int(code) for code in row) for row in zip(*columns, strict=True)}
    assert {(BUY, 0, BUY, 1), (BUY, 2, RETURN, 3)} <= named
    assert len(named) <= 3


def test_no_rule_on_random_tables(random_graph: Draw) -> None:
    """BH at 5 % leaves any rule in at most one run in twenty; the lift is not asked for here."""
    runs = [len(rules(random_graph(seed, links=3_000), min_lift=1.0, min_count=10)) > 0 for seed in range(40)]
    assert sum(runs) <= 6


def test_busy_subjects_make_lift_but_no_rule() -> None:
    """Ten per cent of the subjects have most objects: every pair has lift above 2, none is an association."""
    rng = np.random.default_rng(0)
    size = np.where(np.arange(2_000) < 200, 30, 1)
    ranks = np.argsort(rng.random((2_000, 50)), axis=1)
    subject, place = np.nonzero(np.arange(50)[None, :] < size[:, None])
    edges = Edges.from_links(
        subject,
        np.zeros(len(subject), int),
        ranks[subject, place],
        num_subjects=2_000,
        num_verbs=1,
        num_objects=50,
    )
    found = all_pairs(edges, 20)
    assert np.median(found.lift) > 2
    assert len(rules(edges)) == 0


@pytest.mark.parametrize("links", [0, 1, 3])
def test_tiny_tables(links: int) -> None:
    edges = Edges.from_links(range(links), [0] * links, [0] * links, num_subjects=links, num_verbs=1, num_objects=1)
    assert len(rules(edges, min_count=1)) == 0


def test_partners_as_a_frame(shop: Edges) -> None:
    frame = also_buy(shop, TEA, verb=BUY, min_count=1).to_frame()
    assert frame.columns.tolist() == ["partner", "count", "confidence", "lift", "low", "high"]
    assert frame["count"].tolist() == [3, 1]
