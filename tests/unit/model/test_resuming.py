"""Checkpoints on disk; `test_steps` has whole fits."""

from pathlib import Path

import pytest
import torch

from assoc_synth.ctgan.trainer_state import TrainerState
from assoc_synth.model.resuming import Checkpoint, checkpoint_beside

OWN = {"table": "t", "settings": "s"}


def test_it_is_a_hidden_folder_beside_the_model(tmp_path: Path) -> None:
    assert checkpoint_beside(tmp_path / "model") == tmp_path / ".model.training"


def test_an_epoch_of_a_step_that_is_finished_is_not_gone_on_from(tmp_path: Path) -> None:
    kept = Checkpoint(tmp_path / "c", OWN, every=0.0)
    layer = torch.nn.Linear(1, 1)
    kept.keep("edges", TrainerState({"a": torch.ones(1)}, {"steps": 3}))
    again = Checkpoint(tmp_path / "c", OWN, resume=True)
    state = again.resumed("edges")
    assert state is not None
    assert state.facts == {"steps": 3}
    assert state.tensors["a"].item() == 1.0
    assert again.resumed("order") is None
    kept.finish("edges", {"epochs": []}, {"edges": layer})
    last = Checkpoint(tmp_path / "c", OWN, resume=True)
    assert last.is_done("edges")
    assert last.resumed("edges") is None
    other = torch.nn.Linear(1, 1)
    last.restore("edges", other)
    assert torch.equal(other.weight, layer.weight)
    assert last.seconds >= kept.used
    last.discard()
    assert not (tmp_path / "c").exists()


def test_a_folder_that_cannot_be_written_does_not_end_the_training(tmp_path: Path) -> None:
    (tmp_path / "c").touch()
    kept = Checkpoint(tmp_path / "c", OWN, every=0.0)
    with pytest.warns(UserWarning, match="the training could not be kept in 'c'"):
        kept.keep("edges", TrainerState({"a": torch.ones(1)}, {"steps": 3}))
