"""SDV's PARSynthesizer: a sequence per subject, ordered by time.

It pads every subject to the longest one, and an epoch is one step on all of them. It is therefore trained on as many
subjects, drawn at random, as leave time for its default number of epochs; its notes say how many.
"""

from __future__ import annotations

import logging
import math
import time
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
from assoc_synth.transactions.arrays import Ints

EPOCHS = 128
_FIRST_LINKS = 300
_STEP = 4
_FEWEST = 10
_TARGET = 0.8
# Float32: input, packed, padded, output, its padding and log-softmax, and their gradients.
_BYTES_PER_CELL = 40


class SdvPar:
    """One model of sequences."""

    def __init__(self) -> None:
        import sdv.sequential  # noqa: F401

        logging.disable(logging.WARNING)

    def fit(self, train: pd.DataFrame, *, seed: int, seconds: float | None) -> Fit:
        deadline = math.inf if seconds is None else time.monotonic() + seconds
        rows = columns_of(train)
        self.rows = rows.sort_values("time", kind="stable") if "time" in rows else rows
        self.codes, names = pd.factorize(self.rows["subject"])
        self.subjects = len(names)
        # The place of each subject in a random order: the first n are a random sample, whatever n is.
        self.place = np.random.default_rng(seed).permutation(self.subjects)
        size = self._affordable(deadline, seed)
        known, loop = self._train(size, deadline, seed, EPOCHS)
        notes = (f"trained on {size:,} of {self.subjects:,} subjects", f"{loop.done} of its {EPOCHS} epochs")
        return Fit(loop.done * known / max(loop.seconds, 1e-9), library(), notes)

    def sample(self, *, seconds: float | None) -> Sample:
        deadline = math.inf if seconds is None else time.monotonic() + seconds
        parts: list[pd.DataFrame] = []
        done, size, took = 0, 1, 0.0
        while done < self.subjects and time.monotonic() + took < deadline:
            began = time.monotonic()
            size = min(size, self.subjects - done)
            part = self.synthesizer.sample_sequences(size)[TABLE]
            part["subject"] = f"{len(parts)}/" + part["subject"].astype(str)
            parts.append(part)
            took, done, size = 2 * (time.monotonic() - began), done + size, min(2 * size, 256)
        notes = () if done == self.subjects else (f"sampled {done:,} of {self.subjects:,} subjects in its time",)
        return Sample(pd.concat(parts, ignore_index=True), notes=notes)

    def save(self, folder: Path) -> bool:
        self.synthesizer.save(str(folder / "model.pkl"))
        return True

    def _affordable(self, deadline: float, seed: int) -> int:
        """How many subjects leave time for all epochs: by larger and larger trials, then in proportion to the last."""
        lengths = self._lengths()
        most = largest_padded(lengths, self._width(), memory_limit())
        if math.isinf(deadline):
            return most
        size = min(max(int(np.searchsorted(np.cumsum(lengths), _FIRST_LINKS)), _FEWEST // 2), most)
        while True:
            began = time.monotonic()
            _, loop = self._train(size, began, seed, 1)
            needed = time.monotonic() - began + (EPOCHS - 1) * loop.seconds
            spare = _TARGET * (deadline - time.monotonic()) / needed
            if size == most or spare < _STEP:
                return int(np.clip(size * spare, min(_FEWEST, most), most))
            size = min(_STEP * size, most)

    def _train(self, size: int, deadline: float, seed: int, epochs: int) -> tuple[int, Epochs]:
        """Fit to the first `size` subjects; returns how many links they have, and the loop."""
        import deepecho.models.par as library_module
        from sdv.sequential import PARSynthesizer

        known = self.rows[self.place[self.codes] < size].reset_index(drop=True)
        # SDV cannot describe a column without any value in this part.
        known = known[[name for name in known if known[name].notna().any()]]
        keys = {"sequence_key": "subject", **({"sequence_index": "time"} if "time" in known else {})}
        seed_everything(seed)
        self.synthesizer = PARSynthesizer(metadata(known, subject="id", **keys), epochs=epochs)
        with within(library_module, deadline) as loops:
            self.synthesizer.fit({TABLE: known})
        return len(known), loops[0]

    def _lengths(self) -> Ints:
        """Links of each subject, in the random order."""
        lengths = np.zeros(self.subjects, np.int64)
        lengths[self.place] = np.bincount(self.codes, minlength=self.subjects)
        return lengths

    def _width(self) -> int:
        return sum(self.rows[name].nunique() + 1 for name in ("verb", "object")) + 9


def largest_padded(lengths: Ints, width: int, memory: float) -> int:
    """How many of the first sequences fit in `memory` bytes when padded to the longest of them; at least one."""
    cells = np.arange(1, len(lengths) + 1) * (np.maximum.accumulate(lengths) + 2.0) * width
    return max(int(np.searchsorted(cells, memory / _BYTES_PER_CELL, side="right")), 1)
