"""One process writes a path at a time, and another one is told which."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from assoc_synth.errors import InputError
from assoc_synth.transactions.files.locks import reserved

HOLD = """
import sys
from assoc_synth.transactions.files.locks import reserved
with reserved("model"):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_process_is_refused_with_the_number_of_the_first(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLD]
    with subprocess.Popen(command, cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdin is not None
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(InputError, match=rf"written by another process \(number {holder.pid}\)"):
            reserved(tmp_path / "model").__enter__()
        holder.kill()
        holder.wait()
    with reserved(tmp_path / "model"):
        assert [entry.name for entry in tmp_path.iterdir()] == [".model.lock"]
    assert list(tmp_path.iterdir()) == []


def test_a_process_may_hold_a_path_twice(tmp_path: Path) -> None:
    with reserved(tmp_path / "model"):
        with reserved(tmp_path / "model"):
            pass
        assert (tmp_path / ".model.lock").read_text() == f"{os.getpid()}\n"
    assert list(tmp_path.iterdir()) == []


def test_a_path_in_a_folder_that_is_not_there_yet_is_held_too(tmp_path: Path) -> None:
    with reserved(tmp_path / "a" / "b" / "model"):
        assert [entry.name for entry in tmp_path.iterdir()] == [".a.b.model.lock"]
    assert list(tmp_path.iterdir()) == []
