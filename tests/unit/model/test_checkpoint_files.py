"""The files of a checkpoint; `test_resuming` has the folders that they go to."""

from pathlib import Path

import pytest
import torch

from assoc_synth.errors import InputError, ModelFileError
from assoc_synth.model import checkpoint_files as files


def test_what_is_written_is_read_by_the_user_alone(tmp_path: Path) -> None:
    path = tmp_path / "kept" / files.FINISHED
    assert files.put(path, files.content({"a": torch.ones(2)}, {"steps": 3})) == ""
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    tensors, facts = files.read(path)
    assert tensors["a"].tolist() == [1.0, 1.0]
    assert facts == {"steps": 3}


def test_every_cut_and_every_other_content_is_damage(tmp_path: Path) -> None:
    path = tmp_path / files.FINISHED
    whole = files.content({"a": torch.ones(2)}, {"steps": 3})
    for data in (b"", whole[:-1], whole[:40], whole.replace(b"steps", b"stops"), files.MARK):
        path.write_bytes(data)
        with pytest.raises(ModelFileError, match="damaged"):
            files.read(path)


def test_why_a_file_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "taken").touch()
    assert files.put(tmp_path / "taken" / files.RUNNING, b"x")


def test_a_file_is_no_folder_for_a_checkpoint(tmp_path: Path) -> None:
    (tmp_path / "taken").touch()
    with pytest.raises(InputError, match="is a file"):
        files.check(tmp_path / "taken")
    files.check(tmp_path / "absent")


def test_when_a_training_was_last_kept(tmp_path: Path) -> None:
    place = files.beside(tmp_path / "model")
    assert place == tmp_path / ".model.training"
    assert files.last_kept(place) == 0
    files.put(place / files.FINISHED, b"x")
    first = files.last_kept(place)
    assert first > 0
    files.put(place / files.RUNNING, b"x")
    assert files.last_kept(place) >= first
    files.remove(place)
    assert not place.exists()
