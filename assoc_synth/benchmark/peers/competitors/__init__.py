"""What runs in a competitor's own process: one file per competitor, and `main`, which gives one of them a job."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pandas as pd


@dataclass(frozen=True)
class Fit:
    """What a fit says of itself.

    Attributes:
        links_per_second: links seen per second while training; None where nothing is trained or nothing is known.
        library: name and version of the library that did the work.
        notes: what a reader of its figures should know: how much it was trained on, and for how long.
    """

    links_per_second: float | None = None
    library: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Sample:
    """Synthetic rows.

    Attributes:
        rows: columns subject, verb, object, and any others of the training table; names as text.
        baskets: columns subject (the basket), verb, object: where baskets are made apart from subjects.
        verdict: of the competitor's own gate, if it has one.
        notes: as of a fit.
    """

    rows: pd.DataFrame
    baskets: pd.DataFrame | None = None
    verdict: str | None = None
    notes: tuple[str, ...] = ()


class Competitor(Protocol):
    """A generator of transactions. Its libraries are imported at construction, which is not timed."""

    def fit(self, train: pd.DataFrame, *, seed: int, seconds: float | None) -> Fit:
        """Learn a table.

        Args:
            train: a column per role, names as text; where the competitor has `takes_extras = True`, the extra columns
                as well, as `peers.job` names them.
            seed: of everything random.
            seconds: when to stop training; no limit where None. The process is killed only a good margin later.
        """
        ...

    def sample(self, *, seconds: float | None) -> Sample:
        """A table of the training table's size, or a smaller one where that takes longer than `seconds`."""
        ...

    def save(self, folder: Path) -> bool:
        """Write the model to an empty folder, which shows its size; False where there is no model."""
        ...
