"""Sentences, and the places of their parts; loaded with datasets."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from assoc_synth.errors import InputError
from assoc_synth.exports import export
from assoc_synth.transactions.table import TransactionTable


@pytest.fixture
def table() -> TransactionTable:
    frame = pd.DataFrame({"subject": ["ann", "bob"], "verb": ["bought", "saw"], "object": ["tea\npot", "cup"]})
    frame["t"], frame["n"] = pd.to_datetime(["2026-01-02", None]), [12.0, None]
    return TransactionTable.from_frame(frame, time="t", amount="n", layout="rows")


def test_a_line_per_row_without_what_is_missing(table: TransactionTable, tmp_path: Path) -> None:
    export(table, "sentences", tmp_path / "s.txt")
    assert (tmp_path / "s.txt").read_text() == "ann bought tea pot on 2026-01-02 for 12.\nbob saw cup.\n"
    templates = {"bought": "On {time}? {object} is {subject}'s.".replace("On {time}? ", "[On {time}: ]")}
    export(table, "sentences", tmp_path / "s.txt", templates=templates)
    assert (tmp_path / "s.txt").read_text().splitlines()[0] == "On 2026-01-02: tea pot is ann's."


def test_spans_are_the_parts(hostile: TransactionTable, rows: pd.DataFrame, tmp_path: Path) -> None:
    export(hostile, "sentences", tmp_path / "s.jsonl")
    made = [json.loads(line) for line in (tmp_path / "s.jsonl").read_text("utf-8").split("\n")[:-1]]
    assert [one["object"] for one in made] == rows["What"].tolist()
    for one in made:
        for part, (first, end) in one["spans"].items():
            assert one["text"][first:end] == one[part]
    assert [one.get("basket") for one in made] == rows["Trip"].tolist()


def test_datasets_loads_both(table: TransactionTable, tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    for name, kind in (("s.txt", "text"), ("s.jsonl", "json")):
        export(table, "sentences", tmp_path / name)
        found = datasets.load_dataset(kind, data_files=str(tmp_path / name), cache_dir=str(tmp_path / "c"))["train"]
        assert found["text"][1] == "bob saw cup."


@pytest.mark.parametrize(
    ("templates", "words"),
    [
        ({"bought": "{who} bought"}, "no part 'who'; the parts are subject"),
        ({"bought": "{subject} on {time}"}, r"needs \[ \] around \{time\}"),
        ({"sold": "x"}, "the verb 'sold', which the table does not have"),
    ],
)
def test_a_wrong_template_is_told(
    templates: dict[str, str], words: str, table: TransactionTable, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=words):
        export(table, "sentences", tmp_path / "s.txt", templates=templates)
    assert not list(tmp_path.iterdir())
