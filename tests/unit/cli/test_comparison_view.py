"""What `compare` shows."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from assoc_synth.cli import comparison_view
from assoc_synth.evaluation.figures import Figure
from assoc_synth.gate.verdict import Status, Verdict
from assoc_synth.report.comparison import Comparison
from assoc_synth.report.comparison.comparison import Compared

FIGURES = (
    Figure("pair_l1", 0.31, 0.29, 0.33, floor=0.30, independent=0.64),
    Figure("lift_mae", None, why="too few"),
    Figure("transition_tv: verbs", 0.2, 0.1, 0.3, floor=0.2, independent=0.5),
    Figure("tpr@1%: pairs", 0.4, p_value=0.001),
)


@pytest.mark.parametrize("width", [60, 80])
def test_tables_and_figures_fit_the_terminal(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    told = io.StringIO()
    monkeypatch.setattr(comparison_view, "out", Console(file=told, width=width, highlight=False))
    tables = {
        "[b]a": Compared(30, 10, FIGURES, Verdict(Status.PASS, 0.4, 1.0, 0.0, 0.12)),
        "other": Compared(3_000, 1_000, FIGURES[:1]),
    }
    comparison_view.show_comparison(Comparison(tables, 100, left_out={"[i]c": "they share no object"}))
    text = told.getvalue()
    assert max(map(len, text.splitlines())) <= width
    words = " ".join(text.split())
    assert "[b]a: of the measures 2 like real, 1 gives somebody away, 1 unknown" in words
    assert "[i]c: left out, as it cannot be compared: they share no object" in words
    assert "pair supports" in words
    assert "0.310" in words
    assert "log2 lift, mean" not in words, "nothing is known of it"
    assert "steps inside visits" not in words, "a part"
    assert "recognised at 1 %" in words
