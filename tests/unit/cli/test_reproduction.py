"""The printed command is the call: parsed again it gives the same values."""

from __future__ import annotations

import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import pytest
import typer

import assoc_synth
from assoc_synth.cli.flattening import flattened
from assoc_synth.cli.options import AnySource, OutputOptions, ScenarioOptions, SizeOptions
from assoc_synth.cli.reproduction import command_line, folded, reproduction

FOUND: list[tuple[object, ...]] = []
LINES: list[str] = []
app = typer.Typer()


@dataclass(frozen=True)
class More:
    out: Annotated[Path, typer.Option("-o", "--out")] = Path("here")
    minutes: float = 4.0
    strict: Annotated[bool, typer.Option("--strict")] = False


@app.callback()
def start() -> None:
    """So that there are commands with names."""


@app.command("make-it")
@flattened
def make_it(
    context: typer.Context,
    source: AnySource,
    size: SizeOptions,
    scenario: ScenarioOptions,
    files: OutputOptions,
    more: More,
    seed: int | None = None,
) -> None:
    FOUND.append((source, size, scenario, files, more))
    LINES.append(command_line(context, seed=7 if seed is None else seed))


def call(*arguments: str) -> str:
    app(["make-it", *arguments], standalone_mode=False, prog_name="assoc-synth")
    return LINES[-1]


def test_defaults_are_left_out_and_the_seed_is_not() -> None:
    assert call("model") == "assoc-synth make-it model --seed 7"
    assert call("model", "--out", "here", "--minutes", "4", "--seed", "0") == "assoc-synth make-it model --seed 0"


def test_every_option_is_written() -> None:
    given = (
        '--verb bought model --rows 300 --strict --verb "it\'s new" --rebalance a=0.5,b=0.5 --boost a,tea=2 '
        "--boost 'b,c d=3' --report r.html --json j.json -o 'x y.csv' --minutes 0.25 --seed 4"
    )
    line = call(*shlex.split(given))
    assert line == (
        "assoc-synth make-it model --rows 300 --verb bought --verb 'it'\"'\"'s new' --rebalance a=0.5,b=0.5 "
        "--boost a,tea=2 --boost 'b,c d=3' --report r.html --json j.json -o 'x y.csv' --minutes 0.25 --strict --seed 4"
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ["model"],
        ["my model", "--verb", "a'b", "--verb", 'say "x"', "--verb", "$HOME `id` \\ ; & | > *"],
        ["--", "-model"],
        ["--verb", "-v", "--verb", "--strict", "--", "--rows"],
        ["line\nfeed", "--rebalance", "ü=1,茶=2", "--rows", "1"],
        ["", "--verb", "", "--strict"],
    ],
)
@pytest.mark.parametrize("width", [10, 40, 1000])
def test_the_line_gives_the_same_call_again(arguments: list[str], width: int) -> None:
    line = call(*arguments)
    first = FOUND[-1]
    # A shell puts the folded lines together and takes the quotes away.
    shown = folded(line, width).replace("assoc-synth", "printf '%s\\0'", 1)
    words = subprocess.run(["bash", "-c", shown], capture_output=True, check=True).stdout.decode().split("\0")[:-1]
    assert words == shlex.split(line)[1:]
    assert call(*words[1:]) == line
    assert FOUND[-1] == first


def test_folded_lines_keep_an_option_and_its_value_together() -> None:
    line = "assoc-synth sample model -o rows.csv --rows 300 --strict --verb bought --seed 4"
    lines = folded(line, 40).splitlines()
    assert lines == [
        "assoc-synth sample model -o rows.csv \\",
        "    --rows 300 --strict --verb bought \\",
        "    --seed 4",
    ]
    assert folded(line, 1000) == line
    assert folded("assoc-synth info " + "x" * 50, 20) == "assoc-synth info \\\n    " + "x" * 50


def test_what_a_file_says() -> None:
    assert reproduction("assoc-synth demo --seed 4", 4) == {
        "version": assoc_synth.__version__,
        "seed": 4,
        "command": "assoc-synth demo --seed 4",
    }
