"""Whatever is read comes back as it was, character by character, from every kind of file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assoc_synth import TransactionTable, validate
from assoc_synth.datasets import toy_shop
from assoc_synth.errors import InputError
from assoc_synth.transactions.files import write_frame

ROWS = 24
PHONES = [f"+4930{n:07d}" for n in range(ROWS)]
SPELLED: dict[str, list[str]] = {
    "branch": [f"{n % 4:04d}" for n in range(ROWS)],
    "version": [("1.9", "1.10", "1.1", "2.0")[n % 4] for n in range(ROWS)],
    "phone": PHONES,
    "lot": [f"{n % 9 + 1}E{n % 7 + 10}" for n in range(ROWS)],
    "serial": [str(1_150_000_000_000_000_000 + n * 7_919_000_003) for n in range(ROWS)],
    "list_price": [f"{n * 1.1:.2f}" for n in range(ROWS)],
    "weight_de": [f"{n * 1234.5:,.2f}".translate(str.maketrans(",.", ".,")) for n in range(ROWS)],
    "toll": [f"€ {n}.00" for n in range(ROWS)],
    "balance": [f"({n})" if n % 3 == 0 else str(n) for n in range(1, ROWS + 1)],
    "returned": [f"{n}-" if n % 5 == 0 else str(n) for n in range(1, ROWS + 1)],
    "change": [f"{n - 9:+d}" if n != 9 else "0" for n in range(ROWS)],
    "from_r": [f"{n / 8}" if n % 6 else "NA" for n in range(ROWS)],
    "country": [("NA", "DE", "US")[n % 3] for n in range(ROWS)],
    "born": [f"{n % 12 + 1:02d}/{1948 + n}" for n in range(ROWS)],
    "share": [f"{n} %" for n in range(ROWS)],
    "member": [("True", "False")[n % 2] for n in range(ROWS)],
}
NUMBERS = {"list_price", "weight_de", "toll", "balance", "returned", "change", "from_r", "share"}
TIMES = {
    "iso": "%Y-%m-%d %H:%M:%S", "german": "%d.%m.%Y", "month name": "%b %d %Y", "dashed": "%d-%b-%Y",
    "compact": "%Y%m%d%H%M%S", "half day": "%d/%m/%Y %I:%M %p", "dots": "%Y.%m.%d", "utc": "%Y-%m-%dT%H:%M:%SZ",
    "month": "%Y-%m", "short year": "%d.%m.%y",
}  # fmt: skip


def base(time: list[Any] | None = None) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "customer": [f"c{n % 5}" for n in range(ROWS)],
            "action": ["bought", "viewed"] * (ROWS // 2),
            "product": [("-", "@calendar", "nan", "NA", "null", "tea")[n % 6] for n in range(ROWS)],
        }
    )
    return frame if time is None else frame.assign(date=time)


@pytest.mark.parametrize("suffix", ["csv", "tsv", "jsonl", "parquet"])
def test_every_cell_comes_back(tmp_path: Path, suffix: str) -> None:
    frame = base().assign(**SPELLED)
    write_frame(frame, tmp_path / f"t.{suffix}")
    table = TransactionTable.read(tmp_path / f"t.{suffix}", time="", amount="", basket="")
    pd.testing.assert_frame_equal(table.to_frame(), frame)
    numeric = {name for name in SPELLED if pd.api.types.is_numeric_dtype(table.extras[name])}
    assert numeric == NUMBERS


@pytest.mark.parametrize("safe", [False, True])
def test_names_like_formulas_survive(tmp_path: Path, safe: bool) -> None:
    write_frame(base(), tmp_path / "t.csv", safe=safe)
    assert TransactionTable.read(tmp_path / "t.csv").objects.tolist() == ["-", "@calendar", "NA", "nan", "null", "tea"]


@pytest.mark.parametrize("pattern", TIMES.values(), ids=TIMES)
@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet", "frame"])
def test_times_come_back_in_their_spelling(tmp_path: Path, pattern: str, suffix: str) -> None:
    days = pd.date_range("2024-01-03 20:05:09", periods=ROWS, freq="11D")
    frame = base(days.strftime(pattern).tolist())
    if suffix == "frame":
        table = TransactionTable.from_frame(frame)
    else:
        write_frame(frame, tmp_path / f"t.{suffix}")
        table = TransactionTable.read(tmp_path / f"t.{suffix}")
    assert table.to_frame()["date"].tolist() == frame["date"].tolist()
    expected = pd.to_datetime(frame["date"], format=pattern)
    assert table.time is not None
    np.testing.assert_array_equal(table.time, expected.to_numpy().astype("datetime64[ns]"))


@pytest.mark.parametrize(
    "cells",
    [
        [20240100 + n for n in range(1, 25)],
        [1_700_000_000_123 + n for n in range(ROWS)],
        [1.7e9 + n / 8 for n in range(ROWS)],
    ],
)
def test_numbers_as_times_are_alike_in_every_kind(tmp_path: Path, cells: list[Any]) -> None:
    frame = base(cells)
    read = {"frame": TransactionTable.from_frame(frame)}
    for suffix in ("csv", "jsonl", "parquet"):
        write_frame(frame, tmp_path / f"t.{suffix}")
        read[suffix] = TransactionTable.read(tmp_path / f"t.{suffix}")
    for kind, table in read.items():
        np.testing.assert_array_equal(table.time, read["frame"].time)
        assert table.to_frame()["date"].astype(str).tolist() == frame["date"].astype(str).tolist(), kind


def test_a_table_passes_against_itself_in_every_kind(tmp_path: Path) -> None:
    frame = toy_shop(subjects=150).to_frame()
    names = {name: 1000 + code for code, name in enumerate(sorted(frame["product"].unique()))}
    frame = frame.assign(product=frame["product"].map(names), customer=frame["customer"].str[-4:].astype(float))
    read = []
    for suffix in ("csv", "parquet", "jsonl"):
        write_frame(frame, tmp_path / f"t.{suffix}")
        read.append(TransactionTable.read(tmp_path / f"t.{suffix}"))
    verdicts = [validate(read[0], other) for other in read]
    assert {verdict.status for verdict in verdicts} == {verdicts[0].status}
    assert len({repr(verdict.p_value) for verdict in verdicts}) == 1
    assert all(table.subjects.tolist() == read[0].subjects.tolist() for table in read)


def test_parquet_is_typed_whatever_was_read(tmp_path: Path) -> None:
    from assoc_synth.exports import export

    frame = base(pd.date_range("2024-01-03", periods=ROWS).strftime("%d.%m.%Y").tolist()).assign(**SPELLED)
    write_frame(frame, tmp_path / "t.csv")
    export(TransactionTable.read(tmp_path / "t.csv"), "parquet", tmp_path / "t.parquet")
    types = {field.name: str(field.type) for field in pq.read_schema(tmp_path / "t.parquet")}
    assert types["date"] == types["born"] == "timestamp[ns]"
    assert {name: types[name] for name in ("list_price", "balance", "member", "phone", "branch")} == {
        "list_price": "double",
        "balance": "int64",
        "member": "bool",
        "phone": "string",
        "branch": "string",
    }


def test_an_ambiguous_date_is_asked_for_and_answered(tmp_path: Path) -> None:
    write_frame(base(["01/02/2024"] * ROWS), tmp_path / "t.csv")
    with pytest.raises(InputError, match=r'pass --time-format "%d/%m/%Y" or --time-format "%m/%d/%Y"'):
        TransactionTable.read(tmp_path / "t.csv")
    for pattern, first in (("%d/%m/%Y", "2024-02-01"), ("%m/%d/%Y", "2024-01-02")):
        table = TransactionTable.read(tmp_path / "t.csv", time_format=pattern)
        assert table.time is not None
        assert table.time[0] == np.datetime64(first)


CELLS = st.one_of(
    st.integers(-(10**6), 10**18).map(str),
    st.decimals(-1000, 1000, places=2).map(str),
    st.floats(-1e6, 1e6, allow_nan=False).map(repr),
    st.sampled_from(["NA", "0311", "1E5", "+49301234567", "", "1.234,5", "€ 5", "2024-01-31", "01/02/2024", "x"]),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(CELLS, min_size=4, max_size=4), min_size=1, max_size=3))
def test_no_mixture_of_cells_is_changed_but_for_words_for_missing(columns: list[list[str]]) -> None:
    frame = pd.DataFrame({f"x{at}": pd.Series(cells * 6, dtype=object) for at, cells in enumerate(columns)})
    frame = pd.concat([base(), frame.replace({"": None})], axis=1)
    back = TransactionTable.from_frame(frame).to_frame()
    for name in frame.columns[3:]:
        pairs = zip(frame[name], back[name], strict=True)
        assert all(was == now or (was in (None, "NA") and now in (None, "NA")) for was, now in pairs), name
