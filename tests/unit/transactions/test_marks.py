"""Cells that say whether, or how often."""

import pandas as pd
import pytest

from assoc_synth.transactions.marks import counts_of, marks_of


@pytest.mark.parametrize(
    ("cells", "counts"),
    [
        (["x", None, " X "], [1, 0, 1]),
        (["TRUE", "FALSE", None], [1, 0, 0]),
        (["ja", "nein"], [1, 0]),
        (["✓", ""], [1, 0]),
        ([True, False], [1, 0]),
        ([12, 0], [12, 0]),
        (["1.0", "3.0"], [1, 3]),
        (["x", "-"], [1, 0]),
    ],
)
def test_marks_are_counted(cells: list[object], counts: list[int]) -> None:
    assert counts_of(pd.Series(cells, dtype=object)).tolist() == counts  # type: ignore[union-attr]


@pytest.mark.parametrize("cells", [[0.5, 1], ["-1"], ["tea", "x"], ["2024-01-01"]])
def test_other_cells_are_no_counts(cells: list[object]) -> None:
    assert counts_of(pd.Series(cells, dtype=object)) is None


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        (["0", "1"], "0 and 1"),
        ([1.0, None], "0 and 1"),
        (["True"], "'True'"),
        (["x", None], "'x' and blanks"),
        (["yes", "no"], "'no' and 'yes'"),
        (["0", "2", "1"], "counts"),
        ([0, 3], "counts"),
    ],
)
def test_what_a_column_holds_is_said_in_words(cells: list[object], words: str) -> None:
    assert marks_of(pd.Series(cells)) == words


@pytest.mark.parametrize("cells", [["a"], [None], ["x"], [18, 45, 30], ["0", "5000"], [0.5, 0.0], ["no", None]])
def test_other_columns_hold_no_marks(cells: list[object]) -> None:
    assert marks_of(pd.Series(cells, dtype=object)) == ""
