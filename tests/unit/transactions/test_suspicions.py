"""What a table seems to be."""

import pandas as pd
import pytest

from assoc_synth.errors import InputError
from assoc_synth.transactions.suspicions import (
    hint_on_layout,
    hint_on_lines,
    is_mark,
    is_matrix,
    looks_headerless,
    refuse_joined,
    refuse_marks,
)

MARKS = pd.DataFrame({name: ["0", "1", "1"] for name in "abcde"})


def test_marks() -> None:
    assert all(is_mark(pd.Series(values)) for values in (["0", "1"], [1, 0], [True, False], ["True"], [1.0, None]))
    assert not any(is_mark(pd.Series(values)) for values in (["0", "2"], ["a"], [None], [0, 1, 2]))
    assert is_matrix(MARKS, list("abcd"))
    assert not is_matrix(MARKS, list("abc"))
    assert not is_matrix(MARKS.assign(x="u", y="v"), list("abcdxy"))


def test_an_object_of_marks_is_refused() -> None:
    with pytest.raises(InputError, match=r"column 'a', read as object, holds 0 and 1 alone: .*--layout matrix"):
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
