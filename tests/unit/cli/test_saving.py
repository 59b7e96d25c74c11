"""A model that cannot be written where it should be is not lost."""

from __future__ import annotations

from pathlib import Path

import click
import pytest
import torch
import typer

from assoc_synth import AssociativeSynthesizer
from assoc_synth.cli.saving import saved
from assoc_synth.errors import InputError
from assoc_synth.model.resuming import Checkpoint

STORED = Path(__file__).parents[3] / "models" / "toy-shop"


@pytest.fixture
def context() -> typer.Context:
    options = [
        click.Option(["-m", "--model"]),
        click.Option(["--resume"], is_flag=True),
        click.Option(["--checkpoint"]),
    ]
    command = click.Command("fit", params=[click.Argument(["data"]), *options])
    made = click.Context(command, info_name="fit")
    made.params = {"data": "shop.csv", "model": "model"}
    return made  # type: ignore[return-value]


@pytest.fixture
def fitted(tmp_path: Path) -> AssociativeSynthesizer:
    """A model whose path is taken."""
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "letter.txt").touch()
    synthesizer = AssociativeSynthesizer.load(STORED)
    synthesizer.checkpoint_ = None
    return synthesizer


def test_a_training_that_is_kept_is_saved_elsewhere_by_a_command(
    fitted: AssociativeSynthesizer, context: typer.Context, tmp_path: Path
) -> None:
    fitted.checkpoint_ = kept = Checkpoint(tmp_path / "kept", {})
    kept.finish("edges", {}, {"edges": torch.nn.Linear(1, 1)})
    with pytest.raises(InputError) as failed:
        saved(fitted, tmp_path / "model", context)
    said = str(failed.value)
    assert said.startswith("'model' exists and is not a model directory")
    assert said.endswith(f"assoc-synth fit shop.csv -m OTHER --resume --checkpoint {tmp_path / 'kept'}")
    assert (tmp_path / "kept").exists()


def test_what_nothing_keeps_is_written_among_the_temporary_files(
    fitted: AssociativeSynthesizer, context: typer.Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    with pytest.raises(InputError, match="move it to where it should be"):
        saved(fitted, tmp_path / "model", context)
    (place,) = (tmp_path / "temporary").glob("*/model")
    assert AssociativeSynthesizer.load(place).model_.num_subjects == fitted.model_.num_subjects


def test_a_model_that_can_be_written_is(fitted: AssociativeSynthesizer, context: typer.Context, tmp_path: Path) -> None:
    saved(fitted, tmp_path / "other", context)
    assert (tmp_path / "other" / "manifest.json").is_file()
