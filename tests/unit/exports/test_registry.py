"""The registry: every entry has a writer, and says what its writer does."""

from __future__ import annotations

import inspect
import tomllib
from pathlib import Path

import pytest

from assoc_synth.exports.registry import FORMATS

EXTRAS = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text("utf-8"))["project"]


@pytest.mark.parametrize("name", FORMATS)
def test_every_writer_takes_a_source_a_path_and_options(name: str) -> None:
    parameters = list(inspect.signature(FORMATS[name].load()).parameters.values())
    assert [parameter.name for parameter in parameters[:2]] == ["source", "path"]
    assert all(parameter.kind is parameter.KEYWORD_ONLY for parameter in parameters[2:])


@pytest.mark.parametrize("name", FORMATS)
def test_the_files_of_a_folder_are_those_of_its_module(name: str) -> None:
    module = inspect.getmodule(FORMATS[name].load())
    contents = getattr(module, "CONTENTS", ())
    if FORMATS[name].contents and "{name}" not in FORMATS[name].contents[0]:
        assert FORMATS[name].contents == contents


def test_extras_exist() -> None:
    wanted = {format.extra for format in FORMATS.values()} - {""}
    assert wanted <= set(EXTRAS["optional-dependencies"])
