"""The registry of formats, and what holds for each of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from assoc_synth.datasets import toy_shop
from assoc_synth.errors import InputError
from assoc_synth.exports import FORMATS, Source, check_export, export
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.transactions.table import TransactionTable

NAMES = {"rules": "out.csv", "associations": "out.parquet", "sentences": "out.jsonl"}
OPTIONS: dict[str, dict[str, object]] = {"lenskit": {"verb": "bought"}, "rectools": {"verb": "bought"}}


def write(source: Source, format: str, folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    path, options = folder / NAMES.get(format, "out"), OPTIONS.get(format, {})
    if format == "croissant":
        options = {"beside": folder / "rows.csv"}
        export(source, "csv", options["beside"])
    export(source, format, path, **options)
    return path


def contents(folder: Path) -> dict[str, bytes]:
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    return {str(file.relative_to(folder)): file.read_bytes() for file in files}


@pytest.mark.parametrize("name", FORMATS)
def test_table_and_graph_give_the_same_bytes_every_time(name: str, tmp_path: Path) -> None:
    table = toy_shop(subjects=30)
    for folder, source in (("one", table), ("two", LinkGraph.from_table(table)), ("two", toy_shop(subjects=30))):
        write(source, name, tmp_path / folder)
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


@pytest.mark.parametrize("name", FORMATS)
def test_a_writer_that_fails_leaves_the_old_output(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(toy_shop(subjects=30), name, tmp_path / "here")
    before = contents(tmp_path / "here")

    def fail(*_: object, **__: object) -> None:
        raise OSError("disk full")

    # All that is written is flushed before it takes its name.
    for module in ("atomic", "directories"):
        monkeypatch.setattr(f"assoc_synth.transactions.files.{module}.flush", fail)
    options = {"beside": tmp_path / "here" / "rows.csv"} if name == "croissant" else OPTIONS.get(name, {})
    with pytest.raises(OSError, match="disk full"):
        export(toy_shop(subjects=20), name, path, **options)
    assert contents(tmp_path / "here") == before


@pytest.mark.parametrize("name", sorted(set(FORMATS) - {"csv", "parquet", "jsonl"}))
def test_a_name_that_is_not_text_is_told(name: str, tmp_path: Path) -> None:
    # No reader lets such a name in; a table that is made of its parts may have one.
    plain = pd.DataFrame({"subject": ["a", "b"] * 30, "verb": "bought", "object": ["x", "tea"] * 30})
    table = TransactionTable.from_frame(plain, layout="rows")
    odd = replace(table, subjects=pd.Index(["\ud800", "b"]), objects=pd.Index(["tea", "\udfff"]))
    path = tmp_path / NAMES.get(name, "out")
    if name in ("graphml", "gexf"):  # these escape it
        export(odd, name, path)
        return
    options = {"beside": tmp_path / "rows"} if name == "croissant" else OPTIONS.get(name, {})
    (tmp_path / "rows").write_text("x")
    if name in ("rectools", "croissant", "rules", "associations"):  # they write no name here
        return
    with pytest.raises(InputError):
        export(odd, name, path, **options)
    assert [one.name for one in tmp_path.iterdir()] == ["rows"]


def test_an_unknown_format_lists_the_formats(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="unknown format 'xls'; there are: csv, parquet, jsonl, items-links, graphml"):
        export(toy_shop(subjects=1), "xls", tmp_path / "out")


def test_an_unknown_option_lists_the_options(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="format csv has no option 'projection'; it has: safe, raw"):
        export(toy_shop(subjects=1), "csv", tmp_path / "out", projection=True)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("format", "name", "options", "words"),
    [
        ("xls", "out.xls", [], "unknown format 'xls'"),
        ("parquet", "out.parquet", ["safe"], "format parquet has no option 'safe'"),
        ("csv", "out.parquet", [], "says parquet, the format asked for is csv"),
        ("parquet", "out.csv.gz", [], "says csv, the format asked for is parquet"),
        ("jsonl", "none/out.jsonl", [], "does not exist"),
        ("graphml", ".", [], "is a folder"),
        ("graphml", "out.csv", [], "is that of another format: a file of graphml ends in .graphml"),
        ("node-link", "out.GraphML.gz", [], "is that of another format: a file of node-link ends in .json"),
        ("sentences", "out.parquet", [], "a file of sentences ends in .txt or .jsonl"),
        ("items-links", "taken", [], "holds 'other', which would be lost"),
    ],
)
def test_what_cannot_be_written_is_refused_before_the_work(
    tmp_path: Path, format: str, name: str, options: list[str], words: str
) -> None:
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "other").write_text("x")
    with pytest.raises(InputError, match=words):
        check_export(format, tmp_path / name, options)


def test_what_can_be_written_is_not_refused(tmp_path: Path) -> None:
    for format, name in (
        ("csv", "a.tsv.gz"),
        ("csv", "a.csv"),
        ("csv", "a"),
        ("items-links", "b"),
        ("graphml", "a.xml"),
    ):
        check_export(format, tmp_path / name)
    assert not list(tmp_path.iterdir())
