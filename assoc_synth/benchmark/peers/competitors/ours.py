"""This package, at its defaults or without one of its parts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from assoc_synth import __version__
from assoc_synth.benchmark.ablation import ABLATIONS
from assoc_synth.benchmark.peers.competitors import Fit, Sample
from assoc_synth.benchmark.peers.job import role_frame, roles_of
from assoc_synth.synthesizer import AssociativeSynthesizer


class Ours:
    """Fit and sample as a user does, gate included.

    Args:
        without: a name of `ABLATIONS`; everything is at its defaults where empty.
    """

    takes_extras = True

    def __init__(self, without: str = "") -> None:
        self.config = ABLATIONS[without] if without else None

    def fit(self, train: pd.DataFrame, *, seed: int, seconds: float | None) -> Fit:
        minutes = None if seconds is None else seconds / 60
        self.subjects = train["subject"].nunique()
        self.synthesizer = AssociativeSynthesizer(random_state=seed, max_minutes=minutes, config=self.config)
        self.synthesizer.fit(train, **roles_of(train))
        return Fit(fit_rate(self.synthesizer.model_.history), f"assoc-synth {__version__}")

    def sample(self, *, seconds: float | None) -> Sample:
        result = self.synthesizer.sample(num_subjects=self.subjects, allow_undertrained=True)
        attempts = result.verdict.attempts
        notes = self.synthesizer.model_.shortfall.notes
        notes += (f"its gate took attempt {attempts}",) if attempts > 1 else ()
        return Sample(role_frame(result.table, extras=True), verdict=str(result.verdict.status.value), notes=notes)

    def save(self, folder: Path) -> bool:
        self.synthesizer.save(str(folder / "model"))
        return True


def fit_rate(history: Mapping[str, Any]) -> float | None:
    """Links per second of an epoch through all training stages: 1 / Σ 1 / rate; None where no stage has a rate.

    Example:
        >>> fit_rate({"edges": {"links_per_second": 100.0}, "occurrences": {"links_per_second": 100.0}})
        50.0
    """
    rates = [float(stage.get("links_per_second") or 0.0) for stage in history.values()]
    seconds = sum(1.0 / rate for rate in rates if rate)
    return 1.0 / seconds if seconds else None
