"""What `privacy` shows and writes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assoc_synth.cli.commands import run_command


def test_values_are_shown_and_written(version_5: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "stored.json"
    assert run_command(["privacy", str(version_5), "--json", str(target)]) == 0
    shown = capsys.readouterr().out
    assert "The model does not say how many training subjects are behind its values." in shown
    assert " more: --all" in shown
    assert "Not protected" in shown
    facts = json.loads(target.read_text("utf-8"))
    names = next(one["values"] for one in facts["columns"] if one["what"] == "object")
    assert run_command(["privacy", str(version_5), "--all"]) == 0
    every = capsys.readouterr().out.replace("\n", " ")
    assert len(names) == 72
    assert all(name[:60] in every for name in names)


def test_what_is_no_model_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["privacy", str(tmp_path / "nothing")]) == 2
    assert "there is no model directory 'nothing'" in capsys.readouterr().err
