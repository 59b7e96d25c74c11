"""FittedModel: a value with small look-ups."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from assoc_synth.errors import InputError
from assoc_synth.model.fitted import FittedModel


def test_verbs_are_found_by_name_in_any_order(small_model: FittedModel) -> None:
    assert small_model.verb_codes(["viewed", "bought", "viewed"]) == [0, 4]
    assert small_model.verb_codes([]) is None
    assert small_model.verb_codes(None) is None


def test_verbs_are_found_by_their_text(small_model: FittedModel) -> None:
    numbered = dataclasses.replace(small_model, verbs=pd.Index([10, 20, 30, 40, 50]))
    assert numbered.verb_codes(["20", 50]) == [1, 4]


def test_an_unknown_verb_is_named_with_those_there_are(small_model: FittedModel) -> None:
    with pytest.raises(InputError, match="no verb 'stole'; the model has: bought, claimed_warranty, returned, "):
        small_model.verb_codes(["bought", "stole"])


def test_the_repr_is_short_whatever_the_model_holds(small_model: FittedModel) -> None:
    assert repr(small_model) == ("FittedModel(5 verbs, 72 objects, fitted to 150 subjects with 13.4 links each)")
    many = dataclasses.replace(small_model, objects=pd.Index([f"object {i}" * 50 for i in range(5_000)]))
    assert len(repr(many)) < 500


def test_a_model_is_frozen(small_model: FittedModel) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        small_model.known_subjects = 3  # type: ignore[misc]


def test_shares_are_margins_of_the_known_subjects(small_model: FittedModel) -> None:
    shares = small_model.token_shares()
    assert shares.shape == (5, 72)
    assert shares[0, 0] == pytest.approx(9 / 120)
    shares[0, 0] = 5.0  # the model's own numbers stay
    assert small_model.token_shares()[0, 0] == pytest.approx(9 / 120)


def test_degrees_are_counted_from_0(small_model: FittedModel) -> None:
    counts = small_model.degree_counts()
    assert counts[:5].tolist() == [0, 2, 7, 12, 12]
    assert len(counts) == 75
    assert counts.sum() == 120
    assert counts @ np.arange(75) == small_model.margins.sum()
