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
    verbs: list[int] | None = None

    def what_is_judged(self, attempts: int) -> str:
        return f"draw {attempts}"

    def make(self, model: FittedModel, seeds: Seeds) -> ScenarioRows:
        self.seeds.append(seeds)
        return ScenarioRows(SHOP, self.outcomes, ("a note",), ONE if self.is_judged else None)


def behind(*answers: Status) -> Attempts:
    """A gate that answers so."""
    given = iter(answers)
    judge = SimpleNamespace(judge=lambda *_, **__: Verdict(next(given)), num_reference=lambda verbs: 1)
    model = SimpleNamespace(judge=judge, links_of=lambda edges: edges, shortfall=Shortfall(()))
    return Attempts(cast(FittedModel, model), seed=10)


def test_a_judged_plan_is_made_until_it_passes() -> None:
    plan = Asked(is_judged=True)
    made, verdict = carry_out(plan, behind(Status.FAIL, Status.PASS))
    assert plan.seeds == [behind().seeds_of(0), behind().seeds_of(1)]
    assert (made.table, verdict.attempts) == (SHOP, 2)


def test_a_judged_plan_that_never_passes_gives_nothing() -> None:
    plan = Asked(is_judged=True)
    with pytest.raises(GateRejected, match="refused 3 attempts"):
        carry_out(plan, behind(*[Status.FAIL] * 3))
    assert len(plan.seeds) == 3


def test_another_plan_is_made_once_a_plain_draw_has_passed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assoc_synth.model.attempts.generate_edges", lambda *_, **__: ONE)
    plan = Asked(is_judged=False)
    _, verdict = carry_out(plan, behind(Status.FAIL, Status.PASS))
    assert plan.seeds == [behind().row_seeds]
    assert verdict.attempts == 2


def test_another_plan_is_not_made_where_plain_draws_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assoc_synth.model.attempts.generate_edges", lambda *_, **__: ONE)
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
    assert figures == [f"figure {at}: {at} asked, {at} obtained" for at in range(MOST_FIGURES)]


@pytest.mark.parametrize("attempts", [1, 2])
def test_a_plain_draw_in_words(attempts: int) -> None:
    words: Any = plain_draw(attempts)
    assert words.startswith("a draw of this model without the change")
    assert ("these rows are not steered" in words) == (attempts > 1)
