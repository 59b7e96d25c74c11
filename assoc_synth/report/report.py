"""Report: the facade that notebooks and the command line call."""

from __future__ import annotations

import os
from dataclasses import dataclass
from html import escape
from typing import Any, Unpack

from assoc_synth.gate.verdict import Verdict
from assoc_synth.report.facts import ReportFacts
from assoc_synth.report.gather import gather
from assoc_synth.report.inputs import ReportInputs, ReportOptions
from assoc_synth.report.page import render
from assoc_synth.transactions.files.atomic import replacing
from assoc_synth.transactions.table import TransactionTable

NOTEBOOK_HEIGHT = 900
MAX_TITLE = 80


@dataclass(frozen=True, eq=False, repr=False)
class Report:
    """A verdict and what it is about, for people: facts first, then a page of them.

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
        **options: Unpack[ReportOptions],
    ) -> Report:
        """Count what there is to say about a synthetic table.

        Args:
            real: the real table; None where there is only a model, which holds no real row: the report then shows the
                verdict and the synthetic table.
            synthetic: the table under test; None where the gate let nothing out.
            verdict: the gate's.
            options: see `ReportOptions`: heldout, seed, title, command, notes, sdv, data, model, training, date.

        Raises:
            InputError: two names of one table have the same text.

        Example:
            >>> from assoc_synth import datasets, validate
            >>> real, other = datasets.halves(datasets.toy_shop(subjects=200))
            >>> report = Report.of(real, other, validate(real, other), title="Two halves")
            >>> [(size.side, size.subjects) for size in report.facts.sizes]
            [('real', 100), ('synthetic', 100)]
        """
        return cls(gather(ReportInputs(real, synthetic, verdict, **options)))

    def __repr__(self) -> str:
        title = self.facts.title if len(self.facts.title) <= MAX_TITLE else self.facts.title[:MAX_TITLE] + "…"
        sizes = ", ".join(f"{size.side} {size.subjects:,} subjects" for size in self.facts.sizes) or "no table"
        return f"Report({title!r}: {self.facts.verdict.status.value}; {sizes})"

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
        # In its own frame the page cannot change the notebook's style, nor the notebook the page's.
        page = escape(self.to_html(), quote=True)
        return (
            f'<iframe srcdoc="{page}" sandbox="" title="Report" '
            f'style="width:100%;height:{NOTEBOOK_HEIGHT}px;border:0"></iframe>'
        )
