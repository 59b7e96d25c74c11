"""Slices are written as the whole would be."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from assoc_synth import datasets
from assoc_synth.exports import export, source
from assoc_synth.exports.streaming import Frames
from assoc_synth.transactions.files import write_frame
from assoc_synth.transactions.table import TransactionTable

TYPES = {
    "whole": [1, 2, None, 4, 5, None, 7, 8, 9, 10, 11, 12],
    "truth": [True] * 6 + [None, False] + [True] * 4,
    "empty at first": [None] * 9 + ["x", "y", "z"],
    "half": [0.5, None] * 6,
    "mixed": [1, "a", 2.5, None, True, "b"] * 2,
    "when": [*pd.to_datetime(["2026-01-02 00:00", "2026-01-03 04:05"]), None] * 4,
    "zoned": [*pd.to_datetime(["2026-01-02T00:00", "2026-01-03T04:05"], utc=True).tz_convert("Europe/Berlin"), None]
    * 4,
    "fine": [*pd.to_datetime(["2026-01-02"] * 11 + ["2026-01-02T00:00:00.000123"], format="ISO8601")],
    "carriage": ["a"] * 11 + ["b\rc"],
}


@pytest.fixture
def typed() -> TransactionTable:
    frame = pd.DataFrame(TYPES).assign(subject=[*"abcabcabcabc"], verb="has", object=[*"xyzxyzxyzxyz"])
    frame["whole"] = frame["whole"].astype("Int64")
    frame["numbers"] = np.arange(12)
    frame["kind"] = pd.Categorical(["k", "l", "m", "l"] * 3)
    return TransactionTable.from_frame(frame, layout="rows")


def from_text(folder: Path) -> TransactionTable:
    (folder / "t.csv").write_text(
        "customer,action,product,date,price,size,member\n"
        + "".join(f"c{i % 4},bought,p{i % 5},1{1 + i % 9}/02/2026,{i},{'' if i % 6 else i},yes\n" for i in range(20))
        + 'c1,bought,"p,1",19/02/2026,1.50,,no\n'
    )
    return TransactionTable.read(folder / "t.csv")


@pytest.mark.parametrize("name", ["typed", "hostile", "text", "clinic", "toy_shop", "clickstream"])
@pytest.mark.parametrize("size", [5, 7])
def test_slices_give_the_bytes_of_the_whole(
    name: str, size: int, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if name in ("typed", "hostile"):
        table = request.getfixturevalue(name)
    else:
        table = from_text(tmp_path) if name == "text" else getattr(datasets, name)(subjects=40).take_rows(np.arange(40))
    whole = {"csv": table.to_frame(), "jsonl": table.to_frame(), "parquet": table.to_frame(typed=True)}
    monkeypatch.setattr(source, "ROWS_AT_ONCE", size)
    for kind, frame in whole.items():
        expected, found = tmp_path / f"expected.{kind}", tmp_path / f"found.{kind}"
        try:
            write_frame(frame, expected, kind=kind, dialect=table.format.dialect if kind == "csv" else None)
        except ValueError as refused:
            with pytest.raises(type(refused), match="cannot be written"):
                export(table, kind, found)
            continue
        export(table, kind, found)
        if kind == "parquet":
            pd.testing.assert_frame_equal(pd.read_parquet(found), pd.read_parquet(expected))
        else:
            assert found.read_bytes() == expected.read_bytes()


def test_a_dtype_that_depends_on_all_cells_makes_one_frame(
    typed: TransactionTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(list(Frames.of(typed))) == 1
    monkeypatch.setattr(source, "ROWS_AT_ONCE", 5)
    frames = Frames.of(typed)
    assert frames.carriage
    assert pd.concat(list(frames), ignore_index=True).equals(typed.to_frame())


def test_times_do_not_make_it_whole(typed: TransactionTable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "ROWS_AT_ONCE", 5)
    frames = Frames.of(typed, alone=False)
    assert [len(frame) for frame in frames] == [5, 5, 2]
    assert set(frames.finest) == {"when", "zoned", "fine"}
