"""How long a large draw takes and how much room it needs, said before it starts; no room is a refusal."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from assoc_synth.errors import InputError
from assoc_synth.model.quantities import size_text, time_text

SPARE = 1.1
"""The room that must be there, by what is expected: a probe is not exact."""


@dataclass(frozen=True)
class Estimate:
    """What is expected of a draw.

    Attributes:
        rows, bytes: how many.
        seconds: for all workers together, one after the other.
        workers: how many work beside each other.

    Example:
        >>> Estimate(rows=1_000_000, bytes=25_000_000, seconds=7_200.0, workers=2).sentence
        'about 1,000,000 rows, 25 MB, 60.0 min by 2 workers'
    """

    rows: int
    bytes: int
    seconds: float
    workers: int = 1

    @property
    def sentence(self) -> str:
        """For people, before the work starts."""
        by = f" by {self.workers} workers" if self.workers > 1 else ""
        return f"about {self.rows:,} rows, {size_text(self.bytes)}, {time_text(self.seconds / self.workers)}{by}"

    def check(self, folder: Path) -> None:
        """Refuse what the disk of a folder has no room for.

        Raises:
            InputError: it has too little; the message says how many rows it has room for.
        """
        free = shutil.disk_usage(folder).free
        if SPARE * self.bytes > free:
            fitting = int(self.rows * free / (SPARE * self.bytes))
            # Two digits, rounded down: a number that fits and is easily typed.
            digits = max(len(str(fitting)) - 2, 0)
            fitting = fitting // 10**digits * 10**digits
            raise InputError(
                f"{self.sentence}: the disk of {str(folder)!r} has {size_text(free)} free. "
                f"Give --rows {fitting}, or a path on a larger disk"
            )
