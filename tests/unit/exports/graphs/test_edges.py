"""Gephi's edge list, read back with pandas."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from assoc_synth.datasets import toy_shop
from assoc_synth.exports import export
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.transactions.table import TransactionTable


def read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, keep_default_na=False)


def test_distinct_links_are_counted(people: TransactionTable, tmp_path: Path) -> None:
    export(people, "edges", tmp_path / "e.csv")
    assert (tmp_path / "e.csv").read_text().splitlines()[0] == "Source,Target,Label,Weight"
    assert read(tmp_path / "e.csv").values.tolist() == [
        ["ann", "bob", "knows", 2],
        ["bob", "ann", "knows", 1],
        ["bob", "tea", "likes", 1],
    ]


def test_hostile_names_come_back(hostile: TransactionTable, rows: pd.DataFrame, tmp_path: Path) -> None:
    export(hostile, "edges", tmp_path / "e.csv")
    with (tmp_path / "e.csv").open(newline="", encoding="utf-8") as file:
        back = pd.read_csv(file, keep_default_na=False, dtype=str)
    expected = rows.groupby(["Who", "What", "Did what"]).size()
    assert {tuple(row[:3]): int(row[3]) for row in back.values.tolist()} == expected.to_dict()


def test_equal_names_that_stay_apart_are_told_apart(people: TransactionTable, tmp_path: Path) -> None:
    export(people, "edges", tmp_path / "e.csv", entities="apart")
    assert read(tmp_path / "e.csv")["Source"].tolist() == ["subject:ann", "subject:bob", "subject:bob"]
    assert read(tmp_path / "e.csv")["Target"].tolist() == ["object:bob", "object:ann", "object:tea"]
    export(toy_shop(subjects=9), "edges", tmp_path / "e.csv")
    assert read(tmp_path / "e.csv")["Weight"].sum() == len(LinkGraph.from_table(toy_shop(subjects=9)).table)
