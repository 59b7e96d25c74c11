"""Items and links of others, and damaged ones."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from assoc_synth.errors import InputError
from assoc_synth.link_graph.imports.items_links import read_items_links

ITEMS = [(0, "thing", "ann"), (1, "thing", "buys"), (2, "thing", "tea"), (3, "thing", "on"), (4, "thing", "2026-01-02")]


def write(folder: Path, items: list[tuple[int, str, str]], links: list[tuple[int, int, int, int]]) -> Path:
    pd.DataFrame(items, columns=["id", "kind", "name"]).to_parquet(folder / "items.parquet")
    pd.DataFrame(links, columns=["id", "source", "verb", "target"]).to_parquet(folder / "links.parquet")
    return folder


def test_kinds_are_not_needed(tmp_path: Path) -> None:
    rows = read_items_links(write(tmp_path, ITEMS, [(5, 0, 1, 2), (6, 5, 3, 4), (7, 2, 1, 0)]))
    assert rows.columns["subject"] == ["ann", "tea"]
    assert rows.columns["time"] == ["2026-01-02", None]


def test_any_other_qualifier_is_a_column(tmp_path: Path) -> None:
    items = [*ITEMS, (5, "integer value", "7"), (6, "text value", "x")]
    rows = read_items_links(write(tmp_path, items, [(9, 0, 1, 2), (10, 9, 1, 5), (11, 10, 3, 6), (12, 11, 0, 4)]))
    assert rows.extras == {"buys": [7], "on": ["x"], "ann": ["2026-01-02"]}
    assert rows.columns["time"] == [None]


@pytest.mark.parametrize(
    ("items", "links", "words"),
    [
        ([*ITEMS, ITEMS[0]], [(5, 0, 1, 2)], "two items have one id"),
        (ITEMS, [(5, 0, 1, 9)], "link 5: its verb or target is not an item"),
        (ITEMS, [(5, 8, 1, 2)], "neither an item nor a link before it"),
        (ITEMS, [(5, 0, 1, 2), (5, 0, 1, 2)], "the id 5 is there twice"),
        ([(0, "a", None)], [(5, 0, 0, 0)], "has an empty cell"),
    ],
)
def test_damage_is_told(
    items: list[tuple[int, str, str]], links: list[tuple[int, int, int, int]], words: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=words):
        read_items_links(write(tmp_path, items, links))


def test_absent_files_and_columns_are_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"it has no items\.parquet"):
        read_items_links(tmp_path)
    write(tmp_path, ITEMS, [(5, 0, 1, 2)])
    pd.DataFrame({"id": [5]}).to_parquet(tmp_path / "links.parquet")
    with pytest.raises(InputError, match="has no column 'source'"):
        read_items_links(tmp_path)
    (tmp_path / "links.parquet").write_text("no")
    with pytest.raises(InputError, match="is not a Parquet file"):
        read_items_links(tmp_path)


@pytest.mark.parametrize("cells", [[[0], [1], [2]], [b"a", b"v", b"b"], [{"x": 0}, {"x": 1}, {"x": 2}]])
@pytest.mark.parametrize("column", ["id", "name"])
def test_cells_are_text_or_numbers(column: str, cells: list[object], tmp_path: Path) -> None:
    items = {"id": [0, 1, 2], "kind": ["s", "v", "o"], "name": ["a", "v", "b"]} | {column: cells}
    pq.write_table(pa.table(items), tmp_path / "items.parquet")
    pq.write_table(pa.table({"id": [3], "source": [0], "verb": [1], "target": [2]}), tmp_path / "links.parquet")
    with pytest.raises(InputError, match=f"column '{column}': its cells are neither text nor numbers"):
        read_items_links(tmp_path)


def test_names_that_are_numbers_are_text(tmp_path: Path) -> None:
    items = {"id": ["a", "b", "c"], "kind": ["s", "v", "o"], "name": [5, 6, 7]}
    pq.write_table(pa.table(items), tmp_path / "items.parquet")
    pq.write_table(pa.table({"id": ["l"], "source": ["a"], "verb": ["b"], "target": ["c"]}), tmp_path / "links.parquet")
    assert read_items_links(tmp_path).columns["subject"] == ["5"]
