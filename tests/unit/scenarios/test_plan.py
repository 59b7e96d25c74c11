"""Plan: a judged one is drawn until the gate lets it pass, another one once, after a plain draw has passed."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

import pytest

from assoc_synth.datasets import toy_shop
from assoc_synth.errors import GateRejected
from assoc_synth.gate.verdict import Status, Verdict
from assoc_synth.link_graph.edges import Edges
from assoc_synth.model.attempts import Attempts
from assoc_synth.model.evidence import Evidence
from assoc_synth.model.fitted import FittedModel
from assoc_synth.model.shortfall import Shortfall
from assoc_synth.randomness import Seeds
from assoc_synth.scenarios.outcome import Outcome, ScenarioRows
from assoc_synth.scenarios.plan import MOST_FIGURES, Plan, carry_out, notes_on, plain_draw

SHOP = toy_shop(subjects=3)
ONE = Edges.from_links([0], [0], [0], num_subjects=1, num_verbs=1, num_objects=1)


@dataclass
class Asked:
    """A plan that remembers the seeds that it is made with."""

    is_judged: bool
    outcomes: tuple[Outcome, ...] = ()
    seeds: list[Seeds] = field(default_factory=list)
    name: str = "asked"

    def what_is_judged(self, attempts: int) -> str:
        return f"draw {attempts}"

    def make(self, model: FittedModel, seeds: Seeds) -> ScenarioRows:
        self.seeds.append(seeds)
        return ScenarioRows(SHOP, self.outcomes, ("a note",), Evidence(ONE, SHOP) if self.is_judged else None)


def behind(*answers: Status, strict: bool = False) -> Attempts:
    """A gate that answers so."""
    given = iter(answers)
    judge = SimpleNamespace(
        judge=lambda *_, **__: Verdict(next(given)),
        num_reference=lambda verbs: 1,
        codes=None,
        copies=None,
        is_old=True,
    )
    model = SimpleNamespace(
        judge=judge,
        links_of=lambda edges: edges,
        shortfall=Shortfall(()),
        verbs=["bought"],
        objects=["tea"],
        encoder=SimpleNamespace(extras=SimpleNamespace(regenerated=())),
        promise=None,
    )
    return Attempts(cast(FittedModel, model), seed=10, strict=strict)


@pytest.fixture(autouse=True)
def one_link(monkeypatch: pytest.MonkeyPatch) -> None:
    """A plain draw is one link."""
    monkeypatch.setattr("assoc_synth.model.plain.generate_edges", lambda *_, **__: ONE)
    monkeypatch.setattr("assoc_synth.model.plain.emit_rows", lambda *_, **__: SHOP)


def test_a_judged_plan_is_made_until_it_passes() -> None:
    plan = Asked(is_judged=True)
    made, verdict = carry_out(plan, behind(Status.FAIL, Status.PASS))
    assert plan.seeds == [behind().seeds_of(0), behind().seeds_of(1)]
    assert (made.table, verdict.attempts) == (SHOP, 2)
    assert "Judged was draw 2; the change itself is not judged." in verdict.sentence


def test_a_judged_plan_that_never_passes_gives_nothing() -> None:
    plan = Asked(is_judged=True)
    with pytest.raises(GateRejected, match="refused 3 attempts"):
        carry_out(plan, behind(*[Status.FAIL] * 3))
    assert len(plan.seeds) == 3


def test_another_plan_is_made_once_a_plain_draw_has_passed_and_is_not_judged() -> None:
    plan = Asked(is_judged=False)
    _, verdict = carry_out(plan, behind(Status.FAIL, Status.PASS))
    assert plan.seeds == [behind().row_seeds]
    assert (verdict.status, verdict.attempts, verdict.p_value) == (Status.NOT_JUDGED, 2, None)
    said = "NOT_JUDGED: Rows of asked have no reference, so nothing is claimed about them; judged was draw 2: PASS"
    assert verdict.sentence.startswith(said)


def test_strict_refuses_rows_that_are_not_judged() -> None:
    plan = Asked(is_judged=False)
    with pytest.raises(GateRejected, match=r"strict: nothing is emitted\. NOT_JUDGED"):
        carry_out(plan, behind(Status.PASS, strict=True))
    assert plan.seeds == []


def test_another_plan_is_not_made_where_plain_draws_fail() -> None:
    plan = Asked(is_judged=False)
    with pytest.raises(GateRejected):
        carry_out(plan, behind(*[Status.FAIL] * 3))
    assert plan.seeds == []


def test_the_notes_say_what_is_judged_then_the_figures() -> None:
    outcomes = tuple(Outcome(f"figure {at}", at, at) for at in range(20))
    plan: Plan = Asked(is_judged=True, outcomes=outcomes)
    said, note, *figures = notes_on(plan, ScenarioRows(SHOP, outcomes, ("a note",)), 2)
    assert said == "scenario asked: the gate judged draw 2; the change itself it does not judge"
    assert note == "a note"
    other: Plan = Asked(is_judged=False)
    (said, *_) = notes_on(other, ScenarioRows(SHOP, ()), 1)
    assert said == "scenario asked: these rows are not judged: they have no reference; the gate judged draw 1"
    assert figures == [f"figure {at}: {at} asked, {at} obtained" for at in range(MOST_FIGURES)]


@pytest.mark.parametrize("attempts", [1, 2])
def test_a_plain_draw_in_words(attempts: int) -> None:
    words: Any = plain_draw(attempts)
    assert words.startswith("a draw of this model without the change")
    assert ("these rows are not steered" in words) == (attempts > 1)
