"""The schedule of the learning rate, and the fewest steps of a training."""

import pytest

from assoc_synth.ctgan.schedule import Plan, Schedule
from assoc_synth.randomness import Seeds


def test_the_rate_rises_and_falls() -> None:
    schedule = Schedule(floor=0.1, warm_up=4)
    assert [schedule.factor(step, 0.0) for step in range(5)] == [0.25, 0.5, 0.75, 1.0, 1.0]
    assert schedule.factor(10, 0.5) == pytest.approx(0.55)
    assert schedule.factor(10, 1.0) == schedule.factor(10, 7.0) == pytest.approx(0.1)


def test_the_least_steps_are_a_share_of_all_and_no_more_than_there_are() -> None:
    def least(steps: int) -> int:
        plan = Plan(epochs=1, patience=1, steps=steps, learning_rate=0.1, schedule=Schedule(), seeds=Seeds.of(0))
        return plan.least_steps

    assert [least(steps) for steps in (10, 300, 2000)] == [10, 20, 40]
