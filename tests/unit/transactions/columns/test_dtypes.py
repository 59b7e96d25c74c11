"""A dtype is text that reads back; values are given back in it or in a wider one."""

import json
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from assoc_synth.errors import InputError
from assoc_synth.transactions.columns.dtypes import ColumnFormat, dtype_text, text_dtype, with_gaps

DTYPES = [
    "int8",
    "uint64",
    "float32",
    "bool",
    "object",
    "Int64",
    "boolean",
    "Float32",
    "datetime64[ns]",
    "datetime64[us]",
    "datetime64[ns, Europe/Berlin]",
    "timedelta64[s]",
    "string[python]",
    "string[pyarrow]",
    pd.StringDtype("pyarrow", na_value=np.nan),
    pd.StringDtype("python", na_value=np.nan),
    pd.ArrowDtype(pa.int32()),
    pd.ArrowDtype(pa.string()),
    pd.ArrowDtype(pa.float64()),
    pd.ArrowDtype(pa.timestamp("us", "UTC")),
    pd.ArrowDtype(pa.decimal128(7, 2)),
    pd.ArrowDtype(pa.dictionary(pa.int32(), pa.string())),
]


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_a_dtype_is_text_that_reads_back(dtype: Any) -> None:
    dtype = pd.api.types.pandas_dtype(dtype)
    text = dtype_text(dtype)
    assert text is not None
    assert text_dtype(text) == dtype


def test_dtypes_without_text() -> None:
    assert dtype_text(pd.ArrowDtype(pa.list_(pa.int32()))) is None
    assert ColumnFormat.of(pd.Series(pd.array(pa.array([[1]]), dtype=pd.ArrowDtype(pa.list_(pa.int64()))))) is None
    for text in ("colour", "arrow:colour", "arrow:list<item: int64>", ""):
        with pytest.raises(InputError, match="is not a dtype that can be given back"):
            text_dtype(text)


@pytest.mark.parametrize(
    ("dtype", "values", "expected"),
    [
        ("int8", [1, 127], "int8"),
        ("int8", [1, 128], "int64"),
        ("int8", [1, None], "Int8"),
        ("int8", [1000, None], "Int64"),
        ("uint8", [1, -1], "int64"),
        ("int64", [2**63, 1], "uint64"),
        ("int64", [2**64, 1], "object"),
        ("bool", [True, None], "boolean"),
        ("bool", [True, False], "bool"),
        ("float32", [1.5, None], "float32"),
        ("Int64", ["x", 1], "object"),
        ("string[python]", ["x", None], "string"),
    ],
)
def test_values_that_do_not_fit_get_the_nearest_wider_dtype(dtype: str, values: list[Any], expected: str) -> None:
    found = ColumnFormat(dtype).give(np.array(values, dtype=object))
    assert str(found.dtype) == expected
    assert [None if pd.isna(cell) else cell for cell in found] == values


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA, pd.NaT], ids=str)
def test_objects_mark_missing_cells_as_the_column_did(missing: Any) -> None:
    made = ColumnFormat.of(pd.Series(["a", missing], dtype=object))
    assert made is not None
    assert made.give(np.array(["b", None], dtype=object)).tolist() == ["b", missing]
    assert made.give(np.array(["b", None], dtype=object))[1] is missing


def test_categories_keep_their_order_and_grow() -> None:
    column = pd.Series(pd.Categorical(["l", "h"], categories=["l", "m", "h"], ordered=True))
    kept = ColumnFormat.of(column, keep_categories=True)
    assert kept is not None
    pd.testing.assert_series_equal(kept.give(np.array(["l", "h"], dtype=object)), column)
    grown = kept.give(np.array(["z", None, "a"], dtype=object))
    assert grown.cat.categories.tolist() == ["l", "m", "h", "a", "z"]
    assert grown.isna().tolist() == [False, True, False]
    lost = ColumnFormat.of(column)
    assert lost is not None
    assert lost.give(np.array(["l", "h"], dtype=object)).cat.categories.tolist() == ["h", "l"]


@pytest.mark.parametrize("dtype", ["int8", "bool", "float32", "object", "datetime64[ns]", "string[python]"])
def test_nothing_is_missing_cells_of_the_dtype(dtype: str) -> None:
    found = ColumnFormat(dtype).nothing(3)
    assert found.isna().all()
    assert len(found) == 3
    assert str(found.dtype) == {"int8": "Int8", "bool": "boolean", "string[python]": "string"}.get(dtype, dtype)


def test_gaps_are_none_among_objects() -> None:
    values = np.array([1, 2])
    assert with_gaps(values, np.array([False, False])) is values
    assert with_gaps(values, np.array([False, True])).tolist() == [1, None]


def test_the_format_survives_json_and_damage_is_refused() -> None:
    made = ColumnFormat("category", "nan", ("a", "b"), "object", True)
    assert ColumnFormat.from_dict(json.loads(json.dumps(made.to_dict()))) == made
    for damage in ({"dtype": "colour"}, {"missing": "gone"}, {"categories_dtype": "colour"}):
        with pytest.raises(InputError):
            ColumnFormat.from_dict({**made.to_dict(), **damage})


def test_a_suffix_is_written_behind_whole_numbers() -> None:
    made = ColumnFormat("object", "nan", suffix=".0")
    found = made.give(np.array([7, None], dtype=object)).tolist()
    assert found[0] == "7.0"
    assert np.isnan(found[1])
    assert ColumnFormat.from_dict({"dtype": "object", "missing": "nan"}).suffix == ""
