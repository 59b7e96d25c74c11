"""What is written reads back; formulas are disarmed on request; the same frame gives the same bytes."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assoc_synth.errors import InputError
from assoc_synth.transactions.files import read_file, read_frame, write_frame
from assoc_synth.transactions.files.delimited import Dialect
from assoc_synth.transactions.files.writing import written_kind

CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=8),
    st.sampled_from([".csv", ".tsv", ".csv.gz", ".jsonl", ".jsonl.gz"]),
)
def test_text_round_trip(tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]], suffix: str) -> None:
    path = tmp_path_factory.getbasetemp() / f"round{suffix}"
    frame = pd.DataFrame([("x", *row) for row in rows], columns=["k", "a", "b"], dtype=object)
    write_frame(frame, path, safe=True)
    back = read_frame(path)
    empty = frame if "jsonl" in suffix else frame.where(frame != "", None)
    assert back.to_numpy().tolist() == empty.to_numpy().tolist()


def test_missing_values_are_empty_cells(tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": ["x", None], "n": [1.5, np.nan], "t": pd.to_datetime(pd.Series(["2024-01-02", None]))})
    write_frame(frame, tmp_path / "t.csv")
    assert (tmp_path / "t.csv").read_text() == "a,n,t\nx,1.5,2024-01-02\n,,\n"
    write_frame(frame, tmp_path / "t.jsonl")
    assert (tmp_path / "t.jsonl").read_text().splitlines()[1] == '{"a": null, "n": null, "t": null}'


@pytest.mark.parametrize("dtype", ["object", "string", "category"])
def test_formulas_are_disarmed_on_request(tmp_path: Path, dtype: str) -> None:
    cells = ["=1+1", "+x", "-x", "@x", "-3.50", "+1e5", "x=1", "-", "'=1"]
    frame = pd.DataFrame({"a": pd.Series(cells, dtype=dtype), "n": -1.5})
    write_frame(frame, tmp_path / "t.csv", safe=True)
    assert (tmp_path / "t.csv").read_text() == (
        "a,n\n'=1+1,-1.5\n'+x,-1.5\n'-x,-1.5\n'@x,-1.5\n-3.50,-1.5\n+1e5,-1.5\nx=1,-1.5\n'-,-1.5\n''=1,-1.5\n"
    )
    assert read_frame(tmp_path / "t.csv")["a"].tolist() == cells
    assert frame["a"].tolist() == cells
    write_frame(frame, tmp_path / "t.csv")
    assert "\n=1+1," in (tmp_path / "t.csv").read_text()
    assert read_frame(tmp_path / "t.csv")["a"].tolist() == cells


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ([1, "x"], "'b' cannot be written to Parquet: its cells are of several kinds"),
        ([1, 2**63, -1], "'b' .* more than 64 bits"),
        (pd.cut(pd.Series(range(4)), 2), "'b' cannot be written to Parquet: .* it has none for"),
        ([{}, {}], "'b' cannot be written to Parquet"),
        (["tea", "\ud800"], "'b' .* half a surrogate pair"),
    ],
)
def test_a_frame_that_parquet_cannot_hold_leaves_nothing(tmp_path: Path, cells: Any, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        write_frame(pd.DataFrame({"a": range(len(cells)), "b": cells}), tmp_path / "t.parquet")
    assert list(tmp_path.iterdir()) == []


def test_same_frame_same_bytes(tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": ["x", "y"], "b": [1, 2]})
    for suffix in (".csv.gz", ".jsonl.gz"):
        for name in ("one", "two"):
            write_frame(frame, tmp_path / f"{name}{suffix}")
        assert (tmp_path / f"one{suffix}").read_bytes() == (tmp_path / f"two{suffix}").read_bytes()


def test_the_kind_is_the_suffix_or_is_given(tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": ["x"], "b": [1]})
    write_frame(frame, tmp_path / "t.tsv")
    assert (tmp_path / "t.tsv").read_text() == "a\tb\nx\t1\n"
    write_frame(frame, tmp_path / "t.data", kind="jsonl")
    assert (tmp_path / "t.data").read_text() == '{"a": "x", "b": 1}\n'
    write_frame(frame, tmp_path / "t.TSV", kind="tsv")
    assert (tmp_path / "t.TSV").read_text() == (tmp_path / "t.tsv").read_text()


def test_a_kind_that_the_suffix_denies_is_refused(tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": ["x"], "b": [1]})
    with pytest.raises(InputError, match=r"'t\.csv' says csv, the format asked for is jsonl"):
        write_frame(frame, tmp_path / "t.csv", kind="jsonl")
    for name, kind in (("t.data", None), ("t.parquet.gz", "parquet"), ("t.gz", "csv")):
        with pytest.raises(InputError, match="suffix"):
            write_frame(frame, tmp_path / name, kind=kind)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("name", ["t.csv", "t.csv.gz"])
def test_a_csv_is_written_in_its_own_spelling(tmp_path: Path, delimiter: str, name: str) -> None:
    frame = pd.DataFrame({"a": ["1,5", 'x"y'], "b": ["u;v", "p|q"]}, dtype=object)
    write_frame(frame, tmp_path / name, dialect=Dialect(delimiter))
    again, _, dialect = read_file(tmp_path / name)
    assert again.equals(frame)
    assert dialect == Dialect(delimiter)


def test_a_tsv_has_tabs_and_rows_may_have_no_header(tmp_path: Path) -> None:
    frame = pd.DataFrame({"c1": ["ann"], "c2": ["tea"]})
    write_frame(frame, tmp_path / "t.tsv", dialect=Dialect(";"))
    assert (tmp_path / "t.tsv").read_text() == "c1\tc2\nann\ttea\n"
    write_frame(frame, tmp_path / "t.csv", dialect=Dialect(";", header=False))
    assert (tmp_path / "t.csv").read_text() == "ann;tea\n"
    assert read_file(tmp_path / "t.csv", header=False)[2] == Dialect(";", header=False)


def test_a_wrong_target_is_refused_by_its_kind() -> None:
    assert written_kind("t.csv", "csv") == "csv"
    with pytest.raises(InputError, match="says parquet, the format asked for is csv"):
        written_kind("t.parquet", "csv")
