"""Text with NUL or half a surrogate pair is refused with its place, whatever the dtype; other text and cells pass."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from assoc_synth.errors import InputError
from assoc_synth.transactions.columns import characters
from assoc_synth.transactions.columns.characters import refuse_characters
from assoc_synth.transactions.table import TransactionTable

ROLES = ("subject", "verb", "object")


def frame_of(**columns: Any) -> pd.DataFrame:
    plain = {"subject": ["a", "b", "c"], "verb": ["v", "v", "w"], "object": ["x", "y", "x"]}
    return pd.DataFrame(plain | columns)


@pytest.mark.parametrize("text", ["tea\0", "\0tea", "te\0a", "\0"])
@pytest.mark.parametrize("column", [*ROLES, "colour"])
def test_the_column_and_the_row_are_named(column: str, text: str) -> None:
    with pytest.raises(InputError, match=rf"column '{column}', row 2: '.*\\x00.*' holds a NUL character"):
        TransactionTable.from_frame(frame_of(**{column: ["tea", text, "pot"]}))


@pytest.mark.parametrize("dtype", [object, "string", "string[pyarrow]", "str"])
def test_every_dtype_of_text(dtype: Any) -> None:
    with pytest.raises(InputError, match="row 3"):
        refuse_characters(pd.DataFrame({"x": pd.Series(["a", None, "a\0"], dtype=object).astype(dtype)}))


def test_categories() -> None:
    with pytest.raises(InputError, match=r"column 'x', one of its categories: 'a\\x00b'"):
        refuse_characters(pd.DataFrame({"x": pd.Categorical(["a", "a"], categories=["a", "a\0b"])}))


def test_cells_that_are_no_text_among_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(characters, "AT_ONCE", 2)
    cells = pd.Series(["a", 1, None, 2.5, "b\0" + "c" * 100], dtype=object)
    with pytest.raises(InputError, match=r"row 5: 'b\\x00c{38}' holds"):
        refuse_characters(pd.DataFrame({"x": cells}))
    refuse_characters(pd.DataFrame({"x": cells.iloc[:4], "n": [1, 2, 3, 4], "twice": ["\x01", "\\0", "0", ""]}))
    refuse_characters(pd.DataFrame({"x": []}))


@pytest.mark.parametrize("text", ["\ud800", "tea\udfff", "\udbff tea"])
def test_half_a_surrogate_pair_is_no_text(text: str) -> None:
    for column in (*ROLES, "colour"):
        with pytest.raises(InputError, match=rf"column '{column}', row 2: .* holds half a surrogate pair"):
            TransactionTable.from_frame(frame_of(**{column: ["tea", text, "pot"]}))
    refuse_characters(frame_of(object=["\U0001f600", "\uffff", "\ud7ff"]))


def test_names_of_columns() -> None:
    with pytest.raises(InputError, match=r"the name of column 2: '\\ud800' holds half a surrogate pair"):
        refuse_characters(pd.DataFrame({"x": ["a"], "\ud800": ["b"], 3: ["c"]}))
    with pytest.raises(InputError, match=r"column '\{\}', row 1: 'a\\x00'"):
        refuse_characters(pd.DataFrame({"{}": ["a\0"]}))


def test_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    rows = [{"subject": "a", "verb": "v", "object": name} for name in ("tea", "tea\0")]
    path.write_text("\n".join(map(json.dumps, rows)))
    with pytest.raises(InputError, match="column 'object', row 2"):
        TransactionTable.read(path)
    pd.DataFrame(rows).to_parquet(path.with_suffix(".parquet"))
    with pytest.raises(InputError, match="column 'object', row 2"):
        TransactionTable.read(path.with_suffix(".parquet"))
