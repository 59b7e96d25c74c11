"""Attempts: draws of one call, judged by the gate until it lets one pass; nothing else is emitted."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NoReturn, TypeVar

from assoc_synth.errors import GateRejected
from assoc_synth.gate.asked import Asked
from assoc_synth.gate.verdict import Status, Verdict
from assoc_synth.model.evidence import Evidence
from assoc_synth.model.fitted import FittedModel
from assoc_synth.randomness import Seeds
from assoc_synth.transactions.table import TransactionTable

Drawn = TypeVar("Drawn")
ATTEMPTS = 3
"""How many draws the gate may judge."""
PRIVATE = (
    " a model with differential privacy keeps no count of a real subject, so nothing is claimed about its rows. "
    "`assoc-synth validate REAL SYNTHETIC` judges them; what it says is not part of the promise."
)


@dataclass(frozen=True, eq=False)
class Attempts:
    """The attempts of one call of `sample`.

    Attributes:
        seed: of the call; each attempt has streams of its own.
        strict: whether rows about which the gate can claim nothing are refused too.
        scopes: those that the gate judges; None for all that the table has.
    """

    model: FittedModel
    seed: int
    strict: bool = False
    scopes: tuple[str, ...] | None = None

    def seeds_of(self, attempt: int) -> Seeds:
        """The seeds of an attempt, counted from 0: a later one draws anew."""
        return self._seeds.child(f"attempt {attempt}")

    @property
    def row_seeds(self) -> Seeds:
        """The seeds of rows that the gate does not judge: one set for the call."""
        return self._seeds.child("rows")

    @property
    def _seeds(self) -> Seeds:
        return Seeds.of(self.seed).child("sample")

    def first_to_pass(
        self,
        draw: Callable[[int], tuple[Drawn, Evidence]],
        copies: Callable[[Drawn, int], str] = lambda drawn, attempt: "",
    ) -> tuple[Drawn, Verdict]:
        """The first of a few attempts that the gate lets pass. After a refusal, only `PASS` does.

        Each attempt is judged by the same real subjects, so that among three the luckiest would pass more often than
        one: silence of the test is not enough once it has spoken.

        Args:
            draw: from an attempt's number to what is drawn, and what of it is judged.
            copies: what is wrong with the whole of an attempt that has passed, see `Copies.too_many`. It is asked last,
                and draws the whole.

        Raises:
            GateRejected: it refuses every attempt, or it can claim nothing and the call is strict.
        """
        refused: tuple[Verdict, TransactionTable | None] | None = None
        for attempt in range(ATTEMPTS):
            drawn, evidence = draw(attempt)
            verdict = self._verdict(evidence, attempt)
            passes = verdict.status is Status.PASS or (refused is None and verdict.status is not Status.FAIL)
            if passes and self.strict and not verdict.passed:
                raise GateRejected(f"strict: nothing is emitted. {verdict.sentence}", verdict, evidence.table)
            if passes and not (why := copies(drawn, attempt)):
                return drawn, verdict
            if passes:
                verdict = replace(verdict, status=Status.FAIL, copies=why)
            if verdict.status is Status.FAIL:
                refused = verdict, evidence.table
        assert refused is not None, "an attempt that is not let pass comes after a refusal"
        self._refuse(*refused)

    def _refuse(self, verdict: Verdict, table: TransactionTable | None) -> NoReturn:
        verdict = replace(verdict, attempts=ATTEMPTS)
        said = f"the gate refused {ATTEMPTS} attempts, nothing is emitted. {replace(verdict, attempts=1).sentence}"
        raise GateRejected(said, verdict, table)

    def _verdict(self, evidence: Evidence, attempt: int) -> Verdict:
        if self.model.promise is not None:
            return Verdict(Status.NOT_JUDGED, attempts=attempt + 1, seed=self.seed, about=PRIVATE)
        asked = Asked(self.scopes, verb_names=list(self.model.verbs), object_names=list(self.model.objects))
        verdict = evidence.judged(self.model, self._seeds.child("gate").generator(), asked)
        return replace(verdict, attempts=attempt + 1, seed=self.seed, advice=self.model.shortfall.sentence)


def more_subjects(subjects: int, num_rows: int, found: int) -> int:
    """How many subjects to draw next, after `subjects` gave only `found` of `num_rows` rows.

    Example:
        >>> more_subjects(100, num_rows=200, found=150)
        148
    """
    return math.ceil(1.1 * subjects * num_rows / max(found, 1)) + 1
