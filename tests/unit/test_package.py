"""The package as a whole: light to import, lazy public names, one version."""

import importlib
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import assoc_synth

ROOT = Path(assoc_synth.__file__).parents[1]
CONSTRAINTS = ROOT / "constraints.txt"
HEAVY = ("torch", "sdv", "rdt", "sklearn", "scipy", "pandas", "numpy", "networkx", "rich", "typer")


def test_import_is_light() -> None:
    code = f"import sys, assoc_synth; print([m for m in {HEAVY!r} if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def test_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        assoc_synth.nonsense  # noqa: B018


@pytest.mark.parametrize(("name", "home"), sorted(assoc_synth._HOME.items()))
def test_public_name_is_the_one_of_its_module(name: str, home: str) -> None:
    assert getattr(assoc_synth, name) is getattr(importlib.import_module(home), name)
    assert name in dir(assoc_synth)


def test_every_public_name_can_be_imported() -> None:
    for name in assoc_synth.__all__:
        assert getattr(assoc_synth, name) is not None
    assert set(assoc_synth._HOME) | {"__version__"} == set(assoc_synth.__all__)


def test_validation_is_another_name_of_the_gate() -> None:
    alias = importlib.import_module("assoc_synth.validation")
    gate = importlib.import_module("assoc_synth.gate")
    assert alias.validate is gate.validate
    assert alias.Verdict is gate.Verdict


def test_every_dependency_is_pinned() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    pinned = {plain(line.partition("==")[0]) for line in CONSTRAINTS.read_text().splitlines()}
    required = [
        *declared["dependencies"],
        *(name for extra in declared["optional-dependencies"].values() for name in extra),
    ]
    assert [name for name in required if plain(re.split(r"[\[<>=]", name)[0]) not in pinned] == []


def plain(name: str) -> str:
    """A distribution's name as the index compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def test_version_agrees_with_pyproject() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert assoc_synth.__version__ == declared["version"]
