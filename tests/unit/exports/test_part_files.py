"""Folders of part files, read back by what reads such folders: all rows, in their order, with one header and schema."""

from __future__ import annotations

import shlex
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.dataset as arrow
import pytest

from assoc_synth.cli import run_command
from assoc_synth.datasets import toy_shop
from assoc_synth.errors import InputError
from assoc_synth.exports import check_export, export, source
from assoc_synth.transactions.table import TransactionTable


@pytest.fixture(autouse=True)
def _short_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts end inside slices, and slices inside parts."""
    monkeypatch.setattr(source, "ROWS_AT_ONCE", 70)


@pytest.fixture(scope="module")
def shop() -> TransactionTable:
    frame = toy_shop(subjects=20, seed=3).to_frame()
    late = np.arange(len(frame)) > 150
    frame["units"] = np.where(late, 2.0, np.nan)
    frame["note"] = pd.Series(np.where(late, 'a,b\n"c"', None), dtype=object)
    return TransactionTable.from_frame(frame)


def names(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


def test_parquet_is_one_data_set(shop: TransactionTable, tmp_path: Path) -> None:
    export(shop, "parquet", tmp_path / "rows", part_rows=100)
    count = -(-len(shop) // 100)
    assert names(tmp_path / "rows") == [f"part-{number:05d}.parquet" for number in range(count)]
    found = arrow.dataset(tmp_path / "rows")
    assert [part.count_rows() for part in found.get_fragments()] == [100] * (count - 1) + [len(shop) % 100 or 100]
    pd.testing.assert_frame_equal(found.to_table().to_pandas(), shop.to_frame(typed=True), check_dtype=False)
    back = TransactionTable.read(tmp_path / "rows")
    pd.testing.assert_frame_equal(back.to_frame(), shop.to_frame(), check_dtype=False)


def test_csv_has_its_header_in_each_file(shop: TransactionTable, tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    polars = pytest.importorskip("polars")
    export(shop, "csv", f"{tmp_path / 'rows'}/", part_rows=100)
    export(shop, "csv", tmp_path / "whole.csv")
    whole = pd.read_csv(tmp_path / "whole.csv", dtype=object)
    for name in names(tmp_path / "rows"):
        assert list(pd.read_csv(tmp_path / "rows" / name, nrows=1)) == list(whole)
    pattern = str(tmp_path / "rows" / "*.csv")
    found = duckdb.sql(f"select * from read_csv('{pattern}', all_varchar=true)").df()
    pd.testing.assert_frame_equal(found.fillna("").astype(object), whole.fillna("").astype(object), check_dtype=False)
    lazily = polars.scan_csv(pattern, infer_schema=False).collect().to_pandas()
    pd.testing.assert_frame_equal(lazily.fillna("").astype(object), whole.fillna("").astype(object))
    texts = [(tmp_path / "rows" / name).read_text().partition("\n")[2] for name in names(tmp_path / "rows")]
    assert "".join(texts) == (tmp_path / "whole.csv").read_text().partition("\n")[2]


def test_json_lines_follow_one_another(shop: TransactionTable, tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    export(shop, "jsonl", tmp_path / "rows", part_rows=64)
    export(shop, "jsonl", tmp_path / "whole.jsonl")
    texts = [(tmp_path / "rows" / name).read_text() for name in names(tmp_path / "rows")]
    assert "".join(texts) == (tmp_path / "whole.jsonl").read_text()
    found = duckdb.sql(f"select * from read_json('{tmp_path / 'rows' / '*.jsonl'}')").df()
    assert list(found) == list(shop.to_frame())
    assert found["product"].tolist() == shop.to_frame()["product"].tolist()
    pd.testing.assert_series_equal(found["units"], shop.to_frame()["units"], check_dtype=False)


def test_neo4j_gets_a_header_and_the_files_in_order(shop: TransactionTable, tmp_path: Path) -> None:
    export(shop, "neo4j", tmp_path / "whole")
    export(shop, "neo4j", tmp_path / "out", part_rows=100)
    command = shlex.split((tmp_path / "out" / "import.sh").read_text())
    files = next(one.partition("=")[2] for one in command if one.startswith("--relationships=")).split(",")
    assert files[:2] == ["relationships-links-header.csv", "relationships-links-00000.csv"]
    assert {*files, "import.sh", "nodes-subject.csv", "nodes-object.csv"} == set(names(tmp_path / "out"))
    texts = [(tmp_path / "out" / name).read_text() for name in files]
    assert "".join(texts) == (tmp_path / "whole" / "relationships-links.csv").read_text()
    # An earlier write of more files, or of one, is replaced whole.
    export(shop, "neo4j", tmp_path / "out", part_rows=300)
    export(shop, "neo4j", tmp_path / "out")
    assert names(tmp_path / "out") == names(tmp_path / "whole")


def test_ladybug_copies_every_file(shop: TransactionTable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ladybug = pytest.importorskip("ladybug")
    export(shop, "ladybug", tmp_path / "out", part_rows=100)
    monkeypatch.chdir(tmp_path / "out")
    assert len(list(Path().glob("link-*.parquet"))) == -(-len(shop) // 100)
    connection = ladybug.Connection(ladybug.Database(":memory:"))
    for statement in Path("load.cypher").read_text("utf-8").splitlines():
        connection.execute(statement)
    result, found = connection.execute("MATCH (a)-[l:Link]->(b) RETURN a.name, l.verb, b.name"), []
    while result.has_next():
        found.append(tuple(result.get_next()))
    rows = shop.to_frame()[["customer", "action", "product"]]
    assert sorted(found) == sorted((str(who), verb, what) for who, verb, what in rows.itertuples(index=False))


def test_the_hub_s_files_are_numbered(shop: TransactionTable, tmp_path: Path) -> None:
    croissant = pytest.importorskip("mlcroissant")
    datasets = pytest.importorskip("datasets")
    export(shop, "hub", tmp_path / "shop", part_rows=200, citation="Me, 2026")
    count = -(-len(shop) // 200)
    expected = [f"train-{number:05d}-of-{count:05d}.parquet" for number in range(count)]
    assert names(tmp_path / "shop" / "data") == expected
    loaded = datasets.load_dataset(str(tmp_path / "shop"), cache_dir=str(tmp_path / "cache"))["train"]
    assert loaded["product"][:] == shop.to_frame()["product"].tolist()
    found = croissant.Dataset(str(tmp_path / "shop" / "croissant.json"))
    assert not found.metadata.ctx.issues.errors
    assert len(found.metadata.record_sets) == count


def test_the_command_takes_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    toy_shop(subjects=5, seed=1).to_frame().to_csv(tmp_path / "shop.csv", index=False)
    for more in ([], ["--part-rows", "30"]):
        folder = f"{tmp_path / 'rows'}/"
        assert run_command(["export", str(tmp_path / "shop.csv"), "-f", "csv", "-o", folder, *more]) == 0
        assert f"to {folder}" in capsys.readouterr().out.replace("\n", "")
    found = pd.concat([pd.read_csv(tmp_path / "rows" / name) for name in names(tmp_path / "rows")], ignore_index=True)
    pd.testing.assert_frame_equal(found, pd.read_csv(tmp_path / "shop.csv"))
    assert len(names(tmp_path / "rows")) == -(-len(found) // 30)


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "rows").mkdir()
    export(toy_shop(subjects=3), "csv", tmp_path / "rows")
    assert names(tmp_path / "rows") == ["part-00000.csv"]
    for format in ("parquet", "jsonl"):
        with pytest.raises(InputError, match=r"holds 'part-00000\.csv', which would be lost"):
            check_export(format, tmp_path / "rows")
    with pytest.raises(InputError, match="part_rows is a number of rows, at least 1, not '0'"):
        export(toy_shop(subjects=3), "csv", tmp_path / "other", part_rows=0)
    with pytest.raises(InputError, match="format graphml has no option 'part_rows'"):
        export(toy_shop(subjects=3), "graphml", tmp_path / "x.graphml", part_rows=5)
