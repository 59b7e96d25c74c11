"""Budget: how the time that a user gives to training is divided among its steps."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Budget:
    """A moment at which training has to end, and the share of the time left that each step may take.

    The steps are the three stages (see `ctgan`) and two calibrations. A step asks for its own deadline when it begins.
    What an earlier step did not use is part of the time that is left then. Without an end every deadline is infinite.

    Attributes:
        end: by `clock`, in seconds; infinite for no limit.
        clock: seconds that only go forwards.
        edges: share for the training of the edges where each occurs once. The more often edges occur, the more of the
            work is in their occurrences: the share is divided by the cube root of the links per edge.
        edge_calibration: share for the calibration of the edges.
        occurrences, occurrences_alone: share for the training of the occurrences, where visits come after it and where
            they do not.
        assignment: share for the training of which link is in which visit. The last step, the calibration of the
            occurrences, has the rest.

    Example:
        >>> budget = Budget(end=100.0, clock=lambda: 40.0)
        >>> budget.for_edges(), budget.for_edge_calibration(), budget.for_occurrence_calibration()
        (79.0, 70.0, 100.0)
    """

    end: float = math.inf
    clock: Callable[[], float] = time.monotonic
    edges: float = 0.65
    edge_calibration: float = 0.5
    occurrences: float = 0.5
    occurrences_alone: float = 0.7
    assignment: float = 0.6

    @classmethod
    def of_minutes(cls, minutes: float | None, clock: Callable[[], float] = time.monotonic) -> Budget:
        """A budget that begins now; None for no limit."""
        return cls(math.inf if minutes is None else clock() + 60 * minutes, clock)

    def for_edges(self, links_per_edge: float = 1.0) -> float:
        """The deadline of the training of the edges."""
        return self._after(self.edges / max(links_per_edge, 1.0) ** (1 / 3))

    def for_edge_calibration(self) -> float:
        """The deadline of the calibration of the edges."""
        return self._after(self.edge_calibration)

    def for_occurrences(self, *, have_visits: bool) -> float:
        """The deadline of the training of the occurrences.

        Args:
            have_visits: whether later visits of a subject are learned too, so that assignment follows.
        """
        return self._after(self.occurrences if have_visits else self.occurrences_alone)

    def for_assignment(self) -> float:
        """The deadline of the training of the assignment."""
        return self._after(self.assignment)

    def for_occurrence_calibration(self) -> float:
        """The deadline of the last step: the end."""
        return self.end

    def _after(self, share: float) -> float:
        """The time after this share of what is left."""
        if math.isinf(self.end):
            return math.inf
        now = self.clock()
        return now + share * (self.end - now)
