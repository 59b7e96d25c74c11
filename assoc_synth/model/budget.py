"""Budget: how the time that a user gives to a fit is shared out among its steps."""

from __future__ import annotations

import math
import statistics
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from assoc_synth.ctgan.deadline import Trial, Until

if TYPE_CHECKING:
    from assoc_synth.ctgan.trainer import History

RECENT, FEW = 15, 4
"""Training steps whose median tells the speed of now, and the fewest that tell anything."""


@dataclass(frozen=True)
class Need:
    """What a step of the fit takes, in seconds at the speed that was measured.

    Attributes:
        least: without which it is of no use.
        most: all that it has a use for.
        start: what comes before its first training step, or is the same for a calibration's pilots of any size.
        each: of a training step.
    """

    least: float
    most: float
    start: float = 0.0
    each: float = 0.0

    @classmethod
    def of_steps(cls, each: float, *, least: int, most: int, start: float) -> Need:
        """The need of a training stage of at least and at most so many steps.

        Example:
            >>> Need.of_steps(0.5, least=10, most=100, start=2.0)
            Need(least=7.0, most=52.0, start=2.0, each=0.5)
        """
        return cls(start + each * least, start + each * most, start, each)

    def spent(self, made: int) -> float:
        """What `made` training steps take, with what comes before the first."""
        return self.start + self.each * made if made else 0.0

    def left(self, made: int = 0) -> tuple[float, float]:
        """The least and the most that remains after `made` training steps.

        Example:
            >>> Need.of_steps(0.5, least=10, most=100, start=2.0).left(made=20)
            (0.0, 40.0)
        """
        spent = self.spent(made)
        return max(self.least - spent, 0.0), max(self.most - spent, 0.0)


@dataclass
class Pace:
    """How many times as long as measured everything takes now."""

    now: float = 1.0


@dataclass(frozen=True)
class Budget:
    """A moment at which a fit has to end, and what each of its steps needs of the time until then.

    The time that is left is shared out when a step begins. Each has its least; what remains is shared out in proportion
    to what the steps would have beyond, so that all are cut alike. Where the time does not reach for the least of all,
    the leasts are cut alike. What a step does not use is left for the later ones; what nobody needs, the one that runs
    may have. Without an end nothing has to be measured, and every deadline is infinite.

    Attributes:
        end: by `clock`, in seconds; infinite for no limit.
        clock: seconds that only go forwards.
        needs: of the steps by name, in their order; empty until they are measured.
        pace: by which the needs of the steps to come are multiplied.

    Example:
        >>> needs = {"edges": Need(least=10.0, most=100.0), "calibration": Need(least=10.0, most=50.0)}
        >>> budget = Budget(end=85.0, clock=lambda: 0.0).sharing(needs)
        >>> budget.moment("edges"), budget.moment("calibration")
        (55.0, 85.0)
    """

    end: float = math.inf
    clock: Callable[[], float] = time.monotonic
    needs: Mapping[str, Need] = field(default_factory=dict)
    pace: Pace = field(default_factory=Pace)

    @classmethod
    def of_minutes(cls, minutes: float | None, clock: Callable[[], float] = time.monotonic) -> Budget:
        """A budget that begins now; None for no limit."""
        return cls(math.inf if minutes is None else clock() + 60 * minutes, clock)

    @property
    def is_limited(self) -> bool:
        return math.isfinite(self.end)

    @property
    def left(self) -> float:
        """Seconds until the end, at least 0; infinite without one."""
        return max(self.end - self.clock(), 0.0)

    def less(self, seconds: float) -> Budget:
        """This budget without so many seconds, which an earlier part of the fit has taken."""
        return replace(self, end=self.end - seconds)

    def sharing(self, needs: Mapping[str, Need]) -> Budget:
        """This budget, shared out among steps with these needs."""
        return replace(self, needs=dict(needs), pace=Pace())

    def trial(self, pilot: int = 1) -> Budget:
        """A budget for measuring the needs: a few steps of each stage, one round of each calibration.

        Args:
            pilot: links of its pilots, times the fewest.
        """
        return TrialBudget(self.end, self.clock, pilot=pilot)

    def deadline(self, name: str) -> Until:
        """The deadline of a training stage that begins now; one that no need was measured of has until the end."""
        return MovingDeadline(self, name) if self.is_limited and name in self.needs else self.end

    def moment(self, name: str) -> float:
        """The deadline of a calibration that begins now; one that no need was measured of has until the end."""
        if not self.is_limited or name not in self.needs:
            return self.end
        least, most = (self.pace.now * seconds for seconds in self.needs[name].left())
        return self.end_of(name, self.clock(), (least, most))

    def links(self, name: str, fewest: int, most: int) -> int:
        """Links that a calibration's pilots draw: so many that its time is enough for all rounds, within bounds."""
        if not self.is_limited or name not in self.needs:
            return fewest if self.is_limited else most
        need, seconds = self.needs[name], max(self.moment(name) - self.clock(), 0.0) / self.pace.now
        if need.most <= need.start or seconds >= need.most:
            return most
        return int(np.clip(most * (seconds - need.start) / (need.most - need.start), fewest, most))

    def end_of(self, name: str, began: float, own: tuple[float, float]) -> float:
        """When a step has to end that began at `began` and takes `own` seconds at least and at most, from then on."""
        names, pace = list(self.needs), max(self.pace.now, 1.0)
        later = [self.needs[other].left() for other in names[names.index(name) + 1 :]]
        seconds = self.end - began
        return self.end - sum(shared([own, *((pace * least, pace * most) for least, most in later)], seconds)[1:])


@dataclass(frozen=True)
class TrialBudget(Budget):
    """Lets every step of a fit do just enough to see how long it takes.

    Attributes:
        pilot: links of the calibrations' pilots, times the fewest.
    """

    pilot: int = 1

    def deadline(self, name: str) -> Until:
        """The end of a few training steps."""
        return Trial()

    def moment(self, name: str) -> float:
        """Over: a calibration makes the one round that it always makes."""
        return -math.inf

    def links(self, name: str, fewest: int, most: int) -> int:
        """The fewest, times `pilot`."""
        return self.pilot * fewest


class MovingDeadline:
    """The deadline of a training stage, worked out anew after every step by the speed of the last ones.

    Where steps become slower, the later stages need more time as well: the stage gives up steps beyond its least, so
    that each of them still has its own.

    Args:
        budget: whose needs are known.
        name: of the stage, which begins now.
    """

    def __init__(self, budget: Budget, name: str) -> None:
        self.budget, self.name, self.need = budget, name, budget.needs[name]
        self.began, self.steps, self.ends = budget.clock(), 0, deque[float](maxlen=RECENT + 1)

    def at(self, steps: int) -> float:
        """When training has to end, by the budget's clock, after `steps` steps."""
        now = self.budget.clock()
        if steps > self.steps:
            self.steps = steps
            self.ends.append(now)
        if len(self.ends) > FEW and self.need.each > 0:
            took = statistics.median(end - begin for begin, end in pairwise(self.ends))
            self.budget.pace.now = took / self.need.each
        elapsed, measured = (now - self.began, self.need.spent(steps)) if steps else (0.0, 1.0)
        least, most = (self.budget.pace.now * seconds for seconds in self.need.left(steps))
        # Of the time so far the least is the part that the least steps took.
        least += elapsed * min(self.need.least / measured, 1.0) if measured > 0 else elapsed
        return self.budget.end_of(self.name, self.began, (least, elapsed + most))


def stage_need(history: History, seconds: float) -> Need:
    """The need of a training stage whose trial left this history and took so long.

    Its start is everything but the steps, with one validation more than the trial made.
    """
    start = seconds - history.steps * history.step_seconds + history.validation_seconds
    return Need.of_steps(
        history.step_seconds, least=history.least_steps, most=history.most_steps, start=max(start, 0.0)
    )


def calibration_need(rounds: int, trials: Sequence[tuple[int, float]], most_links: int) -> Need:
    """The need of a calibration: at least two rounds of the first trial, at most all rounds with the largest pilot.

    Args:
        rounds: how many there are at most.
        trials: links of a pilot and seconds of its round, one or two of them, the smaller first. A round takes part of
            its time whatever the pilot; where there is one trial, that is taken to be two thirds.
        most_links: of the largest pilot.

    Example:
        >>> calibration_need(10, [(5_000, 0.5), (20_000, 0.8)], most_links=80_000)
        Need(least=1.0, most=20.0, start=4.0, each=0.0)
    """
    (links, seconds), last = trials[0], trials[-1]
    each = max(last[1] - seconds, 0.0) / (last[0] - links) if len(trials) > 1 else seconds / 3 / links
    fixed = max(seconds - each * links, 0.0)
    most = max(fixed + each * most_links, seconds)
    return Need(least=seconds * min(rounds, 2), most=rounds * most, start=rounds * fixed)


def shared(needs: Sequence[tuple[float, float]], seconds: float) -> list[float]:
    """Seconds divided among steps that take at least and at most so long, at most what they take.

    Each has its least and the same share of what it takes beyond; where the leasts are too much, each is cut alike.

    Example:
        >>> shared([(10, 100), (10, 20)], 70), shared([(10, 100), (10, 20)], 10)
        ([55.0, 15.0], [5.0, 5.0])
    """
    least, most = (sum(need[which] for need in needs) for which in (0, 1))
    if seconds < least:
        return [max(seconds, 0.0) * low / least for low, _ in needs]
    share = min((seconds - least) / (most - least), 1.0) if most > least else 1.0
    return [low + share * (high - low) for low, high in needs]
