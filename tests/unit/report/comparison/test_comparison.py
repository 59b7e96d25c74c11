"""The forms in which a comparison goes out."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from assoc_synth.errors import InputError
from assoc_synth.gate.verdict import Status
from assoc_synth.report.comparison import Comparison
from assoc_synth.report.comparison.comparison import COLUMNS
from assoc_synth.report.comparison.standing import STANDINGS

NASTY = "<b>a_copy</b> & 50 %"


def test_the_frame_has_a_row_for_each_table_and_measure(comparison: Comparison) -> None:
    frame = comparison.frame
    assert tuple(frame.columns) == COLUMNS
    assert frame["table"].unique().tolist() == ["other", "shuffled", NASTY]
    assert not frame.duplicated(["table", "measure"]).any()
    assert set(frame["verdict"]) <= set(STANDINGS)
    assert (frame["value"].isna() == (frame["why"] != "")).all()


def test_verdicts_tell_the_tables_apart(comparison: Comparison) -> None:
    assert {name: verdict.passed for name, verdict in comparison.verdicts.items()}["other"]
    assert comparison.verdicts["shuffled"].status is Status.FAIL
    counts = comparison.frame.groupby("table")["verdict"].value_counts().unstack(fill_value=0)
    assert counts.loc["shuffled", "no better than independent"] > 5 > counts.loc["other", "no better than independent"]
    assert counts.loc[NASTY, "gives somebody away"] > 0 == counts.loc["other", "gives somebody away"]


def test_scores_are_those_of_the_groups(comparison: Comparison) -> None:
    scores = comparison.summary.set_index("table")["score"]
    assert scores["shuffled"] < 0.6 < 0.8 < scores["other"] <= 1
    assert scores[NASTY] > 0.95, "a copy keeps everything; privacy is no part of the score"
    properties = comparison.get_properties("other")
    assert properties["Property"].tolist() == ["Associations", "Columns", "Rows", "Use"]
    assert comparison.get_score("other") == pytest.approx(properties["Score"].mean())
    with pytest.raises(InputError, match="several tables, name one of them"):
        comparison.get_score()
    with pytest.raises(InputError, match="there is no table 'x': there are other, shuffled"):
        comparison.get_score("x")


def test_details_are_those_of_a_group(comparison: Comparison) -> None:
    found = comparison.get_details("columns", "other")
    assert set(found["group"]) == {"Columns"}
    assert set(found["table"]) == {"other"}
    assert np.allclose(found["score"], 1 - found["value"])
    assert len(comparison.get_details()) == len(comparison.frame)
    with pytest.raises(InputError, match="there is no group 'x': there are associations"):
        comparison.get_details("X")


def test_what_is_written_can_be_read_again(comparison: Comparison, tmp_path: Path) -> None:
    text = comparison.to_csv(tmp_path / "c.csv")
    assert (tmp_path / "c.csv").read_text("utf-8") == text
    again = pd.read_csv(StringIO(text), keep_default_na=False, na_values=[""])
    assert again["measure"].tolist() == comparison.frame["measure"].tolist()
    assert np.allclose(again["value"], comparison.frame["value"], equal_nan=True)
    values = json.loads(json.dumps(comparison.to_dict(), allow_nan=False))
    assert list(values["tables"]) == ["other", "shuffled", NASTY]
    assert comparison.to_html(tmp_path / "c.html") == (tmp_path / "c.html").read_text("utf-8")
    with pytest.raises(InputError):
        comparison.to_csv(tmp_path / "nowhere" / "c.csv")


def test_latex_has_the_measures_asked_for_in_their_order(comparison: Comparison) -> None:
    text = comparison.to_latex(measures=["lift_r", "pair_l1"], caption="Ours & theirs", label="tab:x")
    assert text.index("correlation") < text.index("pair supports")
    assert "triple" not in text
    assert r"\caption{Ours \& theirs" in text
    assert r"\label{tab:x}" in text
    with pytest.raises(InputError, match="there is no measure 'lift'"):
        comparison.to_latex(measures=["lift"])


def test_it_is_short_where_it_is_shown(comparison: Comparison) -> None:
    assert len(repr(comparison)) < 500
    assert repr(comparison).startswith("Comparison(3 tables: other, shuffled, ")
    assert "<b>a_copy" not in comparison._repr_html_()
