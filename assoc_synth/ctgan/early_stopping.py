"""Early stopping: when a training that no longer improves ends, as a value."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class EarlyStopping:
    """When to stop: after `patience` epochs without a better validation loss.

    Attributes:
        best: the lowest validation loss so far, and `best_epoch`, from 1, the epoch that had it.
        epoch: epochs so far.

    Example:
        >>> stopping = EarlyStopping(patience=2).after(0.5).after(0.7)
        >>> stopping.best_epoch, stopping.epochs_without_improvement, stopping.stops, stopping.after(0.6).stops
        (1, 1, False, True)
    """

    patience: int
    best: float = math.inf
    best_epoch: int = 0
    epoch: int = 0

    def after(self, validation: float) -> EarlyStopping:
        """The state after one more epoch with this validation loss."""
        epoch = self.epoch + 1
        if validation < self.best:
            return replace(self, best=validation, best_epoch=epoch, epoch=epoch)
        return replace(self, epoch=epoch)

    @property
    def epochs_without_improvement(self) -> int:
        return self.epoch - self.best_epoch

    @property
    def improved(self) -> bool:
        """Whether the last epoch is the best one."""
        return 0 < self.epoch == self.best_epoch

    @property
    def stops(self) -> bool:
        return self.epochs_without_improvement >= self.patience
