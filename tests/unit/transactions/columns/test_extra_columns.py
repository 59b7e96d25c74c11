"""Extra columns: values within a table, and the same cells at its door."""

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from assoc_synth.errors import InputError
from assoc_synth.transactions.columns.dtypes import ColumnFormat
from assoc_synth.transactions.columns.extra_columns import ExtraFormat, read_extra, typed_text

NAN = float("nan")
D = Decimal


@pytest.mark.parametrize(
    ("column", "kind", "values"),
    [
        (pd.Series(["1.50", None, "2.25"], dtype=object), "text", [1.5, NAN, 2.25]),
        (pd.Series(["1,5", "2"], dtype="string"), "text", [1.5, 2]),
        (pd.Series(["1", "NA", "2"], dtype=object), "text", [1, NAN, 2]),
        (pd.Series(["0", "116.99999999988358"], dtype=object), "text", [0, 116.99999999988358]),
        (pd.Series([D("1.50"), None, D("20.00")], dtype=object), "decimal", [1.5, NAN, 20]),
        (pd.Series([D("1.5"), D("20")], dtype=object), "decimal", [1.5, 20]),
        (pd.Series([D("-3"), D("20")], dtype=object), "decimal", [-3, 20]),
        (pd.Series([1, None, 400], dtype=object), "integer", [1, NAN, 400]),
        (pd.Series([1, np.nan, -(2**60)], dtype=object), "integer", [1, NAN, -(2**60)]),
        (pd.to_timedelta(pd.Series([30, None, 90]), unit="min"), "duration", [30, NAN, 90]),
        (pd.to_timedelta(pd.Series([1, 2]), unit="D").astype("timedelta64[s]"), "duration", [1, 2]),
        (pd.Series([dt.timedelta(minutes=90), None], dtype=object), "duration", [90, NAN]),
        (
            pd.Series(pd.array(pa.array([1500, None], pa.duration("ms")), dtype=pd.ArrowDtype(pa.duration("ms")))),
            "duration",
            [1500, NAN],
        ),
        (pd.Series([dt.time(8, 30), None, dt.time(0)], dtype=object), "clock", [510, NAN, 0]),
        (pd.Series(["14:27", None, "09:05"], dtype=object), "clock", [867, NAN, 545]),
        (pd.Series(["9:05:33", "12:00:00"], dtype="string"), "clock", [32733, 43200]),
        (pd.Series(["12:52 AM", "NA", "1:05 PM"], dtype=object), "clock", [52, NAN, 785]),
        (pd.Series([dt.time(8, 30, 15, 250), dt.time(23)], dtype=object), "clock", [30615000250, 82800000000]),
    ],
)
def test_cells_become_numbers_and_come_back(column: pd.Series, kind: str, values: list[float]) -> None:
    found, made, _ = read_extra(column.rename("x"))
    assert made is not None
    assert made.kind == kind
    np.testing.assert_array_equal(found.astype("Float64").to_numpy(np.float64, na_value=np.nan), values)
    back = made.give(found)
    pd.testing.assert_series_equal(back, column, check_names=False, check_exact=True)
    assert list(map(str, back)) == list(map(str, column))
    assert ExtraFormat.from_dict(json.loads(json.dumps(made.to_dict()))) == made


def test_times_of_day_as_text_stay_inside_a_day_and_are_typed_on_request() -> None:
    values, made, _ = read_extra(pd.Series(["14:27", "9:05"], name="at", dtype=object))
    assert made is not None
    beyond = pd.Series([867, 1500, -3, None], dtype="Int64")
    assert made.give(beyond).tolist() == ["14:27", "23:59", "0:00", None]
    typed = made.typed()
    assert typed is not None
    assert typed.give(values).tolist() == [dt.time(14, 27), dt.time(9, 5)]


@pytest.mark.parametrize(
    "column",
    [
        pd.cut(pd.Series([1.0, 7, 3]), [0, 2, 5, 10]),
        pd.cut(pd.Series([1, 7, None]), [0, 5, 10], right=False),
        pd.Series(pd.interval_range(0, 3)),
        pd.Series(pd.interval_range(pd.Timestamp("2024-01-01"), periods=3)),
        pd.Series([*pd.interval_range(0, 3), None], dtype=object),
    ],
)
def test_intervals_are_text_within(column: pd.Series) -> None:
    found, made, _ = read_extra(column)
    assert made is not None
    assert pd.api.types.infer_dtype(found, skipna=True) == "string"
    assert ExtraFormat.from_dict(json.loads(json.dumps(made.to_dict()))) == made
    pd.testing.assert_series_equal(made.give(found), column, check_names=False)


@pytest.mark.parametrize(
    "column",
    [
        pd.Series(["a", "1"], dtype=object),
        pd.Series(["0311", "1200"], dtype=object),
        pd.Series(["1", "2"], dtype="category"),
        pd.Series([1.5, 2.0]),
        pd.Series([1, 2], dtype="int8"),
        pd.Series([True, None], dtype=object),
        pd.Series([None, None], dtype=object),
        pd.Series([2**70, 1], dtype=object),
        pd.Series([D("Infinity"), D("1")], dtype=object),
        pd.to_datetime(pd.Series(["2024-01-01"])),
    ],
)
def test_anything_else_stays_what_it_is(column: pd.Series) -> None:
    found, made, notes = read_extra(column)
    assert found is column
    assert (made, notes) == (None, ())


def test_what_cannot_be_modelled_is_told() -> None:
    zone = dt.UTC
    for cell, what in ((D("1.23456789012345678901"), "15 digits"), (dt.time(8, tzinfo=zone), "with a zone")):
        column = pd.Series([cell], dtype=object, name="x")
        found, made, notes = read_extra(column)
        assert made is None
        assert found is column
        assert "column 'x'" in notes[0]
        assert what in notes[0]


def test_new_values_are_in_kind() -> None:
    _, price, _ = read_extra(pd.Series([D("1.50"), D("2.25")], dtype=object))
    _, clock, _ = read_extra(pd.Series([dt.time(8, 30)], dtype=object))
    _, bands, _ = read_extra(pd.cut(pd.Series([1.0, 7]), [0, 5, 10]))
    assert price is not None
    assert clock is not None
    assert bands is not None
    assert list(map(str, price.give(pd.Series([3.14159])))) == ["3.14"]
    assert clock.give(pd.Series([1440.0, -5, 61])).tolist() == [dt.time(23, 59, 59, 999999), dt.time(0), dt.time(1, 1)]
    assert bands.give(pd.Series(["(5, 10]", None])).tolist() == [pd.Interval(5, 10), np.nan]


@pytest.mark.parametrize(
    ("cells", "dtype", "values"),
    [
        (["2024-01-31", None], "datetime64[ns]", [pd.Timestamp("2024-01-31"), pd.NaT]),
        (["true", "false"], "bool", [True, False]),
        (["True", None], "boolean", [True, pd.NA]),
        (["yes", "no"], "object", ["yes", "no"]),
        (["01/02/2024"], "object", ["01/02/2024"]),
        ([None], "object", [None]),
    ],
)
def test_typed_text(cells: list[Any], dtype: str, values: list[Any]) -> None:
    found = typed_text(pd.Series(cells, dtype=object))
    assert (str(found.dtype), found.tolist()) == (dtype, values)


def test_damage_is_refused() -> None:
    for damage in ({"kind": "abacus"}, {"unit": "fortnight"}, {"kind": "text"}):
        with pytest.raises(InputError, match="extra columns have no kind"):
            ExtraFormat.from_dict({"column": ColumnFormat().to_dict(), "kind": "integer", **damage})
