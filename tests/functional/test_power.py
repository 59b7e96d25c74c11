"""`assoc-synth power`: on a file, with JSON beside it, and on what is no table."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assoc_synth import datasets
from assoc_synth.cli import run_command


def test_a_file_is_told_what_it_can_carry(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data, facts = tmp_path / "shop.csv", tmp_path / "power.json"
    datasets.toy_shop(subjects=300).to_frame().to_csv(data, index=False)
    assert run_command(["power", str(data), "--json", str(facts), "--seed", "3"]) == 0
    text = capsys.readouterr().out
    assert "300 subjects, 60 of which the gate would keep to itself" in " ".join(text.split())
    assert "assoc-synth power" in text
    values = json.loads(facts.read_text())
    assert (values["num_subjects"], values["num_reference"], values["reproduction"]["seed"]) == (300, 60, 3)
    assert values["pairs"]["sizes"][0] == 200


def test_what_is_no_table_is_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["power", str(tmp_path / "none.csv")]) == 2
    alone = tmp_path / "alone.csv"
    alone.write_text("subject,verb,object\na,x,p\na,x,q\n")
    assert run_command(["power", str(alone)]) == 2
    assert "a single subject" in capsys.readouterr().err
