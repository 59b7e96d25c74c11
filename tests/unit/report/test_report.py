"""The facade: one call, a file, a notebook."""

from __future__ import annotations

from pathlib import Path

import pytest

from assoc_synth.errors import InputError
from assoc_synth.gate.verdict import Verdict
from assoc_synth.report import Report


def test_writing(tmp_path: Path, report: Report, page: str) -> None:
    path = tmp_path / "report.html"
    path.write_text("old")
    report.write(path)
    assert path.read_text(encoding="utf-8") == page
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(InputError, match="does not exist"):
        report.write(tmp_path / "none" / "report.html")


def test_a_notebook_shows_it_in_a_frame_of_its_own(report: Report) -> None:
    shown = report._repr_html_()
    assert shown.startswith("<iframe srcdoc=")
    assert shown.endswith("</iframe>")
    assert shown.count("<") == 2, "everything of the page is escaped"


def test_the_repr_is_short_whatever_the_title(report: Report, verdict: Verdict) -> None:
    assert repr(report) == (
        "Report('A & B': PASS; real 1,500 subjects, synthetic 1,500 subjects, held out 1,500 subjects)"
    )
    assert len(repr(Report.of(None, None, verdict, title="x" * 10_000))) < 500
    assert repr(Report.of(None, None, verdict)).endswith("PASS; no table)")


def test_an_unknown_option_is_refused(verdict: Verdict) -> None:
    with pytest.raises(TypeError, match="colour"):
        Report.of(None, None, verdict, colour="red")  # type: ignore[call-arg]


def test_the_facts_are_the_json_values(report: Report) -> None:
    assert report.to_dict() == report.facts.to_dict()
    assert report.to_dict()["title"] == "A & B"
