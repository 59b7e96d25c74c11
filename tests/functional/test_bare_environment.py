"""The package among the core's libraries alone: extras are optional, as they are absent there."""

from __future__ import annotations

import contextlib
import json
import re
import subprocess
import tomllib
import venv
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
TOOLS = ("dev", "docs")
"""Extras of those who work on the package."""
EXTRAS = {
    "fit by ray": "ray", "fit with privacy": "dp", "sample by ray": "ray", "studio": "studio",
    "benchmark of journeys": "journey", "journeys": "journey", "export lino": "exports", "read .nt": "exports",
    "read .lino": "exports", "to_igraph": "exports", "to_pyg": "pyg", "to_polars": "polars", "a chart": "plots",
    "explore": "interactive", "plot of a comparison": "plots",
}  # fmt: skip
"""What needs which; all else works."""


def plain(requirement: str) -> str:
    """The name of a requirement, as indexes compare names."""
    return re.sub(r"[-_.]+", "-", re.split(r"[^\w.-]", requirement, maxsplit=1)[0]).lower()


def needed(requirements: list[str]) -> Iterator[str]:
    """The installed distributions that requirements need, and those that these need, without any extra."""
    waiting, seen = [plain(one) for one in requirements], set[str]()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        try:
            found = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue  # of another system
        yield name
        waiting += [plain(one) for one in found.requires or () if "extra ==" not in one]


def link_files(names: Iterator[str], site: Path) -> None:
    """Give an environment what these distributions consist of, and nothing that lies beside it."""
    for name in names:
        for file in metadata.distribution(name).files or ():
            top = file.parts[0]
            if top in ("..", "__pycache__") or "__pycache__" in file.parts:
                continue
            target, source = site / file, Path(str(file.locate()))
            if target.exists() or not source.exists():
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            target.symlink_to(source)
            cache = source.with_name("__pycache__")
            if source.suffix == ".py" and len(file.parts) > 1 and cache.is_dir():  # what Python has compiled of it
                with contextlib.suppress(FileExistsError):
                    target.with_name("__pycache__").symlink_to(cache)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("bare")
    venv.create(folder / "venv", with_pip=False, symlinks=True)
    site = next((folder / "venv").glob("lib/python*/site-packages"))
    link_files(needed(PROJECT["dependencies"]), site)
    # The package as it is here, whose kernels are compiled, with its models; `test_wheel` installs the wheel.
    (site / "package.pth").write_text(f"{ROOT}\n")
    (folder / "work").mkdir()
    python = folder / "venv" / "bin" / "python"
    walk = [python, "-W", "ignore", Path(__file__).with_name("bare_walk.py")]
    done = subprocess.run(walk, cwd=folder / "work", capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3_000:]
    made: dict[str, str] = json.loads(done.stdout)
    return made


@pytest.mark.slow
def test_everything_works_or_names_its_extra(found: dict[str, str]) -> None:
    assert Path(found.pop("package")).parent.name == "assoc_synth"
    wrong = {name: said for name, said in found.items() if said != EXTRAS.get(name, "works")}
    assert not wrong
    assert set(EXTRAS) <= set(found)


@pytest.mark.slow
def test_every_extra_was_missed_by_something() -> None:
    assert set(EXTRAS.values()) == set(PROJECT["optional-dependencies"]) - {*TOOLS}


def test_no_extra_s_library_is_needed_by_the_core() -> None:
    core = set(needed(PROJECT["dependencies"]))
    assert "pandas" in core
    for extra, requirements in PROJECT["optional-dependencies"].items():
        if extra not in TOOLS:
            assert not {plain(one) for one in requirements} & core, extra
