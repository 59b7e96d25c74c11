"""The package as a whole: light to import, lazy public names, one version."""

import importlib
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import assoc_synth

HEAVY = ("torch", "sdv", "rdt", "matplotlib", "pandas", "networkx")


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


def test_version_agrees_with_pyproject() -> None:
    declared = tomllib.loads((Path(assoc_synth.__file__).parents[1] / "pyproject.toml").read_text())["project"]
    assert assoc_synth.__version__ == declared["version"]
