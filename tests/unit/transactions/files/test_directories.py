"""Directories are written whole or not at all, and one that a dead writer set aside comes back."""

import subprocess
import sys
from pathlib import Path

import pytest

from assoc_synth.errors import InputError
from assoc_synth.transactions.files import directories
from assoc_synth.transactions.files.directories import check_directory, recover, replacing_directory
from assoc_synth.transactions.files.leftovers import owned, temporary_beside


def test_a_directory_that_cannot_move_in_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a").write_text("old")
    monkeypatch.setattr(directories, "_exchanged", lambda *_: False)
    rename = Path.rename

    def fail_for_new(self: Path, target: Path) -> Path:
        if self.suffix == ".tmp":
            raise OSError("busy")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fail_for_new)
    with pytest.raises(OSError, match="busy"), replacing_directory(tmp_path / "out", ["a"]) as directory:
        (directory / "a").write_text("new")
    assert (tmp_path / "out" / "a").read_text() == "old"
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["a"]
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("fault", [KeyboardInterrupt, OSError("disk full"), MemoryError])
def test_an_interrupted_directory_leaves_the_old_one(tmp_path: Path, fault: BaseException) -> None:
    out = tmp_path / "out"
    with replacing_directory(out, ["a", "b"]) as directory:
        (directory / "a").write_text("old a")
        (directory / "b").write_text("old b")
        assert not out.exists()
    faults = (KeyboardInterrupt, OSError, MemoryError)
    with pytest.raises(faults), replacing_directory(out, ["a", "b"]) as directory:  # noqa: PT012
        (directory / "a").write_text("half")
        raise fault
    assert {path.name: path.read_text() for path in out.iterdir()} == {"a": "old a", "b": "old b"}
    assert list(tmp_path.iterdir()) == [out]


def test_a_new_directory_replaces_all_of_the_old_one(tmp_path: Path) -> None:
    out = tmp_path / "out"
    for names in (["a", "b"], ["b"]):
        with replacing_directory(out, ["a", "b"]) as directory:
            assert list(directory.iterdir()) == []
            for name in names:
                (directory / name).write_text(name)
    assert [path.name for path in out.iterdir()] == ["b"]
    assert list(tmp_path.iterdir()) == [out]


def test_a_directory_that_would_be_lost_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.txt").write_text("years of work")
    for path, what in (
        (tmp_path / "file", "is a file"),
        (tmp_path / "full", "'thesis.txt'"),
        (tmp_path / "no" / "out", "does not exist"),
    ):
        with pytest.raises(InputError, match=what), replacing_directory(path, ["a"]):
            pytest.fail("the block must not run")
    assert (tmp_path / "full" / "thesis.txt").read_text() == "years of work"


def test_a_directory_is_checked_before_the_work(tmp_path: Path) -> None:
    check_directory(tmp_path / "new", ("a",))
    (tmp_path / "a").write_text("x")
    check_directory(tmp_path, ("a",))
    for path, words in (
        (tmp_path, "which would be lost"),
        (tmp_path / "a", "is a file"),
        (tmp_path / "b" / "c", "not"),
    ):
        with pytest.raises(InputError, match=words):
            check_directory(path, ())
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["a"]


@pytest.mark.parametrize("can_exchange", [True, False])
def test_a_directory_is_replaced_with_and_without_an_exchange(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, can_exchange: bool
) -> None:
    if not can_exchange:
        monkeypatch.setattr(directories, "_exchanged", lambda *_: False)
    out = tmp_path / "out"
    for text in ("old", "new"):
        with replacing_directory(out, ["a"]) as directory:
            (directory / "a").write_text(text)
    assert (out / "a").read_text() == "new"
    assert list(tmp_path.iterdir()) == [out]


DIES = """
import os
from pathlib import Path
from assoc_synth.transactions.files import directories
directories._exchanged = lambda *_: False
rename, calls = Path.rename, []
def counted(self, target):
    calls.append(target)
    if len(calls) == 2:
        os._exit(9)
    return rename(self, target)
Path.rename = counted
with directories.replacing_directory("out", ["a"]) as directory:
    (directory / "a").write_text("new")
"""


def test_a_writer_that_dies_between_two_renames_loses_nothing(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "a").write_text("old")
    assert subprocess.run([sys.executable, "-c", DIES], cwd=tmp_path, check=False).returncode == 9
    assert not out.exists()
    assert recover(out)
    assert (out / "a").read_text() == "old"
    with replacing_directory(out, ["a"]) as directory:
        (directory / "a").write_text("newer")
    assert list(tmp_path.iterdir()) == [out]


def test_a_living_writer_is_not_taken_for_a_dead_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(directories, "_PATIENCE", 0.05)
    aside, temporary = tmp_path / ".out.old", temporary_beside(tmp_path / "out", ".tmp")
    aside.mkdir()
    temporary.mkdir()
    with owned(temporary):
        assert not recover(tmp_path / "out")
    assert aside.exists()
    assert recover(tmp_path / "out")


def test_a_failing_exchange_leaves_the_old_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> bool:
        raise OSError(5, "Input/output error")

    out = tmp_path / "out"
    out.mkdir()
    (out / "a").write_text("old")
    monkeypatch.setattr(directories, "_exchanged", fail)
    with pytest.raises(OSError, match="Input/output"), replacing_directory(out, ["a"]) as directory:
        (directory / "a").write_text("new")
    assert (out / "a").read_text() == "old"
    assert list(tmp_path.iterdir()) == [out]


def test_an_interrupted_first_directory_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), replacing_directory(tmp_path / "out", []) as directory:  # noqa: PT012
        (directory / "a").write_text("half")
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []
