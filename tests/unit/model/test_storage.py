"""Storage: what is saved is loaded, and what cannot be understood is a ModelFileError."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.errors import ModelFileError
from assoc_synth.model.directory import (
    FILES,
    FORMAT_VERSION,
    MANIFEST,
    manifest_of,
    parse_vocabulary,
    to_json,
    vocabulary_bytes,
)
from assoc_synth.model.drawing import emit_rows, generate_edges
from assoc_synth.model.fitted import FittedModel
from assoc_synth.model.settings import Settings
from assoc_synth.model.storage import load_model, save_model
from assoc_synth.randomness import Seeds

SETTINGS = Settings(7, 1.5, CTGANConfig(noise_dim=4, context_dim=8, association_dim=8, hidden_dim=8))


@pytest.fixture
def saved(small_model: FittedModel, tmp_path: Path) -> Path:
    save_model(tmp_path / "model", small_model, SETTINGS)
    return tmp_path / "model"


def reseal(path: Path) -> None:
    """Make the manifest that of the files as they are."""
    files = {name: (path / name).read_bytes() for name in FILES}
    (path / MANIFEST).write_bytes(to_json(manifest_of(files)))


def changed(path: Path, **entries: Any) -> None:
    """Change entries of the config; None takes one out."""
    config = json.loads((path / "config.json").read_text()) | entries
    config = {name: value for name, value in config.items() if value is not None}
    (path / "config.json").write_text(json.dumps(config))
    reseal(path)


def test_a_model_comes_back(small_model: FittedModel, saved: Path) -> None:
    model, settings = load_model(saved)
    assert settings == SETTINGS
    assert repr(model) == repr(small_model)
    assert (model.history, model.notes, model.config) == (small_model.history, small_model.notes, small_model.config)
    np.testing.assert_array_equal(model.margins, small_model.margins)
    for mine, its in (
        (small_model.edge_generator, model.edge_generator),
        (small_model.occurrence_generator, model.occurrence_generator),
    ):
        before, after = mine.state_dict(), its.state_dict()
        assert list(before) == list(after)
        assert all(torch.equal(before[name], after[name]) for name in before)


def test_a_short_model_comes_back_and_draws(small_model: FittedModel, tmp_path: Path) -> None:
    save_model(tmp_path / "model", small_model, SETTINGS, short=True)
    save_model(tmp_path / "whole", small_model, SETTINGS)
    sizes = [(tmp_path / name / "weights.safetensors").stat().st_size for name in ("model", "whole")]
    assert sizes[0] < sizes[1]
    model, _ = load_model(tmp_path / "model")
    assert emit_rows(model, generate_edges(model, 6, seeds=Seeds.of(2)), seeds=Seeds.of(2)).num_subjects == 6


def test_it_draws_the_same_rows(small_model: FittedModel, saved: Path) -> None:
    model, _ = load_model(saved)
    mine, its = (
        emit_rows(one, generate_edges(one, 6, seeds=Seeds.of(2)), seeds=Seeds.of(2)).to_frame(typed=True)
        for one in (small_model, model)
    )
    assert mine.equals(its)


def test_settings_of_none_stay_none(small_model: FittedModel, tmp_path: Path) -> None:
    save_model(tmp_path / "model", small_model, Settings(3))
    assert load_model(tmp_path / "model")[1] == Settings(3, None, None)


def test_the_config_says_what_wrote_it(saved: Path) -> None:
    from assoc_synth import __version__

    config = json.loads((saved / "config.json").read_text())
    assert (config["format_version"], config["package_version"]) == (FORMAT_VERSION, __version__)
    assert (saved / "README.md").read_text().startswith("---\nlicense: ")


@pytest.mark.parametrize(
    "entries",
    [
        {"known_subjects": None},
        {"parameters": None},
        {"parameters": {"random_state": "seven"}},
        {"parameters": {"random_state": 1, "config": {"unheard_of": 1}}},
        {"links_per_subject": "many"},
        {"table": {}},
        {"gate": []},
        {"attributes": {"count": 3}},
    ],
)
def test_a_config_that_describes_no_model(saved: Path, entries: dict[str, Any]) -> None:
    changed(saved, **entries)
    with pytest.raises(ModelFileError):
        load_model(saved)


def test_a_vocabulary_of_another_model(saved: Path) -> None:
    verbs, objects = parse_vocabulary((saved / "vocabulary.parquet").read_bytes())
    (saved / "vocabulary.parquet").write_bytes(vocabulary_bytes(verbs, objects[1:]))
    reseal(saved)
    with pytest.raises(ModelFileError, match=r"vocabulary\.parquet does not fit config\.json"):
        load_model(saved)
