"""Naming: a scenario's names as the model's codes, by their text."""

from __future__ import annotations

import math

import numpy as np
import pytest

from assoc_synth.errors import InputError
from assoc_synth.model.fitted import FittedModel
from assoc_synth.scenarios.naming import number_above_zero, object_code, role_of, token, token_name, verb_code


def test_codes_by_name(small_model: FittedModel) -> None:
    assert verb_code(small_model, "bought") == 0
    assert object_code(small_model, "belt") == 2
    assert token(small_model, ("bought", "belt")) == (0, 2)
    assert token_name(small_model, (0, 2)) == "bought belt"


def test_an_object_alone_has_the_verb_of_most_subjects(small_model: FittedModel) -> None:
    assert small_model.margins[:, 0].tolist() == [9, 0, 0, 0, 2]
    assert token(small_model, "apron") == (0, 0)
    assert small_model.margins[:, 1].tolist() == [18, 0, 0, 0, 21]
    assert token(small_model, "barbecue") == (4, 1)


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        (("stole", "belt"), "no verb 'stole'; the model has: bought"),
        (("bought", "unicorn"), "no object 'unicorn'; the model has 72 others"),
        ("unicorn", "no object 'unicorn'"),
        (("bought", "belt", "hammer"), "a link is named by \\(verb, object\\), not by 3 names"),
        (("claimed_warranty", "apron"), "no training subject has the link 'claimed_warranty apron'"),
    ],
)
def test_what_the_model_does_not_know(small_model: FittedModel, key: object, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        token(small_model, key)


@pytest.mark.parametrize(
    ("key", "role"),
    [
        ("action", "verb"),
        ("verb", "verb"),
        ("product", "object"),
        ("customer", "subject"),
        ("date", "time"),
        ("channel", "channel"),
        ("category", "category"),
    ],
)
def test_roles_by_column_or_by_role(small_model: FittedModel, key: str, role: str) -> None:
    assert role_of(small_model, key) == role


def test_an_unknown_column_is_named_with_those_there_are(small_model: FittedModel) -> None:
    with pytest.raises(InputError, match="no column 'colour' in this model; it has 'customer', "):
        role_of(small_model, "colour")


@pytest.mark.parametrize("wrong", ["2", 0, -1.0, math.nan, math.inf, True, None])
def test_a_factor_is_a_number_above_0(wrong: object) -> None:
    with pytest.raises(InputError, match=r"^the factor must be a number above 0, not "):
        number_above_zero("the factor", wrong)


def test_a_factor_comes_back_as_a_number() -> None:
    assert number_above_zero("the factor", np.float32(0.5)) == 0.5
