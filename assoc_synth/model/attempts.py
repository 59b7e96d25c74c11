"""Attempts: draws of one call, judged by the gate until it lets one pass; nothing else is emitted."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NoReturn, TypeVar

import numpy as np

from assoc_synth.errors import GateRejected
from assoc_synth.gate.asked import Asked
from assoc_synth.gate.copies import Copies
from assoc_synth.gate.verdict import Status, Verdict
from assoc_synth.link_graph.edges import Edges
from assoc_synth.model.drawing import emit_rows, generate_edges, joined
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
            copies: what is wrong with the whole of an attempt that has passed, see `Copies.too_many`.

        Raises:
            GateRejected: it refuses every attempt, or it can claim nothing and the call is strict.
        """
        refused: tuple[Verdict, TransactionTable | None] | None = None
        for attempt in range(ATTEMPTS):
            drawn, evidence = draw(attempt)
            verdict = self._verdict(evidence, attempt)
            if verdict.status is not Status.FAIL and (why := copies(drawn, attempt)):
                verdict = replace(verdict, status=Status.FAIL, copies=why)
            if verdict.status is Status.FAIL:
                refused = verdict, evidence.table
            elif refused is None or verdict.status is Status.PASS:
                if self.strict and not verdict.passed:
                    raise GateRejected(f"strict: nothing is emitted. {verdict.sentence}", verdict, evidence.table)
                return drawn, verdict
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

    def plain_rows(
        self, subjects: int, verbs: list[int] | None = None, num_rows: int | None = None
    ) -> tuple[TransactionTable, Verdict]:
        """Rows of `subjects` new subjects, or exactly `num_rows` rows, where the last subject may be cut short.

        The rows of the subjects that the gate judges are drawn and judged before the others are drawn; then come those
        and further ones of the same draw. The first attempt is plain, later ones are raked.

        Raises:
            GateRejected: as `first_to_pass`.
        """
        while True:
            plain = _Plain(self, subjects, verbs)
            _, verdict = self.first_to_pass(plain.draw, plain.copies)
            table = plain.table(verdict.attempts - 1)
            if num_rows is None:
                return table, verdict
            if len(table) >= num_rows:
                return table.take_rows(np.arange(num_rows)), verdict
            subjects = more_subjects(subjects, num_rows, len(table))

    def plain_verdict(self) -> Verdict:
        """What the gate says of a plain draw that is not emitted.

        Raises:
            GateRejected: as `first_to_pass`, but not for being strict.
        """
        plain = _Plain(self, 1, None)
        return replace(self, strict=False).first_to_pass(plain.draw)[1]


class _Plain:
    """Draws without a scenario, each in two parts: the judged subjects, and the others that come after them.

    Args:
        subjects: how many are emitted.
        verbs: codes of the only verbs; None for all.
    """

    def __init__(self, attempts: Attempts, subjects: int, verbs: list[int] | None) -> None:
        self.attempts, self.model, self.subjects, self.verbs = attempts, attempts.model, subjects, verbs
        seeds = Seeds.of(attempts.seed).child("sample").child("having")
        some = verbs is not None and len(verbs) < len(self.model.verbs)
        self.having = Evidence.having(self.model, (tuple(verbs or ()),), seeds.generator()) if some else None
        of_old = self.having is None or self.model.judge.is_old
        judged = self.model.judge.num_reference(verbs) if of_old else max((self.having or {(): 0}).values())
        self.judged = max(judged, 1)
        # Identifiers are made anew, each once: those of two tables could meet.
        self.at_once = bool(self.model.encoder.extras.regenerated)
        self.first: tuple[Edges, TransactionTable] | None = None
        self.edges: Edges | None = None

    def draw(self, attempt: int) -> tuple[None, Evidence]:
        """The judged subjects of an attempt, with their rows."""
        whole = self._is_raked(attempt) or self.at_once
        edges = self._generate(attempt, None if whole else self.judged)
        self.edges = edges if edges.num_subjects == self._enough else None
        judged = np.arange(min(self.judged, edges.num_subjects))
        first = edges if self.at_once else edges.take(judged)
        seeds = self.attempts.seeds_of(attempt).child("judged")
        table = emit_rows(self.model, first, seeds=seeds, verbs=self.verbs)
        self.first = first, table
        if first.num_subjects > self.judged:
            return None, Evidence(first.take(judged), table.take_subjects(judged), self.having)
        return None, Evidence(first, table, self.having)

    def copies(self, _: None, attempt: int) -> str:
        """What is wrong with the copies in the whole of an attempt."""
        if self.edges is None:
            self.edges = self._generate(attempt, None)
        known = self.model.judge.copies
        if known is None or self.verbs is not None:
            return ""
        return known.too_many(Copies.of(self.model.links_of(self.edges)))

    def table(self, attempt: int) -> TransactionTable:
        """All rows of an attempt that has passed."""
        assert self.first is not None, "an attempt was drawn"
        judged, table = self.first
        if self.subjects <= judged.num_subjects:
            return table if self.subjects == judged.num_subjects else table.take_subjects(np.arange(self.subjects))
        assert self.edges is not None, "copies were looked for"
        others = self.edges.take(np.arange(judged.num_subjects, self.subjects))
        seeds = self.attempts.seeds_of(attempt).child("others")
        return joined(self.model, [table, emit_rows(self.model, others, seeds=seeds, verbs=self.verbs)])

    @property
    def _enough(self) -> int:
        return max(self.subjects, self.judged)

    def _is_raked(self, attempt: int) -> bool:
        return attempt > 0 and self.verbs is None

    def _generate(self, attempt: int, first: int | None) -> Edges:
        seeds = self.attempts.seeds_of(attempt)
        more = 1.0 + attempt if self._is_raked(attempt) else 1.0
        return generate_edges(self.model, self._enough, seeds=seeds, candidates=more, verbs=self.verbs, first=first)


def more_subjects(subjects: int, num_rows: int, found: int) -> int:
    """How many subjects to draw next, after `subjects` gave only `found` of `num_rows` rows.

    Example:
        >>> more_subjects(100, num_rows=200, found=150)
        148
    """
    return math.ceil(1.1 * subjects * num_rows / max(found, 1)) + 1
