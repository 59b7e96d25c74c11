"""Facts as JSON values."""

from __future__ import annotations

import json

from assoc_synth.gate.verdict import Verdict
from assoc_synth.report.facts import ReportFacts, facts


def test_json_values(good: ReportFacts) -> None:
    text = json.dumps(good.to_dict(), allow_nan=False)
    again = json.loads(text)
    assert again["format_version"] == 1
    assert again["verdict"]["status"] == "PASS"
    assert again["sizes"][0]["subjects"] == 1_500
    assert {chart["name"] for chart in again["charts"]} == {
        "verbs",
        "hours",
        "weekdays",
        "months",
        "amounts",
        "degrees",
        "visit sizes",
        "gaps",
        "rows per link",
    }


def test_facts_of_a_verdict_alone(verdict: Verdict) -> None:
    values = facts(verdict, rows=3, reproduction={"seed": 1})
    assert values == {"format_version": 1, "verdict": verdict.to_dict(), "rows": 3, "reproduction": {"seed": 1}}


def test_a_chart_is_found_by_its_name(good: ReportFacts) -> None:
    found = good.chart("hours")
    assert found is not None
    assert found.labels == tuple(map(str, range(24)))
    assert good.chart("colours") is None


def test_numbers_are_rounded_and_nested_values_are_plain(good: ReportFacts) -> None:
    values = good.to_dict()
    assert good.scatter is not None
    assert values["scatter"]["inside"] == round(good.scatter.inside or 0, 6)
    assert isinstance(values["heat_maps"], list)
    assert values["heat_maps"][0]["values"][0][0] is None


def test_a_figure_says_which_way_is_better(bad: ReportFacts) -> None:
    values = bad.to_dict()
    aims = {figure["name"]: figure["aim"] for group in ("figures", "privacy") for figure in values[group]}
    assert (aims["pair_l1"], aims["lift_r"], aims["closer_to_train"]) == ("low", "high", "half")
