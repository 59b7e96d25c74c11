"""How long a large draw takes and how much room it needs, said before it starts; no room is a refusal."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from assoc_synth.errors import InputError

SPARE = 1.1
"""The room that must be there, by what is expected: a probe is not exact."""
UNITS = ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB"))


@dataclass(frozen=True)
class Estimate:
    """What is expected of a draw.

    Attributes:
        rows, bytes: how many.
        seconds: for all workers together, one after the other.
        workers: how many work beside each other.

    Example:
        >>> Estimate(rows=1_000_000, bytes=25_000_000, seconds=7_200.0, workers=2).sentence
        'about 1,000,000 rows, 25 MB, 60 minutes by 2 workers'
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


def size_text(count: float) -> str:
    """Bytes for people.

    Example:
        >>> size_text(1_234_000_000), size_text(12)
        ('1.2 GB', '12 bytes')
    """
    for unit, name in UNITS:
        if count >= unit:
            return f"{count / unit:.2g} {name}" if count < 100 * unit else f"{count / unit:,.0f} {name}"
    return f"{count:,.0f} bytes"


def time_text(seconds: float) -> str:
    """A duration for people.

    Example:
        >>> time_text(40), time_text(3_000), time_text(90_000)
        ('40 seconds', '50 minutes', '25 hours')
    """
    if seconds < 120:
        return f"{max(seconds, 1):.0f} seconds"
    return f"{seconds / 60:.0f} minutes" if seconds < 7_200 else f"{seconds / 3_600:.0f} hours"
