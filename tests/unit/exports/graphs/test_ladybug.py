"""Created, copied and queried in Ladybug."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest

from assoc_synth.exports import export
from assoc_synth.transactions.table import TransactionTable


def queried(folder: Path, query: str, monkeypatch: pytest.MonkeyPatch) -> list[list[Any]]:
    ladybug = pytest.importorskip("ladybug")
    monkeypatch.chdir(folder)
    connection = ladybug.Connection(ladybug.Database(":memory:"))
    for statement in Path("load.cypher").read_text("utf-8").splitlines():
        connection.execute(statement)
    result, found = connection.execute(query), []
    while result.has_next():
        found.append(result.get_next())
    return found


@pytest.mark.parametrize("entities", ["shared", "apart"])
def test_every_row_comes_back(
    entities: str, hostile: TransactionTable, rows: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export(hostile, "ladybug", tmp_path / "out", entities=entities)
    back = queried(
        tmp_path / "out",
        "MATCH (a)-[l:Link]->(b) RETURN a.name, l.verb, b.name, l.on_time, l.amount, l.basket",
        monkeypatch,
    )
    expected = [
        [None if cell is None or cell != cell else cell for cell in row]
        for row in rows[["Who", "Did what", "What", "When", "How much", "Trip"]].astype(object).values.tolist()
    ]
    assert sorted(map(repr, back)) == sorted(repr([*row[:3], _time(row[3]), *row[4:]]) for row in expected)


def _time(cell: Any) -> Any:
    return cell if cell is None else cell.to_pydatetime()


def test_dates_are_dates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    frame = pd.DataFrame({"subject": ["a"], "verb": "has", "object": ["x"], "t": pd.to_datetime(["2026-01-02"])})
    export(TransactionTable.from_frame(frame, time="t", layout="rows"), "ladybug", tmp_path / "out")
    found = queried(tmp_path / "out", "MATCH ()-[l:Link]->() RETURN CAST(l.on_time AS STRING)", monkeypatch)
    assert found == [["2026-01-02"]]
    assert pq.read_schema(tmp_path / "out" / "link.parquet").names[:2] == ["from", "to"]
    assert not os.path.exists(tmp_path / "out" / "entity.parquet")


def test_one_node_for_a_name_that_is_both(
    people: TransactionTable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export(people, "ladybug", tmp_path / "out")
    found = queried(tmp_path / "out", "MATCH (a:Entity) RETURN a.name, a.kind ORDER BY a.id", monkeypatch)
    assert found == [["ann", "both"], ["bob", "both"], ["tea", "object"]]
