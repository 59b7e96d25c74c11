"""A job: the folder through which a competitor's process is given its work and hands in what it made.

::

    job.json           seed, and the seconds that the fit and the sampling may take each (null: no limit)
    train.parquet      columns subject, verb, object, and time, amount, basket where the table has them; names as text
    fitted.json        written when the fit is over: fit_seconds, fit_links_per_second, library, notes
    synthetic.parquet  as train.parquet; time, amount and basket may be absent
    baskets.parquet    subject (the basket), verb, object: by a competitor that makes baskets apart from subjects
    result.json        written last: sample_seconds, model_bytes, peak_memory_bytes, verdict, notes
    error.json         instead, when it gave up: error, verdict

`mostlyai_argn.py` keeps to the same contract without importing this package.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from assoc_synth.transactions.table import TransactionTable

LINK = ("subject", "verb", "object")


@dataclass(frozen=True)
class Job:
    """The files of one job, in `folder`."""

    folder: Path

    @property
    def train(self) -> Path:
        return self.folder / "train.parquet"

    @property
    def synthetic(self) -> Path:
        return self.folder / "synthetic.parquet"

    @property
    def baskets(self) -> Path:
        return self.folder / "baskets.parquet"

    @property
    def log(self) -> Path:
        return self.folder / "log.txt"

    def write(self, name: str, values: dict[str, Any]) -> None:
        """Write `name`.json whole: who finds it may read it."""
        temporary = self.folder / f".{name}.json"
        temporary.write_text(json.dumps(values), encoding="utf-8")
        os.replace(temporary, self.folder / f"{name}.json")

    def read(self, name: str) -> dict[str, Any] | None:
        """The values of `name`.json; None while there is none."""
        try:
            values: dict[str, Any] = json.loads((self.folder / f"{name}.json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        return values


def role_frame(table: TransactionTable) -> pd.DataFrame:
    """A table's rows with a column per role, names as text, missing values where they were.

    Only these columns: what a peer does not know as a role would be noise to it, and time to train.
    """
    columns: dict[str, Any] = {
        role: _text(getattr(table, f"{role}s")).take(getattr(table, role)) for role in ("subject", "verb", "object")
    }
    for role in ("time", "amount"):
        if getattr(table, role) is not None:
            columns[role] = getattr(table, role)
    if table.basket is not None and table.baskets is not None:
        names = pd.Index([*_text(table.baskets), None], dtype=object)
        columns["basket"] = names.take(table.basket)
    return pd.DataFrame(columns)


def _text(names: pd.Index) -> pd.Index:
    return pd.Index([str(name) for name in names], dtype=object)
