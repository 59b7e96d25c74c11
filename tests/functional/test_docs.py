"""The documentation's pages: their Python and their commands run, on smaller tables and with less training."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from assoc_synth.ctgan.config import CTGANConfig

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
README = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
PAGES = sorted(page.relative_to(DOCS).as_posix() for page in DOCS.rglob("*.md"))
BLOCK = re.compile(r"^```(python|sh)\n(.*?)^```$", re.MULTILINE | re.DOTALL)

SHORTER = {
    "AssociativeSynthesizer(random_state=0)": "AssociativeSynthesizer(random_state=0, config=BRIEF)",
    "subjects=2_000": "subjects=150",
    "toy_shop(subjects=300)": "toy_shop(subjects=150)",
    "toy_shop(subjects=1_500)": "toy_shop(subjects=800)",
    "num_subjects=1_000": "num_subjects=100",
    "sample(300": "sample(100",
    "sample(400": "sample(100",
    "num_rows=600": "num_rows=200",
    "num_subjects=600": "num_subjects=100",
    "range(3):\n    rows = synth": "range(1):\n    rows = synth",
}
SMALLER = {"fit": ["--quiet"], "sample": ["--allow-undertrained"]}


def blocks(page: str) -> list[tuple[str, str]]:
    return BLOCK.findall((DOCS / page).read_text(encoding="utf-8"))


RUNNABLE = [page for page in PAGES if blocks(page)]


def run_python(code: str, page: str, known: dict[str, Any]) -> None:
    for long, short in SHORTER.items():
        code = code.replace(long, short)
    exec(compile(code, page, "exec"), known)


def run_commands(block: str, run: Any) -> None:
    for line in block.splitlines():
        program, *arguments = shlex.split(line, comments=True)
        assert program == "assoc-synth", line
        if line in README:  # runs with the README's
            continue
        kept = arguments[: arguments.index("--max-minutes")] if "--max-minutes" in arguments else arguments
        done = run(*kept, *SMALLER.get(arguments[0], []))
        assert done.code == 0, (line, done.err)


@pytest.fixture
def folder(tmp_path: Path, shop_csv: Path, fitted: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a reader is: beside a model of the shop, here a small one, and with a table of her own."""
    shutil.copytree(fitted, tmp_path / "models" / "toy-shop")
    shutil.copy(shop_csv, tmp_path / "sales.csv")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def is_long(page: str) -> bool:
    """Whether a page trains a model, or computes every measure there is."""
    return any(".fit(" in block or "compare(" in block for _, block in blocks(page))


@pytest.mark.usefixtures("briefly", "roughly_read")
@pytest.mark.parametrize("page", [pytest.param(p, marks=[pytest.mark.slow] * is_long(p)) for p in RUNNABLE])
def test_what_a_page_shows_runs(page: str, folder: Path, run: Any, brief: CTGANConfig) -> None:
    known: dict[str, Any] = {"BRIEF": brief}
    for language, block in blocks(page):
        if language == "python":
            run_python(block, page, known)
        else:
            run_commands(block, run)


def test_every_use_shows_something_that_runs() -> None:
    uses = [page for page in PAGES if page.startswith("uses/")]
    assert len(uses) == 8
    assert set(uses) <= set(RUNNABLE)


def test_every_page_is_in_the_navigation() -> None:
    config = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    listed = set(re.findall(r"[\w/-]+\.md", config))
    assert listed == set(PAGES)


def test_nothing_ties_the_pages_to_one_machine() -> None:
    for page in PAGES:
        text = (DOCS / page).read_text(encoding="utf-8")
        assert not re.search(r"/home/|/Users/|/tmp/|localhost|\.local\b", text), page
        assert str(ROOT) not in text, page


def test_the_site_is_built_without_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A link or an anchor that is not there is a warning, and a warning an error."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("NO_MKDOCS_2_WARNING", "1")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(tmp_path / "site")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr
    pages = {
        page.relative_to(tmp_path / "site").with_suffix(".md").as_posix()
        for page in (tmp_path / "site").rglob("*.html")
    }
    assert set(PAGES) <= pages
    formulas = (tmp_path / "site" / "method.html").read_text(encoding="utf-8")
    assert formulas.count("<math") >= 10
    assert "$$" not in formulas
