"""The names of array types say the dtypes that a table has."""

from typing import Annotated, get_args, get_origin

import numpy as np
import pandas as pd
import pytest

from assoc_synth.transactions import arrays
from assoc_synth.transactions.table import TransactionTable


def scalar(alias: object) -> object:
    """The scalar type of an alias of NDArray."""
    plain = get_args(alias)[0] if get_origin(alias) is Annotated else alias
    return get_args(get_args(plain)[1])[0]


@pytest.mark.parametrize(
    ("name", "dtype"),
    [("Ints", "int64"), ("Codes", "int32"), ("Floats", "float64"), ("Singles", "float32"), ("Bools", "bool")],
)
def test_an_alias_is_of_its_dtype(name: str, dtype: str) -> None:
    assert np.dtype(scalar(getattr(arrays, name))) == np.dtype(dtype)


def test_a_table_holds_what_the_aliases_say() -> None:
    frame = pd.DataFrame({"subject": ["a"], "verb": "v", "object": "o", "time": "2026-01-02", "amount": 1, "basket": 7})
    table = TransactionTable.from_frame(frame)
    assert table.time is not None
    assert table.amount is not None
    assert table.basket is not None
    assert table.subject.dtype == scalar(arrays.Codes)
    assert table.basket.dtype == scalar(arrays.Ints)
    assert table.amount.dtype == scalar(arrays.Floats)
    assert issubclass(table.time.dtype.type, np.datetime64)
    assert scalar(arrays.Times) is np.datetime64
