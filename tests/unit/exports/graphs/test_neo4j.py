"""Files for neo4j-admin, read back by its rules for headers and cells."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pandas as pd
import pytest

from assoc_synth.exports import export
from assoc_synth.transactions.table import TransactionTable

HEADER = re.compile(r"(\w*):(?:(ID|START_ID|END_ID)\((\w+)\)|(LABEL|TYPE)|(string|double|date|localdatetime|datetime))")


def read(path: Path) -> tuple[list[tuple[str, ...]], list[list[str | None]]]:
    """The header in parts, and the cells; an empty cell without quotes is None."""
    with path.open(encoding="utf-8", newline="") as file:
        text = file.read()
    head, _, body = text.partition("\n")
    fields = [HEADER.fullmatch(field) for field in head.split(",")]
    assert all(fields), head
    missing = "\x1e missing"
    # csv cannot tell "" from nothing; Neo4j does.
    marked = re.sub(r"(?m)(?<=,)(?=,|$)", missing, "," + body) if '"' not in body else None
    rows = csv.reader((marked[1:] if marked else body).splitlines(keepends=True))
    return [match.groups() for match in fields if match], [
        [None if cell in ("", missing) else cell for cell in row] for row in rows
    ]


@pytest.mark.parametrize("entities", ["shared", "apart"])
def test_every_row_comes_back(entities: str, hostile: TransactionTable, rows: pd.DataFrame, tmp_path: Path) -> None:
    export(hostile, "neo4j", tmp_path / "out", entities=entities)
    nodes: dict[str, dict[str, str]] = {}
    kinds = ["entity"] if entities == "shared" else ["subject", "object"]
    for kind in kinds:
        header, cells = read(tmp_path / "out" / f"nodes-{kind}.csv")
        assert (header[0][1], header[0][2], header[2][3]) == ("ID", kind.capitalize(), "LABEL")
        assert {label for row in cells for label in row[2].split(";")} <= {"Subject", "Object"}
        nodes[kind.capitalize()] = {row[0]: row[1] for row in cells}
    header, cells = read(tmp_path / "out" / "relationships-links.csv")
    assert [field[1] or field[3] or field[4] for field in header] == [
        "START_ID",
        "END_ID",
        "TYPE",
        "localdatetime",
        "double",
        "string",
    ]
    start, end = nodes[header[0][2]], nodes[header[1][2]]
    assert [start[row[0]] for row in cells] == rows["Who"].tolist()
    assert [end[row[1]] for row in cells] == rows["What"].tolist()
    assert [row[2] for row in cells] == rows["Did what"].tolist()
    times = pd.Series(pd.to_datetime([row[3] for row in cells], format="ISO8601"))
    pd.testing.assert_series_equal(times, rows["When"], check_names=False)
    amounts = pd.Series([None if row[4] is None else float(row[4]) for row in cells], dtype=float)
    pd.testing.assert_series_equal(amounts, rows["How much"], check_names=False)
    assert [row[5] for row in cells] == rows["Trip"].tolist()
    command = (tmp_path / "out" / "import.sh").read_text()
    assert command.startswith("neo4j-admin database import full ")
    assert re.findall(r"--nodes=(\S+)", command) == [f"nodes-{kind}.csv" for kind in kinds]


def test_times_are_of_neo4j_s_types(tmp_path: Path) -> None:
    frame = pd.DataFrame({"subject": ["a"], "verb": "has", "object": ["x"]})
    for time, kind in (
        ("2026-01-02", "date"),
        ("2026-01-02 03:04", "localdatetime"),
        ("2026-01-02T03:04Z", "datetime"),
    ):
        table = TransactionTable.from_frame(frame.assign(t=pd.to_datetime([time])), time="t", layout="rows")
        export(table, "neo4j", tmp_path / "out")
        assert read(tmp_path / "out" / "relationships-links.csv")[0][3][:5:4] == ("on", kind)


def test_a_name_that_is_both_has_both_labels(people: TransactionTable, tmp_path: Path) -> None:
    export(people, "neo4j", tmp_path / "out")
    assert (tmp_path / "out" / "nodes-entity.csv").read_text().splitlines() == [
        "id:ID(Entity),name:string,:LABEL",
        's0,"ann",Subject;Object',
        's1,"bob",Subject;Object',
        'o2,"tea",Object',
    ]
