"""The session: what is left of it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from assoc_synth.errors import InputError
from assoc_synth.studio.session import PREFIX, Session, sweep


def test_nothing_is_there_at_first(tmp_path: Path) -> None:
    session = Session(tmp_path)
    with pytest.raises(InputError, match="choose a table"):
        _ = session.table
    with pytest.raises(InputError, match="no model yet"):
        _ = session.model
    assert session.new_folder("a") != session.new_folder("a")
    (tmp_path / "x").mkdir()
    session.forget()
    assert not (tmp_path / "x").exists()


def test_folders_of_dead_sessions_are_removed(tmp_path: Path) -> None:
    dead, alive = tmp_path / f"{PREFIX}{2**22 + 5}-x", tmp_path / f"{PREFIX}{os.getpid()}-x"
    dead.mkdir()
    alive.mkdir()
    sweep(tmp_path)
    assert alive.is_dir()
    assert not dead.exists()
