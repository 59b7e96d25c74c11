"""What comes after what, on rows whose steps are known."""

from __future__ import annotations

import pandas as pd
import pytest

from assoc_synth.link_graph.rows import coded_rows
from assoc_synth.report.facts import ReportFacts, Transitions
from assoc_synth.report.transitions import transitions
from assoc_synth.transactions.table import TransactionTable


def table(rows: list[tuple[str, str, str, str]]) -> TransactionTable:
    frame = pd.DataFrame(rows, columns=["subject", "verb", "object", "time"]).assign(
        basket=lambda f: f["time"].str[:10]
    )
    return TransactionTable.from_frame(frame.assign(basket=frame["subject"] + frame["basket"]))


def found(real: TransactionTable, synthetic: TransactionTable) -> dict[str, Transitions]:
    rows = coded_rows(real, synthetic)
    verbs, objects = (tuple(map(str, names)) for names in (real.verbs, real.objects))
    return {one.kind: one for one in transitions(*rows, verbs, objects)}


DAY = [("s", "views", "tea", "2026-01-01 10:00"), ("s", "buys", "tea", "2026-01-01 10:05")]
LATER = [("s", "views", "cup", "2026-01-02 10:00")]


def named(subject: str, rows: list[tuple[str, str, str, str]]) -> list[tuple[str, str, str, str]]:
    return [(subject, *row[1:]) for row in rows]


def test_steps_inside_and_between_visits() -> None:
    both = table(named("a", DAY + LATER) + named("b", DAY))
    steps = found(both, both)
    assert [(s.first, s.then, s.real) for s in steps["row"].steps] == [("views tea", "buys tea", 1.0)]
    assert [(s.first, s.then, s.real) for s in steps["visit"].steps] == [("buys tea", "views cup", 1.0)]
    assert (steps["row"].num_real, steps["visit"].num_real) == (2, 1)


def test_a_table_in_another_order_has_other_steps() -> None:
    real = table([row for i in range(40) for row in named(f"a{i}", DAY)])
    turned = [("s", "buys", "tea", "2026-01-01 10:00"), ("s", "views", "tea", "2026-01-01 10:05")]
    other = table([row for i in range(40) for row in named(f"a{i}", turned)])
    (step,) = found(real, other)["row"].steps
    assert (step.real, step.synthetic) == (1.0, 0.0)


def test_without_times_there_is_no_order() -> None:
    frame = pd.DataFrame({"subject": ["a", "a"], "verb": ["v", "v"], "object": ["x", "y"]})
    plain = TransactionTable.from_frame(frame)
    assert found(plain, plain) == {}


def test_halves_of_one_table_are_mostly_in_each_others_intervals(good: ReportFacts) -> None:
    steps = [step for kind in good.transitions for step in kind.steps]
    assert len(steps) == 20
    for step in steps:
        assert 0 <= step.low <= step.real <= step.high <= 1
        assert step.synthetic == pytest.approx(step.real, abs=3.0 * (step.high - step.low) / 2)
    assert {kind.kind for kind in good.transitions} == {"row", "visit"}
