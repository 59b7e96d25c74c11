"""Boost: factors become shares and lifts, and what cannot be reached is refused with what can."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from assoc_synth.datasets import toy_shop
from assoc_synth.errors import InputError
from assoc_synth.link_graph.edges import Edges
from assoc_synth.model.fitted import FittedModel
from assoc_synth.randomness import Seeds
from assoc_synth.scenarios import boosting as module
from assoc_synth.scenarios.boosting import Boost, Boosted, BoostedRows, Pair
from assoc_synth.scenarios.outcome import Outcome

APRON, BELT = ("bought", "apron"), ("bought", "belt")


def test_a_boost_by_names(small_model: FittedModel) -> None:
    boost = Boost.of(small_model, {APRON: 2}, (APRON, BELT, 1.5))
    assert boost == Boost((((0, 0), 2.0),), (Pair((0, 0), (0, 2), 1.5),))


def test_several_pairs(small_model: FittedModel) -> None:
    boost = Boost.of(small_model, None, [(APRON, BELT, 1.5), ("belt", "apron", 0.5)])
    assert [pair.factor for pair in boost.pairs] == [1.5, 0.5]


def test_shares_are_the_training_ones_times_the_factor(small_model: FittedModel) -> None:
    boost = Boost.of(small_model, {APRON: 2}, (APRON, BELT, 1.5))
    assert boost.shares(small_model) == {(0, 0): pytest.approx(2 * 9 / 120), (0, 2): pytest.approx(10 / 120)}


@pytest.mark.parametrize(
    ("boost", "pair", "reason"),
    [
        ({}, None, "boost takes"),
        ("tea", None, "boost takes"),
        ({APRON: 0}, None, "the factor of .*apron.* must be a number above 0, not 0"),
        ({APRON: "2"}, None, "the factor of .*apron.* must be a number above 0, not '2'"),
        (
            {APRON: 14.0},
            None,
            "'bought apron' cannot be boosted 14 times; 7.50% of the subjects have it: the factor is at",
        ),
        ({APRON: 2.0, "apron": 3.0}, None, "boost names a link twice"),
        (None, (APRON, BELT), "boost_pair takes \\(X, Y, factor\\)"),
        (None, 3, "boost_pair takes \\(X, Y, factor\\)"),
        (None, (APRON, "apron", 2.0), "names the same link twice"),
        (None, (APRON, BELT, True), "a lift's factor must be a number above 0, not True"),
    ],
)
def test_what_cannot_be_boosted(small_model: FittedModel, boost: Any, pair: Any, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        Boost.of(small_model, boost, pair)


@pytest.mark.parametrize(
    ("factor", "plain", "reason"),
    [
        (2.0, 0.0, "never come together in what the model draws"),
        (50.0, 1.5, "is 1.50 and can be 12.00 at most: the factor 50 is out of reach, give at most 8.00"),
    ],
)
def test_a_lift_out_of_reach(small_model: FittedModel, factor: float, plain: float, reason: str) -> None:
    pair = Pair((0, 0), (0, 2), factor)
    with pytest.raises(InputError, match=reason):
        Boost((), (pair,))._joint(small_model, pair, plain)


def test_a_lift_within_reach_is_a_share_of_subjects(small_model: FittedModel) -> None:
    pair = Pair((0, 0), (0, 2), 2.0)
    assert Boost((), (pair,))._joint(small_model, pair, 1.5) == pytest.approx(2.0 * 1.5 * (9 / 120) * (10 / 120))


def test_outcomes_far_from_what_is_asked_are_refused(small_model: FittedModel) -> None:
    has = np.arange(100)[:, None] < 30
    (outcome,) = module._outcomes(small_model, has, {((0, 0),): 0.3}, {})
    assert outcome == Outcome("share of subjects with bought apron", 0.3, 0.3, 30.0)
    with pytest.raises(InputError, match=r"'share of subjects with bought apron': 0\.4 is asked, 0\.3 is what"):
        module._outcomes(small_model, has, {((0, 0),): 0.4}, {})


def test_few_subjects_are_not_held_to_a_figure(small_model: FittedModel) -> None:
    has = np.arange(100)[:, None] < 30
    (outcome,) = module._outcomes(small_model, has, {((0, 0),): 0.1}, {})
    assert (outcome.asked, outcome.obtained, outcome.behind) == (0.1, 0.3, 10.0)


def test_the_lift_of_a_pair_is_obtained_from_its_links(small_model: FittedModel) -> None:
    one, other = np.arange(100) < 40, np.arange(100) % 2 == 0
    has = np.stack([one, other, one & other], 1)
    asked = {((0, 0),): 0.4, ((0, 2),): 0.5, ((0, 0), (0, 2)): 0.2}
    *_, lift = module._outcomes(small_model, has, asked, {((0, 0), (0, 2)): 1.0})
    assert lift == Outcome("lift of bought apron & bought belt", 1.0, pytest.approx(1.0), pytest.approx(20.0))


@pytest.fixture
def asked_for(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many subjects the boost is asked for; two rows come of each."""
    calls: list[int] = []

    def draw(self: Boost, model: FittedModel, subjects: int, seeds: Seeds) -> Boosted:
        calls.append(subjects)
        zeros = np.zeros(subjects)
        sizes = {"num_subjects": subjects, "num_verbs": 1, "num_objects": 1}
        edges = Edges.from_links(np.arange(subjects), zeros, zeros, **sizes)
        return Boosted(edges, (Outcome("share of subjects with x", 0.1, 0.1, 0.1 * subjects),), edges)

    shop = toy_shop(subjects=60, seed=1)
    monkeypatch.setattr(Boost, "draw", draw)
    monkeypatch.setattr(module, "emit_rows", lambda _, edges, seeds: shop.take_rows(np.arange(2 * edges.num_subjects)))
    return calls


def test_rows_are_exactly_as_many(small_model: FittedModel, asked_for: list[int]) -> None:
    made = BoostedRows(Boost((), ()), 10, 50).make(small_model, Seeds.of(1))
    assert len(made.table) == 50
    assert asked_for == [10, 29]  # ⌈1.1 · 10 · 50 / 20⌉ + 1
    assert made.judged is not None


def test_thin_figures_are_noted(small_model: FittedModel, asked_for: list[int]) -> None:
    made = BoostedRows(Boost((), ()), 15, None).make(small_model, Seeds.of(1))
    assert len(made.table) == 30
    assert made.notes[1:] == ("share of subjects with x: 1.5 subjects are expected, too few to be exact: ask for more",)


def test_what_a_boost_says_of_itself() -> None:
    plan = BoostedRows(Boost((), ()), 15, None)
    assert (plan.name, plan.is_judged) == ("boost", True)
    assert "reweighted back by the links and pairs that are named" in plan.what_is_judged(1)
