"""The command `sample` where rows are written chunk by chunk; `test_commands` has the rest of it."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from assoc_synth.cli.commands import run_command
from assoc_synth.gate.verdict import Status


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assoc_synth.gate.tier.decide", lambda *_, **__: Status.UNDERPOWERED)
    monkeypatch.setattr("assoc_synth.model.plain.CHUNK", 64)
    monkeypatch.setattr("assoc_synth.model.streaming.PROBE", 8)


def test_a_folder_is_written_and_told(version_5: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call = [
        "sample",
        str(version_5),
        "-o",
        f"{tmp_path}/rows/",
        "--subjects",
        "150",
        "--json",
        f"{tmp_path}/facts.json",
    ]
    assert run_command(call) == 0
    facts, said = json.loads((tmp_path / "facts.json").read_text("utf-8")), capsys.readouterr()
    assert facts["subjects"] == 150
    assert facts["rows"] == len(pd.read_parquet(tmp_path / "rows"))
    assert "rows, " in said.err
    assert f"of 150 subjects to {tmp_path}/rows/" in said.out


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--report", "page.html"], "--report shows rows that are in memory"),
        (["--rebalance", "uniform"], "--rebalance is for rows that are in memory"),
        (["--engine", "spark"], "the engine must be ray or ray://HOST:PORT, not 'spark'"),
        (["--subjects", "1000000000000"], "Give --rows "),
    ],
)
def test_what_cannot_be_written_in_chunks_is_refused(
    version_5: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], more: list[str], message: str
) -> None:
    more = [str(tmp_path / one) if one.endswith(".html") else one for one in more]
    call = [
        "sample",
        str(version_5),
        "-o",
        f"{tmp_path}/rows/",
        *(() if "--subjects" in more else ("--subjects", "150")),
    ]
    assert run_command([*call, *more]) == 2
    assert message in " ".join(capsys.readouterr().err.split())
    assert not (tmp_path / "rows").exists()
