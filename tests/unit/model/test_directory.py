"""The files of a model: whole or not at all, and every changed byte is noticed."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from assoc_synth.errors import InputError, ModelFileError
from assoc_synth.model import directory as model_directory
from assoc_synth.model.directory import (
    FILES,
    MANIFEST,
    arrays_bytes,
    check_target,
    is_model,
    parse_arrays,
    parse_json,
    parse_vocabulary,
    read_files,
    to_json,
    vocabulary_bytes,
    write_files,
)

SMALL = {name: f"{name}!".encode() for name in FILES}


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "model"
    assert not is_model(path)
    write_files(path, SMALL)
    assert is_model(path)
    assert read_files(path) == SMALL
    assert [entry.name for entry in path.parent.iterdir()] == ["model"]


@pytest.mark.parametrize("name", [*FILES, MANIFEST])
@pytest.mark.parametrize("mask", [0x01, 0x20, 0x80, 0xFF])
def test_every_flipped_byte_is_noticed(tmp_path: Path, name: str, mask: int) -> None:
    write_files(tmp_path / "model", SMALL)
    file = tmp_path / "model" / name
    content = file.read_bytes()
    for at in range(len(content)):
        file.write_bytes(content[:at] + bytes([content[at] ^ mask]) + content[at + 1 :])
        with pytest.raises(ModelFileError):
            read_files(tmp_path / "model")
    file.write_bytes(content)
    assert read_files(tmp_path / "model") == SMALL


@pytest.mark.parametrize("name", [*FILES, MANIFEST])
def test_every_cut_is_noticed(tmp_path: Path, name: str) -> None:
    write_files(tmp_path / "model", SMALL)
    file = tmp_path / "model" / name
    content = file.read_bytes()
    for size in range(len(content.rstrip())):
        file.write_bytes(content[:size])
        with pytest.raises(ModelFileError):
            read_files(tmp_path / "model")


def test_a_manifest_that_lists_other_files(tmp_path: Path) -> None:
    write_files(tmp_path / "model", SMALL)
    manifest = json.loads((tmp_path / "model" / MANIFEST).read_text())
    for sums in ({}, {**manifest["sha256"], "../../etc/passwd": "0"}, list(FILES), None):
        (tmp_path / "model" / MANIFEST).write_text(json.dumps({**manifest, "sha256": sums}))
        with pytest.raises(ModelFileError, match="does not list the files of a model"):
            read_files(tmp_path / "model")


def test_a_model_is_replaced_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "model"
    path.mkdir()
    write_files(path, SMALL)  # an empty folder is free
    other = {name: b"other" for name in FILES}
    write_files(path, other)
    assert read_files(path) == other
    assert [entry.name for entry in tmp_path.iterdir()] == ["model"]
    (tmp_path / "letter.txt").write_text("dear")
    for taken in (tmp_path, tmp_path / "letter.txt", tmp_path / "letter.txt" / "model"):
        with pytest.raises(InputError):
            write_files(taken, SMALL)
    assert (tmp_path / "letter.txt").read_text() == "dear"
    with pytest.raises(InputError, match="not a folder to write in"):
        check_target(tmp_path / "letter.txt" / "model")


def test_a_file_that_would_be_lost_is_named(tmp_path: Path) -> None:
    write_files(tmp_path / "model", SMALL)
    (tmp_path / "model" / "thesis.txt").write_text("years")
    for refuse in (check_target, lambda path: write_files(path, SMALL)):
        with pytest.raises(InputError, match=r"'model' holds 'thesis\.txt', which would be lost"):
            refuse(tmp_path / "model")
    assert (tmp_path / "model" / "thesis.txt").read_text() == "years"


@pytest.mark.parametrize("failing", ["fsync", "rename"])
@pytest.mark.parametrize("nth", range(1, 7))
def test_a_full_disk_leaves_the_old_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str, nth: int
) -> None:
    write_files(tmp_path / "model", SMALL)
    calls, real = 0, getattr(os, failing)

    def fail(*arguments: object) -> None:
        nonlocal calls
        calls += 1
        if calls == nth:
            raise OSError(28, "No space left on device")
        real(*arguments)

    monkeypatch.setattr(model_directory.os, failing, fail)
    new = {name: b"new" for name in FILES}
    try:
        write_files(tmp_path / "model", new)
        said = ""
    except InputError as error:
        said = str(error)
    assert ("No space left on device" in said) == (calls >= nth)
    assert read_files(tmp_path / "model") == (SMALL if said else new)
    assert [entry.name for entry in tmp_path.iterdir()] == ["model"]


@pytest.mark.parametrize(
    "objects",
    [
        pd.Index(["007", "NA", "", "a,b", "שלום"]),
        pd.Index([7, -1, 10**15]),
        pd.Index([True, False]),
        pd.Index(["7", 7], dtype=object),
    ],
)
def test_names_come_back(objects: pd.Index) -> None:
    verbs, found = parse_vocabulary(vocabulary_bytes(pd.Index(["bought"]), objects))
    assert list(verbs) == ["bought"]
    assert list(found) == list(objects)
    assert [type(name) for name in found] == [type(name) for name in objects]


def test_a_vocabulary_that_is_none() -> None:
    schema = pa.schema([("kind", pa.string()), ("name", pa.string()), ("type", pa.string())])
    for row in (["subject", "a", "text"], ["verb", "a", "float"], ["verb", "a", "integer"], ["verb", None, "integer"]):
        table = pa.table([[cell] for cell in row], schema=schema)
        with pytest.raises(ModelFileError, match=r"vocabulary\.parquet"):
            parse_vocabulary(model_directory._parquet(table))
    with pytest.raises(ModelFileError, match="other columns"):
        parse_vocabulary(arrays_bytes({"a": np.zeros(1)}))
    with pytest.raises(ModelFileError, match="not a sound Parquet"):
        parse_vocabulary(b"PAR1 and nothing else PAR1")
    with pytest.raises(ModelFileError, match="twice"):
        parse_vocabulary(vocabulary_bytes(pd.Index(["a", "a"]), pd.Index(["b"])))


def test_arrays_come_back() -> None:
    arrays = {
        "floats": np.linspace(0, 1, 6).reshape(2, 3),
        "integers": np.arange(4),
        "empty": np.zeros((0, 2)),
        "odd": np.array([np.nan, np.inf]),
        "small": np.array([1], np.int32),
    }
    found = parse_arrays(arrays_bytes(arrays))
    assert list(found) == list(arrays)
    for name, array in arrays.items():
        np.testing.assert_array_equal(found[name], array)
        assert found[name].shape == array.shape


@pytest.mark.parametrize("shape", [[3], [10**9, 10**9], [-5], None])
def test_an_array_of_another_shape(shape: list[int] | None) -> None:
    table = pa.table([["a"], ["int64"], [shape], [[1, 2]], [None]], schema=model_directory._ARRAYS)
    with pytest.raises(ModelFileError, match="does not fit its shape"):
        parse_arrays(model_directory._parquet(table))
    missing = pa.table([["a"], ["float64"], [[2]], [[1, 2]], [None]], schema=model_directory._ARRAYS)
    with pytest.raises(ModelFileError, match="does not fit its shape"):
        parse_arrays(model_directory._parquet(missing))


def test_a_parquet_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_directory, "MAX_PARQUET", 10_000)
    with pytest.raises(ModelFileError, match="unpacks to more"):
        parse_arrays(arrays_bytes({"zeros": np.zeros(10_000)}))
    schema = model_directory._VOCABULARY
    table = pa.table([["object"] * 1000, ["x" * 500] * 1000, ["text"] * 1000], schema=schema)
    with pytest.raises(ModelFileError, match="unpacks to more"):
        parse_vocabulary(model_directory._parquet(table))


def test_a_parquet_file_whose_footer_is_damaged_is_refused() -> None:
    """Arrow ends the process where it is asked for a column whose statistics do not fit."""
    schema = model_directory._VOCABULARY
    whole = model_directory._parquet(pa.table([["object"] * 9, list("abcdefghi"), ["text"] * 9], schema=schema))
    begin, read = len(whole) - 8 - int.from_bytes(whole[-8:-4], "little"), 0
    for at in range(begin, len(whole) - 8):
        for bit in range(8):
            damaged = bytearray(whole)
            damaged[at] ^= 1 << bit
            try:
                parse_vocabulary(bytes(damaged))
                read += 1
            except ModelFileError:
                continue
    assert read < 8 * (len(whole) - begin) / 2


def test_json_is_an_object_without_nan() -> None:
    assert parse_json(to_json({"a": "ü"}), "x.json") == {"a": "ü"}
    for data in (b"[]", b"", b"{", b"\xff", b"[" * 100_000):
        with pytest.raises(ModelFileError, match=r"x\.json is not a JSON object"):
            parse_json(data, "x.json")
    with pytest.raises(ValueError, match="JSON"):
        to_json({"a": float("nan")})
