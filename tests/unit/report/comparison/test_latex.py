"""A table for a paper."""

from __future__ import annotations

import re

from assoc_synth.report.comparison import Comparison
from assoc_synth.report.comparison.latex import escaped, latex


def test_whatever_a_name_holds_is_text() -> None:
    assert escaped(r"\input{x} $1 #2 ~^_&%") == (
        r"\textbackslash{}input\{x\} \$1 \#2 \textasciitilde{}\textasciicircum{}\_\&\%"
    )


def test_every_line_has_as_many_cells_as_there_are_columns(comparison: Comparison) -> None:
    text = latex(comparison.frame, "Three tables", "tab:x")
    rows = [line for line in text.splitlines() if line.endswith(r"\\")]
    assert len(rows) == 1 + comparison.frame["measure"].nunique()
    assert {len(re.findall(r"(?<!\\)&", row)) for row in rows} == {5}
    assert r"\begin{tabular}{lrrrrr}" in text
    assert r"\textless{}b\textgreater{}a\_copy" in text
    for command in ("toprule", "midrule", "bottomrule", "end{tabular}", "end{table}"):
        assert f"\\{command}" in text
    assert text.count("{") - text.count(r"\{") == text.count("}") - text.count(r"\}")
    assert text.isascii()


def test_what_is_like_real_is_bold(comparison: Comparison) -> None:
    frame = comparison.frame
    text = latex(frame[frame["measure"] == "transition_tv"], "", "x")
    row = next(line for line in text.splitlines() if line.strip().startswith("steps"))
    other, shuffled = row.split(" & ")[1:3]
    assert other.startswith(r"\textbf{")
    assert not shuffled.startswith(r"\textbf{")
