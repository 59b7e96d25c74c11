"""The notebooks run from the first cell to the last beside the stored model; their committed outputs are whole."""

from __future__ import annotations

import ast
import importlib
import re
import tempfile
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).parents[2]
NOTEBOOKS = {path.stem: path for path in sorted((ROOT / "notebooks").glob("*.ipynb"))}
OURS = {
    "assoc_synth",
    "assoc_synth.datasets",
    "assoc_synth.evaluation",
    "assoc_synth.exports",
    "assoc_synth.report",
}


FEWER = {"real = toy_shop()": "real = toy_shop(subjects=400)"}
SHORTER = {
    "quickstart": FEWER | {"synth.sample(seed=3)": "synth.sample(300, seed=3)"},
    "explore": {
        "table = toy_shop()": "table = toy_shop(subjects=400)",
        ".sample(seed=1": ".sample(300, seed=1",
    },
    "preserve": {
        "real = toy_shop()": "real = toy_shop(subjects=500)",
        "subjects=1_000": "subjects=500",
        ".sample(1_000": ".sample(500",
        "toy_shop(subjects=400).to_frame()": "toy_shop(subjects=60).to_frame()",
        "epochs=3": "epochs=1",
        "compare(real, tables, others": 'compare(real, {name: tables[name] for name in ("ours", "CTGAN")}, others',
    },
    "scenarios": FEWER | {"synth.sample(600": "synth.sample(200", "num_rows=800": "num_rows=300"},
    "sequences": FEWER | {"synth.sample(seed=3)": "synth.sample(400, seed=3)"},
    "privacy": FEWER | {"toy_shop(seed=1)": "toy_shop(seed=1, subjects=400)", ".sample(1_000": ".sample(300"},
}
"""The same cells, on less: how many subjects they show is not what is tried here."""
ROUGHLY = """import assoc_synth.evaluation.c2st as c2st
import assoc_synth.scenarios.candidates as candidates

c2st.TREES = 20
candidates.BLOCK = 1_000"""
"""A cell before all others: a fifth of the trees tell tables apart, and the lift of a boosted pair is read from a fifth
of the subjects."""


def read(name: str) -> nbformat.NotebookNode:
    return nbformat.read(NOTEBOOKS[name], as_version=4)


def code(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_there_is_one_for_each_story() -> None:
    assert set(NOTEBOOKS) == {"quickstart", "explore", "preserve", "scenarios", "sequences", "graphs", "privacy"}


@pytest.mark.slow
@pytest.mark.parametrize("name", NOTEBOOKS)
def test_it_runs(name: str, tmp_path: Path) -> None:
    if name == "preserve":
        pytest.importorskip("sdv")
    (tmp_path / "models").symlink_to(ROOT / "models")
    folder = tmp_path / "notebooks"
    folder.mkdir()
    notebook = read(name)
    for long, short in SHORTER.get(name, {}).items():
        assert any(long in cell.source for cell in code(notebook)), long
        for cell in code(notebook):
            cell.source = cell.source.replace(long, short)
    notebook.cells.insert(0, nbformat.v4.new_code_cell(ROUGHLY))
    NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(folder)}}
    ).execute()
    assert not list(folder.iterdir())


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_it_uses_public_names(name: str) -> None:
    source = "\n".join(cell.source for cell in code(read(name)))
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("assoc_synth"):
            assert node.module in OURS
            module = importlib.import_module(str(node.module))
            folder = Path(str(module.__file__)).parent
            for alias in node.names:
                assert alias.name in module.__all__ or (folder / alias.name / "__init__.py").exists(), alias.name
        if isinstance(node, ast.Import):
            assert not any(alias.name.startswith("assoc_synth") for alias in node.names)
    assert not re.search(r"\._[a-z]", source)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_its_outputs_are_there_and_clean(name: str) -> None:
    notebook = read(name)
    cells = code(notebook)
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    outputs = [output for cell in cells for output in cell.outputs]
    assert not [output for output in outputs if output.output_type == "error" or output.get("name") == "stderr"]
    assert cells[-1].outputs
    pictures = [output for output in outputs if "image/svg+xml" in output.get("data", {}) or "<svg" in str(output)]
    assert pictures
    text = NOTEBOOKS[name].read_text(encoding="utf-8")
    assert len(text) < 1_500_000
    assert not any(folder in text for folder in (str(ROOT), str(Path.home()) + "/", tempfile.gettempdir() + "/"))
    assert not re.search(r"/home/|/Users/", text)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_its_lines_are_seen_whole(name: str) -> None:
    """A page of a notebook cuts longer ones."""
    assert max(len(line) for cell in code(read(name)) for line in cell.source.splitlines()) <= 110
