"""Columns that are made anew: one value per group, missing as often as it was."""

import json

import numpy as np
import pandas as pd
import pytest

from assoc_synth.attributes.free_text import TextCode
from assoc_synth.attributes.identifiers import NewIdentifiers
from assoc_synth.attributes.regenerated import Regenerated, missing_together

REAL = pd.Series([f"ORDER-{number:04d}" for number in range(50)])
ORDERS = Regenerated("order", "basket", (0.0, 0.5), NewIdentifiers.beside(REAL))


def test_every_group_has_one_new_value() -> None:
    group = np.array([7, 7, 3, -1, 3])
    made = ORDERS.make(np.zeros(5, int), {"basket": group}, np.random.default_rng(0))
    assert made[0] == made[1] != made[2] == made[4]
    assert made[3] is None
    assert not set(made) & set(REAL)


def test_values_are_missing_as_often_as_their_verb_had_none() -> None:
    verb = np.repeat([0, 1], 1_000)
    made = ORDERS.make(verb, {"basket": np.arange(2_000)}, np.random.default_rng(0))
    gone = np.array([value is None for value in made])
    assert not gone[verb == 0].any()
    assert gone[verb == 1].mean() == pytest.approx(0.5, abs=0.05)


def test_two_columns_never_hold_the_same() -> None:
    taken: set[str] = set()
    group = {"basket": np.arange(900)}
    first, second = (ORDERS.make(np.zeros(900, int), group, np.random.default_rng(0), taken) for _ in range(2))
    assert not set(first) & set(second)
    assert len(taken) == 1_800


@pytest.mark.parametrize(
    "rule", [NewIdentifiers.beside(REAL), TextCode(("a", "b"), (5, 5), (0,), (2,), (1,))], ids=["identifier", "text"]
)
def test_both_rules_survive_json(rule: NewIdentifiers | TextCode) -> None:
    column = Regenerated("x", "row", (0.25,), rule)
    again = Regenerated.from_dict(json.loads(json.dumps(column.to_dict())))
    assert vars(again.rule) == vars(rule)
    assert (again.name, again.of, again.missing) == ("x", "row", (0.25,))


def test_a_subject_may_have_several() -> None:
    column = Regenerated("device", "subject", (0.0,), NewIdentifiers.beside(REAL), several=3)
    subject = np.repeat(np.arange(100), 30)
    made = column.make(np.zeros(3_000, int), {"subject": subject}, np.random.default_rng(0))
    counts = pd.Series(made).groupby(subject).nunique()
    assert (counts == 3).mean() > 0.95
    assert len(set(made)) == counts.sum()


def test_what_is_missing_as_a_whole_is_drawn_for_the_whole() -> None:
    rng = np.random.default_rng(2)
    basket = np.repeat(np.arange(4_000), 3)
    verb = rng.integers(0, 4, len(basket))
    column = Regenerated("note", "basket", (0.6, 0.8, 1.0, 0.0), NewIdentifiers.beside(REAL), missing_of="basket")
    gone = pd.isna(pd.Series(column.make(verb, {"basket": basket}, rng)))
    some = gone[verb < 2].groupby(basket[verb < 2])
    assert (some.nunique() == 1).all()
    assert gone[verb == 2].all()
    assert not gone[verb == 3].any()
    assert gone[verb < 2].mean() == pytest.approx(0.7, abs=0.02)
    assert gone[verb == 0].mean() < gone[verb == 1].mean()


def test_values_of_rows_may_be_missing_for_the_whole_subject() -> None:
    subject = np.repeat(np.arange(500), 4)
    groups = {"row": np.arange(2_000), "subject": subject}
    column = Regenerated("line", "row", (0.5,), NewIdentifiers.beside(REAL), missing_of="subject")
    made = pd.Series(column.make(np.zeros(2_000, int), groups, np.random.default_rng(0)))
    assert (made.isna().groupby(subject).nunique() == 1).all()
    assert made.dropna().is_unique
    assert made.isna().mean() == pytest.approx(0.5, abs=0.08)


def test_rows_without_a_basket_are_on_their_own() -> None:
    group = {"row": np.arange(2_000), "basket": np.full(2_000, -1)}
    column = Regenerated("line", "row", (0.5,), NewIdentifiers.beside(REAL), missing_of="basket")
    made = pd.Series(column.make(np.zeros(2_000, int), group, np.random.default_rng(0)))
    assert made.isna().mean() == pytest.approx(0.5, abs=0.05)


def test_what_is_missing_together_is_seen() -> None:
    rng = np.random.default_rng(3)
    subject, basket = np.repeat(np.arange(200), 6), np.repeat(np.arange(400), 3)
    object = rng.integers(0, 50, 1_200)
    groups = {"subject": subject, "basket": basket, "object": object}
    assert missing_together(rng.random(200)[subject] < 0.3, "basket", groups) == "subject"
    assert missing_together(rng.random(400)[basket] < 0.3, "basket", groups) == "basket"
    assert missing_together(rng.random(400)[basket] < 0.3, "row", groups) == "basket"
    assert missing_together(rng.random(1_200) < 0.3, "basket", groups) == "row"
    assert missing_together(rng.random(50)[object] < 0.3, "object", groups) == "object"
    assert missing_together(np.zeros(1_200, bool), "basket", groups) == "row"
