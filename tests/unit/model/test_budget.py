"""Budget: by a clock that a test sets, so that every deadline is a number to be worked out by hand."""

from __future__ import annotations

import math

import pytest

from assoc_synth.ctgan.trainer import History
from assoc_synth.model.budget import Budget, MovingDeadline, Need, calibration_need, shared, stage_need


class Clock:
    """Stands still until it is set."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


NEEDS = {
    "edges": Need.of_steps(1.0, least=10, most=100, start=0.0),
    "calibration": Need(least=10.0, most=50.0),
    "occurrences": Need.of_steps(2.0, least=10, most=30, start=5.0),
}


def make(end: float, clock: Clock | None = None) -> Budget:
    return Budget(end=end, clock=clock or Clock()).sharing(NEEDS)


def moving(budget: Budget, name: str) -> MovingDeadline:
    deadline = budget.deadline(name)
    assert isinstance(deadline, MovingDeadline)
    return deadline


def test_minutes_count_from_now() -> None:
    clock = Clock()
    clock.now = 1_000.0
    budget = Budget.of_minutes(2.5, clock)
    assert (budget.end, budget.left, budget.is_limited) == (1_150.0, 150.0, True)
    clock.now = 2_000.0
    assert budget.left == 0.0


def test_without_a_limit_every_deadline_is_infinite_and_pilots_are_whole() -> None:
    budget = Budget.of_minutes(None)
    assert not budget.is_limited
    assert budget.deadline("edges") == budget.moment("calibration") == budget.left == math.inf
    assert budget.links("calibration", 5, 80) == 80


def test_everybody_has_the_least_and_the_same_share_of_the_rest() -> None:
    # The least of all is 10 + 10 + 25 = 45 s, the most 100 + 50 + 65 = 215 s: of 130 s half of the difference is there.
    budget = make(130.0)
    assert moving(budget, "edges").at(0) == pytest.approx(10 + 0.5 * 90)
    assert shared([need.left() for need in NEEDS.values()], 130.0) == pytest.approx([55.0, 30.0, 45.0])


def test_too_little_for_the_least_is_cut_alike() -> None:
    assert moving(make(9.0), "edges").at(0) == pytest.approx(9 * 10 / 45)
    assert moving(make(-1.0), "edges").at(0) <= 0.0


def test_the_last_step_has_the_rest_and_what_nobody_needs_is_not_kept_from_anybody() -> None:
    budget = make(1_000.0)
    assert moving(budget, "edges").at(0) == pytest.approx(1_000 - 50 - 65)
    assert moving(budget, "occurrences").at(0) == pytest.approx(1_000.0)


def test_a_finished_stage_leaves_its_rest_to_the_next() -> None:
    clock = Clock()
    budget = make(130.0, clock)
    clock.now = 55.0
    late = budget.moment("calibration")
    clock.now = 5.0
    early = budget.moment("calibration")
    assert late == pytest.approx(55 + 30)
    assert early - 5.0 > late - 55.0


def test_a_stage_that_nobody_measured_has_until_the_end() -> None:
    budget = Budget(end=10.0, clock=Clock())
    assert budget.deadline("edges") == budget.moment("calibration") == 10.0
    assert budget.links("calibration", 5, 80) == 5


def run(budget: Budget, clock: Clock, name: str, seconds: list[float]) -> int:
    """Steps that a stage makes, of which each takes the next of `seconds`."""
    need, deadline, steps = budget.needs[name], budget.deadline(name), 0
    clock.now += need.start
    assert isinstance(deadline, MovingDeadline)
    for took in seconds:
        clock.now += took
        steps += 1
        if clock.now > deadline.at(steps):
            break
    return steps


def test_at_an_even_speed_the_deadline_stands_still() -> None:
    clock = Clock()
    budget = make(130.0, clock)
    deadline, found = moving(budget, "edges"), []
    for step in range(1, 56):
        clock.now = float(step)
        found.append(deadline.at(step))
    assert found == pytest.approx([55.0] * 55)


@pytest.mark.parametrize("slow_after", [0, 20, 60])
def test_steps_that_become_five_times_slower_starve_no_stage(slow_after: int) -> None:
    """All take five times as long from a step of the edges on: there is time for the least of all, and all have it."""
    clock = Clock()
    budget = make(300.0 if slow_after else 230.0, clock)
    made = run(budget, clock, "edges", [1.0] * slow_after + [5.0] * (100 - slow_after))
    assert made >= 10
    assert made < 100
    calibration = budget.moment("calibration") - clock.now
    assert calibration >= 0.95 * 5 * NEEDS["calibration"].least
    clock.now += calibration
    clock.now += 4 * NEEDS["occurrences"].start
    assert run(budget, clock, "occurrences", [10.0] * 30) >= 9
    assert clock.now <= 1.1 * budget.end


def test_a_single_long_step_says_nothing_about_the_speed() -> None:
    clock = Clock()
    budget = make(130.0, clock)
    run(budget, clock, "edges", [1.0] * 10 + [12.0] + [1.0] * 10)
    assert budget.pace.now == 1.0


def test_steps_that_become_faster_do_not_take_from_the_later_stages() -> None:
    clock = Clock()
    budget = make(60.0, clock)
    run(budget, clock, "edges", [0.1] * 100)
    assert budget.pace.now == pytest.approx(0.1)
    assert budget.end - clock.now > 45.0


def test_the_need_of_a_stage_is_read_from_its_trial() -> None:
    history = History(steps=6, least_steps=20, most_steps=400, step_seconds=0.5, validation_seconds=2.0)
    assert stage_need(history, seconds=9.0) == Need(least=18.0, most=208.0, start=8.0, each=0.5)
    assert stage_need(History(), seconds=0.0) == Need(0.0, 0.0)


def test_the_need_of_a_calibration_grows_with_its_pilots() -> None:
    two = calibration_need(10, [(5_000, 3.0), (20_000, 3.3)], most_links=80_000)
    assert (two.least, two.most, two.start) == pytest.approx((6.0, 45.0, 29.0))
    one = calibration_need(1, [(5_000, 3.0)], most_links=5_000)
    assert (one.least, one.most, one.start) == pytest.approx((3.0, 3.0, 2.0))


def test_a_pilot_is_as_small_as_the_time_left_allows() -> None:
    needs = {"calibration": Need(least=6.0, most=45.0, start=25.0)}

    def links(seconds: float) -> int:
        return Budget(end=seconds, clock=Clock()).sharing(needs).links("calibration", 5_000, 80_000)

    assert [links(seconds) for seconds in (1.0, 25.0, 35.0, 45.0, 90.0)] == [5_000, 5_000, 40_000, 80_000, 80_000]


def test_a_trial_takes_a_few_steps_of_each_stage_and_one_round_of_each_calibration() -> None:
    trial = Budget(end=10.0, clock=Clock()).trial(pilot=4)
    deadline = trial.deadline("edges")
    assert not isinstance(deadline, float)
    assert deadline.at(2) == math.inf
    assert deadline.at(6) == trial.moment("calibration") == -math.inf
    assert trial.links("calibration", 5_000, 80_000) == 20_000
