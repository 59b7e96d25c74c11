"""What `compare` shows: each table in a line, then every measure group by group."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from rich.markup import escape
from rich.text import Text

from assoc_synth.cli.terminal import COLOURS, new_table, out
from assoc_synth.gate.verdict import Status
from assoc_synth.report.comparison.latex import span
from assoc_synth.report.comparison.standing import GIVES_AWAY, INDEPENDENT, LIKE_REAL, STANDINGS, WORSE
from assoc_synth.report.wording import STATUS, measure_words

if TYPE_CHECKING:
    from assoc_synth.report.comparison import Comparison

STYLES = {LIKE_REAL: "green", WORSE: "yellow", INDEPENDENT: "red", GIVES_AWAY: "bold red"}
"""The colour of a figure by its verdict; the others have none."""


def show_comparison(comparison: Comparison) -> None:
    """The tables, the gate's sentence on each, and the figures; parts such as "transition_tv: verbs" are left out."""
    _show_tables(comparison)
    for name, verdict in comparison.verdicts.items():
        status, _, rest = verdict.sentence.partition(":")
        out.print(f"\n{escape(name)}: [{COLOURS[verdict.status]}]{status}[/]:{escape(rest)}")
    frame = comparison.frame
    # A privacy figure may have parts alone, which are its attacks.
    parts = frame["measure"].str.contains(":") & (frame["group"] != "Privacy")
    for group, rows in frame[~parts].groupby("group", sort=False):
        _show_group(str(group), rows, list(comparison.compared))
    meanings = [f"[{STYLES[words]}]{words}[/]: {STANDINGS[words]}" for words in STYLES]
    out.print("\n" + "; ".join(meanings) + ". ↓ low is better, ↑ high is better, → .5 one half is the aim.")


def _show_tables(comparison: Comparison) -> None:
    table = new_table("Tables compared")
    table.add_column("table", overflow="fold")
    for name in ("subjects", "rows", "gate", "score"):
        table.add_column(name, justify="right", no_wrap=True)
    records = comparison.summary.to_dict("records")
    for row in records:
        gate = str(row["gate"])
        status = f"[{COLOURS[Status(gate)]}]{STATUS[gate]}[/]" if gate else "–"
        sizes = (f"{row['subjects']:,}", f"{row['rows']:,}")
        table.add_row(escape(str(row["table"])), *sizes, status, _number(float(row["score"])))
    out.print(table)
    for row in records:
        counts = ", ".join(f"{int(row[words])} {words}" for words in STANDINGS if row.get(words))
        out.print(f"{escape(str(row['table']))}: of the measures {counts}")
    for name, why in comparison.left_out.items():
        out.print(f"{escape(name)}: [bold red]left out[/], as it cannot be compared: {escape(why)}")
    out.print(
        "score: the mean over the groups but privacy; 1: as good as other real subjects, 0: as an independent table."
    )


def _show_group(group: str, rows: pd.DataFrame, names: list[str]) -> None:
    table = new_table(group)
    table.add_column("measure", overflow="fold", min_width=12)
    for name in names:
        table.add_column(Text(name), justify="right", overflow="fold")
    for name in ("floor", "indep."):
        table.add_column(name, justify="right", overflow="fold")
    for measure, found in rows.groupby("measure", sort=False):
        if found["value"].isna().all():
            continue
        aim = {"low": "↓", "high": "↑", "half": "→ .5"}.get(str(found["aim"].iloc[0]), "")
        by_table = found.set_index("table")
        cells = [_cell(by_table, name) for name in names]
        beside = [span(found[name]).replace("--", "–") for name in ("floor", "independent")]
        table.add_row(escape(f"{measure_words(str(measure))} {aim}"), *cells, *beside)
    if table.row_count:
        out.print(table)


def _cell(found: pd.DataFrame, name: str) -> Text:
    if name not in found.index:
        return Text("–")
    value, verdict = found["value"].to_dict()[name], found["verdict"].to_dict()[name]
    return Text(_number(value), style=STYLES.get(verdict, ""))


def _number(value: float) -> str:
    return f"{value:z.3f}" if np.isfinite(value) else "–"
