"""Checkpoints on disk; `test_steps` has whole fits."""

from pathlib import Path

import pytest
import torch

from assoc_synth.ctgan.trainer_state import TrainerState
from assoc_synth.errors import InputError
from assoc_synth.model import checkpoint_files as files
from assoc_synth.model.resuming import Checkpoint

OWN = {"table": "t", "settings": "s"}


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


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of temporary files."""
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(place))
    return place


def fill(monkeypatch: pytest.MonkeyPatch, *full: Path) -> None:
    """No file can be written below these folders."""
    write = files.put

    def put(path: Path, data: bytes) -> str:
        return "No space left on device" if any(folder in path.parents for folder in full) else write(path, data)

    monkeypatch.setattr(files, "put", put)


def test_where_its_disk_is_full_a_training_is_kept_among_the_temporary_files(
    tmp_path: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "c"
    kept = Checkpoint(place, OWN, every=0.0)
    kept.finish("edges", {"epochs": [1]}, {"edges": torch.nn.Linear(1, 1)})
    assert kept.is_complete
    fill(monkeypatch, place)
    kept.keep("order", TrainerState({"a": torch.ones(1)}, {"steps": 3}))
    kept.write_waiting()
    assert kept.is_complete
    assert temporary in kept.path.parents
    again = Checkpoint(place, OWN, resume=True)
    assert again.done == {"edges": {"epochs": [1]}}
    assert again.resumed("order") is not None
    again.discard()
    assert [path for folder in (place, temporary) for path in folder.rglob("*") if path.is_file()] == []


def test_a_folder_that_cannot_be_written_does_not_end_the_training(
    tmp_path: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(monkeypatch, tmp_path)
    kept = Checkpoint(tmp_path / "c", OWN, every=0.0)
    with pytest.warns(UserWarning, match="the training could not be kept in 'c': No space left on device"):
        kept.keep("edges", TrainerState({"a": torch.ones(1)}, {"steps": 3}))
    assert not kept.is_complete


def test_a_folder_of_another_user_among_the_temporary_files_is_neither_written_nor_read(
    tmp_path: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "c"
    planted = Checkpoint(files.spare(place), OWN)
    planted.note("x", 1)
    files.spare(place).parent.chmod(0o777)
    with pytest.raises(InputError, match="no training to go on from"):
        Checkpoint(place, OWN, resume=True)
    fill(monkeypatch, place)
    with pytest.warns(UserWarning, match="could not be kept"):
        Checkpoint(place, OWN).note("x", 1)


def test_a_folder_that_holds_anything_else_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    mine = tmp_path / "letters"
    mine.mkdir()
    (mine / "to-anna.txt").touch()
    with pytest.raises(InputError, match=r"holds 'to-anna.txt': give a folder with nothing else"):
        Checkpoint(mine, OWN)
    kept = Checkpoint(tmp_path / "c", OWN)
    kept.note("x", 1)
    (tmp_path / "c" / "later.txt").touch()
    kept.discard()
    assert [path.name for path in (tmp_path / "c").iterdir()] == ["later.txt"]


def test_what_is_noted_comes_back(tmp_path: Path) -> None:
    Checkpoint(tmp_path / "c", OWN).note("needs", {"edges": [1.5, 2.0]})
    again = Checkpoint(tmp_path / "c", OWN, resume=True)
    assert again.noted == {"needs": {"edges": [1.5, 2.0]}}
    assert not again.is_done("needs")
