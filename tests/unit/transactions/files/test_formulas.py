"""The guard against formulas: on when asked for, and off again where a file has it throughout."""

import pandas as pd
import pyarrow as pa
import pytest

from assoc_synth.transactions.files.formulas import guarded, without_guards


def off(cells: list[str | None], column: str = "a") -> tuple[list[str | None], list[str], tuple[str, ...]]:
    table, columns, notes = without_guards(pa.table({"0": pa.array(cells, pa.string())}), [column])
    return table.column(0).to_pylist(), columns, notes


@pytest.mark.parametrize(
    "cells",
    [["=1+1", "tea"], ["-"], ["@calendar", "-3.50"], ["\tx", "\rx"], ["'=1", "''@"], ["-€5.00", "€7.00"], ["x", None]],
)
def test_what_the_guard_changes_comes_back(cells: list[str | None]) -> None:
    safe = guarded(pd.DataFrame({"=a": pd.Series(cells, dtype=object)}))
    assert list(safe) == ["'=a"]
    found, columns, notes = off(safe["'=a"].tolist(), "'=a")
    assert (found, columns) == (cells, ["=a"])
    assert "guard against formulas" in notes[0]


def test_plain_numbers_need_no_guard() -> None:
    cells = ["-3.50", "+1e5", "5-", "'tea'", "it's"]
    assert guarded(pd.DataFrame({"a": cells}))["a"].tolist() == cells
    assert off(cells) == (cells, ["a"], ())


def test_a_file_that_is_not_guarded_throughout_keeps_its_quotes() -> None:
    assert off(["'=x", "@y"]) == (["'=x", "@y"], ["a"], ())
    assert off(["'=x"], "=a") == (["'=x"], ["=a"], ())
