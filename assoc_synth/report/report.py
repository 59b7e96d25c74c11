"""Report: the facade that notebooks and the command line call."""

from __future__ import annotations

import os
from dataclasses import dataclass
from html import escape
from typing import Any

from assoc_synth.gate.verdict import Verdict
from assoc_synth.report.facts import ReportFacts
from assoc_synth.report.gather import gather
from assoc_synth.report.page import render
from assoc_synth.transactions.files import replacing
from assoc_synth.transactions.table import TransactionTable

NOTEBOOK_HEIGHT = 900


@dataclass(frozen=True, eq=False)
class Report:
    """What a verdict is about, for people: facts first, then a page of them.

    Attributes:
        facts: everything the page says.
    """

    facts: ReportFacts

    @classmethod
    def of(
        cls,
        real: TransactionTable | None,
        synthetic: TransactionTable | None,
        verdict: Verdict,
        *,
        heldout: TransactionTable | None = None,
        seed: int = 0,
        title: str = "",
        command: str = "",
        notes: tuple[str, ...] = (),
        sdv: bool = False,
    ) -> Report:
        """Count what there is to say of a synthetic table.

        Args:
            real: the real table; None where there is only a model, which holds no real row: the report then shows the
                verdict and the synthetic table.
            synthetic: the table that was judged; None where the gate let nothing out.
            verdict: the gate's.
            heldout: real subjects that the generator never saw: the floor, and what privacy is measured against.
            seed: of every draw in here.
            title: heading of the page.
            command: the command line that gives the same page.
            notes: what the reader should be told about the rows.
            sdv: whether SDV's quality and diagnostic reports are added; they take a while.
        """
        facts = gather(
            real, synthetic, verdict, heldout=heldout, seed=seed, title=title, command=command, notes=notes, sdv=sdv
        )
        return cls(facts)

    def to_html(self) -> str:
        """The page: one self-contained document."""
        return render(self.facts)

    def to_dict(self) -> dict[str, Any]:
        """The facts as JSON values."""
        return self.facts.to_dict()

    def write(self, path: str | os.PathLike[str]) -> None:
        """Write the page: the old file or the complete new one, never a part.

        Raises:
            InputError: no such folder, or it may not be written to.
        """
        page = self.to_html().encode("utf-8", "replace")
        with replacing(path) as temporary:
            temporary.write_bytes(page)

    def _repr_html_(self) -> str:
        # In a frame of its own the page's style cannot touch the notebook's, nor the notebook's the page.
        page = escape(self.to_html(), quote=True)
        return (
            f'<iframe srcdoc="{page}" sandbox="" title="Report" '
            f'style="width:100%;height:{NOTEBOOK_HEIGHT}px;border:0"></iframe>'
        )
