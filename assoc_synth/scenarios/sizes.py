"""Size: how much is asked of a sample, in subjects or in rows."""

from __future__ import annotations

import math
from dataclasses import dataclass

from assoc_synth.errors import InputError
from assoc_synth.model.arguments import check_count
from assoc_synth.model.fitted import FittedModel

MAX_ROWS = 50_000_000
"""The most rows of one sample, which is held in memory."""
SPARE = 1.05
"""For a number of rows, this many times the subjects that it needs on average are drawn."""


@dataclass(frozen=True)
class Size:
    """How much is asked for.

    Attributes:
        subjects: how many subjects to draw.
        num_subjects, num_rows: what the caller gave; None where it was left out.
    """

    subjects: int
    num_subjects: int | None = None
    num_rows: int | None = None

    @classmethod
    def of(cls, model: FittedModel, num_subjects: object, num_rows: object, *, most: int | None = MAX_ROWS) -> Size:
        """As many subjects as are asked for or as the rows need; by default as many as the model was fitted to.

        Args:
            most: rows that there may be; None for any number, which are never all in memory.

        Raises:
            InputError: both are given, one is no whole number of at least 1, or the sample would be too large.
        """
        subjects, rows = check_count("num_subjects", num_subjects), check_count("num_rows", num_rows)
        if subjects is not None and rows is not None:
            raise InputError("num_subjects and num_rows cannot go together: give one of them")
        wanted = subjects if subjects is not None else model.num_subjects
        if rows is not None:
            wanted = max(math.ceil(SPARE * rows / model.links_per_subject), 1)
        if most is not None and wanted * model.links_per_subject > most:
            would_be = f"about {wanted * model.links_per_subject:,.0f} rows"
            raise InputError(
                f"a sample in memory holds at most {most:,} rows, these would be {would_be}: ask for fewer, or write "
                "them to a file by sample_to"
            )
        return cls(wanted, subjects, rows)

    def rows_for(self, model: FittedModel) -> int:
        """How many rows that is, exactly or on average."""
        return self.num_rows if self.num_rows is not None else max(round(self.subjects * model.links_per_subject), 1)
