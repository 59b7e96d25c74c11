"""What a command leaves behind."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assoc_synth import __version__
from assoc_synth.cli.outputs import check_files, make_folder, write_facts, write_report
from assoc_synth.datasets import toy_shop
from assoc_synth.errors import InputError
from assoc_synth.gate.verdict import Status, Verdict

VERDICT = Verdict(Status.UNDERPOWERED, num_subjects=3, num_reference=4, seed=9)


def test_a_folder_is_made_where_there_is_none(tmp_path: Path) -> None:
    make_folder(tmp_path / "a" / "b")
    make_folder(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").is_dir()
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match="cannot be made"):
        make_folder(tmp_path / "file" / "c")


def test_wrong_paths_are_found_before_the_work(tmp_path: Path) -> None:
    check_files(None, tmp_path / "new.json")
    with pytest.raises(InputError, match="is a folder"):
        check_files(tmp_path / "new.json", tmp_path)
    with pytest.raises(InputError, match="create it first"):
        check_files(tmp_path / "none" / "new.json")


def test_a_path_is_written_once_and_never_what_is_read(tmp_path: Path) -> None:
    rows, link = tmp_path / "rows.csv", tmp_path / "link.csv"
    rows.write_text("a")
    link.symlink_to(rows)
    for twice in ((rows, rows), (rows, None, link), (tmp_path / "x" / ".." / "n.csv", tmp_path / "n.csv")):
        (tmp_path / "x").mkdir(exist_ok=True)
        with pytest.raises(InputError, match="is named for two files: choose another path"):
            check_files(*twice)
    with pytest.raises(InputError, match="is read, and would be replaced"):
        check_files(link, inputs=(None, str(rows)))
    check_files(rows, tmp_path / "facts.json", inputs=("toy-shop:train",))


def test_facts_name_the_command(tmp_path: Path) -> None:
    path = tmp_path / "facts.json"
    write_facts(path, VERDICT, "assoc-synth sample m -o x --seed 9", rows=2)
    values = json.loads(path.read_text())
    assert values == {
        "format_version": 1,
        "verdict": VERDICT.to_dict(),
        "rows": 2,
        "reproduction": {"version": __version__, "seed": 9, "command": "assoc-synth sample m -o x --seed 9"},
    }


def test_a_report_is_written_whole(tmp_path: Path) -> None:
    table = toy_shop(subjects=20)
    write_report(tmp_path / "r.html", None, table, VERDICT, command="assoc-synth x", seed=9, notes=("mind",))
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "<code>assoc-synth x</code>" in page
    assert "<li>mind</li>" in page


def test_a_report_of_a_model_says_how_it_was_trained(tmp_path: Path) -> None:
    model = Path(__file__).parents[3] / "models" / "toy-shop"
    write_report(tmp_path / "r.html", None, None, VERDICT, model=str(model))
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "No stage was cut short." in page
    assert "toy-<wbr>shop" in page


def test_nothing_is_written_without_a_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_facts(None, VERDICT, "x")
    write_report(None, None, toy_shop(subjects=5), VERDICT)
    assert list(tmp_path.iterdir()) == []
