"""What a report is made of: tables, a verdict, and a few words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypedDict

from assoc_synth.gate.verdict import Verdict
from assoc_synth.transactions.table import TransactionTable

REAL, SYNTHETIC, HELDOUT = "real", "synthetic", "held out"


class ReportOptions(TypedDict, total=False):
    """The keywords of `Report.of`.

    Keys:
        heldout: real subjects that the generator never saw: the floor, and what privacy is measured against.
        seed: of every draw that the report makes.
        title: heading of the page.
        command: the command line that gives the same page.
        notes: what the reader should know about the rows.
        sdv: whether SDV's quality and diagnostic reports are added; they take a while.
    """

    heldout: TransactionTable | None
    seed: int
    title: str
    command: str
    notes: tuple[str, ...]
    sdv: bool


@dataclass(frozen=True, eq=False)
class ReportInputs:
    """Everything that a report is made of.

    Attributes:
        real: the real table; None where there is only a model, which holds no real row.
        synthetic: the table under test; None where the gate let nothing out.
        verdict: the gate's.
        heldout, seed, title, command, notes, sdv: see `ReportOptions`.
    """

    real: TransactionTable | None
    synthetic: TransactionTable | None
    verdict: Verdict
    heldout: TransactionTable | None = None
    seed: int = 0
    title: str = ""
    command: str = ""
    notes: tuple[str, ...] = ()
    sdv: bool = False

    @property
    def tables(self) -> dict[str, TransactionTable]:
        """The tables there are, by side: "real", "synthetic", "held out"."""
        sides = {REAL: self.real, SYNTHETIC: self.synthetic, HELDOUT: self.heldout}
        return {side: table for side, table in sides.items() if table is not None}
