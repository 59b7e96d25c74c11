"""Whatever would fail at a save fails before the training."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from assoc_synth.datasets import toy_shop
from assoc_synth.errors import InputError
from assoc_synth.model import rehearsal
from assoc_synth.model.rehearsal import expected_bytes, rehearse
from assoc_synth.synthesizer import AssociativeSynthesizer
from assoc_synth.transactions.table import TransactionTable

STORED = Path(__file__).parents[3] / "models" / "toy-shop"


@pytest.fixture(scope="module")
def table() -> TransactionTable:
    return toy_shop(subjects=10)


def test_nothing_is_left(tmp_path: Path, table: TransactionTable) -> None:
    rehearse(tmp_path / "new" / "model", table)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("call", ["posix_fallocate", "fsync", "mkdir"])
def test_a_disk_that_is_too_full_is_told_with_what_is_needed(
    tmp_path: Path, table: TransactionTable, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, call, full)
    with pytest.raises(
        InputError, match=r"model of about 6 MB can be written to .*: No space left on device; make room"
    ):
        rehearse(tmp_path / "model", table)
    monkeypatch.undo()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_refuses_is_told(
    tmp_path: Path, table: TransactionTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(InputError, match="permission denied; choose another path"):
        rehearse(tmp_path / "model", table)
    assert list(tmp_path.iterdir()) == []


def test_what_a_dead_rehearsal_left_is_swept(tmp_path: Path, table: TransactionTable) -> None:
    rehearsal.temporary_beside(tmp_path / "model", rehearsal._SUFFIX).mkdir()
    rehearse(tmp_path / "model", table)
    assert list(tmp_path.iterdir()) == []


def test_a_model_is_about_as_large_as_expected(tmp_path: Path) -> None:
    AssociativeSynthesizer.load(STORED).save(tmp_path / "model")  # the stored one is packed
    size = sum(path.stat().st_size for path in (tmp_path / "model").iterdir())
    assert 0.5 * size < expected_bytes(162) < 2 * size
