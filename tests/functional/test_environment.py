"""What surrounds a process plays no part: hash seeds, time zones and locales change no code and no time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

READ = """
import sys
from assoc_synth import TransactionTable
table = TransactionTable.read(sys.argv[1])
print(table.verbs.tolist(), table.objects.tolist(), table.object.tolist(), table.time.tolist(), table.amount.tolist())
print(table.to_frame().to_csv(index=False))
"""


def said(path: Path, **environment: str) -> str:
    around = {name: value for name, value in os.environ.items() if name not in ("TZ", "LC_ALL", "LANG")}
    done = subprocess.run(
        [sys.executable, "-c", READ, str(path)], env=around | environment, capture_output=True, check=True, timeout=60
    )
    return done.stdout.decode()


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    path = tmp_path / "rows.csv"
    lines = [f"s{n % 7},bought,o{n % 11},2024-03-31 0{n % 4}:30:00,{n}.50" for n in range(60)]
    path.write_text("\n".join(["subject,verb,object,time,amount", *lines, "é,gekauft,茶,2024-10-27 02:30:00,1.25"]))
    return path


def test_hash_seed_time_zone_and_locale_change_nothing(rows: Path) -> None:
    first = said(rows, PYTHONHASHSEED="1")
    assert "gekauft" in first
    assert said(rows, PYTHONHASHSEED="2", TZ="America/St_Johns", LC_ALL="C", PYTHONIOENCODING="utf-8") == first
    missing = said(rows, PYTHONHASHSEED="3", TZ="Nowhere/Never", LC_ALL="xx_YY.UTF-8", PYTHONIOENCODING="utf-8")
    assert missing == first


def test_a_narrow_terminal_in_ascii_shows_everything(rows: Path) -> None:
    around = os.environ | {"COLUMNS": "40", "PYTHONIOENCODING": "ascii", "LC_ALL": "C"}
    for command in (["info", str(rows)], ["also-buy", str(rows), "茶"]):
        line = [sys.executable, "-m", "assoc_synth.cli", *command]
        done = subprocess.run(line, env=around, capture_output=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr
        assert done.stdout.isascii()
        assert (b"\\u8336" in done.stdout) == (command[0] == "also-buy")


@pytest.mark.parametrize("columns", ["40", "60", "80"])
def test_a_narrow_terminal_shows_everything(
    run: Any, rows: Path, columns: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    for command in (["info", rows], ["power", rows], ["also-buy", rows], ["--help"]):
        assert run(*command).code == 0
