"""Plan: what `sample` was asked for beyond how much, checked before any work."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from assoc_synth.errors import InputError
from assoc_synth.model.fitted import FittedModel
from assoc_synth.scenarios.boosting import COUNTED, Boost
from assoc_synth.scenarios.conditions import Conditions
from assoc_synth.scenarios.continuing import Continued
from assoc_synth.scenarios.outcome import Made
from assoc_synth.scenarios.rebalancing import Rebalance

MAX_ROWS = 50_000_000
"""Of one sample: it is held in memory."""


@dataclass(frozen=True, eq=False)
class BoostedRows:
    """A boost and how much of it: `rows` exactly where given, else all rows of `subjects`."""

    boost: Boost
    subjects: int
    rows: int | None

    def make(self, model: FittedModel, seed: int) -> Made:
        subjects = self.subjects
        while True:
            drawn = self.boost.draw(model, subjects, seed)
            table = model.emit(drawn.edges, seed=seed)
            if self.rows is None or len(table) >= self.rows:
                break
            subjects = math.ceil(1.1 * subjects * self.rows / max(len(table), 1)) + 1
        if self.rows is not None:
            table = table.take_rows(np.arange(self.rows))
        thin = [
            f"{made.name}: {made.behind:.1f} subjects are expected, too few to be exact: ask for more"
            for made in drawn.outcomes
            if made.behind is not None and made.behind < COUNTED
        ]
        note = "boosted: the other links' shares and the links per subject stay within the noise of the training table"
        return Made(table, drawn.outcomes, (note, *thin), drawn.judged)


@dataclass(frozen=True, eq=False)
class Plan:
    """A scenario that can be made.

    Attributes:
        what: rebalance, conditions, boost or seed_subjects.
        verbs: codes of the verbs by whose own references the gate judges; None for the whole table's.
    """

    what: str
    work: Rebalance | Conditions | BoostedRows | Continued
    verbs: list[int] | None = None

    @property
    def is_judged(self) -> bool:
        """Whether the gate can judge these very draws. Rows of single links, and histories, have no reference."""
        return isinstance(self.work, Rebalance | BoostedRows)

    def make(self, model: FittedModel, seed: int) -> Made:
        """The rows, with what was asked and obtained."""
        return self.work.make(model, seed)

    def told(self, made: Made, attempts: int) -> tuple[str, ...]:
        """Notes on what the gate judged, and on what was asked and obtained.

        Args:
            attempts: how many draws the gate judged before it let one pass.
        """
        if isinstance(self.work, Rebalance):
            judged = "this draw, each verb alone against its own reference (the worst counts)"
        elif isinstance(self.work, BoostedRows):
            judged = "this draw, tilted back by the links and pairs that are named, against the whole table's reference"
        else:
            judged = "a draw of this model without the change, against the whole table's reference"
            if attempts > 1:
                judged += "; it refused a plain one and let a steered one pass: these rows are not steered"
        figures = tuple(f"{one.name}: {one.asked:.6g} asked, {one.obtained:.6g} obtained" for one in made.outcomes)
        said = f"scenario {self.what}: the gate judged {judged}; the change itself it does not judge"
        return (said, *made.notes, *figures[:12])


def plan(
    model: FittedModel,
    *,
    subjects: int,
    num_subjects: int | None,
    num_rows: int | None,
    verbs: Any,
    conditions: Any,
    rebalance: Any,
    boost: Any,
    boost_pair: Any,
    seed_subjects: Any,
    keep_subjects: bool,
) -> Plan | None:
    """The scenario that was asked for; None for none.

    Args:
        subjects: how many subjects the sizes asked for mean.

    Raises:
        InputError: it is impossible, or two scenarios at once.
    """
    boosted = boost if boost is not None else boost_pair
    asked = {"conditions": conditions, "rebalance": rebalance, "boost": boosted, "seed_subjects": seed_subjects}
    named = [name for name, value in asked.items() if value is not None]
    if keep_subjects and seed_subjects is None:
        raise InputError("keep_subjects goes with seed_subjects: new subjects have new names")
    if not named:
        return None
    if len(named) > 1:
        raise InputError(f"{' and '.join(named)} cannot be meant together: give one of them")
    if verbs is not None and len(verbs):
        raise InputError(f"verbs and {named[0]} cannot be meant together: name the verbs in {named[0]}")
    rows = num_rows if num_rows is not None else max(round(subjects * model.links_per_subject), 1)
    if named[0] == "rebalance":
        work = Rebalance.of(model, rebalance, rows)
        return Plan("rebalance", work, work.verbs)
    if named[0] == "boost":
        return Plan("boost", BoostedRows(Boost.of(model, boost, boost_pair), subjects, num_rows))
    if num_subjects is not None:
        raise InputError(f"num_subjects and {named[0]} cannot be meant together: leave num_subjects out")
    if named[0] == "conditions":
        wanted = Conditions.of(model, conditions, num_rows)
        if wanted.rows > MAX_ROWS:
            raise InputError(f"a sample holds at most {MAX_ROWS:,} rows, these would be {wanted.rows:,}: ask for fewer")
        return Plan("conditions", wanted)
    if num_rows is not None:
        raise InputError("num_rows and seed_subjects cannot be meant together: each history is continued")
    return Plan("seed_subjects", Continued.of(model, seed_subjects, keep_subjects))
