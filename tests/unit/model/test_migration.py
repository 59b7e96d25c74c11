"""Migration: a genuine model of version 5 is read by the names of now, number by number."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from assoc_synth.model import directory, migration
from assoc_synth.model.attempts import Attempts
from assoc_synth.model.fitted import FittedModel
from assoc_synth.synthesizer import AssociativeSynthesizer

PRESCRIBED = "occurrences.repeat_level"
"""The one tensor of the stored model that is no constant."""

RENAMED = {
    "edges.held_bias": "edges.earlier_bias",
    "edges.held_slope": "edges.earlier_slope",
    "edges.held_moment": "edges.earlier_position",
    "occurrences.moments.norm.bias": "occurrences.visits.norm.bias",
    "occurrences.exchange.moment.0.weight": "occurrences.assignment.visit.0.weight",
    "occurrences.exchange.taste.object": "occurrences.assignment.preference.object",
    "occurrences.count_odds.row": "occurrences.count_logits.row",
    "occurrences.exchange.between": "occurrences.assignment.between",
}


@pytest.fixture(scope="module")
def stored(version_5: Path) -> dict[str, torch.Tensor]:
    """The tensors by their names of then."""
    return load_file(version_5 / "weights.safetensors")


def constants(stored: dict[str, torch.Tensor]) -> dict[str, float]:
    """The constant of each tensor of real numbers, by its name of then."""
    numbered = enumerate(sorted(stored))
    return {name: (at % 97) / 1000 for at, name in numbered if stored[name].is_floating_point() and name != PRESCRIBED}


def test_every_tensor_has_its_constant_under_its_name_of_now(
    stored: dict[str, torch.Tensor], small_model: FittedModel
) -> None:
    loaded = {f"edges.{name}": tensor for name, tensor in small_model.edge_generator.state_dict().items()}
    loaded |= {f"occurrences.{name}": tensor for name, tensor in small_model.occurrence_generator.state_dict().items()}
    assert {migration.weight_name(name) for name in stored} == set(loaded)
    checked = 0
    for old, constant in constants(stored).items():
        tensor = loaded[migration.weight_name(old)]
        assert tensor.shape == stored[old].shape
        assert torch.all(tensor == np.float32(constant)), old
        checked += tensor.numel() > 0
    assert checked > 60


@pytest.mark.parametrize("old", RENAMED)
def test_names_of_weights(old: str, stored: dict[str, torch.Tensor]) -> None:
    assert old in stored
    assert migration.weight_name(old) == RENAMED[old]


def test_the_classes_of_rare_objects_have_their_name_of_now() -> None:
    """The stored model has too few objects for a tail."""
    assert migration.weight_name("edges.tail.column") == "edges.tail.class_of"
    assert migration.weight_name("edges.tail.slot") == "edges.tail.slot"


def test_names_that_stay() -> None:
    for name in ("edges.verb.weight", "occurrences.count.bias", "occurrences.repeat_level"):
        assert migration.weight_name(name) == name
    assert migration.array_name("margins") == "margins"
    assert migration.array_name("gate.whole.level0.null") == "gate.whole.tier0.null"
    assert migration.array_name("gate.verb3.level1.pairs") == "gate.verb3.tier1.pairs"


def test_the_config_has_the_keys_of_now(version_5: Path) -> None:
    old = json.loads((version_5 / "config.json").read_text())
    before = json.dumps(old)
    new = migration.config(old)
    assert set(new["history"]) == {"edges", "occurrences", "assignment"}
    assert {"new_subjects", "new_baskets"} < set(new["table"])
    assert "tiers" in new["gate"]["whole"]
    assert "num_visits" in new["attributes"]
    for gone in ("drifts", "settled", "held", "levels", "num_moments", "fresh_subjects"):
        assert f'"{gone}"' in before
        assert f'"{gone}"' not in json.dumps(new)
    assert json.dumps(old) == before  # what was read is not changed


def test_the_parts_of_the_model_are_there(small_model: FittedModel) -> None:
    assert small_model.objects[0] == "apron"
    assert small_model.known_subjects == 120
    assert small_model.judge.num_reference() == 30
    assert [tier.size for tier in small_model.judge.whole.tiers] == [30]


def test_the_association_loss_has_its_name_of_now(version_5: Path) -> None:
    old = json.loads((version_5 / "config.json").read_text())
    old["gate"]["whole"]["levels"][0]["blocks"] = ["attenuation", "shares", "degrees"]
    tier = migration.config(old)["gate"]["whole"]["tiers"][0]
    assert tier["blocks"] == ["association_loss", "shares", "degrees"]
    assert tier["size"] == 30


def test_the_model_samples_rows(version_5: Path) -> None:
    synthesizer = AssociativeSynthesizer.load(version_5, device="cpu")
    table, _ = Attempts(synthesizer.model_, seed=1).plain_rows(3)
    assert table.num_subjects == 3
    assert synthesizer.max_minutes == 0.05


def test_saved_again_it_is_of_the_version_of_now(version_5: Path, tmp_path: Path) -> None:
    synthesizer = AssociativeSynthesizer.load(version_5, device="cpu")
    synthesizer.save(tmp_path / "model")
    manifest = json.loads((tmp_path / "model" / directory.MANIFEST).read_text())
    assert manifest["format_version"] == directory.FORMAT_VERSION > migration.OLDEST
    assert not (tmp_path / "model" / migration.CARD).exists()
    again = AssociativeSynthesizer.load(tmp_path / "model", device="cpu")
    assert again.get_parameters() == synthesizer.get_parameters()
    for one, other in zip(
        synthesizer.model_.edge_generator.parameters(), again.model_.edge_generator.parameters(), strict=True
    ):
        assert torch.equal(one, other)


def test_a_model_of_version_5_is_replaced_by_one_of_now(version_5: Path, tmp_path: Path) -> None:
    target = Path(shutil.copytree(version_5, tmp_path / "model"))
    AssociativeSynthesizer.load(target, device="cpu").save(target)
    assert sorted(entry.name for entry in target.iterdir()) == sorted([*directory.FILES, directory.MANIFEST])
