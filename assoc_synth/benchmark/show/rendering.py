"""Rows as tables for people; the caller prints them."""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from assoc_synth.benchmark.measures import ALL
from assoc_synth.benchmark.run import Row
from assoc_synth.benchmark.show.lines import (
    Line,
    fidelity_lines,
    other_lines,
    privacy_lines,
    row_lines,
    sdv_lines,
    with_rows,
)

_LONGEST_NAME = 10
_MOST_BESIDE = 7
"""Rows beside the floor in one table."""


def scopes(rows: Sequence[Row]) -> list[str]:
    """The scopes for which the rows have figures, `ALL` first."""
    return list(dict.fromkeys(scope for row in rows if row.measures for scope in row.measures.fidelity))


def render(rows: Sequence[Row], scope: str = ALL) -> RenderableType:
    """The rows of one data set in one scope, with a competitor in each column.

    Each measure has its ratio to the floor beside it, whose aim is 1.00; the best competitor is bold. Privacy, use,
    closeness, speed, memory and size do not depend on the scope: they follow in further tables with `ALL` alone, and
    after them the remarks on single competitors.
    """
    named = f"{rows[0].dataset}, {scope}" if rows else scope
    there = [row for row in rows if row.measures is not None and scope in row.measures.fidelity]
    tables = _tables(f"{named}: figure, ratio to the floor", there, fidelity_lines(rows, scope))
    if scope != ALL:
        return Group(*tables)
    known = with_rows(rows)
    if known:
        tables += _tables(f"{rows[0].dataset}: rows, figure and ratio", known, [*row_lines(rows), *sdv_lines(rows)])
    attacked = [row for row in there if row.measures is not None and row.measures.privacy]
    if attacked:
        tables += _tables(f"{rows[0].dataset}: privacy (* gives somebody away)", attacked, privacy_lines(attacked))
    tables += _tables(f"{rows[0].dataset if rows else ''}: use, closeness, cost", there, other_lines())
    return Group(*tables, *(Text(line) for line in remarks(rows)))


def remarks(rows: Sequence[Row]) -> list[str]:
    """A line for each note on a single competitor, for the verdict of its own gate, and for why it has no figures."""
    said = [f"{row.name}: {note}" for row in rows for note in row.notes]
    said += [f"{row.name}: its own gate said {row.verdict}" for row in rows if row.verdict is not None]
    return said + [f"{row.name}: {row.error or row.status}" for row in rows if row.measures is None]


def _tables(title: str, rows: Sequence[Row], lines: Sequence[Line]) -> list[Table]:
    """As many tables as the rows need, with the first row in each."""
    starts = range(1, max(len(rows), 2), _MOST_BESIDE)
    return [_table(title, rows, [*rows[:1], *rows[start : start + _MOST_BESIDE]], lines) for start in starts]


def _table(title: str, rows: Sequence[Row], shown: Sequence[Row], lines: Sequence[Line]) -> Table:
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("", no_wrap=True)
    for row in shown:
        table.add_column(Text(_heading(row.name)), justify="right", overflow="fold")
    for line in lines:
        best = line.best(rows)
        cells = (Text(line.text(row), style="bold" if row.name in best else "") for row in shown)
        table.add_row(line.title, *cells)
    return table


def _heading(name: str) -> str:
    """A long name on several lines; of this package without a part, the part.

    The cells then set the width, and seven rows beside the floor fit in 100 columns.
    """
    _, is_ablation, part = name.partition("/")
    if is_ablation:
        return part.replace("-", "-\n")
    if len(name) <= _LONGEST_NAME:
        return name
    first, hyphen, rest = name.partition("-")
    return f"{first}-\n{rest}" if hyphen else f"{name[:7]}-\n{name[7:]}"
