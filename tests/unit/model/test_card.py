"""The model card: front matter that a hub reads, and facts of this fit."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest

from assoc_synth import __version__
from assoc_synth.model.card import TAGS, Measured, Published, front_matter, model_card
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


MEASURES = (
    Measured("Associations", "pair_l1", 1.25, 1.5, 3.0, "like real"),
    Measured("Associations", "lift_r", None, None, None, "unknown"),
    Measured("Privacy", 'linkability: a "quoted" one', -0.5, None, None, "gives nobody away"),
)
PUBLISHED = Published(
    name="small: shop",
    data="an invented shop.",
    licence="license: mit",
    terms="MIT.",
    seed=4,
    command="python -m make small",
    verdict="PASS: it is fine.",
    sampled="Of 20 drawn subjects.",
    measures=MEASURES,
)


def test_a_published_model_says_where_it_comes_from_and_how_good_it_is(small_model: FittedModel) -> None:
    card = model_card(small_model, PUBLISHED)
    assert "# small: shop: a generator of transactions\n\nData: an invented shop.\nLicence: MIT.\n" in card
    assert "Made by `python -m make small` with seed 4.\n\nRoles: " in card
    assert "\n## Measures\nOf 20 drawn subjects.\nVerdict: PASS: it is fine.\n\n| group | measure |" in card
    assert "| Associations | pair_l1 | 1.25 | 1.5 | 3 | like real |\n" in card
    assert "| Associations | lift_r |  |  |  | unknown |\n" in card
    assert "Real values, and how many training subjects have each" in card
    assert 'AssociativeSynthesizer.load("small: shop")' in card


def test_a_hub_reads_its_licence_and_its_measures(small_model: FittedModel) -> None:
    found = yaml.safe_load(model_card(small_model, PUBLISHED).split("---\n", 2)[1])
    assert found["license"] == "mit"
    (model,) = found["model-index"]
    (result,) = model["results"]
    assert (model["name"], result["dataset"]["name"]) == ("small: shop", "small: shop")
    values = {metric["type"]: (metric["name"], metric["value"]) for metric in result["metrics"]}
    assert values == {
        "pair_l1": ("Associations: pair_l1, floor 1.5", 1.25),
        'linkability: a "quoted" one': ('Privacy: linkability: a "quoted" one', -0.5),
    }
    hub = pytest.importorskip("huggingface_hub")
    card = hub.ModelCard(model_card(small_model, PUBLISHED))
    assert [one.metric_value for one in card.data.eval_results] == [1.25, -0.5]


def test_nothing_measured_is_no_index() -> None:
    nothing = front_matter(dataclasses.replace(PUBLISHED, measures=MEASURES[1:2]))
    assert "model-index" not in nothing
    assert front_matter().count("license: ") == nothing.count("license: ") == 1
