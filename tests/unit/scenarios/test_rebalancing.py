"""Rebalance: shares become whole numbers of rows that add up."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from assoc_synth.errors import InputError
from assoc_synth.model.fitted import FittedModel
from assoc_synth.randomness import Seeds
from assoc_synth.scenarios.rebalancing import Rebalance, largest_remainder


def test_shares_become_whole_numbers_that_sum_up() -> None:
    assert largest_remainder(np.array([1 / 3, 1 / 3, 1 / 3]), 10).tolist() == [4, 3, 3]
    assert largest_remainder(np.array([0.5, 0.0, 0.5]), 4).tolist() == [2, 0, 2]


@pytest.mark.parametrize("total", [0, 1, 7, 1_000])
def test_each_is_within_one_of_its_share(total: int) -> None:
    share = np.random.default_rng(total).dirichlet(np.ones(6))
    found = largest_remainder(share, total)
    assert found.sum() == total
    assert (np.abs(found - share * total) < 1).all()


def test_uniform_is_among_the_verbs_that_occur(small_model: FittedModel) -> None:
    assert Rebalance.of(small_model, {"action": "uniform"}, 101).quota.tolist() in (
        [21, 20, 20, 20, 20],
        [26, 0, 25, 25, 25],
    )


def test_named_verbs_have_their_share_and_the_others_what_is_left(small_model: FittedModel) -> None:
    quota = Rebalance.of(small_model, {"verb": {"returned": 0.5}}, 1_000).quota
    natural = small_model.margins.sum(1)
    assert quota[2] == 500
    assert quota.sum() == 1_000
    others = [0, 1, 3, 4]
    np.testing.assert_allclose(quota[others], 500 * natural[others] / natural[others].sum(), atol=1)


def test_a_verb_without_a_share_is_left_out(small_model: FittedModel) -> None:
    plan = Rebalance.of(small_model, {"verb": {"bought": 0.25, "viewed": 0.75}}, 40)
    assert plan.quota.tolist() == [10, 0, 0, 0, 30]
    assert plan.verbs == [0, 4]


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ("uniform", "rebalance takes"),
        ({}, "rebalance takes"),
        ({"product": "uniform"}, "and no other column"),
        ({"verb": "even"}, 'the shares of the verbs are \\{name: share, ...\\} or "uniform"'),
        ({"verb": {}}, "the shares of the verbs are"),
        ({"verb": {"bought": 0.7, "returned": 0.5}}, "the shares sum to 1.2: more than 1"),
        ({"verb": {"bought": -0.1}}, "the share of 'bought' must be from 0 to 1, not -0.1"),
        ({"verb": {"bought": True}}, "the share of 'bought' must be from 0 to 1, not True"),
        ({"verb": {"stole": 0.1}}, "no verb 'stole'"),
    ],
)
def test_shares_that_are_none(small_model: FittedModel, asked: Any, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        Rebalance.of(small_model, asked, 100)


def test_too_rare_a_verb(small_model: FittedModel) -> None:
    with pytest.raises(InputError, match=r"'\w+' is too rare for [\d,]+ rows: ask for fewer rows"):
        Rebalance.of(small_model, {"verb": "uniform"}, 2_000_000_000)


def test_whole_subjects_are_drawn_and_enough_of_their_links_are_wanted(small_model: FittedModel) -> None:
    plan = Rebalance(np.array([6, 0, 2, 0, 9]))
    edges = plan.draw(small_model, Seeds.of(1))
    sizes = small_model.links_of(edges).degrees_by_verb()
    wanted = plan.of_links(small_model, edges)
    before = np.cumsum(sizes, 0) - sizes
    assert wanted.tolist() == (before < plan.quota).tolist()
    assert ((sizes * wanted).sum(0) >= plan.quota).all()
    assert sizes[:, [1, 3]].any(), "links that nobody asked for are drawn too"
    assert not wanted[:, [1, 3]].any()


def test_of_a_frequent_verb_whoever_is_there_for_a_rare_one_has_no_rows(small_model: FittedModel) -> None:
    made = Rebalance(np.array([3, 0, 8, 0, 0])).make(small_model, Seeds.of(2))
    assert made.judged is not None
    rare, frequent = (made.judged.table.subject[made.judged.table.verb == verb] for verb in (2, 0))
    assert frequent.max() < rare.max()
    assert set(made.judged.edges.verb.tolist()) == {0, 2}
    assert set(made.judged.table.verb.tolist()) == {0, 2}


def test_rows_of_each_verb_are_exact(small_model: FittedModel) -> None:
    made = Rebalance(np.array([6, 0, 2, 0, 9])).make(small_model, Seeds.of(1))
    assert np.bincount(made.table.verb, minlength=5).tolist() == [6, 0, 2, 0, 9]
    assert [outcome.obtained for outcome in made.outcomes] == [outcome.asked for outcome in made.outcomes]
    assert made.judged is not None


def test_what_a_rebalance_says_of_itself() -> None:
    plan = Rebalance(np.array([1, 0]))
    assert (plan.name, plan.is_judged) == ("rebalance", True)
    assert "each verb by itself and nothing across verbs" in plan.what_is_judged(1)
