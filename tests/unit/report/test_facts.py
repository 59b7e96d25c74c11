"""Facts on tables whose right answer is planted."""

from __future__ import annotations

import json
import math

import numpy as np
import pandas as pd
import pytest

from assoc_synth.datasets import ToyShopTruth
from assoc_synth.gate.verdict import Status, Verdict
from assoc_synth.report import Report
from assoc_synth.report.columns import amount_chart, charts, verb_chart
from assoc_synth.report.facts import ReportFacts
from assoc_synth.transactions.table import TransactionTable


@pytest.fixture(scope="module")
def good(halves: tuple[TransactionTable, TransactionTable], verdict: Verdict) -> ReportFacts:
    return Report.of(halves[0], halves[1], verdict).facts


@pytest.fixture(scope="module")
def bad(
    halves: tuple[TransactionTable, TransactionTable], independent: TransactionTable, verdict: Verdict
) -> ReportFacts:
    return Report.of(halves[0], independent, verdict, heldout=halves[1]).facts


def test_real_data_lie_in_the_band_and_independent_data_do_not(good: ReportFacts, bad: ReportFacts) -> None:
    assert good.scatter is not None
    assert bad.scatter is not None
    assert good.scatter.inside is not None
    assert good.scatter.inside > 0.85
    assert bad.scatter.inside is not None
    assert bad.scatter.inside < 0.6
    assert (good.scatter.floor, bad.scatter.floor) == ("two halves of the real table", "the held-out part")


def test_what_was_lost_is_told(good: ReportFacts, bad: ReportFacts) -> None:
    assert good.standing is not None
    assert bad.standing is not None
    assert good.standing.changed <= 0.05 * (good.standing.changed + good.standing.undecided)
    assert bad.standing.num_lost > 50
    assert all(pair.synthetic_lift < pair.real_lift for pair in bad.standing.lost)
    assert bad.standing.num_added == 0


def test_planted_pairs_are_drawn_and_heated(good: ReportFacts) -> None:
    assert good.drawing is not None
    assert good.drawing.verb == "bought"
    drawn = {frozenset((link.left, link.right)) for link in good.drawing.links}
    planted = {frozenset((pair.object, pair.other_object)) for pair in ToyShopTruth().within if pair.verb == "bought"}
    assert len(drawn & planted) >= 10
    real, synthetic = good.heat_maps
    assert (real.side, synthetic.side) == ("real", "synthetic")
    assert real.objects == synthetic.objects
    assert len(real.objects) == 20
    i, j = real.objects.index("hammer"), real.objects.index("nails")
    assert real.values[i][i] is None
    assert min(real.values[i][j], synthetic.values[i][j]) > 2  # type: ignore[type-var]


def test_figures_stand_between_floor_and_independent(bad: ReportFacts) -> None:
    by_name = {figure.name: figure for figure in (*bad.figures, *bad.motifs)}
    for name in ("lift_mae", "triple_lift_mae"):
        figure = by_name[name]
        assert figure.value is not None
        assert figure.floor is not None
        assert figure.independent is not None
        assert figure.floor < figure.value
        assert figure.value == pytest.approx(figure.independent, rel=0.4), "the table is an independent one"
        assert figure.low is not None
        assert figure.high is not None
        assert figure.low <= figure.value <= figure.high


def test_privacy_needs_a_held_out_part(good: ReportFacts, bad: ReportFacts) -> None:
    assert good.privacy == ()
    assert {figure.name for figure in bad.privacy} == {
        "closer_to_train",
        "exact_copies",
        "nearest_neighbour_attack",
        "pair_excess_attack",
    }


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
    }


def test_shares_of_every_chart_sum_to_one(bad: ReportFacts) -> None:
    for chart in bad.charts:
        assert [series.side for series in chart.series] == ["real", "synthetic", "held out"]
        for series in chart.series:
            if chart.name == "degrees":
                assert series.values[0] == 1.0
                assert list(series.values) == sorted(series.values, reverse=True)
            else:
                assert math.isclose(sum(series.values), 1.0)


def table(**columns: list[object]) -> TransactionTable:
    size = len(next(iter(columns.values())))
    plain = {"subject": ["a"] * size, "verb": ["v"] * size, "object": ["o"] * size}
    return TransactionTable.from_frame(pd.DataFrame(plain | columns))


def test_many_verbs_are_folded() -> None:
    chart = verb_chart({"real": table(verb=[f"v{i:02d}" for i in range(30)] + ["v29"] * 10)})
    assert chart is not None
    assert chart.labels[0] == "v29"
    assert chart.labels[-1] == "21 more"
    assert len(chart.labels) == 10
    assert chart.series[0].values[-1] == pytest.approx(21 / 40)


@pytest.mark.parametrize(
    "amounts",
    [[5.0], [-3.0, 0.0, 2.0], [100.0, 101.0, 103.5], [1e-6, 1e6], [float(2**i) for i in range(40)], [-1e9, -1.0]],
)
def test_every_amount_has_a_bin(amounts: list[object]) -> None:
    chart = amount_chart({"real": table(amount=amounts)})
    assert chart is not None
    assert sum(chart.series[0].values) == pytest.approx(1.0)
    assert len(chart.labels) == len(chart.series[0].values) + 1 <= 24
    assert len(set(chart.labels)) == len(chart.labels)


def test_amounts_of_one_size_are_told_apart() -> None:
    chart = amount_chart({"real": table(amount=list(np.linspace(95, 105, 200)))})
    assert chart is not None
    assert len(chart.series[0].values) >= 8


def test_hours_are_on_the_clock_of_the_table() -> None:
    nine = pd.Timestamp("2026-01-05 09:30")
    for visit, clock in (
        (nine, "as written"),
        (nine.tz_localize("Asia/Tokyo"), "Asia/Tokyo"),
        ("2026-01-05T09:30:00+02:00", "+02:00"),
        ("2026-01-05T09:30:00Z", "UTC"),
    ):
        found = {chart.name: chart for chart in charts({"real": table(time=[visit] * 3)}, {})}
        assert found["hours"].series[0].values[9] == 1.0
        assert found["weekdays"].series[0].values[0] == 1.0
        assert clock in found["hours"].note


def test_tables_in_two_zones_are_shown_on_the_first_ones_clock() -> None:
    tokyo = pd.Timestamp("2026-01-05 09:30", tz="Asia/Tokyo")
    found = charts({"real": table(time=[tokyo] * 3), "synthetic": table(time=[tokyo.tz_convert("UTC")] * 3)}, {})
    hours = next(chart for chart in found if chart.name == "hours")
    assert [series.values[9] for series in hours.series] == [1.0, 1.0]


def test_tables_with_nearly_nothing_in_them(verdict: Verdict) -> None:
    one = table(object=["<i>o</i>"])
    three = table(subject=["a", "b", "c"])
    nothing = Verdict(Status.UNDERPOWERED)
    for real, synthetic, heldout in ((one, one, None), (three, one, one), (one, three, three), (None, three, None)):
        report = Report.of(real, synthetic, nothing, heldout=heldout)
        assert "UNDERPOWERED" in report.to_html()
        json.dumps(report.to_dict(), allow_nan=False)
    assert Report.of(None, None, verdict).facts.charts == ()


def test_a_model_alone_shows_the_synthetic_table(
    halves: tuple[TransactionTable, TransactionTable], verdict: Verdict
) -> None:
    facts = Report.of(None, halves[0], verdict).facts
    assert facts.drawing is not None
    assert {link.standing for link in facts.drawing.links} == {"claimed"}
    assert [size.side for size in facts.sizes] == ["synthetic"]
    assert facts.scatter is None
    assert facts.also_buy is None
    assert facts.figures == ()
