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


def test_a_training_that_was_cut_short_is_told(small_model: FittedModel) -> None:
    edges = dict(small_model.history["edges"], epochs=[{}] * 4, planned=150, best_epoch=0, stopped="out of time")
    cut = dataclasses.replace(small_model, history={"edges": edges})
    cut = dataclasses.replace(cut, notes=cut.shortfall.notes)
    card = model_card(cut)
    assert "\n- training was cut short (edges 4 of 150 epochs): raise --max-minutes (in Python max_minutes)\n" in card
    assert "\n- edges: 4 of 150 epochs, none is better than the initialisation, which is kept, out of time\n" in card


def test_a_stage_without_work_is_told(small_model: FittedModel) -> None:
    nothing = dict(small_model.history["edges"], epochs=[], best_epoch=0)
    idle = dataclasses.replace(small_model, history={"assignment": nothing})
    assert "- assignment: nothing to learn\n" in model_card(idle)
