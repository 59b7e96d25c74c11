"""The command `studio`: its extra, and a port that is taken."""

from __future__ import annotations

import importlib.util

import pytest

from assoc_synth.cli import run_command


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert run_command(["studio", "--no-browser"]) == 2
    assert "assoc-synth[studio]" in " ".join(capsys.readouterr().err.split())
