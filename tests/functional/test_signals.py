"""Ctrl-C and SIGTERM at chosen moments of real processes: the exit code, a sentence, and what is left."""

from __future__ import annotations

import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from assoc_synth.model.directory import is_model, read_files

STORED = Path(__file__).parents[2] / "models" / "toy-shop"
BEGIN = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # where the tests run in the background, it is ignored
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # and this is under nohup

def send():
    os.kill(os.getpid(), NUMBER)
    for _ in range(1000): pass
"""
WHILE_IMPORTING = """
class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == MODULE:
            send()

sys.meta_path.insert(0, Finder())
"""
INSTEAD_OF_TRAINING = """
from assoc_synth import AssociativeSynthesizer

def fit(self, table, **options):
    loaded = AssociativeSynthesizer.load(STORED)
    self.model_, self.notes_, self.checkpoint_ = loaded.model_, (), None

AssociativeSynthesizer.fit = fit
"""
WHILE_SAVING = """
import assoc_synth.transactions.files.directories as directories
swap = directories._swap

def between(temporary, target):
    AT == "before" and send()
    swap(temporary, target)
    AT == "after" and send()

directories._swap = between
"""
END = """
from assoc_synth.cli import main
main(ARGUMENTS)
"""


@dataclass(frozen=True)
class Ended:
    code: int
    said: str


def process(folder: Path, number: int, *pieces: str, **names: object) -> Ended:
    """A process of a fit that is sent a signal at a moment."""
    arguments = ["fit", "shop.csv", "-m", "model", "--quiet"]
    known = {"NUMBER": int(number), "STORED": str(STORED), "ARGUMENTS": arguments} | names
    script = "\n".join([*(f"{name} = {value!r}" for name, value in known.items()), BEGIN, *pieces, END])
    done = subprocess.run([sys.executable, "-c", script], cwd=folder, capture_output=True, text=True, timeout=120)
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert "ignored" not in done.stderr
    return Ended(done.returncode, done.stderr)


@pytest.fixture
def folder(shop_csv: Path, tmp_path: Path) -> Path:
    (tmp_path / "shop.csv").write_bytes(shop_csv.read_bytes())
    return tmp_path


SIGNALS = [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated"), (signal.SIGHUP, 143, "terminated")]


@pytest.mark.parametrize(
    ("module", "sent"), [("typer", 0), ("rich.console", 1), ("pandas", 2), ("pyarrow.parquet", 0), ("torch", 1)]
)
def test_while_something_is_imported(folder: Path, module: str, sent: int) -> None:
    number, code, word = SIGNALS[sent]
    ended = process(folder, number, WHILE_IMPORTING, MODULE=module)
    assert ended.code == code, ended.said
    assert ended.said.splitlines()[-1] == (
        f"error: {word}: what was written before is whole, and nothing else was changed"
    )
    assert [path.name for path in folder.iterdir()] == ["shop.csv"]


@pytest.mark.parametrize(("at", "number", "code"), [("before", signal.SIGINT, 130), ("after", signal.SIGTERM, 143)])
def test_in_the_middle_of_a_save(folder: Path, at: str, number: int, code: int) -> None:
    (folder / "model").mkdir()
    for path in STORED.iterdir():
        (folder / "model" / path.name).write_bytes(path.read_bytes())
    before = (folder / "model").stat().st_ino
    ended = process(folder, number, INSTEAD_OF_TRAINING, WHILE_SAVING, AT=at)
    assert ended.code == code, ended.said
    assert "what was written before is whole" in ended.said
    assert is_model(folder / "model")
    assert read_files(folder / "model")
    assert ((folder / "model").stat().st_ino == before) == (at == "before")
    assert sorted(path.name for path in folder.iterdir()) == ["model", "shop.csv"]


def test_a_second_interrupt_while_the_first_is_told(folder: Path) -> None:
    again = "import assoc_synth.cli.commands as commands\ncommands.complain = lambda _: send()\n"
    ended = process(folder, signal.SIGINT, again + WHILE_IMPORTING, MODULE="torch")
    assert ended.code == 130
    assert ended.said.endswith("nothing else was changed\n")


def test_once_the_command_is_over(folder: Path) -> None:
    late = "import atexit\natexit.register(send)\n"
    ended = process(folder, signal.SIGTERM, late, ARGUMENTS=["fit", "absent.csv", "-m", "model"])
    assert ended.code == -signal.SIGTERM
    assert "absent.csv" in ended.said
