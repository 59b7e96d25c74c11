"""Migration: a genuine model of version 5, and one of version 6, are read as of now, number by number."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save

from assoc_synth.ctgan.assignment.calendar_terms import CLASSES
from assoc_synth.ctgan.assignment.kernel import PLACES, SAME_VISIT, TIME_BINS, UNORDERED, time_bin
from assoc_synth.ctgan.edges.conditions import NUM_SCALARS, scalars
from assoc_synth.model import directory, migration
from assoc_synth.model.attempts import Attempts
from assoc_synth.model.fitted import FittedModel
from assoc_synth.model.storage import load_model
from assoc_synth.model.streaming import plain_rows
from assoc_synth.synthesizer import AssociativeSynthesizer

PRESCRIBED = "occurrences.repeat_level"
"""The one tensor of the stored model that is no constant."""

LEFT_OUT = ("edges.verb_head.", "edges.verb_bias")
"""Begin the names of the tensors that drew the next verb."""
WIDENED = ("edges.latent.first.weight", "edges.association_gate.0.weight")

VISIT = "occurrences.assignment.visit.0.weight"
"""It looked at 14 features of a visit."""

BETWEEN = "occurrences.assignment.between"
"""It had ten bins of the time between two visits."""
OLD_BINS = [*(time_bin(-day, 0.0) for day in (40.0, 10.0, 3.0, 0.5)), SAME_VISIT]
OLD_BINS += [*(time_bin(day, 0.0) for day in (0.5, 3.0, 10.0, 40.0)), UNORDERED]

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


@pytest.fixture(scope="module")
def small_model(version_5: Path) -> FittedModel:
    """As it is stored."""
    return load_model(version_5)[0]


@pytest.fixture(scope="module")
def loaded(small_model: FittedModel) -> dict[str, torch.Tensor]:
    """The tensors by their names of now."""
    edges, occurrences = small_model.edge_generator, small_model.occurrence_generator
    parts = {"edges": edges.state_dict(), "occurrences": occurrences.state_dict()}
    return {f"{part}.{name}": tensor for part, state in parts.items() for name, tensor in state.items()}


def without_plan(name: str, tensor: torch.Tensor, model: FittedModel) -> torch.Tensor:
    """A weight as it was before the condition vector had the plan of verbs, and visits some of their features."""
    if name == VISIT:
        assert torch.all(tensor[:, 14:] == 0)
        return tensor[:, :14]
    if name == BETWEEN:
        return tensor[:, :, OLD_BINS]
    if name not in WIDENED:
        return tensor
    at = NUM_SCALARS + (model.config.context_dim if name == WIDENED[0] else 0)
    end = at + 2 * len(model.verbs)
    assert torch.all(tensor[:, at:end] == 0)
    return torch.cat([tensor[:, :at], tensor[:, end:]], 1)


def test_every_tensor_has_its_constant_under_its_name_of_now(
    stored: dict[str, torch.Tensor], loaded: dict[str, torch.Tensor], small_model: FittedModel
) -> None:
    checked = 0
    for old, constant in constants(stored).items():
        if old.startswith(LEFT_OUT):
            continue
        name = migration.weight_name(old)
        tensor = without_plan(name, loaded[name], small_model)
        assert tensor.shape == stored[old].shape
        assert torch.all(tensor == np.float32(constant)), old
        checked += tensor.numel() > 0
    assert checked > 60


def test_times_between_visits_have_the_terms_of_the_bins_that_they_were_in() -> None:
    names = ("between", "terms.weight", "visit.0.weight", "visit.2.weight", "size.weight")
    values = torch.arange(10.0).view(1, 1, 10), torch.ones(3, 5), torch.ones(4, 16), torch.ones(6, 4), torch.ones(2)
    old = {f"occurrences.assignment.{name}": value for name, value in zip(names, values, strict=True)}
    new = migration.weights(old, {})
    assert new[BETWEEN].shape == (1, 1, TIME_BINS)
    for day in (0.1, 0.9, 1.0, 6.0, 7.0, 15.5, 29.0, 30.0, 31.0, 5000.0):
        far = 1 + (day >= 1) + (day >= 7) + (day >= 30)
        assert new[BETWEEN][0, 0, time_bin(day, 0.0)] == 4 + far
        assert new[BETWEEN][0, 0, time_bin(0.0, day)] == 4 - far
    assert (new[BETWEEN][0, 0, SAME_VISIT], new[BETWEEN][0, 0, UNORDERED]) == (4, 9)
    terms = new["occurrences.assignment.terms.weight"]
    assert terms[:, :PLACES].all()
    assert not terms[:, PLACES:].any()
    assert new["occurrences.assignment.calendar.weight"].shape == (CLASSES, 6)
    assert all(torch.equal(new[name], tensor) for name, tensor in migration.weights(new, {}).items())


def test_the_verb_head_is_left_out_and_what_is_new_says_nothing(
    stored: dict[str, torch.Tensor], loaded: dict[str, torch.Tensor], small_model: FittedModel
) -> None:
    before = {migration.weight_name(name) for name in stored}
    assert {name for name in before - set(loaded) if not name.startswith(LEFT_OUT)} == set()
    assert before - set(loaded)
    assert {"edges.exclusions.weight", "edges.needs.tokens"} <= set(loaded) - before
    new = set(loaded) - before
    assert loaded["occurrences.assignment.sweeps"] == 30, "as many moves as older models made"
    assert not any(loaded[name].any() for name in new - {"occurrences.assignment.sweeps"})
    assert (len(small_model.edge_generator.exclusions), len(small_model.edge_generator.needs)) == (0, 0)


def test_older_weights_do_not_look_at_the_plan(small_model: FittedModel) -> None:
    """Two plans of one size: the same query, so the same logits."""
    model = small_model.edge_generator
    plan = torch.tensor([[5.0, 0, 0, 0, 0], [1, 1, 1, 1, 1]])
    numbers = scalars(torch.tensor([2, 2]), plan, plan)
    noise, links = torch.zeros(2, model.noise_dim), torch.ones(2, model.width)
    query = model.object_query(model.condition(links, numbers, noise), links, numbers, torch.tensor([1, 1]))
    assert torch.equal(query[0], query[1])
    assert query.any()


def version_6(version_5: Path, stored: dict[str, torch.Tensor], target: Path) -> Path:
    """The same model as version 6 wrote it: the names of now, and the verb head."""
    files = {name: (version_5 / name).read_bytes() for name in directory.FILES if (version_5 / name).exists()}
    state = json.loads(files["config.json"])
    named = migration._named(state)
    named["generator"] = {name: named["generator"][name] for name in state["generator"]}
    stored_arrays = directory.parse_arrays(files["reference.parquet"])
    arrays = {migration.array_name(name): array for name, array in stored_arrays.items()}
    files |= {
        "config.json": directory.to_json(named | {"format_version": 6}),
        "reference.parquet": directory.arrays_bytes(arrays),
        "weights.safetensors": save({migration.weight_name(name): tensor for name, tensor in stored.items()}),
        directory.CARD: b"# A model",
    }
    directory.write_files(target, files)
    manifest = json.loads((target / directory.MANIFEST).read_text()) | {"format_version": 6}
    del manifest["seal"]
    (target / directory.MANIFEST).write_text(json.dumps(manifest))
    return target


def test_a_model_of_version_6_is_the_same_model(
    version_5: Path, stored: dict[str, torch.Tensor], loaded: dict[str, torch.Tensor], tmp_path: Path
) -> None:
    model = AssociativeSynthesizer.load(version_6(version_5, stored, tmp_path / "model"), device="cpu").model_
    assert model.edge_generator.attributes == ()
    for name, tensor in model.edge_generator.state_dict().items():
        assert torch.equal(tensor, loaded[f"edges.{name}"]), name
    for name, tensor in model.occurrence_generator.state_dict().items():
        assert torch.equal(tensor, loaded[f"occurrences.{name}"]), name


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
    table, _ = plain_rows(Attempts(synthesizer.model_, seed=1), 3)
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


@pytest.mark.parametrize("version", [8, 9])
def test_models_whose_gate_judges_by_scope_load_as_they_are(
    version_5: Path, tmp_path: Path, version: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, target = AssociativeSynthesizer.load(version_5, device="cpu"), tmp_path / "model"
    model.save(target)
    files = directory.read_files(target)
    monkeypatch.setattr(directory, "FORMAT_VERSION", version)
    state = directory.parse_json(files["config.json"], "config.json") | {"format_version": version}
    directory.write_files(target, dict(files) | {"config.json": directory.to_json(state)})
    monkeypatch.undo()
    assert json.loads((target / directory.MANIFEST).read_text())["format_version"] == version
    again = AssociativeSynthesizer.load(target, device="cpu")
    assert again.get_parameters() == model.get_parameters()
    assert again.model_.judge.to_arrays()[1] == model.model_.judge.to_arrays()[1]
