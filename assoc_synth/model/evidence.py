"""Evidence: what of a draw the gate judges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from assoc_synth.gate.asked import Asked
from assoc_synth.gate.verdict import Verdict
from assoc_synth.link_graph.edges import Edges
from assoc_synth.model.fitted import FittedModel
from assoc_synth.transactions.table import TransactionTable

Verbs = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Evidence:
    """Subjects of a draw, and how they are judged.

    Attributes:
        edges: their links, by the model's codes.
        table: their rows.
        groups: verbs that are judged together, and how many of the gate's subjects would have one of them; None for
            subjects with all their verbs.
    """

    edges: Edges
    table: TransactionTable
    groups: Mapping[Verbs, int] | None = None

    @staticmethod
    def having(model: FittedModel, groups: Sequence[Verbs], rng: np.random.Generator) -> dict[Verbs, int]:
        """How many of as many new subjects as the gate has would have one of the verbs of each group."""
        size = model.judge.num_reference()
        links = model.degrees.draw(size, rng) if size else np.zeros((0, len(model.verbs)), np.int64)
        return {group: int((links[:, list(group)].sum(axis=1) > 0).sum()) for group in groups}

    def judged(self, model: FittedModel, rng: np.random.Generator, asked: Asked) -> Verdict:
        """The gate's verdict on it."""
        codes = model.judge.codes
        drawn = model.links_of(self.edges) if codes is None else codes.rows(self.table)
        if self.groups is None:
            return model.judge.judge(drawn, rng, asked)
        return model.judge.judge_verbs(drawn, self.groups, rng, asked)
