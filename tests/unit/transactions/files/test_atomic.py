"""Files are written whole or not at all; an error or an interrupt leaves nothing behind."""

import gzip
import json
import os
from pathlib import Path

import pytest

from assoc_synth.errors import InputError
from assoc_synth.transactions.files.atomic import (
    all_or_none,
    check_file,
    replacing,
    stream,
    write_json,
)
from assoc_synth.transactions.files.leftovers import temporary_beside


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


def test_an_interrupted_first_write_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), replacing(tmp_path / "t.csv") as file:  # noqa: PT012
        file.write_text("half")
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def test_a_folder_without_permission_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def deny(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "replace", deny)
    with pytest.raises(InputError, match=r"t\.csv' cannot be written: permission denied"):
        write_json(tmp_path / "t.csv", {})
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


def test_files_of_one_block_appear_together(tmp_path: Path) -> None:
    first, second = tmp_path / "rows.csv", tmp_path / "facts.json"
    first.write_text("old")
    with all_or_none():
        with replacing(first) as temporary:
            temporary.write_text("new")
        write_json(second, {"rows": 1})
        assert first.read_text() == "old"
        assert not second.exists()
    assert first.read_text() == "new"
    assert json.loads(second.read_text()) == {"rows": 1}
    assert sorted(tmp_path.iterdir()) == sorted((first, second))


@pytest.mark.parametrize("fault", [KeyboardInterrupt, OSError("disk full"), InputError("no")])
def test_a_block_that_fails_at_its_last_file_leaves_all_old_ones(tmp_path: Path, fault: BaseException) -> None:
    first = tmp_path / "rows.csv"
    first.write_text("old")
    with pytest.raises((KeyboardInterrupt, OSError, InputError)), all_or_none():  # noqa: PT012
        with replacing(first) as temporary:
            temporary.write_text("new")
        with replacing(tmp_path / "report.html") as temporary:
            temporary.write_text("half")
            raise fault
    assert first.read_text() == "old"
    assert list(tmp_path.iterdir()) == [first]
    write_json(tmp_path / "facts.json", {})  # outside of the block files are written at once again
    assert (tmp_path / "facts.json").exists()


def test_a_rename_that_fails_says_what_was_written_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    replace = os.replace

    def fail_for_json(source: Path, target: Path) -> None:
        if target.suffix == ".json":
            raise OSError(28, "No space left on device")
        replace(source, target)

    monkeypatch.setattr(os, "replace", fail_for_json)
    with pytest.raises(InputError, match=r"'facts\.json' cannot be written: No space.*written before it: 'rows\.csv'"):  # noqa: PT012, SIM117
        with all_or_none():
            with replacing(tmp_path / "rows.csv") as temporary:
                temporary.write_text("new")
            write_json(tmp_path / "facts.json", {})
    assert [entry.name for entry in tmp_path.iterdir()] == ["rows.csv"]


def test_what_a_dead_writer_left_is_swept_by_the_next(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv.gz"
    temporary_beside(path, ".csv.gz").write_bytes(b"half")
    with replacing(path) as living:
        living.write_bytes(b"first")
        with replacing(path) as temporary:
            temporary.write_bytes(b"second")
        assert living.read_bytes() == b"first"
    assert path.read_bytes() == b"first"
    assert list(tmp_path.iterdir()) == [path]
