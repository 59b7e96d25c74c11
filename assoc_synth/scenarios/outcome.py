"""What comes of a scenario: its rows, and what was asked and obtained, figure by figure."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from assoc_synth.model.evidence import Evidence
from assoc_synth.transactions.table import TransactionTable


@dataclass(frozen=True)
class Outcome:
    """What was asked for and what was obtained, in the same unit: rows, a share of subjects, or a lift.

    Attributes:
        behind: subjects that are expected to have what a share or a lift is about.

    Example:
        >>> str(Outcome("rows of bought", asked=40, obtained=40))
        'rows of bought: 40 asked, 40 obtained'
    """

    name: str
    asked: float
    obtained: float
    behind: float | None = None

    def __str__(self) -> str:
        return f"{self.name}: {self.asked:.6g} asked, {self.obtained:.6g} obtained"

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)


@dataclass(frozen=True, eq=False)
class ScenarioRows:
    """Rows of a scenario.

    Attributes:
        table: the rows.
        outcomes: what was asked and obtained.
        notes: what the reader should know beside them.
        judged: subjects of this draw for the gate, reweighted to what they are without the change; None where the rows
            have no reference.
    """

    table: TransactionTable
    outcomes: tuple[Outcome, ...]
    notes: tuple[str, ...] = ()
    judged: Evidence | None = None
