"""Bounds of a fit: what it is cut down to, so that it ends in time and fits into memory, and what to tell of it.

A limit of time may be less than what comes before the training takes: reading off links, the gate's reference, and one
step of everything. All of these grow with the rows and the objects that are looked at. So of a table that is large for
its limit only some subjects are looked at, by training and by the gate alike.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.model.machine import room
from assoc_synth.model.memory import Narrowed, Sizes
from assoc_synth.model.settings import Settings
from assoc_synth.model.split import Split
from assoc_synth.randomness import Seeds
from assoc_synth.transactions.arrays import Ints

FIXED_SECONDS, ROW_SECONDS, OBJECT_SECONDS = 3.0, 6.5e-5, 7.5e-4
"""What a fit takes before and beside its training steps at the least, on a processor that does `_probe` in
`PROBE_SECONDS`: measured with 1,600 to 1,200,000 rows, 10 to 300,000 objects."""
PROBE_SECONDS = 0.058
LARGEST = 0.6
"""Share of the time that is left which this may take."""
LEAST_SUBJECTS = 500
"""Subjects that are looked at however short the time is."""
WHOLE: dict[str, Any] = {"subjects": None, "level": 0}
"""The facts of bounds that cut nothing."""


@dataclass(frozen=True)
class Bounds:
    """What a fit is cut down to.

    Attributes:
        subjects: how many are looked at; None for all.
        narrowed: its hyperparameters.
    """

    subjects: int | None
    narrowed: Narrowed

    @classmethod
    def of(cls, graph: LinkGraph, settings: Settings, left: float, noted: dict[str, Any] | None = None) -> Bounds:
        """The bounds of a table's fit.

        Args:
            left: seconds, infinite without a limit.
            noted: what was decided when the fit began, where it goes on.

        Raises:
            InputError: it needs more memory than there is.
        """
        noted_level = None if noted is None else noted["level"]
        narrowed = Narrowed.to_room(Sizes.of(graph), settings.config, room(), noted_level)
        if noted is not None:
            return cls(noted["subjects"], narrowed)
        share = 1.0 if np.isinf(left) else largest_share(graph, left / slowness())
        subjects = max(int(share * graph.table.num_subjects), LEAST_SUBJECTS)
        return cls(subjects if subjects < graph.table.num_subjects else None, narrowed)

    @property
    def facts(self) -> dict[str, Any]:
        """As JSON values, for who goes on."""
        return {"subjects": self.subjects, "level": self.narrowed.level}

    def split(self, whole: Split, seeds: Seeds) -> Split:
        """The split of the subjects that are looked at."""
        return whole if self.subjects is None else whole.part(self.subjects, seeds)

    def notes(self, subjects: int) -> tuple[str, ...]:
        """What the user should know.

        Args:
            subjects: that the table has.
        """
        few = f"the time is short for this table: {self.subjects or 0:,} of its {subjects:,} subjects were looked at, "
        few += "chosen at random; raise --max-minutes (in Python max_minutes) for all of them"
        return (*(() if self.subjects is None else (few,)), *self.narrowed.notes)


def largest_share(graph: LinkGraph, seconds: float) -> float:
    """Of the subjects, for whom what comes beside the training takes `LARGEST` of some seconds at the most.

    An object that n rows have is among the share s of them with the chance 1 − (1 − s)ⁿ.

    Example:
        >>> from assoc_synth.datasets import toy_shop
        >>> graph = LinkGraph.from_table(toy_shop(subjects=100))
        >>> largest_share(graph, 60.0), largest_share(graph, 0.0)
        (1.0, 0.0)
    """
    rows: Ints = np.bincount(graph.table.object, minlength=graph.table.num_objects)
    allowed = LARGEST * seconds - FIXED_SECONDS

    def needed(share: float) -> float:
        objects = float((1 - (1 - share) ** rows).sum())
        return ROW_SECONDS * share * len(graph.table) + OBJECT_SECONDS * objects

    low, high = 0.0, 1.0
    if needed(high) <= allowed:
        return high
    for _ in range(12):
        middle = (low + high) / 2
        low, high = (middle, high) if needed(middle) <= allowed else (low, middle)
    return low


def slowness(clock: Callable[[], float] = time.monotonic) -> float:
    """How many times as long this machine takes now as the one on which the constants were measured.

    Example:
        >>> ticks = iter([0.0, 2 * PROBE_SECONDS, 10.0, 10.0 + 2 * PROBE_SECONDS])
        >>> round(slowness(lambda: next(ticks)), 6)
        2.0
    """
    took = []
    for _ in range(2):  # the first time, libraries are loaded
        began = clock()
        _probe()
        took.append(clock() - began)
    return min(took) / PROBE_SECONDS


def _probe() -> None:
    """What a fit does most before it trains: draw, sort, count, multiply."""
    rng = np.random.default_rng(0)
    numbers = rng.integers(0, 1 << 40, 1 << 19)
    np.sort(numbers, kind="stable")
    np.unique(numbers >> 20, return_counts=True)
    square = rng.random((600, 600))
    square @ square @ square
