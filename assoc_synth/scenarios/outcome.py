"""Outcome: one figure that a scenario asked for, and what came of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from assoc_synth.link_graph.edges import Edges
from assoc_synth.transactions.table import TransactionTable


@dataclass(frozen=True)
class Outcome:
    """What was asked for and what was obtained, in the same unit: rows, a share of subjects, or a lift.

    Attributes:
        behind: subjects that are expected to have what a share or a lift is about.
    """

    name: str
    asked: float
    obtained: float
    behind: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)


@dataclass(frozen=True, eq=False)
class Made:
    """Rows of a scenario.

    Attributes:
        table: the rows.
        outcomes: what was asked and obtained.
        notes: what the reader should be told beside them.
        judged: subjects of this draw, tilted back to what they would be without the change, for the gate; None where
            the rows have no co-occurrence of their own to judge.
    """

    table: TransactionTable
    outcomes: tuple[Outcome, ...]
    notes: tuple[str, ...] = ()
    judged: Edges | None = None
