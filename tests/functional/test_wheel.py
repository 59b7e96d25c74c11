"""The wheel alone, in an environment of its own: the package is there, and its model by name."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

pytest.importorskip("setuptools", minversion="77")

ROOT = Path(__file__).parents[2]
SOURCES = ("pyproject.toml", "setup.py", "MANIFEST.in", "README.md", "LICENSE")
TRY = """
import assoc_synth
from assoc_synth import AssociativeSynthesizer

result = AssociativeSynthesizer.load("toy-shop").sample(num_subjects=20)
print(assoc_synth.__file__, result.table.num_subjects, len(result.table.objects) > 50, sep="|")
"""


def run(*command: object, where: Path) -> str:
    done = subprocess.run([*map(str, command)], cwd=where, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2_000:]
    return done.stdout


def take_kernels_along(package: Path) -> None:
    """What Numba has compiled here already, which would take most of a minute again; it looks at the source's time."""
    for kept in (ROOT / "assoc_synth").rglob("__pycache__/*.nb[ic]"):
        target = package / kept.relative_to(ROOT / "assoc_synth")
        target.parent.mkdir(exist_ok=True)
        shutil.copy(kept, target)
        for source in kept.parents[1].glob("*.py"):
            shutil.copystat(source, package / source.relative_to(ROOT / "assoc_synth"))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built without the network from a copy of the sources: a build leaves folders beside them."""
    folder = tmp_path_factory.mktemp("wheel")
    copy = folder / "source"
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "assoc_synth", copy / "assoc_synth", ignore=ignored)
    shutil.copytree(ROOT / "models", copy / "models", ignore=ignored)
    for name in SOURCES:
        shutil.copy(ROOT / name, copy / name)
    options = ("--no-deps", "--no-build-isolation", "--no-index", "-q", "-w", folder)
    run(sys.executable, "-m", "pip", "wheel", *options, copy, where=folder)
    return next(folder.glob("*.whl"))


def test_the_model_is_inside_once_and_as_it_is_in_the_repository(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as inside:
        names = [name for name in inside.namelist() if "toy-shop" in name]
        files = sorted((ROOT / "models" / "toy-shop").iterdir())
        assert sorted(names) == [f"assoc_synth/model/stored/toy-shop/{file.name}" for file in files]
        assert all(inside.read(name) == file.read_bytes() for name, file in zip(sorted(names), files, strict=True))
        assert not [name for name in inside.namelist() if name.startswith(("models/", "tests/"))]


def test_the_wheel_alone_loads_and_samples_its_model(wheel: Path, tmp_path: Path) -> None:
    place = tmp_path / "fresh"
    venv.create(place, with_pip=False, symlinks=True)
    python = place / "bin" / "python"
    options = ("-q", "--no-deps", "--no-index", "--no-compile")
    run(sys.executable, "-m", "pip", "--python", python, "install", *options, wheel, where=tmp_path)
    site = next(place.glob("lib/python*/site-packages"))
    take_kernels_along(site / "assoc_synth")
    (site / "others.pth").write_text(sysconfig.get_path("purelib") + "\n")
    file, subjects, is_whole = run(python, "-c", TRY, where=tmp_path).strip().split("|")
    assert Path(file).is_relative_to(place.resolve())
    assert (subjects, is_whole) == ("20", "True")
