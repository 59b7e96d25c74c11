"""Files and directories are written whole or not at all; an error or an interrupt leaves nothing behind."""

import gzip
import json
import os
from pathlib import Path

import pytest

from assoc_synth.errors import InputError
from assoc_synth.transactions.files.atomic import (
    check_directory,
    check_file,
    replacing,
    replacing_directory,
    stream,
    write_json,
)


def test_replacing_keeps_the_old_file_when_the_block_fails(tmp_path: Path) -> None:
    path = tmp_path / "t.csv.gz"
    path.write_bytes(b"old")
    with pytest.raises(KeyboardInterrupt), replacing(path) as temporary:  # noqa: PT012
        assert temporary.parent == tmp_path
        assert temporary.name.endswith(".csv.gz")
        temporary.write_bytes(b"half")
        raise KeyboardInterrupt
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
    with replacing(path) as temporary:
        temporary.write_bytes(b"new")
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_replacing_follows_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_text("old")
    (tmp_path / "link.csv").symlink_to(tmp_path / "real.csv")
    with replacing(tmp_path / "link.csv") as temporary:
        temporary.write_text("new")
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "real.csv").read_text() == "new"


def test_replacing_names_what_is_wrong_with_the_place(tmp_path: Path) -> None:
    for path, what in ((tmp_path / "no" / "t.csv", "does not exist"), (tmp_path, "is a folder")):
        with pytest.raises(InputError, match=what), replacing(path):
            pass


def test_a_directory_that_cannot_move_in_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a").write_text("old")
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


def test_an_interrupted_first_write_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), replacing(tmp_path / "t.csv") as file:  # noqa: PT012
        file.write_text("half")
        raise KeyboardInterrupt
    with pytest.raises(KeyboardInterrupt), replacing_directory(tmp_path / "out", []) as directory:  # noqa: PT012
        (directory / "a").write_text("half")
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


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


def test_a_folder_without_permission_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def deny(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "replace", deny)
    with pytest.raises(InputError, match=r"t\.csv' cannot be written: permission denied"):
        write_json(tmp_path / "t.csv", {})
    monkeypatch.setattr(Path, "mkdir", deny)
    with pytest.raises(InputError, match="out' cannot be written: permission denied"):
        replacing_directory(tmp_path / "out", []).__enter__()
    assert list(tmp_path.iterdir()) == []


def test_compressed_bytes_do_not_depend_on_name_or_time(tmp_path: Path) -> None:
    for name in ("one.GZ", "two.csv.gz", "three.csv"):
        with stream(tmp_path / name) as file:
            file.write(b"tea\n" * 100)
    assert (tmp_path / "one.GZ").read_bytes() == (tmp_path / "two.csv.gz").read_bytes()
    assert (
        gzip.decompress((tmp_path / "one.GZ").read_bytes()) == (tmp_path / "three.csv").read_bytes() == b"tea\n" * 100
    )


def test_json_is_readable_and_a_number_that_it_cannot_hold_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "facts.json"
    write_json(path, {"name": "café", "rows": [1, 2]})
    assert json.loads(path.read_text("utf-8")) == {"name": "café", "rows": [1, 2]}
    assert "café" in path.read_text("utf-8")
    assert path.read_text("utf-8").endswith("}\n")
    with pytest.raises(ValueError, match="JSON"):
        write_json(path, {"p": float("nan")})
    assert json.loads(path.read_text("utf-8"))["rows"] == [1, 2]
    assert list(tmp_path.iterdir()) == [path]


def test_a_path_is_checked_without_touching_it(tmp_path: Path) -> None:
    check_file(tmp_path / "new.csv")
    assert list(tmp_path.iterdir()) == []
    for path, what in ((tmp_path, "is a folder"), (tmp_path / "no" / "t.csv", "does not exist")):
        with pytest.raises(InputError, match=what):
            check_file(path)


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
