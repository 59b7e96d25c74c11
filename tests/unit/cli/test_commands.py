"""The shape of the command line: names, version, completion, exit codes. What commands do: tests/functional."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from assoc_synth import __version__
from assoc_synth.cli import commands, main, run_command

COMMANDS = (
    "demo",
    "fit",
    "sample",
    "validate",
    "compare",
    "also-buy",
    "export",
    "studio",
    "info",
    "power",
    "privacy",
    "benchmark",
)


Shown = Callable[..., str]


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shown:
    """What a command that succeeds writes to a terminal of so many columns."""

    def run(*arguments: str, columns: int) -> str:
        monkeypatch.setenv("COLUMNS", str(columns))
        assert run_command(arguments) == 0
        return capsys.readouterr().out

    return run


@pytest.mark.parametrize("columns", [60, 80])
def test_help_lists_every_command_in_full(shown: Shown, columns: int) -> None:
    text = shown("--help", columns=columns)
    lines = text[text.index("Commands:") :].splitlines()[1:]
    assert tuple(line.split()[0] for line in lines if line.strip()) == COMMANDS
    assert "..." not in "".join(lines)
    assert max(map(len, text.splitlines())) <= columns


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_of_its_own(shown: Shown, command: str) -> None:
    text = shown(command, "--help", columns=60)
    assert text.startswith(f"Usage: assoc-synth {command} ")
    assert "--help" in text
    assert max(map(len, text.splitlines())) <= 60


def test_options_of_a_command(shown: Shown) -> None:
    text = shown("sample", "--help", columns=100)
    for option in ("--output", "--subjects", "--rows", "--verb", "--seed", "--strict", "--rebalance", "--boost"):
        assert f"{option} " in text


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["--version"]) == 0
    assert capsys.readouterr().out == f"assoc-synth {__version__}\n"


def process(code: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | variables
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=environment)


MAIN = "from assoc_synth.cli import main; main()"


def test_completion_of_commands_and_options() -> None:
    words = {"_ASSOC_SYNTH_COMPLETE": "complete_bash", "COMP_WORDS": "assoc-synth sa", "COMP_CWORD": "1"}
    assert process(MAIN, **words).stdout.split() == ["sample"]
    words |= {"COMP_WORDS": "assoc-synth sample --reb", "COMP_CWORD": "2"}
    assert process(MAIN, **words).stdout.split() == ["--rebalance"]


def test_the_script_for_completion_is_shown() -> None:
    code = f"import sys; sys.argv = ['assoc-synth', '--show-completion', 'bash']; {MAIN}"
    done = process(code, _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1")
    assert done.returncode == 0, done.stderr
    assert "_ASSOC_SYNTH_COMPLETE=complete_bash" in done.stdout
    assert "complete -o default -F" in done.stdout


def test_the_module_runs_like_the_script() -> None:
    whole = [sys.executable, "-m", "assoc_synth.cli", "--version"]
    assert subprocess.run(whole, capture_output=True, text=True, check=True).stdout == f"assoc-synth {__version__}\n"


def test_an_interrupt_is_130(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(**_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(commands, "app", interrupted)
    assert run_command(["info", "toy-shop"]) == 130


def test_the_script_leaves_with_the_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("signal.signal", lambda *_: None)
    with pytest.raises(SystemExit) as left:
        main(["info", "none.csv"])
    assert left.value.code == 2
