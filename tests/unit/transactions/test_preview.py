"""A preview is escaped, bounded HTML."""

from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

from assoc_synth.transactions.preview import MOST_CHARACTERS, MOST_COLUMNS, MOST_ROWS, preview, short


@pytest.mark.parametrize("text", ["<b>", "</table></div>", "a & b", "'\"", "&lt;", "é ☕"])
def test_text_stays_text_wherever_it_is(text: str) -> None:
    html = preview(text, {text: text}, pd.DataFrame({text: [text]}))
    document = ElementTree.fromstring(html)
    assert [cell.text for cell in document.iter() if cell.tag in ("b", "th", "td")] == [text] * 5


def test_rows_columns_and_cells_are_bounded() -> None:
    rows = pd.DataFrame(np.ones((1_000, 50)), columns=[f"{number}" + "c" * 100 for number in range(50)])
    document = ElementTree.fromstring(preview("t", {}, rows.astype(str) + "x" * 1_000))
    header, *lines = document[-1]
    assert len(lines) == MOST_ROWS
    assert [len(line) for line in lines] == [MOST_COLUMNS] * MOST_ROWS
    assert [cell.text for cell in header][-1] == "and 38 more"
    assert all(len(cell.text or "") <= MOST_CHARACTERS for cell in document.iter())


def test_missing_cells_are_empty() -> None:
    rows = pd.DataFrame({"n": [1.5, np.nan], "t": pd.to_datetime(["2026-01-02", None]), "o": ["x", None]})
    document = ElementTree.fromstring(preview("t", {"rows": 2}, rows))
    assert [cell.text for cell in document[-1][2]] == [None, None, None]


def test_a_table_without_rows_has_a_header() -> None:
    assert preview("t", {}, pd.DataFrame({"a": []})).endswith("<table><tr><th>a</th></tr></table></div>")


def test_a_cut_is_marked_and_not_longer() -> None:
    assert short("tea", 3) == "tea"
    assert short("coffee", 5) == "co..."
