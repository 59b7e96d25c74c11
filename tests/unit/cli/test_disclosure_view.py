"""What `validate --holdout` shows of a copy and of an honest table, and what its JSON and report hold."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assoc_synth import datasets
from assoc_synth.cli import terminal
from assoc_synth.cli.commands import run_command
from assoc_synth.cli.disclosure_view import check_attacker, disclosed, show_disclosure
from assoc_synth.errors import AssocSynthError
from assoc_synth.evaluation.figures import Figure
from assoc_synth.exports import export

TABLE = datasets.toy_shop(subjects=300, seed=8)
THIRDS = [TABLE.take_subjects([code for code in range(300) if code % 3 == part]) for part in range(3)]


@pytest.fixture(autouse=True)
def width(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminal.out, "_width", 100)


def test_a_copy_is_named_in_red_words(capsys: pytest.CaptureFixture[str]) -> None:
    found = disclosed(THIRDS[0], THIRDS[0], THIRDS[1], 0)
    assert "row_copies" in found["given_away_by"]
    assert {figure["name"] for figure in found["privacy"]} >= {"near_copies", "dcr", "singling_out"}
    shown = capsys.readouterr().out
    shown = " ".join(shown.split())
    assert "Training subjects are given away by: " in shown
    assert "copies with times and amounts (p 0.000)" in shown


def test_an_honest_table_gives_nobody_away(capsys: pytest.CaptureFixture[str]) -> None:
    assert disclosed(THIRDS[0], THIRDS[2], THIRDS[1], 0)["given_away_by"] == []
    assert "tests finds that a training subject is given away" in " ".join(capsys.readouterr().out.split())


def test_nothing_is_attacked_without_held_out_subjects(capsys: pytest.CaptureFixture[str]) -> None:
    assert disclosed(THIRDS[0], THIRDS[2], None, 0) == {}
    assert capsys.readouterr().out == ""


def test_figures_without_a_value_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    show_disclosure([Figure("tpr@1%: pairs", None, why="takes 100 held-out subjects")])
    assert capsys.readouterr().out.strip() == "Nothing is known: there are too few subjects to attack."


def test_the_command_writes_it_into_json_and_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, table in zip(("real", "held", "made"), THIRDS, strict=True):
        export(table, "csv", tmp_path / f"{name}.csv")
    files = [str(tmp_path / name) for name in ("real.csv", "made.csv", "held.csv", "found.json", "page.html")]
    run_command(["validate", *files[:2], "--holdout", files[2], "--json", files[3], "--report", files[4]])
    sentence = "tests finds that a training subject is given away"
    assert sentence in " ".join(capsys.readouterr().out.split())
    written = json.loads((tmp_path / "found.json").read_text("utf-8"))
    assert written["given_away_by"] == []
    least = min(figure["p_value"] for figure in written["privacy"] if "p_value" in figure)
    page = (tmp_path / "page.html").read_text("utf-8")
    assert f"{sentence} (smallest p {least:.3f}" in page


def test_an_attacker_with_the_model(version_5: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = disclosed(THIRDS[0], THIRDS[2], THIRDS[1], 0, version_5)
    assert "membership_auc: model" in {figure["name"] for figure in found["privacy"]}
    assert "membership attack, AUC: model" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize(
    ("model", "holdout", "says"), [("here", None, "add --holdout FILE"), ("nowhere", "held.csv", "nowhere")]
)
def test_a_model_that_is_of_no_use(model: str, holdout: str | None, says: str) -> None:
    with pytest.raises(AssocSynthError, match=says):
        check_attacker(Path(model), holdout)
