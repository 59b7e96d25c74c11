"""A model directory is read with distrust: what is wrong with it is one line and exit code 2, never code execution."""

from __future__ import annotations

import json
import os
import pickle
import struct
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from assoc_synth.errors import ModelFileError
from assoc_synth.model.directory import FILES, MANIFEST, manifest_of, to_json
from assoc_synth.synthesizer import AssociativeSynthesizer

EXECUTED = "executed"
MODEST = 2**25
"""Bytes: five times what the largest refusal takes, and far below what the hostile files ask for."""


class Bomb:
    """Unpickling it leaves a file behind."""

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[str, str]]:
        return (exec, (f"open({EXECUTED!r}, 'w').close()",))


def reseal(model: Path) -> None:
    """Make the manifest that of the files as they are."""
    files = {name: (model / name).read_bytes() for name in FILES}
    (model / MANIFEST).write_bytes(to_json(manifest_of(files)))


def refused(run: Any, model: Path) -> str:
    done = run("sample", model, "-o", model.parent / "rows.csv")
    assert done.code == 2, done.err
    assert not (model.parent / "rows.csv").exists()
    return str(done.complaint)


@pytest.fixture(scope="module")
def traced() -> Iterator[None]:
    """Python and NumPy's allocations are counted, to the module's end: other threads may still free what they held.

    CPython before 3.12.9 crashes where counting ends while one of them allocates.
    """
    tracemalloc.start()
    yield
    tracemalloc.stop()


@contextmanager
def memory_at_most(limit: int) -> Iterator[None]:
    """No more than this is allocated in the block: what is too large is refused before it is read."""
    tracemalloc.reset_peak()
    before = tracemalloc.get_traced_memory()[0]
    yield
    assert tracemalloc.get_traced_memory()[1] - before < limit


def tensors(header: dict[str, Any], data: bytes = b"\0" * 64) -> bytes:
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def test_nothing_in_a_model_is_a_pickle(fitted: Path) -> None:
    assert sorted(path.name for path in fitted.iterdir()) == sorted([*FILES, MANIFEST])
    for path in fitted.iterdir():
        content = path.read_bytes()
        assert not content.startswith((b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05", b"PK"))
        with pytest.raises(Exception):  # noqa: B017, PT011
            pickle.loads(content)  # noqa: S301


@pytest.mark.parametrize("name", [*FILES, MANIFEST])
def test_a_file_that_is_missing_cut_or_changed(run: Any, model: Path, name: str) -> None:
    content = (model / name).read_bytes()
    for damaged in (content[:-3], content[: len(content) // 2], b"", content[:50] + b"x" + content[51:]):
        (model / name).write_bytes(damaged)
        assert name in refused(run, model)
    (model / name).unlink()
    assert f"{name} is missing" in refused(run, model)
    (model / name).symlink_to("/dev/zero")
    assert f"{name} is missing" in refused(run, model)


@pytest.mark.parametrize("version", [0, 1, "2", None, [2]])
def test_another_version_is_explained(run: Any, model: Path, version: Any) -> None:
    manifest = json.loads((model / MANIFEST).read_text())
    (model / MANIFEST).write_text(json.dumps({**manifest, "format_version": version}))
    assert "format version" in refused(run, model)


@pytest.mark.parametrize("name", FILES[:4])
def test_a_pickle_in_disguise_is_not_loaded(run: Any, model: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(model.parent)
    (model / name).write_bytes(pickle.dumps(Bomb()))
    reseal(model)
    assert name in refused(run, model)
    assert not (model.parent / EXECUTED).exists()


def test_a_file_where_a_model_should_be(run: Any, tmp_path: Path) -> None:
    (tmp_path / "legacy.pt").write_bytes(pickle.dumps(Bomb()))
    assert "there is no model directory 'legacy.pt'" in refused(run, tmp_path / "legacy.pt")
    (tmp_path / "empty").mkdir()
    assert "manifest.json is missing" in refused(run, tmp_path / "empty")


def test_whatever_the_config_says_there_is_a_model_or_a_model_file_error(model: Path) -> None:
    config = json.loads((model / "config.json").read_text())
    tried = 0
    for number, path in enumerate(leaves(config)):
        for value in ((None, "x"), (-1, []), (10**12, {}))[number % 3]:
            (model / "config.json").write_text(json.dumps(changed(config, path, value)))
            reseal(model)
            with suppress(ModelFileError):
                AssociativeSynthesizer.load(str(model))
            tried += 1
    assert tried > 60


def leaves(value: Any, path: tuple[Any, ...] = (), depth: int = 2) -> Any:
    """Paths to the entries of a config, the history left out: nothing is made of it."""
    if path and path[0] == "history":
        return
    if path:
        yield path
    if depth and isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, (*path, key), depth - 1)


def changed(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    return {**value, path[0]: changed(value[path[0]], path[1:], new)}


def test_a_folder_that_may_not_be_written(run: Any, fitted: Path, tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    done = run("sample", fitted, "-o", closed / "rows.csv")
    assert done.code == 2
    assert "permission denied" in done.complaint


@pytest.mark.usefixtures("traced")
@pytest.mark.parametrize("name", [*FILES, MANIFEST])
def test_a_file_of_absurd_size_is_not_read(run: Any, model: Path, name: str) -> None:
    os.truncate(model / name, 2**35)  # sparse: takes no room on the disk
    with memory_at_most(MODEST):
        assert f"{name} is too large" in refused(run, model)


HOSTILE_WEIGHTS = {
    "huge shape": tensors({"a": {"dtype": "F32", "shape": [2**40, 2**20], "data_offsets": [0, 64]}}),
    "overlap": tensors({name: {"dtype": "F32", "shape": [16], "data_offsets": [0, 64]} for name in "ab"}),
    "zero size": tensors({"a": {"dtype": "F32", "shape": [0], "data_offsets": [0, 0]}}),
    "entries": tensors({str(n): {"dtype": "F32", "shape": [0], "data_offsets": [0, 0]} for n in range(100_000)}),
    "other names": tensors({"a": {"dtype": "F32", "shape": [16], "data_offsets": [0, 64]}}),
    "header length": struct.pack("<Q", 2**62) + b"{}",
    "no header": b"",
}


@pytest.mark.usefixtures("traced")
@pytest.mark.parametrize("what", HOSTILE_WEIGHTS)
def test_hostile_weights(run: Any, model: Path, what: str) -> None:
    (model / "weights.safetensors").write_bytes(HOSTILE_WEIGHTS[what])
    reseal(model)
    with memory_at_most(MODEST):
        assert "weights.safetensors" in refused(run, model)
