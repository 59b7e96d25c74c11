"""Rows without a subject, a verb or an object."""

import numpy as np
import pandas as pd
import pytest

from assoc_synth.errors import InputError
from assoc_synth.transactions.columns.names import read_names
from assoc_synth.transactions.incomplete import complete_rows
from assoc_synth.transactions.schema import Schema

SCHEMA = Schema("who", "does", "what")


def names_of(who: list[object]) -> dict[str, object]:
    count = len(who)
    return {
        "subject": read_names(pd.Series(who, dtype=object)),
        "verb": read_names(pd.Series(["bought"] * count)),
        "object": read_names(pd.Series(["tea"] * count)),
    }


def test_complete_rows_need_no_note() -> None:
    kept, notes = complete_rows(names_of(["a", "b"]), SCHEMA)  # type: ignore[arg-type]
    assert kept.all()
    assert notes == []


def test_a_few_are_left_out_and_told() -> None:
    kept, notes = complete_rows(names_of(["a"] * 39 + [" "]), SCHEMA)  # type: ignore[arg-type]
    assert kept.tolist() == [True] * 39 + [False]
    assert notes == ["1 of 40 rows have no subject, verb or object (1 in column 'who'): left out"]


def test_many_are_refused_with_what_drops_them() -> None:
    read = names_of(["a", None, "b", np.nan])
    with pytest.raises(InputError, match=r"2 of 4 rows .* the first is row 2: .* with --drop-incomplete"):
        complete_rows(read, SCHEMA)  # type: ignore[arg-type]
    kept, notes = complete_rows(read, SCHEMA, drop=True)  # type: ignore[arg-type]
    assert kept.tolist() == [True, False, True, False]
    assert notes == ["2 of 4 rows have no subject, verb or object (2 in column 'who'): left out"]


def test_no_row_left_is_an_error_even_then() -> None:
    with pytest.raises(InputError, match="no row is left"):
        complete_rows(names_of([None, ""]), SCHEMA, drop=True)  # type: ignore[arg-type]
