"""What a report is made of."""

from __future__ import annotations

from assoc_synth.gate.verdict import Verdict
from assoc_synth.report.inputs import ReportInputs, ReportOptions
from assoc_synth.transactions.table import TransactionTable


def test_tables_are_those_that_there_are_in_the_order_of_the_sides(
    halves: tuple[TransactionTable, TransactionTable], verdict: Verdict
) -> None:
    first, second = halves
    assert list(ReportInputs(first, second, verdict, heldout=first).tables) == ["real", "synthetic", "held out"]
    assert ReportInputs(None, second, verdict).tables == {"synthetic": second}
    assert ReportInputs(None, None, verdict).tables == {}


def test_every_option_is_a_field(verdict: Verdict) -> None:
    inputs = ReportInputs(None, None, verdict)
    assert set(vars(inputs)) == {"real", "synthetic", "verdict", *ReportOptions.__annotations__}
