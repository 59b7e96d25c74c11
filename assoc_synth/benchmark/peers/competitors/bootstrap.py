"""Training subjects drawn with replacement: as faithful as a table can be, and without any privacy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from assoc_synth.benchmark.peers.competitors import Fit, Sample


class Bootstrap:
    """A control with perfect associations: only closeness to the training subjects shows what is wrong with it."""

    takes_extras = True

    def fit(self, train: pd.DataFrame, *, seed: int, seconds: float | None) -> Fit:
        self.train = train
        self.rng = np.random.default_rng(seed)
        return Fit(notes=("real training subjects drawn with replacement: a control, no generator",))

    def sample(self, *, seconds: float | None) -> Sample:
        subject, names = pd.factorize(self.train["subject"])
        rows_of = np.argsort(subject, kind="stable")
        sizes = np.bincount(subject, minlength=len(names))
        ends = np.cumsum(sizes)
        drawn = self.rng.integers(len(names), size=len(names))
        at = np.concatenate([rows_of[ends[who] - sizes[who] : ends[who]] for who in drawn])
        rows = self.train.iloc[at].reset_index(drop=True)
        copy = np.repeat(np.arange(len(drawn)), sizes[drawn]).astype(str)
        rows["subject"] = copy
        if "basket" in rows:
            # A subject that comes twice brings its baskets twice.
            rows["basket"] = (pd.Series(copy, dtype=object) + "/" + rows["basket"]).where(rows["basket"].notna(), None)
        return Sample(rows)

    def save(self, folder: Path) -> bool:
        self.train.to_parquet(folder / "table.parquet", index=False)
        return True
