"""A plain draw, without a scenario: the subjects that the gate judges, and those that come after them."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from assoc_synth.gate.copies import Copies
from assoc_synth.gate.verdict import Verdict
from assoc_synth.link_graph.edges import Edges
from assoc_synth.model.attempts import Attempts
from assoc_synth.model.drawing import emit_rows, generate_edges, joined
from assoc_synth.model.evidence import Evidence
from assoc_synth.model.fitted import FittedModel
from assoc_synth.randomness import Seeds
from assoc_synth.transactions.table import TransactionTable

CHUNK, LEAST_CHUNK, ROWS = 16_384, 256, 2**21
"""Subjects that are drawn at once, at most and at least, and their rows: part of what a seed means."""


class Plain:
    """Draws without a scenario, each in two parts: the judged subjects, and the others that come after them.

    Args:
        subjects: how many are emitted.
        verbs: codes of the only verbs; None for all.
        numbered: whether the rows have numbers in place of new names, see `emit_rows`.
    """

    def __init__(self, attempts: Attempts, subjects: int, verbs: list[int] | None, *, numbered: bool = False) -> None:
        self.attempts, self.model, self.subjects, self.verbs = attempts, attempts.model, subjects, verbs
        self.numbered = numbered
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

    @property
    def most(self) -> int:
        """The most subjects that are drawn at once: a chunk, or as many as are judged."""
        return max(chunk_of(self.model), self.judged)

    def draw(self, attempt: int) -> tuple[None, Evidence]:
        """The judged subjects of an attempt, with their rows."""
        whole = self._is_raked(attempt) or self.at_once
        edges = self._generate(attempt, None if whole else self.judged)
        self.edges = edges if edges.num_subjects == self._enough else None
        judged = np.arange(min(self.judged, edges.num_subjects))
        first = edges if self.at_once else edges.take(judged)
        seeds = self.attempts.seeds_of(attempt).child("judged")
        table = emit_rows(self.model, first, seeds=seeds, verbs=self.verbs, numbered=self.numbered)
        self.first = first, table
        if first.num_subjects > self.judged:
            return None, Evidence(first.take(judged), table.take_subjects(judged), self.having)
        return None, Evidence(first, table, self.having)

    def whole(self, attempt: int) -> tuple[Edges, TransactionTable]:
        """All subjects of an attempt that has passed: the judged ones, and those after them."""
        if self.edges is None:
            self.edges = self._generate(attempt, None)
        return self.edges.take(np.arange(self.subjects)), self.table(attempt)

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
        more = emit_rows(self.model, others, seeds=seeds, verbs=self.verbs, numbered=self.numbered)
        return joined(self.model, [table, more], numbered=self.numbered)

    @property
    def _enough(self) -> int:
        return max(self.subjects, self.judged)

    def _is_raked(self, attempt: int) -> bool:
        return candidates_of(attempt, self.verbs) > 1

    def _generate(self, attempt: int, first: int | None) -> Edges:
        seeds, more = self.attempts.seeds_of(attempt), candidates_of(attempt, self.verbs)
        return generate_edges(self.model, self._enough, seeds=seeds, candidates=more, verbs=self.verbs, first=first)


def candidates_of(attempt: int, verbs: list[int] | None) -> float:
    """How many times as many subjects an attempt draws, of which it takes some by their weights: later ones do.

    Example:
        >>> candidates_of(0, None), candidates_of(2, None), candidates_of(2, [1])
        (1.0, 3.0, 1.0)
    """
    return 1.0 + attempt if verbs is None else 1.0


def chunk_of(model: FittedModel) -> int:
    """How many subjects are a chunk: a function of the model alone, so that the same seed gives the same rows anywhere.

    As many as `CHUNK`; fewer where these would have more than `ROWS` rows.
    """
    fitting = ROWS / max(model.links_per_subject, 1.0)
    return min(CHUNK, max(1 << int(math.log2(max(fitting, 1.0))), LEAST_CHUNK))


def plain_verdict(attempts: Attempts) -> Verdict:
    """What the gate says of a plain draw that is not emitted.

    Raises:
        GateRejected: as `Attempts.first_to_pass`, but not for being strict.
    """
    return replace(attempts, strict=False).first_to_pass(Plain(attempts, 1, None).draw)[1]
