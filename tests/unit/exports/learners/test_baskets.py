"""Item sets, read back line by line."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest

from assoc_synth.errors import InputError
from assoc_synth.exports import export
from assoc_synth.transactions.table import TransactionTable


def read(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def trips(rows: pd.DataFrame) -> dict[str, set[str]]:
    known = rows[rows["Trip"].map(lambda name: isinstance(name, str))]
    return {
        trip: {f"{v} {o}" for v, o in zip(own["Did what"], own["What"], strict=True)}
        for trip, own in known.groupby("Trip")
    }


def test_a_line_per_basket(hostile: TransactionTable, rows: pd.DataFrame, tmp_path: Path) -> None:
    export(hostile, "baskets", tmp_path / "b.csv")
    lines = read(tmp_path / "b.csv")
    assert sorted(map(sorted, lines)) == sorted(map(sorted, trips(rows).values()))
    assert all(len(line) == len(set(line)) for line in lines)


def test_a_line_per_basket_and_item(hostile: TransactionTable, rows: pd.DataFrame, tmp_path: Path) -> None:
    export(hostile, "single", tmp_path / "b.csv")
    header, *lines = read(tmp_path / "b.csv")
    assert header == ["id", "item"]
    found: dict[str, set[str]] = {}
    for trip, item in lines:
        found.setdefault(trip, set()).add(item)
    assert found == trips(rows)


def test_of_one_verb_items_are_objects_and_tabs_are_bare(people: TransactionTable, tmp_path: Path) -> None:
    export(people, "baskets", tmp_path / "b.tsv", verb="knows")
    assert (tmp_path / "b.tsv").read_text() == "bob\nann\n"
    export(people, "baskets", tmp_path / "b.tsv")
    assert (tmp_path / "b.tsv").read_text() == "knows bob\nknows ann\tlikes tea\n"
    export(people, "single", tmp_path / "s.csv", per="subject", verb="likes")
    assert (tmp_path / "s.csv").read_text() == 'id,item\n"bob","tea"\n'


def test_what_cannot_be_written_is_told(hostile: TransactionTable, people: TransactionTable, tmp_path: Path) -> None:
    for source, name, options, words in (
        (hostile, "b.tsv", {}, "a tab or a line break"),
        (people, "b.csv", {"per": "basket"}, "neither baskets nor times"),
        (people, "b.csv", {"per": "row"}, "--per is basket or subject, not 'row'"),
    ):
        with pytest.raises(InputError, match=words):
            export(source, "baskets", tmp_path / name, **options)
    assert not list(tmp_path.iterdir())
