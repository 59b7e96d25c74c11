"""Who trains a stage in place of this process."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from torch import nn

from assoc_synth.ctgan.deadline import Until
from assoc_synth.ctgan.history import History


class StageTrainer(Protocol):
    """The trainer of a stage, at its beginning."""

    def fit(self) -> tuple[nn.Module, History]:
        """The trained network, and what happened."""
        ...


class Crew(Protocol):
    """Several processes that train a network together, see `ctgan.team`."""

    def fit(self, make: Callable[..., StageTrainer], kept: nn.Module, deadline: Until) -> History:
        """Train, and give `kept` the weights that validated best.

        Args:
            make: the trainer in each process; `deadline` is its keyword.

        Raises:
            TrainingError: too many processes died, or the loss is no longer a number.
        """
        ...
