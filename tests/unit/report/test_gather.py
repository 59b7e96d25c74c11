"""From tables and a verdict to facts."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from assoc_synth.gate.verdict import Status, Verdict
from assoc_synth.report import Report
from assoc_synth.report.facts import ReportFacts
from assoc_synth.report.gather import gather, standing_counts
from assoc_synth.report.inputs import ReportInputs
from assoc_synth.transactions.table import TransactionTable

TableOf = Callable[..., TransactionTable]


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
    named = {figure.name for figure in bad.privacy}
    assert {"closer_to_train", "near_copies", "row_copies", "dcr", "singling_out", "inference"} <= named
    assert {"membership_auc: nearest neighbour", "tpr@1%: cells", "tpr@0.1%: pairs"} <= named


def test_tables_with_nearly_nothing_in_them(table: TableOf, verdict: Verdict) -> None:
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


def test_pairs_of_a_table_against_itself_are_confirmed_or_undecided(
    halves: tuple[TransactionTable, TransactionTable], independent: TransactionTable
) -> None:
    same = standing_counts(halves[0], halves[0])
    assert same["changed"] == 0
    assert same["confirmed"] + same["undecided"] > 50
    assert standing_counts(halves[0], independent)["changed"] > 50


def test_without_a_table_there_is_the_verdict_alone(verdict: Verdict) -> None:
    facts = gather(ReportInputs(None, None, verdict, seed=3, command="assoc-synth sample m -o x.csv --seed 3"))
    assert facts.verdict is verdict
    assert (facts.sizes, facts.heat_maps, facts.drawing) == ((), (), None)
    assert (facts.reproduction.seed, facts.reproduction.command) == (3, "assoc-synth sample m -o x.csv --seed 3")


def test_one_seed_gives_the_same_facts(table: TableOf, verdict: Verdict) -> None:
    many = table(subject=[f"s{i % 40}" for i in range(200)], object=[f"o{i % 7}" for i in range(200)])
    first, second = (gather(ReportInputs(many, many, verdict, heldout=many, seed=5)) for _ in range(2))
    assert first.to_dict() == second.to_dict()
