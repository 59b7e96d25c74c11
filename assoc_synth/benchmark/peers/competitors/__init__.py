"""What runs in a competitor's own process: one file per competitor, and `main`, which lets one of them do a job."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pandas as pd

ROLES = ("subject", "verb", "object", "time", "amount", "basket")


@dataclass(frozen=True)
class Fit:
    """What a fit tells of itself.

    Attributes:
        links_per_second: links seen per second while training; None where there is no training, or it cannot tell.
        library: name and version of what did it.
        notes: what the reader of its figures should know: on how much it was trained, and for how long.
    """

    links_per_second: float | None = None
    library: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Sample:
    """Synthetic rows.

    Attributes:
        rows: columns subject, verb, object, and any of time, amount, basket; names as text.
        baskets: columns subject (the basket), verb, object: where baskets are made apart from subjects.
        verdict: of the competitor's own gate, if it has one.
        notes: as those of a fit.
    """

    rows: pd.DataFrame
    baskets: pd.DataFrame | None = None
    verdict: str | None = None
    notes: tuple[str, ...] = ()


class Competitor(Protocol):
    """A generator of transactions. Its libraries are imported when it is made, which is not timed."""

    def fit(self, train: pd.DataFrame, *, seed: int, seconds: float | None) -> Fit:
        """Learn a table: a column per role, names as text. Training ends after `seconds`; it is not cut short by force
        before a good margin over that."""
        ...

    def sample(self, *, seconds: float | None) -> Sample:
        """A table of the training table's size, or, where that takes longer than `seconds`, a smaller one."""
        ...

    def save(self, folder: Path) -> bool:
        """Write the model to an empty folder, to see its size; False where there is no model."""
        ...
