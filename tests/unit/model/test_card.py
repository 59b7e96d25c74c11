"""The model card: front matter that a hub reads, and facts of this fit."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest

from assoc_synth import __version__
from assoc_synth.model.card import TAGS, front_matter, model_card
from assoc_synth.model.fitted import FittedModel

yaml = pytest.importorskip("yaml")


def test_the_front_matter_is_yaml_with_the_hubs_keys(small_model: FittedModel) -> None:
    _, header, body = model_card(small_model).split("---\n", 2)
    found = yaml.safe_load(header)
    assert found["library_name"] == "assoc-synth"
    assert found["library_version"] == __version__
    assert found["license"] == "unknown"
    assert found["tags"] == list(TAGS)
    assert body.startswith("\n# A generator of transactions\n")
    assert model_card(small_model).startswith(front_matter())


def test_the_card_says_what_was_fitted(small_model: FittedModel) -> None:
    card = model_card(small_model)
    assert "Roles: subject = `customer`, verb = `action`, object = `product`," in card
    assert "Vocabulary: 5 verbs, 72 objects." in card
    assert (
        "a table of 150 subjects with 13.4 links each on average: 120 are seen in training, 30 only by the gate" in card
    )
    assert "- column 'category' depends on the object: kept exactly\n" in card
    for stage in ("edges", "occurrences", "assignment"):
        assert f"- {stage}: " in card


def test_one_is_not_many(small_model: FittedModel) -> None:
    lone = dataclasses.replace(small_model, verbs=pd.Index(["buys"]), num_subjects=1)
    assert "Vocabulary: 1 verb, 72 objects." in model_card(lone)
    assert "a table of 1 subject with" in model_card(lone)


def test_a_model_without_watched_associations_claims_nothing(small_model: FittedModel) -> None:
    whole = dataclasses.replace(small_model.judge.whole, tiers=())
    card = model_card(dataclasses.replace(small_model, judge=dataclasses.replace(small_model.judge, whole=whole)))
    assert "the gate claims nothing about samples of this model" in card
    assert "Certificate" not in card


def test_no_subject_and_no_row_is_named(small_model: FittedModel) -> None:
    card = model_card(small_model)
    assert "customer_0" not in card
    assert "No subject, no row." in card
