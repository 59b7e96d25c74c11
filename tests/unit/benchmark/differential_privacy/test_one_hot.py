"""Generators of others beside this package, on a few objects."""

import sys
from pathlib import Path

import pytest

from assoc_synth import datasets
from assoc_synth.benchmark.differential_privacy.one_hot import FLOOR, INDEPENDENT, NAMES, OURS, Held, held_of, rows_of
from assoc_synth.benchmark.differential_privacy.one_hot import most_frequent as few_objects
from assoc_synth.errors import InputError

TABLES = few_objects(datasets.halves(datasets.toy_shop(subjects=600)), 8)


def test_rows_are_those_of_the_most_frequent_objects() -> None:
    first, second = TABLES
    assert (first.num_objects, first.num_verbs, second.num_objects) == (8, 1, 8)
    assert first.objects.tolist() == second.objects.tolist()
    assert 100 < first.num_subjects <= 300


def test_others_are_measured_beside_a_floor_and_a_table_without_associations(others: Path) -> None:
    found = held_of(*TABLES, [3.0], {"mbi": sys.executable, "mostlyai": sys.executable}, seconds=30.0)
    assert [one.name for one in found] == [FLOOR, INDEPENDENT, OURS, NAMES["mbi"], NAMES["mostlyai"]]
    figures = {one.name: one.figures for one in found}
    assert figures[NAMES["mbi"]]["pair_l1"] == figures[NAMES["mostlyai"]]["pair_l1"] == 0.0  # they repeat the rows
    assert figures[FLOOR]["pair_l1"] < figures[INDEPENDENT]["pair_l1"]
    assert 0.0 < figures[OURS]["pair_l1"] < 1.5
    assert "epochs: 2.5, epsilon 2.75" in found[-1].notes
    lines = rows_of(found)
    assert len(lines) == 2 + 5 + 1 + len(found[3].notes) + len(found[4].notes)
    assert lines[5].startswith(f"| {NAMES['mbi']} | 3 | 0.000 |")


def test_one_that_fails_says_why(tmp_path: Path) -> None:
    (failed,) = [one for one in held_of(*TABLES, [3.0], {"mbi": sys.executable}) if one.name == NAMES["mbi"]]
    assert failed.figures == {}
    assert "No module named" in failed.notes[0]
    assert rows_of([failed])[2].count("–") == 6
    assert rows_of([Held(FLOOR, None, {})])[2].startswith(f"| {FLOOR} | – |")


def test_an_unknown_generator_is_refused() -> None:
    with pytest.raises(InputError, match="no other generator is called 'nobody'; there are: mbi, mostlyai"):
        held_of(*TABLES, [3.0], {"nobody": sys.executable})
