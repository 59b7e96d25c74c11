"""What the README shows is what happens: its Python and its commands run, on smaller tables and with less training."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from assoc_synth import AssociativeSynthesizer
from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.gate.results import decide

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")

SMALLER = {
    "compare": ["--no-gate"],
    "demo": ["--subjects", "120", "--max-minutes", "0.02", "--allow-undertrained", "--quiet"],
    "fit": ["--quiet"],
    "sample": ["--allow-undertrained"],
}


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)


def commands() -> list[list[str]]:
    lines = [line for block in blocks("sh") for line in block.splitlines()]
    parts = [part.strip() for line in lines for part in line.split("&&")]
    return [shlex.split(part)[1:] for part in parts if part.startswith("assoc-synth ")]


def test_the_python_runs(tmp_path: Path, brief: CTGANConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (code,) = blocks("python")
    assert 9 <= len(code.splitlines()) <= 12
    for long, short in (("subjects=2_000", "subjects=150"), ("random_state=0", "random_state=0, config=BRIEF")):
        assert long in code
        code = code.replace(long, short)
    exec(compile(code, "README.md", "exec"), {"BRIEF": brief})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model", "synthetic.parquet"]


@pytest.mark.usefixtures("roughly_read")
def test_the_scenarios_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    (shown,) = blocks("pycon")
    code = "\n".join(line[4:] for line in shown.splitlines())
    known: dict[str, Any] = {"AssociativeSynthesizer": AssociativeSynthesizer}
    known["known_rows"] = AssociativeSynthesizer.load("models/toy-shop").sample(20).rows
    assert code.count("synth.sample(") == 6
    for long, short in (("num_rows=1_000", "num_rows=200"), ("sample(boost", "sample(150, boost")):
        assert code.count(long) == 2
        code = code.replace(long, short)
    exec(compile(code, "README.md", "exec"), known)


@pytest.mark.usefixtures("benchmark_once", "briefly")
def test_the_commands_run(run: Any, shop_csv: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy(shop_csv, tmp_path / "sales.csv")
    found = commands()
    assert {arguments[0] for arguments in found} == {
        "demo",
        "fit",
        "sample",
        "validate",
        "compare",
        "also-buy",
        "export",
        "info",
        "privacy",
        "power",
        "benchmark",
    }
    for arguments in found:
        shorter = SMALLER.get(arguments[0], [])
        kept = arguments[: arguments.index("--max-minutes")] if shorter and "--max-minutes" in arguments else arguments
        kept = ["100" if argument == "1000" else argument for argument in kept]
        expected = 3 if "toy-shop:independent" in arguments else 0
        with pytest.MonkeyPatch.context() as patched:
            if "toy-shop:heldout" in arguments:  # these two are about the gate, and train no model for an epoch
                patched.setattr("assoc_synth.gate.tier.decide", decide)
            done = run(*kept, *shorter)
        assert done.code == expected, (arguments, done.err)
    assert (tmp_path / "demo" / "report.json").exists()


def test_nothing_ties_it_to_one_machine() -> None:
    assert not any(folder in README for folder in (str(ROOT), str(Path.home())))
    assert not re.search(r"/home/|/Users/|localhost|\.local\b", README)
    assert "<!-- figures -->" in README


def test_its_links_lead_somewhere() -> None:
    targets = re.findall(r"\]\(([^)#]+)\)", README)
    files = [target for target in targets if not target.startswith("https://")]
    assert len(files) > 10
    assert not [target for target in files if not (ROOT / target).exists()]
    assert len(re.findall(r"!\[", README)) == 1


def test_one_command_makes_them_absolute(tmp_path: Path) -> None:
    for name in ("Makefile", "README.md", "pyproject.toml", "CITATION.cff", "SECURITY.md"):
        shutil.copy(ROOT / name, tmp_path / name)
    address = "https://forge.example/team/assoc_synth"
    subprocess.run(["make", "-s", "-C", str(tmp_path), "address", f"URL={address}"], check=True)
    for name in ("README.md", "pyproject.toml", "CITATION.cff", "SECURITY.md"):
        text = (tmp_path / name).read_text(encoding="utf-8")
        assert address in text, name
        assert "example.com" not in text, name
    relative = [t for t in re.findall(r"\]\(([^)#]+)\)", (tmp_path / "README.md").read_text()) if "://" not in t]
    assert not relative
    assert "<address of this repository>" not in (tmp_path / "README.md").read_text()
