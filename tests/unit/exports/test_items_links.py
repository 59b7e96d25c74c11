"""Items and links, read back with pyarrow and walked back to rows."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from assoc_synth.datasets import toy_shop
from assoc_synth.errors import InputError
from assoc_synth.exports import export, source
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.transactions.table import TransactionTable

KINDS = {"on": "time", "for": "amount", "in": "basket"}


def read_rows(path: Path) -> pd.DataFrame:
    """Follow every chain of links from its first one."""
    items = {row["id"]: row for row in pq.read_table(path / "items.parquet").to_pylist()}
    rows: dict[int, dict[str, str]] = {}
    begin: dict[int, int] = {}
    for link in pq.read_table(path / "links.parquet").to_pylist():
        assert link["id"] not in items
        target, verb = items[link["target"]], items[link["verb"]]
        assert verb["kind"] == "verb"
        if link["source"] in items:
            assert items[link["source"]]["kind"] in ("subject", "both")
            assert target["kind"] in ("object", "both")
            begin[link["id"]] = link["id"]
            rows[link["id"]] = {
                "subject": items[link["source"]]["name"],
                "verb": verb["name"],
                "object": target["name"],
            }
        else:
            assert target["kind"] == KINDS[verb["name"]]
            begin[link["id"]] = begin[link["source"]]
            rows[begin[link["id"]]][target["kind"]] = target["name"]
    return pd.DataFrame(list(rows.values()))


def compare(path: Path, rows: pd.DataFrame) -> None:
    back = read_rows(path)
    for ours, theirs in (("subject", "Who"), ("verb", "Did what"), ("object", "What")):
        assert back[ours].tolist() == rows[theirs].tolist()
    pd.testing.assert_series_equal(back["amount"].astype(float), rows["How much"], check_names=False)
    times = pd.to_datetime(back["time"], format="ISO8601")
    pd.testing.assert_series_equal(times, rows["When"], check_names=False)


def test_every_row_comes_back(hostile: TransactionTable, rows: pd.DataFrame, tmp_path: Path) -> None:
    export(hostile, "items-links", tmp_path / "out")
    compare(tmp_path / "out", rows)
    items = pq.read_table(tmp_path / "out" / "items.parquet")
    assert items.schema.names == ["id", "kind", "name"]
    assert items["id"].to_pylist() == list(range(len(items)))
    assert pq.read_table(tmp_path / "out" / "links.parquet").schema.names == ["id", "source", "verb", "target"]


def test_slices_join_without_a_seam(
    hostile: TransactionTable,
    rows: pd.DataFrame,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(source, "ROWS_AT_ONCE", 7)
    export(hostile, "items-links", tmp_path / "out")
    compare(tmp_path / "out", rows)


def test_the_sentence_of_the_associative_model(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "s": ["alice", "bob"],
            "v": ["buys", "on"],
            "o": ["tea", "tea"],
            "t": pd.to_datetime(["2026-01-02", None]),
            "n": [12.5, None],
            "b": ["b1", "b1"],
        }
    )
    table = TransactionTable.from_frame(frame, subject="s", verb="v", object="o", time="t", amount="n", basket="b")
    export(LinkGraph.from_table(table), "items-links", tmp_path / "out")
    names = dict(enumerate(pq.read_table(tmp_path / "out" / "items.parquet")["name"].to_pylist()))
    links = pq.read_table(tmp_path / "out" / "links.parquet").to_pylist()
    for link in links:
        names[link["id"]] = f"({names[link['source']]} {names[link['verb']]} {names[link['target']]})"
    assert [names[link["id"]] for link in links] == [
        "(alice buys tea)",
        "((alice buys tea) on 2026-01-02)",
        "(((alice buys tea) on 2026-01-02) for 12.5)",
        "((((alice buys tea) on 2026-01-02) for 12.5) in b1)",
        "(bob on tea)",
        "((bob on tea) in b1)",
    ]
    items = pq.read_table(tmp_path / "out" / "items.parquet").to_pandas()
    assert not items.duplicated(["kind", "name"]).any()


def test_only_mandatory_columns(tmp_path: Path) -> None:
    table = TransactionTable.from_frame(
        pd.DataFrame({"s": ["a"], "v": ["has"], "o": ["a"]}),
        subject="s",
        verb="v",
        object="o",
    )
    export(table, "items-links", tmp_path / "out")
    assert pq.read_table(tmp_path / "out" / "items.parquet")["kind"].to_pylist() == ["both", "verb"]
    export(table, "items-links", tmp_path / "out", entities="apart")
    assert pq.read_table(tmp_path / "out" / "items.parquet")["kind"].to_pylist() == ["subject", "verb", "object"]
    links = pq.read_table(tmp_path / "out" / "links.parquet").to_pylist()
    assert links == [{"id": 3, "source": 0, "verb": 1, "target": 2}]


def test_same_table_same_bytes_and_an_old_export_is_replaced(tmp_path: Path) -> None:
    export(toy_shop(subjects=9), "items-links", tmp_path / "two")
    for name in ("one", "two"):
        export(toy_shop(subjects=40), "items-links", tmp_path / name)
    for file in ("items.parquet", "links.parquet"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one", "two"]


def test_a_directory_of_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("years of work")
    with pytest.raises(InputError, match=r"thesis\.txt"):
        export(toy_shop(subjects=9), "items-links", tmp_path / "out")
    (tmp_path / "file").write_text("here")
    with pytest.raises(InputError, match="a file"):
        export(toy_shop(subjects=9), "items-links", tmp_path / "file")
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["file", "out", "thesis.txt"]
