"""What a notebook shows of a table: a title, a few facts and the first rows, as escaped HTML of bounded size."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape

import pandas as pd

MOST_ROWS, MOST_COLUMNS, MOST_CHARACTERS = 5, 12, 40


def preview(title: str, facts: Mapping[str, object], rows: pd.DataFrame, *, most_rows: int = MOST_ROWS) -> str:
    """A fragment of HTML without scripts or styles; whatever the values hold, they are text in it.

    Args:
        title: the first line.
        facts: a line each.
        rows: (n, columns); the first rows and columns are shown, long cells are cut.
        most_rows: the most of them to show.

    Example:
        >>> print(preview("Two rows", {"verbs": "bought"}, pd.DataFrame({"object": ["<tea>"]})))
        <div><p><b>Two rows</b></p>
        <table><tr><th>verbs</th><td>bought</td></tr></table>
        <table><tr><th>object</th></tr>
        <tr><td>&lt;tea&gt;</td></tr></table></div>
    """
    shown = rows.iloc[:most_rows, :MOST_COLUMNS]
    cells = zip(*(_texts(shown.iloc[:, position]) for position in range(shown.shape[1])), strict=True)
    header = [short(str(name)) for name in shown.columns]
    if rows.shape[1] > MOST_COLUMNS:
        header.append(f"and {rows.shape[1] - MOST_COLUMNS} more")
    lines = [_line("th", header), *(_line("td", row) for row in cells)]
    lines_of_facts = "".join(f"<tr><th>{_text(name)}</th><td>{_text(value)}</td></tr>" for name, value in facts.items())
    body = "\n".join(lines)
    return f"<div><p><b>{_text(title)}</b></p>\n<table>{lines_of_facts}</table>\n<table>{body}</table></div>"


def short(text: str, at_most: int = MOST_CHARACTERS) -> str:
    """A text cut to at most `at_most` characters, with "..." at the end if it is cut.

    Example:
        >>> short("espresso machine", at_most=10)
        'espress...'
    """
    return text if len(text) <= at_most else text[: at_most - 3] + "..."


def _texts(column: pd.Series) -> list[str]:
    return ["" if gone else short(str(cell)) for cell, gone in zip(column, column.isna(), strict=True)]


def _line(tag: str, cells: Iterable[object]) -> str:
    return "<tr>" + "".join(f"<{tag}>{_text(cell)}</{tag}>" for cell in cells) + "</tr>"


def _text(value: object) -> str:
    return escape(str(value))
