"""Croissant's JSON-LD, validated and loaded with mlcroissant."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from assoc_synth.datasets import toy_shop
from assoc_synth.errors import InputError
from assoc_synth.exports import export
from assoc_synth.exports.croissant import CONFORMS_TO, data_type

ABOUT = {
    "licence": "https://creativecommons.org/licenses/by/4.0/",
    "citation": "Me, 2026",
    "verdict": "PASS",
    "seed": 7,
}


@pytest.mark.parametrize("name", ["rows.csv", "rows.parquet"])
def test_mlcroissant_validates_it_and_reads_the_rows(name: str, tmp_path: Path) -> None:
    croissant = pytest.importorskip("mlcroissant")
    table = toy_shop(subjects=9)
    export(table, name.rpartition(".")[2], tmp_path / name)
    export(table, "croissant", tmp_path / "croissant.json", beside=str(tmp_path / name), **ABOUT)
    found = croissant.Dataset(str(tmp_path / "croissant.json"))
    assert not found.metadata.ctx.issues.errors
    assert found.metadata.cite_as == "Me, 2026"
    assert "Verdict of the gate: PASS. Seed: 7." in found.metadata.description
    records = list(found.records("rows1"))
    assert len(records) == len(table)
    column = "rows1/product"
    assert [record[column].decode() for record in records] == table.to_frame()["product"].tolist()


def test_it_says_to_what_it_conforms_and_describes_a_folder(tmp_path: Path) -> None:
    export(toy_shop(subjects=9), "neo4j", tmp_path / "graph")
    export(toy_shop(subjects=9), "croissant", tmp_path / "croissant.json", beside=str(tmp_path / "graph"))
    made = json.loads((tmp_path / "croissant.json").read_text("utf-8"))
    assert made["conformsTo"] == CONFORMS_TO
    assert made["license"] == "unknown"
    assert [one["contentUrl"] for one in made["distribution"]] == [
        "graph/import.sh",
        "graph/nodes-object.csv",
        "graph/nodes-subject.csv",
        "graph/relationships-links.csv",
    ]
    assert made["recordSet"] == []


@pytest.mark.parametrize(
    ("beside", "words"),
    [
        (None, "name the file with --beside FILE"),
        ("none.csv", "there is no file"),
        ("/etc/hosts", "must be in the folder"),
    ],
)
def test_what_it_cannot_describe_is_refused(beside: str | None, words: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=words):
        export(toy_shop(subjects=9), "croissant", tmp_path / "croissant.json", beside=beside)
    assert not list(tmp_path.iterdir())


def test_types_are_schema_org_s() -> None:
    cells = pd.Series(pd.to_datetime(["2026-01-02"])), pd.Series([True]), pd.Series([0.5])
    assert [data_type(one) for one in cells] == ["sc:DateTime", "sc:Boolean", "sc:Float"]
