"""Hyperparameters: every field is checked by name, says which stage it governs, and survives JSON."""

import json
import re
from dataclasses import fields
from typing import Any

import numpy as np
import pytest

from assoc_synth.ctgan.config import MANY_OBJECTS, NARROW, CTGANConfig
from assoc_synth.errors import InputError

NAMES = [own.name for own in fields(CTGANConfig)]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("pac", 0),
        ("average", 1.0),
        ("dropout", 1.5),
        ("batch_links", 0),
        ("predicted_share", 0.0),
        ("predicted_share", 1.1),
        ("epochs", -3),
        ("epochs", 0),
        ("epochs", 2.0),
        ("epochs", True),
        ("adversarial_weight", -1),
        ("adversarial_weight", "0.1"),
        ("noise_dim", 2.5),
        ("noise_dim", None),
        ("noise_dim", -1),
        ("context_dim", 0),
        ("learning_rate", 0),
        ("learning_rate", float("nan")),
        ("learning_rate", float("inf")),
        ("learning_rate", True),
        ("dropout", "a"),
        ("weight_decay", -0.1),
        ("steering", 1),
        ("calibration_rounds", -1),
        ("calibration_step", 1.5),
        ("critic_beta1", 1),
        ("assignment_patience", 0),
        ("gumbel_temperature", 0.0),
    ],
)
def test_wrong_hyperparameters_are_refused_by_name(field: str, value: Any) -> None:
    with pytest.raises(InputError, match=rf"^{field} must be .*, not '{re.escape(str(value))}'$"):
        CTGANConfig(**{field: value})


@pytest.mark.parametrize("name", NAMES)
def test_no_field_takes_text(name: str) -> None:
    with pytest.raises(InputError, match=f"^{name} must be"):
        CTGANConfig(**{name: "a"})


def test_what_is_allowed_is_in_the_message() -> None:
    with pytest.raises(InputError, match="dropout must be a number from 0 to below 1, or None, not '1'"):
        CTGANConfig(dropout=1)
    with pytest.raises(InputError, match="predicted_share must be a number above 0 and at most 1, not '2'"):
        CTGANConfig(predicted_share=2)
    with pytest.raises(InputError, match="epochs must be a whole number of at least 1, or None, not '0'"):
        CTGANConfig(epochs=0)
    with pytest.raises(InputError, match="steering must be True or False, not '1'"):
        CTGANConfig(steering=1)  # type: ignore[arg-type]


def test_a_generator_needs_a_path() -> None:
    with pytest.raises(InputError, match="path"):
        CTGANConfig(association_dim=0, hidden_dim=0)


def test_numbers_of_numpy_become_pythons_own() -> None:
    config = CTGANConfig(epochs=np.int64(3), learning_rate=np.float32(0.5), steering=np.bool_(False))
    assert (type(config.epochs), type(config.learning_rate), type(config.steering)) == (int, float, bool)
    assert json.loads(json.dumps(config.to_dict())) == config.to_dict()


@pytest.mark.parametrize("name", NAMES)
def test_every_field_says_which_stage_it_governs(name: str) -> None:
    lines = (CTGANConfig.__doc__ or "").split("Raises:")[0]
    entry = re.search(rf"(?m)^        (?:\w+, )*{name}(?:, \w+)*: ([\w, ]+?)\.", lines.replace(",\n            ", ", "))
    assert entry is not None, f"{name} is not described"
    assert set(entry[1].split(", ")) <= {"all stages", "edges", "occurrences", "assignment"}


def test_a_stored_config_comes_back() -> None:
    config = CTGANConfig(epochs=3, dropout=0.2, order_rounds=0)
    assert CTGANConfig.from_dict(json.loads(json.dumps(config.to_dict()))) == config


def test_an_older_config_gets_the_defaults_of_what_it_lacks() -> None:
    assert CTGANConfig.from_dict({"noise_dim": 4, "dropout": None}) == CTGANConfig(noise_dim=4)


@pytest.mark.parametrize("state", [{"nose_dim": 4}, {"epochs": 2, "speed": 1}])
def test_an_unknown_name_is_refused(state: dict[str, Any]) -> None:
    with pytest.raises(InputError, match=r"'(nose_dim|speed)' is no hyperparameter"):
        CTGANConfig.from_dict(state)


def test_many_objects_have_narrow_embeddings() -> None:
    assert CTGANConfig().for_objects(MANY_OBJECTS) == CTGANConfig()
    narrow = CTGANConfig(association_dim=8).for_objects(MANY_OBJECTS + 1)
    assert (narrow.context_dim, narrow.association_dim) == (NARROW, 8)


def test_dropout_and_weight_decay_fall_with_the_number_of_subjects() -> None:
    config = CTGANConfig()
    assert config.dropout_for(1_000, 1) == pytest.approx(0.3)
    assert config.dropout_for(1_000, 12) == config.dropout_for(1_000, 200) == pytest.approx(0.5)
    assert config.dropout_for(100_000, 200) == pytest.approx(0.1)
    assert config.weight_decay_for(1_000, 12) == pytest.approx(0.5)
    assert config.weight_decay_for(600, 50) == pytest.approx(2.0)
    assert 1.0 < config.weight_decay_for(600, 250) < 1.5, "600 subjects of 250 links tell as much as 6,000"
    assert config.weight_decay_for(50_000, 12) == pytest.approx(0.01)
    assert CTGANConfig(dropout=0.0).dropout_for(1_000, 12) == 0.0
    assert CTGANConfig(weight_decay=0.0).weight_decay_for(1_000, 12) == 0.0


def test_few_subjects_have_narrow_networks_and_many_have_them_as_given() -> None:
    config = CTGANConfig(association_dim=100)
    small, large = config.for_subjects(1_500, 5), config.for_subjects(50_000, 5)
    assert (small.context_dim, small.hidden_dim, small.association_dim) == (32, 64, 40)
    assert large == config
    assert 64 < config.for_subjects(9_000, 5).hidden_dim < 256
    assert config.for_subjects(1_500, 30).association_dim == 100
    assert config.for_subjects(900, 5, 250.0) == config.for_subjects(9_000, 5)


@pytest.mark.parametrize("off", [{"association_dim": 0}, {"hidden_dim": 0}, {"context_dim": 8}])
def test_few_subjects_widen_nothing(off: dict[str, int]) -> None:
    (name, width), small = next(iter(off.items())), CTGANConfig(**off).for_subjects(100, 0)  # type: ignore[arg-type]
    assert getattr(small, name) == width


def test_the_size_of_the_table_decides_unless_told_otherwise() -> None:
    config, fixed = CTGANConfig(), CTGANConfig(epochs=2, batch_links=7)
    assert [config.batch_for(edges) for edges in (100, 20_000, 10**6)] == [512, 1_000, 8_192]
    assert [config.occurrence_batch_for(links) for links in (100, 64_000, 10**6)] == [128, 1_000, 4_096]
    assert [config.epochs_for(edges) for edges in (100, 10**6, 10**7)] == [150, 12, 8]
    assert [config.occurrence_epochs_for(links) for links in (100, 10**6, 10**7)] == [80, 15, 8]
    assert [config.assignment_steps_for(links, 100) for links in (100, 10**6, 10**7)] == [1_000, 1_464, 2_000]
    assert (fixed.batch_for(10**6), fixed.occurrence_batch_for(10**6)) == (7, 7)
    assert (fixed.epochs_for(10**6), fixed.occurrence_epochs_for(10**6)) == (2, 2)
    assert fixed.assignment_steps_for(10**6, 100) == 200


def test_patience_is_longer_where_epochs_are_short() -> None:
    config = CTGANConfig(patience=4)
    assert [config.patience_for(steps) for steps in (1, 20, 1_000)] == [200, 10, 4]


def test_steps_of_the_assignment_are_smaller_on_small_tables() -> None:
    config = CTGANConfig(assignment_batch=4_000)
    assert [config.assignment_batch_for(links) for links in (10, 8_000, 10**6)] == [512, 1_000, 4_000]
    assert CTGANConfig(assignment_batch=64).assignment_batch_for(10**6) == 64
