"""Plan: a scenario that was checked and can be drawn. Every kind of scenario says itself what the gate judges of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from assoc_synth.errors import GateRejected
from assoc_synth.gate.verdict import Status, Verdict
from assoc_synth.model.attempts import Attempts
from assoc_synth.model.evidence import Evidence
from assoc_synth.model.fitted import FittedModel
from assoc_synth.model.plain import plain_verdict
from assoc_synth.randomness import Seeds
from assoc_synth.scenarios.outcome import ScenarioRows

MOST_FIGURES = 12
"""Outcomes that the notes list."""


class Plan(Protocol):
    """What `sample` was asked for besides its size."""

    @property
    def name(self) -> str:
        """The keyword of `sample` that it comes from."""

    @property
    def is_judged(self) -> bool:
        """Whether the gate can judge these draws themselves. Rows of single links, and histories, have no reference."""

    def what_is_judged(self, attempts: int) -> str:
        """In words, what the gate judged.

        Args:
            attempts: how many draws the gate judged before it let one pass.
        """

    def make(self, model: FittedModel, seeds: Seeds) -> ScenarioRows:
        """The rows, with what was asked and obtained."""


def carry_out(plan: Plan, attempts: Attempts) -> tuple[ScenarioRows, Verdict]:
    """A scenario's rows, once the gate has let its draws pass.

    Rows that have no reference are `NOT_JUDGED`; they are emitted where a plain draw of the model passes.

    Raises:
        GateRejected: the gate refuses every attempt, or the rows are not judged and the call is strict.
    """
    if not plan.is_judged:
        plain = plain_verdict(attempts)
        verdict = _not_judged(plan, plain)
        if attempts.strict:
            raise GateRejected(f"strict: nothing is emitted. {verdict.sentence}", verdict)
        return plan.make(attempts.model, attempts.row_seeds), verdict

    def draw(attempt: int) -> tuple[ScenarioRows, Evidence]:
        made = plan.make(attempts.model, attempts.seeds_of(attempt))
        assert made.judged is not None, f"the plan {plan.name} says that it is judged and gives nothing to judge"
        return made, made.judged

    made, verdict = attempts.first_to_pass(draw)
    about = f"judged was {plan.what_is_judged(verdict.attempts)}; the change itself is not judged"
    return made, replace(verdict, about=about)


def _not_judged(plan: Plan, plain: Verdict) -> Verdict:
    """The verdict on rows without a reference, with that on a plain draw in its sentence."""
    about = f"rows of {plan.name} have no reference, so nothing is claimed about them; judged was "
    about += f"{plan.what_is_judged(plain.attempts)}: {plain.sentence.rstrip('.')}"
    return Verdict(Status.NOT_JUDGED, attempts=plain.attempts, seed=plain.seed, about=about)


def notes_on(plan: Plan, made: ScenarioRows, attempts: int) -> tuple[str, ...]:
    """What the gate judged, what the scenario itself says, and what was asked and obtained."""
    if not plan.is_judged:
        judged = f"these rows are not judged: they have no reference; the gate judged {plan.what_is_judged(attempts)}"
    else:
        judged = f"the gate judged {plan.what_is_judged(attempts)}; the change itself it does not judge"
    figures = (str(outcome) for outcome in made.outcomes[:MOST_FIGURES])
    return (f"scenario {plan.name}: {judged}", *made.notes, *figures)


def plain_draw(attempts: int) -> str:
    """In words, what the gate judged where the rows themselves have no reference."""
    judged = "a draw of this model without the change, against the whole table's reference"
    if attempts == 1:
        return judged
    return f"{judged}; it refused a plain draw and let a steered one pass: these rows are not steered"
