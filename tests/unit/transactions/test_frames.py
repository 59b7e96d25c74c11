"""Frames of other libraries in, and back in kind."""

import datetime as dt
from decimal import Decimal

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from assoc_synth.errors import InputError, MissingExtraError, SchemaError
from assoc_synth.transactions.frames import give, is_frame, to_pandas
from assoc_synth.transactions.table import TransactionTable

FRAME = pl.DataFrame(
    {
        "price": [1.5, None, 2.25],
        "customer": ["b", "a", "b"],
        "item": pl.Series(["tea", "pot", "tea"], dtype=pl.Categorical),
        "date": [dt.datetime(2024, 1, 1, 3, 4, 5), None, dt.datetime(2024, 1, 3)],
        "count": pl.Series([1, None, 3], dtype=pl.Int16),
        "day": [dt.date(2024, 1, 1), None, dt.date(1950, 1, 1)],
        "exact": [Decimal("1.50"), None, Decimal("0.25")],
        "at": [dt.time(1, 2), None, dt.time(23, 59)],
        "flag": [True, None, False],
        "zone": pl.Series([dt.datetime(2024, 1, 1)] * 3, dtype=pl.Datetime("ms", "Europe/Berlin")),
        "nothing": [None, None, None],
    }
)


def test_a_polars_frame_comes_back_as_it_was() -> None:
    cells, kind = to_pandas(FRAME)
    assert kind == "polars"
    back = give(cells, kind)
    assert back.schema == FRAME.schema
    assert back.equals(FRAME)


def test_arrow_tables_and_batches_come_back_as_tables() -> None:
    table = FRAME.to_arrow()
    for given in (table, table.combine_chunks().to_batches()[0], table.to_reader()):
        cells, kind = to_pandas(given)
        assert kind == "arrow"
        assert give(cells, kind).equals(table)


def test_lazy_frames_and_relations_are_collected() -> None:
    cells, kind = to_pandas(FRAME.lazy())
    assert (len(cells), kind) == (3, "polars")
    relation = duckdb.sql("select 'a' as customer, 7 as item union all select 'b', null order by 1")
    cells, kind = to_pandas(relation)
    assert kind == "arrow"
    assert give(cells, kind).to_pylist() == [{"customer": "a", "item": 7}, {"customer": "b", "item": None}]


def test_a_pandas_frame_passes_through() -> None:
    frame = pd.DataFrame({"a": [1]})
    assert to_pandas(frame)[0] is frame
    assert give(frame, "pandas") is frame


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ([{"a": 1}], r"not a list: give pandas.DataFrame\(rows\)"),
        ("sales.csv", r"not text: read a file with TransactionTable.read\(path\)"),
        (3, "not a int"),
        (None, "not a NoneType"),
        (FRAME["item"], "not a Series"),
    ],
    ids=repr,
)
def test_what_is_no_frame(data: object, words: str) -> None:
    with pytest.raises(InputError, match=words):
        to_pandas(data)


def test_views_of_strings_are_strings() -> None:
    cells, _ = to_pandas(
        pa.table({"a": pa.array(["x", None], pa.string_view()), "b": pa.array([b"x", b"y"], pa.binary_view())})
    )
    assert [str(dtype) for dtype in cells.dtypes] == ["large_string[pyarrow]", "large_binary[pyarrow]"]


def test_names_that_occur_twice() -> None:
    with pytest.raises(SchemaError, match="duplicate column names: 'a'"):
        to_pandas(pa.table([[1], [2]], names=["a", "a"]))


def test_kinds_that_cannot_be_given(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = pd.DataFrame({"a": [1, "x"]})
    assert give(frame, "arrow").to_pylist() == [{"a": "1"}, {"a": "x"}]
    with pytest.raises(InputError, match="there is no kind of frame 'spark'"):
        give(frame, "spark")
    monkeypatch.setitem(__import__("sys").modules, "polars", None)
    with pytest.raises(MissingExtraError, match="polars"):
        give(frame, "polars")


@pytest.mark.parametrize("kind", ["polars", "arrow", "duckdb"])
def test_a_table_of_any_frame_is_the_same(kind: str) -> None:
    plain = FRAME.select("price", "customer", "item", "date")
    arrow = plain.to_arrow()
    given = {"polars": plain, "arrow": arrow, "duckdb": duckdb.sql("select * from arrow")}[kind]
    table = TransactionTable.from_frame(given)
    assert table.schema.columns() == {"subject": "customer", "object": "item", "time": "date", "amount": "price"}
    assert table.format.kind == ("polars" if kind == "polars" else "arrow")
    back = give(table.to_frame(typed=True), table.format.kind)
    assert (back.to_dicts() if kind == "polars" else back.to_pylist()) == plain.to_dicts()
    if kind == "polars":
        assert back.schema == plain.schema


def test_what_is_a_frame() -> None:
    assert all(map(is_frame, (FRAME, FRAME.lazy(), FRAME.to_arrow(), pd.DataFrame(), duckdb.sql("select 1 as a"))))
    assert not any(map(is_frame, ({"a": 1}, [1], "x", None, pd.Series([1]), FRAME["price"])))
