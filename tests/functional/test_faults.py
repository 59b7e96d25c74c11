"""Whatever fails or kills a command, its files are old or wholly new, and the next command sweeps what is left."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any
from unittest.mock import patch

import numpy as np
import pandas as pd
import pytest

from assoc_synth.errors import InputError
from assoc_synth.exports import export
from assoc_synth.model.directory import CARD, CONTENTS, FILES, read_files, write_files
from assoc_synth.transactions.files import all_or_none, atomic, directories, write_json
from assoc_synth.transactions.table import TransactionTable

ROWS = pd.DataFrame({"subject": ["anna", "ben"], "verb": "bought", "object": ["tea", "pot"]})
TABLE = TransactionTable.from_frame(ROWS)
OLD, NEW = ({name: version * 2_000 for name in FILES} for version in (b"old ", b"new "))
CALLS = ("os.open", "os.fsync", "os.replace", "os.rename", "os.mkdir", "builtins.open", "io.open")
"""What an operation asks of the system through Python."""
WRITERS = Path(atomic.__file__).parent
NEVER = -1
KILLS = "ASSOC_SYNTH_KILLS"
"""Set this environment variable to the number of kills of each operation."""


def save(folder: Path, files: dict[str, bytes]) -> None:
    """A model directory of these files."""
    write_files(folder / "model", files)


def emit(folder: Path, files: dict[str, bytes]) -> None:
    """Rows, the graph and facts of one command."""
    table = TABLE if files is NEW else TABLE.take_rows(np.array([0]))
    with all_or_none():
        export(table, "csv", folder / "rows.csv")
        export(table, "graphml", folder / "links.graphml")
        write_json(folder / "facts.json", {"card": files[CARD].decode()})


def state(folder: Path) -> tuple[bytes, ...]:
    """What a reader finds: a model's files and those of a command."""
    found = list(read_files(folder / "model").values()) if (folder / "model").exists() else []
    visible = (path for path in sorted(folder.iterdir()) if path.is_file() and not path.name.startswith("."))
    return (*found, *(path.read_bytes() for path in visible))


@contextmanager
def failing(number: int) -> Iterator[list[str]]:
    """The call of that number, from 0 on, raises; the list has the names of the calls so far."""
    made: list[str] = []

    def counted(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def shim(*arguments: Any, **keywords: Any) -> Any:
            made.append(name)
            if len(made) == number + 1:
                raise OSError(28, "No space left on device")
            return call(*arguments, **keywords)

        return shim

    patches = [
        patch(name, counted(name, getattr(sys.modules[name.split(".")[0]], name.split(".")[1]))) for name in CALLS
    ]
    for one in patches:
        one.start()
    try:
        yield made
    finally:
        for one in patches:
            one.stop()


def states_of(folder: Path, operation: Callable[[Path, dict[str, bytes]], None]) -> tuple[tuple[bytes, ...], ...]:
    """What a reader may find: before the operation, and after it. The folder is left as before."""
    operation(folder, NEW)
    new = state(folder)
    operation(folder, OLD)
    return state(folder), new


Operation = Callable[[Path, dict[str, bytes]], None]


@pytest.fixture(params=[True, False], ids=["exchange", "two renames"])
def _system(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """With and without a call of the system that exchanges two directories."""
    if not request.param:
        monkeypatch.setattr(directories, "_exchanged", lambda *_: False)


@pytest.mark.usefixtures("_system")
@pytest.mark.parametrize("operation", [save, emit])
def test_a_call_that_fails_leaves_the_old_files_or_the_new_ones(tmp_path: Path, operation: Operation) -> None:
    old, new = states_of(tmp_path, operation)
    with failing(NEVER) as calls:
        operation(tmp_path, NEW)
    operation(tmp_path, OLD)
    assert len(calls) > 10
    for number in range(len(calls)):
        said = ""
        with failing(number) as made:
            try:
                operation(tmp_path, NEW)
            except (InputError, OSError) as error:
                said = str(error)
        now = state(tmp_path)
        assert now in (old, new) or (is_mixed(now, old, new) and "written before it" in said), made[-1]
        operation(tmp_path, OLD)
        assert not hidden(tmp_path), made[-1]


@pytest.mark.usefixtures("_system")
@pytest.mark.parametrize("operation", [save, emit])
def test_a_kill_at_any_line_leaves_the_old_files_or_the_new_ones(tmp_path: Path, operation: Operation) -> None:
    old, new = states_of(tmp_path, operation)
    lines = lines_run(lambda: operation(tmp_path, NEW))
    operation(tmp_path, OLD)
    found = set()
    for line in range(0, lines, max(1, lines // int(os.environ.get(KILLS, "25")))):
        assert killed(lambda: operation(tmp_path, NEW), line)
        directories.recover(tmp_path / "model")
        now = state(tmp_path)
        assert now in (old, new) or (operation is emit and is_mixed(now, old, new)), line
        found.add(now)
        operation(tmp_path, OLD)
        assert not hidden(tmp_path), line
    assert old in found


def is_mixed(now: tuple[bytes, ...], old: tuple[bytes, ...], new: tuple[bytes, ...]) -> bool:
    """Whether each file is the old one or the new one: a command's files get their names one after another."""
    return all(one in (before, after) for one, before, after in zip(now, old, new, strict=True))


def hidden(folder: Path) -> list[str]:
    """What is left over."""
    inside = [entry.name for entry in (folder / "model").glob("*") if entry.name not in CONTENTS]
    return inside + [entry.name for entry in folder.iterdir() if entry.name.startswith(".")]


def lines_run(work: Callable[[], None]) -> int:
    """How many lines of the modules that write files a piece of work runs."""
    run = [0]

    def count(*_: object) -> None:
        run[0] += 1

    with traced(count):
        work()
    return run[0]


def killed(work: Callable[[], None], line: int) -> bool:
    """Do a piece of work in a child process that is killed at one of these lines; whether it was."""
    child = os.fork()
    if child == 0:
        left = [line]

        def count(*_: object) -> None:
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            left[0] -= 1

        try:
            with traced(count):
                work()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


@contextmanager
def traced(count: Callable[..., None]) -> Iterator[None]:
    """Call back at every line of the modules that write files."""

    def trace(frame: FrameType, event: str, _: object) -> Any:
        if not frame.f_code.co_filename.startswith(str(WRITERS)):
            return None
        if event == "line":
            count()
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        yield
    finally:
        sys.settrace(before)
