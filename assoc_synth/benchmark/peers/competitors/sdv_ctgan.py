"""SDV's CTGANSynthesizer, as a user would declare the table: subject, verb and object categorical, no key.

A key would be drawn afresh for every row, so that no subject would have two links. Where memory or time does not
suffice, SDV's own advice is followed: columns with thousands of categories go through a `LabelEncoder` with noise, and
the model is trained on a random part of the rows. Everything else is at its defaults.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from assoc_synth.benchmark.peers.competitors import Fit, Sample
from assoc_synth.benchmark.peers.competitors.sdv_common import (
    TABLE,
    Epochs,
    columns_of,
    library,
    memory_limit,
    metadata,
    seed_everything,
    within,
)

EPOCHS = 300
_CATEGORICAL = ("subject", "verb", "object")
MAX_CATEGORIES = 5_000
_BATCH = 10_000
# Float64 one-hot rows: as parts, put together, and copied once more.
_BYTES_PER_CELL = 32
_COMPONENTS = 11
_TRIAL_ROWS = 2_000
_TRIAL_SHARE = 0.6


class SdvCtgan:
    """One model of rows."""

    def __init__(self) -> None:
        import sdv.single_table  # noqa: F401

    def fit(self, train: pd.DataFrame, *, seed: int, seconds: float | None) -> Fit:
        deadline = math.inf if seconds is None else time.monotonic() + seconds
        rows = columns_of(train)
        self.rows = len(rows)
        self.encoded = encoded_columns(rows)
        most = int(memory_limit() / (_BYTES_PER_CELL * width(rows, self.encoded)))
        if seconds is not None:
            most = min(most, self._rows_of_an_epoch(rows, deadline, seed))
        known = random_rows(rows, most, seed)
        loop = self._train(known, deadline, seed, EPOCHS)
        notes = [f"{name} label-encoded: over {MAX_CATEGORIES:,} categories" for name in self.encoded]
        if len(known) < len(rows):
            notes.append(f"trained on {len(known):,} of {len(rows):,} links: what memory and time allow")
        notes.append(f"{loop.done} of its {EPOCHS} epochs")
        return Fit(loop.done * len(known) / max(loop.seconds, 1e-9), library(), tuple(notes))

    def sample(self, *, seconds: float | None) -> Sample:
        deadline = math.inf if seconds is None else time.monotonic() + seconds
        parts: list[pd.DataFrame] = []
        done = 0
        # In parts, or the one-hot form of the whole table would be held at once.
        while done < self.rows and (not parts or time.monotonic() < deadline):
            parts.append(self.synthesizer.sample(min(_BATCH, self.rows - done))[TABLE])
            done += len(parts[-1])
        notes = () if done >= self.rows else (f"sampled {done:,} of {self.rows:,} links in its time",)
        return Sample(pd.concat(parts, ignore_index=True), notes=notes)

    def save(self, folder: Path) -> bool:
        self.synthesizer.save(str(folder / "model.pkl"))
        return True

    def _rows_of_an_epoch(self, rows: pd.DataFrame, deadline: float, seed: int) -> int:
        """How many rows leave time for one epoch for sure, by a trial on a few."""
        few = random_rows(rows, _TRIAL_ROWS, seed)
        loop = self._train(few, deadline, seed, 1)
        # A step costs in proportion to the width, and few rows have not all categories.
        rate = len(few) / max(loop.seconds, 1e-9) * width(few, self.encoded) / width(rows, self.encoded)
        return int(_TRIAL_SHARE * rate * (deadline - time.monotonic()))

    def _train(self, known: pd.DataFrame, deadline: float, seed: int, epochs: int) -> Epochs:
        """Fit to the given rows; returns the loop."""
        import ctgan.synthesizers.ctgan as library_module
        from joblib import parallel_config
        from rdt.transformers import LabelEncoder
        from sdv.single_table import CTGANSynthesizer

        seed_everything(seed)
        self.synthesizer = CTGANSynthesizer(metadata(known, subject="categorical"), epochs=epochs)
        if self.encoded:
            self.synthesizer.auto_assign_transformers({TABLE: known})
            self.synthesizer.update_transformers({name: LabelEncoder(add_noise=True) for name in self.encoded})
        # Threads, not worker processes: what it needs in memory is then this process's own.
        with within(library_module, deadline) as loops, parallel_config(backend="threading"):
            self.synthesizer.fit({TABLE: known})
        return loops[0]


def encoded_columns(rows: pd.DataFrame) -> list[str]:
    """The columns with too many categories for one-hot form, in the whole table, whatever part is trained on."""
    return [name for name in _CATEGORICAL if rows[name].nunique() > MAX_CATEGORIES]


def width(rows: pd.DataFrame, encoded: Sequence[str]) -> int:
    """Columns of the one-hot form, at most."""
    one_hot = [name for name in _CATEGORICAL if name not in encoded]
    return sum(rows[name].nunique() for name in one_hot) + _COMPONENTS * (len(rows.columns) - len(one_hot))


def random_rows(rows: pd.DataFrame, most: int, seed: int) -> pd.DataFrame:
    """At most `most` rows, but not fewer than 500 (one batch), drawn at random, in their order."""
    if most >= len(rows):
        return rows.reset_index(drop=True)
    chosen = np.sort(np.random.default_rng(seed).permutation(len(rows))[: max(most, 500)])
    known = rows.iloc[chosen].reset_index(drop=True)
    # SDV cannot describe a column without any value in this part.
    return known[[name for name in known if known[name].notna().any()]]
