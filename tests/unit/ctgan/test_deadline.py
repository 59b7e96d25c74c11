"""Deadlines: a moment that stands still, one that moves, and a trial."""

from __future__ import annotations

import math

from assoc_synth.ctgan.deadline import Trial, moment


def test_a_number_stands_still() -> None:
    assert [moment(5.0, steps) for steps in (0, 100)] == [5.0, 5.0]
    assert moment(math.inf, 3) == math.inf


def test_a_deadline_is_asked_with_the_steps() -> None:
    class Later:
        def at(self, steps: int) -> float:
            return 10.0 * steps

    assert [moment(Later(), steps) for steps in (1, 3)] == [10.0, 30.0]


def test_a_trial_is_over_after_its_steps() -> None:
    assert [moment(Trial(2), steps) for steps in (1, 2, 3)] == [math.inf, -math.inf, -math.inf]
