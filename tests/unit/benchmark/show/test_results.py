"""RESULTS.md: every row, the best in bold, losses beside wins."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from assoc_synth.benchmark import Row, as_dict, read_results, write_results
from assoc_synth.errors import InputError


def page(rows: list[Row], path: Path) -> str:
    write_results({"toy-shop": rows}, path)
    return path.read_text(encoding="utf-8")


@pytest.fixture
def named(rows: list[Row]) -> list[Row]:
    """The rows with the names that matter: ours is the one that draws by popularity."""
    return [*rows[:4], replace(rows[4], name="assoc-synth"), *rows[5:]]


def test_every_row_and_the_floor_first(named: list[Row], tmp_path: Path) -> None:
    text = page(named, tmp_path / "RESULTS.md")
    assert text.startswith("# Benchmark results")
    assert "Seed 3, 1 min for each fit." in text
    names = [line.split("|")[1].strip() for line in text.splitlines() if line.startswith("| ")]
    links, of_rows = ["floor", "tenth-random", "same", "assoc-synth"], ["floor", "destroyed", "same", "assoc-synth"]
    attacked = ["floor", "same", "assoc-synth"]
    # Associations in two scopes, rows, SDV's report of them, privacy, and the rest.
    assert [name for name in names if name] == [*links, *links, *of_rows, *of_rows, *attacked, *links]
    assert "### Privacy: copies, membership attacks, risks" in text
    assert "absent: MissingExtraError" in text
    assert "slow: stopped: its fit was not over" in text
    assert "assoc-synth: its fit took 2.5 times the time allowed" in text


def test_losses_are_as_plain_as_wins(named: list[Row], tmp_path: Path) -> None:
    text = page(named, tmp_path / "RESULTS.md")
    assert "**.0000 (0.00)**" in text
    assert "  - item_l1: " in text
    assert "against .0000 of same" in text
    assert "assoc-synth is best in " in text
    best = next(line for line in text.splitlines() if "is best in" in line)
    assert "closer_to_train" in best
    assert "item_l1 across verbs" not in best
    assert "  - item_l1 across verbs: " in text


def test_without_figures_of_ours_it_says_so(rows: list[Row], tmp_path: Path) -> None:
    assert "assoc-synth has no figures here" in page(rows, tmp_path / "RESULTS.md")


def test_the_head_of_a_section_has_no_empty_sentence(rows: list[Row], tmp_path: Path) -> None:
    assert f"Seed 3, 1 min for each fit. {rows[0].machine}.\n" in page(rows[:2], tmp_path / "RESULTS.md")
    assert f"Seed 3, 1 min for each fit. {rows[0].machine}. same 1.0.\n" in page(rows, tmp_path / "RESULTS.md")


def test_files_of_several_runs_make_one_page(named: list[Row], tmp_path: Path) -> None:
    first, second = tmp_path / "1.json", tmp_path / "2.json"
    first.write_text(json.dumps({"toy-shop": as_dict([named[4], named[0]])}))
    second.write_text(json.dumps({"toy-shop": as_dict([named[0], named[3]])}))
    found = read_results([first, second])
    assert [row.name for row in found["toy-shop"]] == ["floor", "same", "assoc-synth"]
    out = tmp_path / "RESULTS.md"
    subprocess.run([sys.executable, "-m", "assoc_synth.benchmark", out, first, second], check=True)
    assert out.read_text(encoding="utf-8") == page(found["toy-shop"], tmp_path / "other.md")


def test_runs_of_different_budgets_are_not_mixed(named: list[Row], tmp_path: Path) -> None:
    path = tmp_path / "1.json"
    path.write_text(json.dumps({"toy-shop": as_dict([named[0], replace(named[1], max_minutes=9.0)])}))
    with pytest.raises(InputError, match="differ in seed or budget"):
        read_results([path])
    path.write_text("{")
    with pytest.raises(InputError, match="cannot be read"):
        read_results([path])


def test_what_is_left_out_stands_apart_from_the_competition(named: list[Row], tmp_path: Path) -> None:
    without = replace(named[1], name="assoc-synth/no-critic", notes=())
    text = page([*named, without], tmp_path / "RESULTS.md")
    before, _, after = text.partition("### What each part buys")
    assert "assoc-synth/no-critic" not in before
    names = [line.split("|")[1].strip() for line in after.splitlines() if line.startswith("| ")]
    # Links, and rows: whether a classifier recognises its subjects is known of links alone, too.
    assert [name for name in names if name] == ["floor", "assoc-synth", "assoc-synth/no-critic"] * 2
