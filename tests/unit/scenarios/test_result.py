"""SampleResult: short for a prompt, readable in a notebook, and a report on demand."""

from __future__ import annotations

import dataclasses

import pandas as pd
import polars
import pyarrow
import pytest

from assoc_synth.gate.verdict import Status, Verdict
from assoc_synth.report import Report
from assoc_synth.scenarios.outcome import Outcome
from assoc_synth.scenarios.result import SampleResult
from assoc_synth.transactions.table import TransactionTable

TABLE = TransactionTable.from_frame(
    pd.DataFrame(
        {
            "customer": ["a", "a", "<b>bold</b>"],
            "verb": ["bought", "viewed", "bought"],
            "object": ["<script>alert(1)</script>", "cup", "cup"],
        }
    )
)


@pytest.fixture
def result() -> SampleResult:
    return SampleResult.of(TABLE, Verdict(Status.UNDERPOWERED, num_subjects=2, seed=3), ("a <note> & more",))


def test_rows_table_and_graph_are_of_the_same_links(result: SampleResult) -> None:
    assert result.rows["object"].tolist() == ["<script>alert(1)</script>", "cup", "cup"]
    assert len(result.graph.edges) == len(result.table) == 3
    assert result.scenario == ()


def test_the_repr_is_one_line(result: SampleResult) -> None:
    assert repr(result) == "SampleResult(3 rows of 2 subjects, UNDERPOWERED)"
    scenario = dataclasses.replace(result, scenario=(Outcome("x", 1, 1),) * 30)
    assert repr(scenario) == "SampleResult(3 rows of 2 subjects, UNDERPOWERED, 30 scenario figures)"


def test_many_notes_are_folded(result: SampleResult) -> None:
    assert "<details>" not in result._repr_html_()
    html = dataclasses.replace(result, notes=tuple(f"note <{n}>" for n in range(6)))._repr_html_()
    assert "<details><summary>6 notes</summary><ul><li>note &lt;0&gt;</li>" in html
    assert "<ul>" not in dataclasses.replace(result, notes=())._repr_html_()


def test_a_notebook_shows_the_first_rows_escaped(result: SampleResult) -> None:
    html = result._repr_html_()
    assert "SampleResult(3 rows of 2 subjects, UNDERPOWERED)" in html
    assert result.verdict.sentence in html
    assert "a &lt;note&gt; &amp; more" in html
    assert "&lt;script&gt;" in html
    assert "<script>" not in html
    assert "<b>bold" not in html


def test_a_report_of_these_rows(result: SampleResult) -> None:
    report = result.report(TABLE, title="A <title>")
    assert isinstance(report, Report)
    assert report.facts.verdict == result.verdict
    assert "A &lt;title&gt;" in report.to_html()
    assert "a &lt;note&gt; &amp; more" in report.to_html()


def test_a_report_without_the_real_table(result: SampleResult) -> None:
    assert "UNDERPOWERED" in result.report().to_html()


@pytest.mark.parametrize("kind", ["pandas", "polars", "arrow"])
def test_rows_come_back_as_the_kind_of_frame_that_was_given(kind: str) -> None:
    frame = pd.DataFrame({"customer": ["a", "b"], "item": ["tea", "pot"], "price": [1.5, None]})
    given = {"pandas": frame, "polars": polars.from_pandas(frame), "arrow": pyarrow.Table.from_pandas(frame)}[kind]
    table = TransactionTable.from_frame(given)
    result = SampleResult.of(table, Verdict(Status.UNDERPOWERED, num_subjects=2, num_reference=2), ())
    assert type(result.rows) is type(given)
    assert result.to_pandas().equals(frame)
    assert result.to_polars().equals(polars.from_pandas(frame))
    assert result.to_arrow().to_pylist() == pyarrow.Table.from_pandas(frame).to_pylist()
    assert "tea" in result._repr_html_()
