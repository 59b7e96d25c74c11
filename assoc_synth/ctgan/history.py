"""What a training says of itself: while it runs, and when it is over."""

from __future__ import annotations

from dataclasses import dataclass, field

ALL_MADE, NO_BETTER, OUT_OF_TIME = "all epochs made", "validation stopped improving", "out of time"
"""Why training ends."""


@dataclass(frozen=True)
class Progress:
    """One look at a running training: what a progress bar shows.

    Attributes:
        stage: "edges", "occurrences", "assignment", "order" or "visit columns".
        epoch, epochs: the one that runs, from 1, and how many there are at most.
        share: how much of the epoch is done, 0 to 1.
        losses: means over the epoch so far.
    """

    stage: str
    epoch: int
    epochs: int
    share: float
    losses: dict[str, float]
    links_per_second: float


@dataclass
class History:
    """What training did.

    Attributes:
        epochs: mean losses of each epoch, "validation" among them.
        stopped: why training ended.
        best_epoch: the one whose weights are kept, from 1; 0 where none was better than the initialisation.
        initial: the validation loss before the first step; None where nothing was trained.
        planned: how many epochs training has at most.
        steps: how many were made; `least_steps` is how many it takes to be clearly better than the initialisation, and
            `most_steps` how many there are at most.
        step_seconds, validation_seconds: median time of a step, and time of the last validation.
        rounds: of the calibration that follows the stage: how many were made, and how many there are at most.
        calibration_errors: of the edges' calibration, before each round's correction.
        calibrated: the same of the occurrences, by what was calibrated; fewer rounds than usual where time was short.
        slower, smaller: how often the learning rate was halved, as a loss was no number, and the batches, as memory was
            short.
    """

    epochs: list[dict[str, float]] = field(default_factory=list)
    stopped: str = ALL_MADE
    best_epoch: int = 0
    seconds: float = 0.0
    links_per_second: float = 0.0
    calibration_errors: list[dict[str, float | None]] = field(default_factory=list)
    calibrated: dict[str, list[float]] = field(default_factory=dict)
    initial: float | None = None
    planned: int = 0
    steps: int = 0
    least_steps: int = 0
    most_steps: int = 0
    step_seconds: float = 0.0
    validation_seconds: float = 0.0
    rounds: tuple[int, int] = (0, 0)
    slower: int = 0
    smaller: int = 0
