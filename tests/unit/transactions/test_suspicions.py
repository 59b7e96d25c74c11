"""What a table seems to be."""

import pandas as pd
import pytest

from assoc_synth.errors import InputError
from assoc_synth.transactions.suspicions import (
    hint_on_layout,
    hint_on_lines,
    is_matrix,
    likely_verbs,
    looks_headerless,
    refuse_joined,
    refuse_marks,
)

MARKS = pd.DataFrame({name: ["0", "1", "1"] for name in "abcde"})


def test_marks() -> None:
    assert is_matrix(MARKS, list("abcd"))
    assert not is_matrix(MARKS, list("abc"))
    assert not is_matrix(MARKS.assign(x="u", y="v"), list("abcdxy"))


@pytest.mark.parametrize(
    ("cells", "held"),
    [
        (["x", None, "x"], "columns hold 'x' and blanks alone"),
        (["TRUE", "FALSE", "TRUE"], "columns hold 'FALSE' and 'TRUE' alone"),
        (["yes", "no", "no"], "columns hold 'no' and 'yes' alone"),
        (["0", "3", "1"], "columns hold counts alone"),
        ([True, False, True], "columns hold 'False' and 'True' alone"),
    ],
)
def test_a_matrix_of_any_marks_is_recognised_and_named(cells: list[object], held: str) -> None:
    frame = pd.DataFrame({"customer": ["ann", "bob", "cem"], **{name: cells for name in "abcd"}})
    hint = hint_on_layout(frame, list("abcd"))
    assert hint.startswith(held)
    assert "--layout matrix" in hint
    assert "n rows of a count n" in hint


def test_a_first_line_that_is_a_row_says_what_the_columns_are() -> None:
    for width, words in ((2, "c1 is then the subject"), (3, "c1, c2 and c3 are"), (4, "--subject c1 --object c2")):
        frame = pd.DataFrame({str(number): ["8", "9"] for number in range(width)})
        assert words in hint_on_layout(frame, list(frame.columns))


def test_columns_of_numbers_dates_and_names_are_no_verbs() -> None:
    frame = pd.DataFrame(
        {
            "deed": ["bought", "sold"] * 20,
            "price": ["1.50", "2.00"] * 20,
            "flag": ["0", "1"] * 20,
            "number": [1, 2] * 20,
            "note": [f"note {number}" for number in range(40)],
            "day": pd.to_datetime(["2024-01-01", "2024-01-02"] * 20),
        }
    )
    assert likely_verbs(frame) == ["deed"]


def test_an_object_of_marks_is_refused() -> None:
    with pytest.raises(InputError, match=r"column 'a', read as object, holds 0 and 1: .*--layout matrix"):
        refuse_marks(MARKS, "a", list("bcde"))
    refuse_marks(MARKS.assign(a=["x", "y", "z"]), "a", list("bcde"))
    refuse_marks(MARKS, "a", ["b"])


def test_a_first_line_that_is_a_row() -> None:
    assert looks_headerless(pd.DataFrame({"tea": ["tea", "pot"], "x": ["1", "2"]}))
    assert looks_headerless(pd.DataFrame({"7": ["8"], "x": ["1"]}))
    assert not looks_headerless(pd.DataFrame({"what": ["tea"], "x": ["1"]}))
    assert not looks_headerless(pd.DataFrame({"7": [8]}))
    assert "--no-header" in hint_on_layout(pd.DataFrame({"tea": ["tea"]}), ["tea"])
    assert hint_on_layout(pd.DataFrame({"what": ["tea"]}), ["what"]) == ""
    assert "--layout matrix" in hint_on_layout(MARKS, list("abcde"))
    assert "'i1', 'i2'" in hint_on_layout(pd.DataFrame({"i1": ["u"], "i2": ["v"]}), ["i1", "i2"])


@pytest.mark.parametrize("mark", [", ", ",", "; ", ";", "|", " | "])
def test_cells_of_several_items_are_refused(mark: str) -> None:
    things = ["tea", "pot", "cup", "milk", "sugar"]
    joined = [mark.join(things[k] for k in range(5) if number >> k & 1) for number in range(1, 32)]
    with pytest.raises(InputError) as caught:
        refuse_joined(pd.Index(joined), "products")
    assert f"--explode 'products' --separator {mark!r}" in str(caught.value)
    assert "--layout rows" in str(caught.value)


@pytest.mark.parametrize(
    "names",
    [
        [f"table {number}, folding" for number in range(50)],
        [f"Smith {number % 7}, John {number}" for number in range(50)],
        [f"1,{number}" for number in range(100, 150)],
        ["tea", "pot", "tea, pot"],
        [f"thing {number}" for number in range(50)],
    ],
)
def test_names_with_commas_are_not(names: list[str]) -> None:
    refuse_joined(pd.Index(names), "product")
    refuse_joined(pd.Index([1, 2]), "product")


def test_lines() -> None:
    assert "--layout baskets" in hint_on_lines("line 2: 3 cells where the header has 2")
    assert "--no-header" in hint_on_lines("'x' has duplicate column names: 'a'")
    assert hint_on_lines("a quote is never closed") == ""


def test_as_many_items_in_every_cell_are_items_where_they_stand_anywhere() -> None:
    things = ["tea", "pot", "cup", "milk", "sugar"]
    joined = [f"{one}, {two}" for one in things for two in things if one != two]
    with pytest.raises(InputError, match="--explode 'products'"):
        refuse_joined(pd.Index(joined), "products")
    refuse_joined(pd.Index([f"{one}, {size}" for one in things for size in ("small", "large", "huge")]), "products")
