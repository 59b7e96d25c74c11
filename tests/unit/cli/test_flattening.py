"""Fields of dataclasses as options of a command."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import Annotated

import pytest
import typer
from typer.testing import CliRunner

from assoc_synth.cli.flattening import flattened
from assoc_synth.cli.options import OutputOptions, RoleOptions, SizeOptions


def test_fields_become_options_in_the_place_of_their_dataclass() -> None:
    found: list[object] = []

    @flattened
    def command(data: str, size: SizeOptions, files: OutputOptions, seed: int = 3) -> None:
        """What it does."""
        found.extend([data, size, files, seed])

    signature = inspect.signature(command)
    assert list(signature.parameters) == ["data", "subjects", "rows", "verb", "report", "json", "seed"]
    assert signature.parameters["data"].default is inspect.Parameter.empty
    assert signature.parameters["seed"].default == 3
    assert command.__doc__ == "What it does."
    app = typer.Typer()
    app.command()(command)
    done = CliRunner().invoke(app, ["sales.csv", "--rows", "7", "--verb", "a", "--verb", "b", "--seed", "9"])
    assert done.exit_code == 0, done.output
    assert found == ["sales.csv", SizeOptions(None, 7, ["a", "b"]), OutputOptions(), 9]
    help_text = CliRunner().invoke(app, ["--help"]).output
    assert "How many synthetic subjects." in help_text


def test_a_field_without_a_default_is_required() -> None:
    @dataclass(frozen=True)
    class Needed:
        name: Annotated[str, typer.Option()]

    def command(needed: Needed) -> None:
        raise AssertionError(needed)

    command.__annotations__["needed"] = Needed
    app = typer.Typer()
    app.command()(flattened(command))
    done = CliRunner().invoke(app, [])
    assert done.exit_code == 2
    assert "--name" in done.output


def test_two_options_of_one_name_are_refused() -> None:
    def command(columns: RoleOptions, size: SizeOptions) -> None: ...

    with pytest.raises(TypeError, match="two options of the name 'verb'"):
        flattened(command)
