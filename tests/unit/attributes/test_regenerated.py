"""Columns that are made anew: one value per group, missing as often as it was."""

import json

import numpy as np
import pandas as pd
import pytest

from assoc_synth.attributes.free_text import TextCode
from assoc_synth.attributes.identifiers import NewIdentifiers
from assoc_synth.attributes.regenerated import Regenerated, identifies, is_text, uncategorised

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


def test_notes_name_the_column_and_what_it_identifies() -> None:
    assert ORDERS.note == "column 'order' identifies each basket: regenerated in its format, no real value occurs"
    text = Regenerated("remark", "row", (0.0,), TextCode(("a", "b"), (5, 5), (0,), (2,), (1,)))
    assert "column 'remark' is free text" in text.note


@pytest.mark.parametrize(
    "rule", [NewIdentifiers.beside(REAL), TextCode(("a", "b"), (5, 5), (0,), (2,), (1,))], ids=["identifier", "text"]
)
def test_both_rules_survive_json(rule: NewIdentifiers | TextCode) -> None:
    column = Regenerated("x", "row", (0.25,), rule)
    again = Regenerated.from_dict(json.loads(json.dumps(column.to_dict())))
    assert vars(again.rule) == vars(rule)
    assert (again.name, again.of, again.missing) == ("x", "row", (0.25,))


@pytest.mark.parametrize(
    ("column", "found"),
    [
        (REAL, True),
        (REAL.astype("category"), True),
        (pd.Series(range(50)), True),
        (pd.Series(np.arange(50) / 7), False),  # numbers, no names
        (pd.Series(["red", "blue"] * 25), False),
        (pd.Series([f"mister {number}" for number in range(50)]), False),  # more than one word
        (REAL[:20], False),  # too few to tell
    ],
)
def test_a_column_identifies_rows_by_values_of_their_own(column: pd.Series, found: bool) -> None:
    assert identifies(column, np.arange(len(column))) is found


def test_an_order_number_identifies_the_basket() -> None:
    assert identifies(pd.Series(np.repeat(REAL.to_numpy(), 3)), np.repeat(np.arange(50), 3))
    assert not identifies(pd.Series(np.repeat(REAL.to_numpy(), 3)), np.arange(150))


def test_categories_are_what_they_hold() -> None:
    numbers = pd.Series([1, 2, 2], dtype="category")
    assert uncategorised(numbers).dtype == np.int64
    assert uncategorised(pd.Series(["a", None], dtype="category")).dtype == object
    assert is_text(pd.Series(["a", None], dtype="category"))
    assert not is_text(numbers)
