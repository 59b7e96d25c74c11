"""Attempts: draws of one call, judged by the gate until it lets one pass; rows are made of that one only."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from assoc_synth.errors import GateRejected
from assoc_synth.gate.verdict import Status, Verdict
from assoc_synth.link_graph.edges import Edges
from assoc_synth.model.drawing import emit_rows, generate_edges
from assoc_synth.model.fitted import FittedModel
from assoc_synth.randomness import Seeds
from assoc_synth.transactions.table import TransactionTable

Drawn = TypeVar("Drawn")
ATTEMPTS = 3
"""How many draws the gate may judge."""


@dataclass(frozen=True, eq=False)
class Attempts:
    """The attempts of one call of `sample`.

    Attributes:
        seed: of the call; each attempt has streams of its own.
        strict: whether rows about which the gate can claim nothing are refused too.
    """

    model: FittedModel
    seed: int
    strict: bool = False

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
        self, draw: Callable[[int], tuple[Drawn, Edges]], verbs: list[int] | None = None
    ) -> tuple[Drawn, Verdict]:
        """The first of a few attempts that the gate lets pass.

        Args:
            draw: from an attempt's number to what is drawn, and those edges of it that are judged.
            verbs: codes of the verbs whose own references judge; None for the whole table's reference.

        Raises:
            GateRejected: it refuses every attempt, or it can claim nothing and the call is strict.
        """
        for attempt in range(ATTEMPTS):
            drawn, edges = draw(attempt)
            verdict = self.model.judge.judge(
                self.model.links_of(edges), Seeds.of(self.seed).child("sample").child("gate").generator(), verbs=verbs
            )
            advice = self.model.shortfall.sentence
            verdict = replace(verdict, attempts=attempt + 1, seed=self.seed, advice=advice)
            if verdict.status is not Status.FAIL:
                break
        else:
            raise GateRejected(f"the gate refused {ATTEMPTS} attempts, nothing is emitted. {verdict.sentence}", verdict)
        if self.strict and verdict.status is Status.UNDERPOWERED:
            raise GateRejected(f"strict: nothing is emitted. {verdict.sentence}", verdict)
        return drawn, verdict

    def plain_edges(self, subjects: int, verbs: list[int] | None = None) -> tuple[Edges, Verdict]:
        """Edges of `subjects` new subjects out of a draw that the gate lets pass: plain first, then raked.

        In a plain draw, the subjects that the gate judges are drawn and judged before the others are drawn.

        Raises:
            GateRejected: as `first_to_pass`.
        """
        judged = max(self.model.judge.num_reference(verbs), 1)
        enough = max(subjects, judged)

        def generate(attempt: int, first: int | None) -> Edges:
            return generate_edges(
                self.model, enough, seeds=self.seeds_of(attempt), candidates=1.0 + attempt, verbs=verbs, first=first
            )

        def draw(attempt: int) -> tuple[Edges, Edges]:
            is_raked = attempt > 0 and verbs is None
            drawn = generate(attempt, None if is_raked else judged)
            return drawn, drawn

        drawn, verdict = self.first_to_pass(draw, verbs)
        if drawn.num_subjects < enough:
            drawn = generate(verdict.attempts - 1, None)
        return drawn.take(np.arange(subjects)), verdict

    def plain_rows(
        self, subjects: int, verbs: list[int] | None = None, num_rows: int | None = None
    ) -> tuple[TransactionTable, Verdict]:
        """Rows of `subjects` new subjects, or exactly `num_rows` rows, where the last subject may be cut short.

        Raises:
            GateRejected: as `first_to_pass`.
        """
        while True:
            edges, verdict = self.plain_edges(subjects, verbs)
            table = emit_rows(self.model, edges, seeds=self.row_seeds)
            if num_rows is None:
                return table, verdict
            if len(table) >= num_rows:
                return table.take_rows(np.arange(num_rows)), verdict
            subjects = more_subjects(subjects, num_rows, len(table))


def more_subjects(subjects: int, num_rows: int, found: int) -> int:
    """How many subjects to draw next, after `subjects` gave only `found` of `num_rows` rows.

    Example:
        >>> more_subjects(100, num_rows=200, found=150)
        148
    """
    return math.ceil(1.1 * subjects * num_rows / max(found, 1)) + 1
