"""The format of a column of times: given back as the user wrote them."""

import json

import numpy as np
import pandas as pd
import pytest

from assoc_synth.errors import InputError
from assoc_synth.transactions.columns.dtypes import ColumnFormat
from assoc_synth.transactions.columns.time_format import TimeFormat, coarsest_unit

NOON = np.array(["2024-07-01T10:00", "NaT"], "datetime64[ns]")
TEXT = ColumnFormat()


@pytest.mark.parametrize(
    ("made", "cells"),
    [
        (TimeFormat(TEXT, "text", "%-d.%-m.%y", unit="D"), ["1.7.24", None]),
        (TimeFormat(TEXT, "text", "%H:%M", zone="+02:00", offset=120, missing="NULL"), ["12:00+02:00", "NULL"]),
        (TimeFormat(TEXT, "text", "%H:%M", zone="+01:00", place="Europe/Berlin"), ["12:00+02:00", None]),
        (TimeFormat(ColumnFormat("Int64"), "digits", "%Y%m%d", unit="D"), [20240701, None]),
        (TimeFormat(ColumnFormat("float64"), "digits", "%Y%m%d", unit="D"), [20240701.0, None]),
        (TimeFormat(ColumnFormat("int64"), "epoch", unit="ms", epoch="ms"), [1719828000000, None]),
        (TimeFormat(TEXT, "epoch", digits=2, unit="ms"), ["1719828000.00", None]),
    ],
)
def test_times_are_given_back(made: TimeFormat, cells: list[object]) -> None:
    found = made.give(NOON)
    assert [None if pd.isna(cell) else cell for cell in found] == cells
    assert TimeFormat.from_dict(json.loads(json.dumps(made.to_dict()))) == made
    typed = made.typed().give(NOON)
    assert typed.dtype.kind == "M"


def test_a_place_is_the_users_clock() -> None:
    made = TimeFormat(TEXT, "text", "%H:%M", zone="+01:00", place="Europe/Berlin")
    assert made.local(NOON)[0] == np.datetime64("2024-07-01T12:00")
    assert (made.clock_name, str(made.typed().column.dtype)) == ("Europe/Berlin", "datetime64[ns, Europe/Berlin]")
    assert TimeFormat(TEXT, "text", "%H:%M", zone=" UTC").clock_name == "UTC"


def test_a_format_of_an_older_model_is_read() -> None:
    old = {
        "column": TEXT.to_dict(),
        "style": "text",
        "pattern": "%Y-%m-%d %H:%M:%S",
        "digits": 3,
        "zone": "Z",
        "offset": 0,
        "unit": "ms",
    }
    assert TimeFormat.from_dict(old).give(NOON).tolist() == ["2024-07-01 10:00:00.000Z", None]


def test_damage_is_refused() -> None:
    state = TimeFormat(TEXT, "text", "%Y").to_dict()
    for damage in ({"epoch": "weeks"}, {"fraction": "half"}, {"digits": 10}, {"pattern": "%Q"}, {"place": "Moon"}):
        with pytest.raises(InputError, match="a time format has no style"):
            TimeFormat.from_dict({**state, **damage})


def test_the_coarsest_unit() -> None:
    assert coarsest_unit(NOON) == "h"
    assert coarsest_unit(NOON[1:]) == "ns"
