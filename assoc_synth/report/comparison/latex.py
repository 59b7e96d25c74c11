r"""A comparison as a LaTeX table in the manner of `booktabs`."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from assoc_synth.report.comparison.standing import LIKE_REAL
from assoc_synth.report.wording import measure_words

_SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "|": r"\textbar{}", "<": r"\textless{}",
    ">": r"\textgreater{}", "≤": r"$\leq$", "≥": r"$\geq$", "−": r"$-$", "√": r"$\surd$", "τ": r"$\tau$", "“": "``",
    "”": "''", "’": "'", "–": "--", "…": r"\dots{}", "→": r"$\rightarrow$", "×": r"$\times$", "\n": " ", "\t": " ",
}  # fmt: skip
_ESCAPES = str.maketrans(_SPECIAL)
_ARROWS = {"low": r"$\downarrow$", "high": r"$\uparrow$", "half": r"$\to$ .5"}
_NONE = "--"


def escaped(text: object) -> str:
    r"""Text that LaTeX sets as it is.

    Example:
        >>> print(escaped("50 % of a_b & “c”"))
        50 \% of a\_b \& ``c''
    """
    return str(text).translate(_ESCAPES)


def latex(frame: pd.DataFrame, caption: str, label: str, left_out: Mapping[str, str] | None = None) -> str:
    """The figures of `Comparison.frame`: a row per measure, a column per table, then floor and independent table.

    Args:
        frame: the rows to show, in their order.
        caption: text, which is escaped; what the columns are is added.
        label: of the table, as it is.
        left_out: tables that cannot be compared, and why: the caption ends in them.
    """
    gone = [escaped(f"{name} ({why})") for name, why in (left_out or {}).items()]
    explained = _explained(frame) + (f" Left out: {'; '.join(gone)}." if gone else "")
    tables = list(dict.fromkeys(frame["table"]))
    titles = [escaped(name) for name in tables]
    head = ["measure", *titles, "floor", "independent"]
    lines = [
        r"\begin{table}",
        r"  \centering",
        rf"  \caption{{{escaped(caption)} {explained}}}",
        rf"  \label{{{label}}}",
        rf"  \begin{{tabular}}{{l{'r' * (len(tables) + 2)}}}",
        r"    \toprule",
        f"    {' & '.join(head)} " + r"\\",
    ]
    for _, group in frame.groupby("group", sort=False):
        lines.append(r"    \midrule")
        for measure, rows in group.groupby("measure", sort=False):
            by_table = rows.set_index("table")
            cells = [_cell(by_table.loc[name]) if name in by_table.index else _NONE for name in tables]
            beside = [span(rows[name]) for name in ("floor", "independent")]
            name = f"{escaped(measure_words(str(measure)))} {_ARROWS.get(rows['aim'].iloc[0], '')}"
            lines.append(f"    {' & '.join([name, *cells, *beside])} " + r"\\")
    return "\n".join([*lines, r"    \bottomrule", r"  \end{tabular}", r"\end{table}", ""])


def span(values: pd.Series) -> str:
    """One number, or from the least to the largest where they are not alike in the digits that are shown.

    Example:
        >>> span(pd.Series([0.1234, 0.1233])), span(pd.Series([0.1, 0.2])), span(pd.Series([np.nan]))
        ('0.123', '0.100--0.200', '--')
    """
    shown = [f"{value:z.3f}" for value in (values.min(), values.max()) if np.isfinite(value)]
    return "--".join(dict.fromkeys(shown)) or _NONE


def _cell(row: pd.Series) -> str:
    if not np.isfinite(row["value"]):
        return _NONE
    half = max(row["high"] - row["value"], row["value"] - row["low"])
    text = f"{row['value']:z.3f}" + (rf" {{\scriptsize$\pm${half:z.3f}}}" if np.isfinite(half) else "")
    return rf"\textbf{{{text}}}" if row["verdict"] == LIKE_REAL else text


def _explained(frame: pd.DataFrame) -> str:
    arrows = {"low": r"$\downarrow$: low is better", "high": r"$\uparrow$: high is better", "half": r"$\to$ .5: aim"}
    used = [words for aim, words in arrows.items() if aim in set(frame["aim"])]
    bold = r"Bold: not worse than other real subjects (floor), as far as the 95\,\% interval ($\pm$) tells."
    return f"{bold} Independent: without associations. {'; '.join(used)}."
