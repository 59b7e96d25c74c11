"""The command `compare`."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from assoc_synth import datasets
from assoc_synth.cli.commands import run_command
from assoc_synth.cli.comparing import by_name
from assoc_synth.errors import InputError


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    real, held = datasets.halves(datasets.toy_shop(subjects=80, seed=1))
    found = {}
    for name, table in (("real", real), ("held", held)):
        found[name] = str(tmp_path / f"{name}.csv")
        table.to_frame().to_csv(found[name], index=False)
    return found


def test_every_form_is_written_and_the_call_repeats_itself(
    files: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = {option: str(tmp_path / f"made.{option}") for option in ("csv", "latex", "report", "json")}
    options = [word for option, path in made.items() for word in (f"--{option}", path)]
    code = run_command(["compare", files["real"], files["held"], f"copy={files['real']}", "--no-gate", *options])
    shown = capsys.readouterr().out
    assert code == 0
    assert pd.read_csv(made["csv"])["table"].unique().tolist() == ["held", "copy"]
    values = json.loads(Path(made["json"]).read_text("utf-8"))
    assert list(values["tables"]) == ["held", "copy"]
    assert "booktabs" not in Path(made["latex"]).read_text("utf-8")
    assert "toprule" in Path(made["latex"]).read_text("utf-8")
    assert "<h1>Tables compared</h1>" in Path(made["report"]).read_text("utf-8")
    command = values["reproduction"]["command"]
    assert f"{files['real']} {files['held']} copy={files['real']} " in command
    assert "--no-gate" in command
    assert "steps inside visits" in shown


def test_names_are_those_given_or_those_of_the_files(tmp_path: Path) -> None:
    odd = tmp_path / "a=b.csv"
    odd.write_text("x")
    assert by_name([str(odd), "c=d.csv"]) == {"a=b": str(odd), "c": "d.csv"}
    with pytest.raises(InputError, match="two tables are called 'd'"):
        by_name(["x/d.csv", "d=e.csv"])
    for wrong in ("=x.csv", "x="):
        with pytest.raises(InputError, match="given as NAME=TABLE"):
            by_name([wrong])


def test_a_file_that_is_read_is_not_written(files: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["compare", files["real"], files["held"], "--csv", files["held"]]) == 2
    assert "is read, and would be replaced" in " ".join(capsys.readouterr().err.split())
