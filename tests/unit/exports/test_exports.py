"""The registry of formats, and what holds for each of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from assoc_synth.datasets import toy_shop
from assoc_synth.errors import InputError
from assoc_synth.exports import FORMATS, check_export, export
from assoc_synth.link_graph.graph import LinkGraph


def contents(path: Path) -> dict[str, bytes]:
    files = sorted(file for file in path.parent.rglob("*") if file.is_file())
    return {str(file.relative_to(path.parent)): file.read_bytes() for file in files}


@pytest.mark.parametrize("name", FORMATS)
def test_table_and_graph_give_the_same_bytes_every_time(name: str, tmp_path: Path) -> None:
    table = toy_shop(subjects=30)
    for folder, source in (("one", table), ("two", LinkGraph.from_table(table)), ("two", toy_shop(subjects=30))):
        (tmp_path / folder).mkdir(exist_ok=True)
        export(source, name, str(tmp_path / folder / "out"))
    assert contents(tmp_path / "one" / "out") == contents(tmp_path / "two" / "out")


@pytest.mark.parametrize("name", FORMATS)
def test_a_writer_that_fails_leaves_the_old_output(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    export(toy_shop(subjects=30), name, tmp_path / "out")
    before = contents(tmp_path / "out")

    def fail(*_: object, **__: object) -> None:
        raise OSError("disk full")

    for target in (
        "graphml.slices",
        "items_links.slices",
        "delimited.write_frame",
        "parquet.write_frame",
        "jsonlines.write_frame",
    ):
        monkeypatch.setattr(f"assoc_synth.exports.{target}", fail)
    with pytest.raises(OSError, match="disk full"):
        export(toy_shop(subjects=20), name, tmp_path / "out")
    assert contents(tmp_path / "out") == before


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
