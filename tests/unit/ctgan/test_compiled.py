"""Loops are compiled with or without a folder to keep them in, and never found by an old state of their sources."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import numba
import pytest

import assoc_synth
from assoc_synth.ctgan import compiled as module
from assoc_synth.ctgan.compiled import MARK, ROOT, compile_seconds, compiled, fingerprint


def add(one: int, other: int) -> int:
    return one + other


def test_loops_are_compiled_and_kept() -> None:
    loop, before = compiled(add), compile_seconds()
    assert isinstance(loop, numba.core.registry.CPUDispatcher)
    assert loop(1, 2) == 3
    assert loop.stats.cache_path
    assert compile_seconds() > before or loop.stats.cache_hits


def test_without_a_folder_they_are_compiled_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(loop: object) -> object:
        raise RuntimeError("cannot cache function: no locator available")

    monkeypatch.setattr(module, "_Kept", refuse)
    assert compiled(add)(1, 2) == 3


def run(folder: Path) -> list[str]:
    """What a process says that calls `top` of the sources in a folder: its result, and whether it was found."""
    script = "import sys, loops; print(loops.top(1), sum(loops.top.stats.cache_hits.values()))"
    env = os.environ | {"PYTHONPATH": f"{folder}{os.pathsep}{ROOT}", "NUMBA_CACHE_DIR": str(folder / "kept")}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=folder, env=env, capture_output=True, text=True, check=True
    )
    return done.stdout.split()


def test_what_is_kept_is_found_and_what_is_torn_is_compiled_again(tmp_path: Path) -> None:
    source = "from assoc_synth.ctgan.compiled import compiled\n\n@compiled\ndef top(x):\n    return x + 1\n"
    (tmp_path / "loops.py").write_text(source)
    assert [run(tmp_path) for _ in range(2)] == [["2", "0"], ["2", "1"]]
    for kind in ("nbc", "nbi"):
        for file in (tmp_path / "kept").rglob(f"*.{kind}"):
            file.write_bytes(b"\x80\x04not a pickle")
        assert [run(tmp_path) for _ in range(2)] == [["2", "0"], ["2", "1"]]
    (tmp_path / "loops.py").write_text(source.replace("x + 1", "x + 5"))
    assert [run(tmp_path) for _ in range(2)] == [["6", "0"], ["6", "1"]]
    assert len(list((tmp_path / "kept").rglob("*.nbi"))) == 1  # what nobody can find any more is removed


def test_the_fingerprint_is_of_all_files_that_are_compiled_into_a_loop(tmp_path: Path) -> None:
    texts = {
        "top": "from assoc_synth.low import one\nfrom assoc_synth.plain import other\n@compiled\n",
        "low": "from assoc_synth.lowest import one\n@compiled\n",
        "lowest": "@compiled\n",
        "plain": "from assoc_synth.beside import one\n",
        "beside": "@compiled\n",
    }
    marks = dict[str, str]()
    for changed in ("", *texts):
        root = tmp_path / f"with {changed}"
        (root / "assoc_synth").mkdir(parents=True)
        for name, text in texts.items():
            (root / "assoc_synth" / f"{name}.py").write_text(text + "# changed" * (name == changed))
        marks[changed] = fingerprint(root / "assoc_synth" / "top.py", root)
    same = {name for name, mark in marks.items() if mark == marks[""]}
    assert same == {"", "beside"}
    assert len(set(marks.values())) == 5


def test_loops_take_names_from_the_files_that_define_them() -> None:
    """Else the fingerprint would not know of them."""
    files = [file for file in Path(assoc_synth.__path__[0]).rglob("*.py") if f"\n{MARK}\n" in file.read_text("utf-8")]
    assert len(files) > 8
    for file in files:
        tree = ast.parse(file.read_text("utf-8"))
        source = {
            own.asname or own.name: node.module or ""
            for node in tree.body
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("assoc_synth")
            for own in node.names
        }
        for loop in (node for node in tree.body if isinstance(node, ast.FunctionDef) and node.decorator_list):
            names = {own.id for part in loop.body for own in ast.walk(part) if isinstance(own, ast.Name)}
            for name in names & source.keys():
                text = (ROOT / f"{source[name].replace('.', '/')}.py").read_text("utf-8")
                own_name = re.search(rf"^(class |def )?({name}\b|.*\b{name}\b.* = )", text, re.MULTILINE)
                assert MARK in text or own_name, f"{file.name}: {loop.name} takes {name} from {source[name]}"
