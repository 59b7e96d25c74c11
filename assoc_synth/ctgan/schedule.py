"""How long a training goes on, and how fast: epochs, steps, and the learning rate over them."""

from __future__ import annotations

import math
from dataclasses import dataclass

from assoc_synth.ctgan.deadline import Until
from assoc_synth.randomness import Seeds

LEAST_STEPS, LEAST_SHARE = 20, 0.02
"""What a stage needs to be clearly better than its initialisation: at least so many steps, and this share of all."""


@dataclass(frozen=True)
class Schedule:
    """A learning rate that rises over `warm_up` steps and falls to the share `floor` of its peak by a cosine.

    Example:
        >>> [round(Schedule(floor=0.1).factor(step=0, done=done), 2) for done in (0.0, 0.5, 1.0)]
        [1.0, 0.55, 0.1]
    """

    floor: float = 0.05
    warm_up: int = 0

    def factor(self, step: int, done: float) -> float:
        """Share of the peak rate at a step, counted from 0, when the share `done` of the training is over."""
        warm = min(1.0, (step + 1) / self.warm_up) if self.warm_up else 1.0
        cosine = 0.5 * (1 + math.cos(math.pi * min(1.0, done)))
        return warm * (self.floor + (1 - self.floor) * cosine)


@dataclass(frozen=True)
class Plan:
    """How long training goes on, and how fast.

    Attributes:
        epochs, patience: as in `EarlyStopping`.
        steps: of the whole training, for the schedule.
        learning_rate: the peak; a parameter group's "multiplier" is applied to it.
        schedule: of the rate.
        by_epoch: the rate stays the same within an epoch.
        average: decay of the moving average of the weights; None keeps the weights themselves.
        clip_norm: of the gradient; None leaves it as it is.
        deadline: when training ends at the latest, by `time.monotonic()`: no step is taken that would leave no time for
            the validation after it. Where this comes before the last step, the rate falls with the time.
        seeds: of dropout.
    """

    epochs: int
    patience: int
    steps: int
    learning_rate: float
    schedule: Schedule
    seeds: Seeds
    by_epoch: bool = False
    average: float | None = None
    clip_norm: float | None = None
    deadline: Until = math.inf

    @property
    def least_steps(self) -> int:
        """Steps that make the network clearly better than it was initialised; all of them, where they are fewer."""
        return min(self.steps, max(LEAST_STEPS, round(LEAST_SHARE * self.steps)))
