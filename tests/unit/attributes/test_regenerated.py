"""Columns that are made anew: one value per group, missing as often as it was."""

import json

import numpy as np
import pandas as pd
import pytest

from assoc_synth.attributes.free_text import TextCode
from assoc_synth.attributes.identifiers import NewIdentifiers
from assoc_synth.attributes.regenerated import Regenerated

REAL = pd.Series([f"ORDER-{number:04d}" for number in range(50)])
ORDERS = Regenerated("order", "basket", (0.0, 0.5), NewIdentifiers.beside(REAL))


def test_every_group_has_one_new_value() -> None:
    group = np.array([7, 7, 3, -1, 3])
    made = ORDERS.make(np.zeros(5, int), group, np.random.default_rng(0))
    assert made[0] == made[1] != made[2] == made[4]
    assert made[3] is None
    assert not set(made) & set(REAL)


def test_values_are_missing_as_often_as_their_verb_had_none() -> None:
    verb = np.repeat([0, 1], 1_000)
    made = ORDERS.make(verb, np.arange(2_000), np.random.default_rng(0))
    gone = np.array([value is None for value in made])
    assert not gone[verb == 0].any()
    assert gone[verb == 1].mean() == pytest.approx(0.5, abs=0.05)


def test_two_columns_never_hold_the_same() -> None:
    taken: set[str] = set()
    group = np.arange(900)
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
    made = column.make(np.zeros(3_000, int), subject, np.random.default_rng(0))
    counts = pd.Series(made).groupby(subject).nunique()
    assert (counts == 3).mean() > 0.95
    assert len(set(made)) == counts.sum()
