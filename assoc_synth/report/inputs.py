"""What a report is made of: tables, a verdict, and a few words."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypedDict

from assoc_synth.gate.verdict import Verdict
from assoc_synth.report.facts import TrainingFacts
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
        data: where the tables come from, by side ("real", "synthetic", "held out"), such as a file's name.
        model: the model's directory.
        training: how the model was trained, see `training_facts`.
        date: the day that the page names, such as "2026-11-26"; today by default.
    """

    heldout: TransactionTable | None
    seed: int
    title: str
    command: str
    notes: tuple[str, ...]
    sdv: bool
    data: Mapping[str, str]
    model: str
    training: TrainingFacts | None
    date: str


@dataclass(frozen=True, eq=False)
class ReportInputs:
    """Everything that a report is made of.

    Attributes:
        real: the real table; None where there is only a model, which holds no real row.
        synthetic: the table under test; None where the gate let nothing out.
        verdict: the gate's.
        heldout, seed, title, command, notes, sdv, data, model, training, date: see `ReportOptions`.
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
    data: Mapping[str, str] = field(default_factory=dict)
    model: str = ""
    training: TrainingFacts | None = None
    date: str = field(default_factory=lambda: datetime.date.today().isoformat())

    @property
    def tables(self) -> dict[str, TransactionTable]:
        """The tables there are, by side: "real", "synthetic", "held out"."""
        sides = {REAL: self.real, SYNTHETIC: self.synthetic, HELDOUT: self.heldout}
        return {side: table for side, table in sides.items() if table is not None}
