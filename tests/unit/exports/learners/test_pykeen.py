"""Triples for PyKEEN, read back as its `load_triples` reads, and by PyKEEN where it is installed."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from assoc_synth.datasets import toy_shop
from assoc_synth.exports import export
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.transactions.table import TransactionTable


def read(path: Path) -> list[tuple[str, ...]]:
    found = pd.read_csv(path, sep="\t", encoding="utf-8", dtype=str, header=None, keep_default_na=False)
    return [tuple(row) for row in found.to_numpy().tolist()]


def test_distinct_links_come_back(hostile: TransactionTable, rows: pd.DataFrame, tmp_path: Path) -> None:
    export(hostile, "pykeen", tmp_path / "t.tsv")
    back = read(tmp_path / "t.tsv")
    assert len(back) == len(set(back))
    assert set(back) == set(map(tuple, rows[["Who", "Did what", "What"]].values.tolist()))


def test_parts_are_disjoint_and_all_names_are_trained_on(tmp_path: Path) -> None:
    table = toy_shop(subjects=200)
    export(table, "pykeen", tmp_path / "kg", split=True, seed=1)
    train, valid, test = (read(tmp_path / "kg" / f"{name}.tsv") for name in ("train", "valid", "test"))
    whole = {tuple(row) for row in table.to_frame()[["customer", "action", "product"]].values.tolist()}
    assert len(train) + len(valid) + len(test) == len(whole)
    assert {*train, *valid, *test} == whole
    assert len(train) == pytest.approx(0.8 * len(whole), abs=2)
    assert len(valid) == pytest.approx(len(test), abs=1)
    for places in ((0, 2), (1,)):
        seen = {row[place] for row in train for place in places}
        assert {row[place] for row in (*valid, *test) for place in places} <= seen
    export(table, "pykeen", tmp_path / "other", split=True, seed=2)
    assert read(tmp_path / "other" / "test.tsv") != test


def test_pykeen_reads_them(tmp_path: Path) -> None:
    triples = pytest.importorskip("pykeen.triples")
    table = toy_shop(subjects=50)
    export(table, "pykeen", tmp_path / "kg", split=True)
    training = triples.TriplesFactory.from_path(tmp_path / "kg" / "train.tsv")
    testing = triples.TriplesFactory.from_path(
        tmp_path / "kg" / "test.tsv",
        entity_to_id=training.entity_to_id,
        relation_to_id=training.relation_to_id,
    )
    assert training.num_relations == table.num_verbs
    assert training.num_entities == table.num_subjects + table.num_objects
    assert testing.num_triples == len(read(tmp_path / "kg" / "test.tsv"))


def test_our_own_reader_takes_the_file(hostile: TransactionTable, tmp_path: Path) -> None:
    table = toy_shop(subjects=30)
    export(table, "pykeen", tmp_path / "t.tsv")
    back = LinkGraph.read(tmp_path / "t.tsv")
    assert len(back.table) == len(LinkGraph.from_table(table).edges)
    assert back.table.objects.tolist() == table.objects.tolist()
