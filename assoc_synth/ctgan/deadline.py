"""Deadlines: until when a stage may train, as a moment that may move with the speed of its steps."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol, TypeAlias


class Deadline(Protocol):
    """A moment by `time.monotonic()` that is asked for after every step."""

    def at(self, steps: int) -> float:
        """When training has to end, after `steps` steps; infinite for never."""


@dataclass(frozen=True)
class Trial:
    """Ends training after a few steps, whose weights nobody keeps: how long do steps take here?

    Example:
        >>> Trial(steps=3).at(steps=2), Trial(steps=3).at(steps=3)
        (inf, -inf)
    """

    steps: int = 6

    def at(self, steps: int) -> float:
        """Now, once these steps are made; else never."""
        return -math.inf if steps >= self.steps else math.inf


Until: TypeAlias = float | Deadline
"""When a stage ends at the latest: at a moment, or at one that moves."""


def moment(until: Until, steps: int) -> float:
    """When training has to end, after `steps` steps; infinite for never.

    Example:
        >>> moment(3.0, steps=10), moment(Trial(5), steps=10)
        (3.0, -inf)
    """
    return until if isinstance(until, int | float) else until.at(steps)
