"""SampleResult: the rows that the gate let pass, with their graph and the verdict."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import pandas as pd

from assoc_synth.gate.verdict import Verdict
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.scenarios.outcome import Outcome
from assoc_synth.transactions.frames import give
from assoc_synth.transactions.table import TransactionTable

if TYPE_CHECKING:
    import polars
    import pyarrow

    from assoc_synth.report import Report

FIRST_ROWS, FEW_NOTES = 5, 5
"""Rows that a notebook shows, and notes that it does not fold."""


@dataclass(frozen=True, eq=False, repr=False)
class SampleResult:
    """What `sample` emits once the gate has spoken.

    Attributes:
        rows: the synthetic transactions, with the user's column names, order and dtypes, as the kind of frame that was
            fitted: pandas for pandas and files, polars for polars, an Arrow table for Arrow and DuckDB.
        table: the same, coded.
        graph: their associative link graph.
        verdict: the gate's, with every number.
        notes: what the reader should know about these rows.
        scenario: what a scenario asked for and what was obtained, figure by figure; empty without one.
    """

    rows: Any
    table: TransactionTable
    graph: LinkGraph
    verdict: Verdict
    notes: tuple[str, ...]
    scenario: tuple[Outcome, ...] = ()

    @classmethod
    def of(
        cls, table: TransactionTable, verdict: Verdict, notes: tuple[str, ...], scenario: tuple[Outcome, ...] = ()
    ) -> SampleResult:
        """The result of emitted rows: typed where the table was read from text, else in the user's own dtypes."""
        rows = give(table.to_frame(typed=table.format.textual), table.format.kind)
        return cls(rows, table, LinkGraph.from_table(table), verdict, notes, scenario)

    def to_pandas(self) -> pd.DataFrame:
        """The rows as a pandas DataFrame, with pandas' own dtypes where another kind of frame was fitted."""
        cells = self._cells()
        frame: pd.DataFrame = cells if self.table.format.kind == "pandas" else give(cells, "arrow").to_pandas()
        return frame

    def to_polars(self) -> polars.DataFrame:
        """The rows as a polars DataFrame.

        Raises:
            MissingExtraError: polars is not installed.
        """
        frame: polars.DataFrame = give(self._cells(), "polars")
        return frame

    def to_arrow(self) -> pyarrow.Table:
        """The rows as an Arrow table."""
        return give(self._cells(), "arrow")

    def _cells(self) -> pd.DataFrame:
        return self.table.to_frame(typed=self.table.format.textual)

    def report(
        self, real: TransactionTable | None = None, *, heldout: TransactionTable | None = None, title: str = ""
    ) -> Report:
        """A page for people about these rows.

        Args:
            real: the real table to set them beside; without it the page shows the verdict and these rows.
            heldout: real subjects that the model never saw: the floor, and what privacy is measured against.
            title: heading of the page.
        """
        from assoc_synth.report import Report

        seed = self.verdict.seed or 0
        return Report.of(real, self.table, self.verdict, heldout=heldout, seed=seed, title=title, notes=self.notes)

    def __repr__(self) -> str:
        size = f"{len(self.rows):,} rows of {self.table.num_subjects:,} subjects"
        scenario = f", {len(self.scenario)} scenario figures" if self.scenario else ""
        return f"SampleResult({size}, {self.verdict.status.value}{scenario})"

    def _repr_html_(self) -> str:
        notes = "<ul>" + "".join(f"<li>{escape(note)}</li>" for note in self.notes) + "</ul>" if self.notes else ""
        if len(self.notes) > FEW_NOTES:
            notes = f"<details><summary>{len(self.notes)} notes</summary>{notes}</details>"
        first = self.to_pandas().head(FIRST_ROWS).to_html(index=False, escape=True, border=0, max_cols=20)
        return f"<div><p><b>{escape(repr(self))}</b></p><p>{escape(self.verdict.sentence)}</p>{first}{notes}</div>"
