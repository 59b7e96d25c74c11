"""Budget: by a clock that a test sets, so that every deadline is a number to be worked out by hand."""

from __future__ import annotations

import math

import pytest

from assoc_synth.model.budget import Budget


class Clock:
    """Stands still until it is set."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_minutes_count_from_now() -> None:
    clock = Clock()
    clock.now = 1_000.0
    assert Budget.of_minutes(2.5, clock).end == 1_150.0


def test_without_a_limit_every_deadline_is_infinite() -> None:
    budget = Budget.of_minutes(None)
    deadlines = (
        budget.for_edges(3.0),
        budget.for_edge_calibration(),
        budget.for_occurrences(have_visits=True),
        budget.for_occurrences(have_visits=False),
        budget.for_assignment(),
        budget.for_occurrence_calibration(),
    )
    assert all(math.isinf(deadline) for deadline in deadlines)


def test_each_stage_has_its_share_of_what_is_left() -> None:
    budget = Budget(end=100.0, clock=Clock())
    assert budget.for_edges() == pytest.approx(65.0)
    assert budget.for_edge_calibration() == pytest.approx(50.0)
    assert budget.for_occurrences(have_visits=True) == pytest.approx(50.0)
    assert budget.for_occurrences(have_visits=False) == pytest.approx(70.0)
    assert budget.for_assignment() == pytest.approx(60.0)
    assert budget.for_occurrence_calibration() == 100.0


def test_edges_that_occur_often_leave_more_time_to_their_occurrences() -> None:
    budget = Budget(end=100.0, clock=Clock())
    assert budget.for_edges(8.0) == pytest.approx(65.0 / 2)  # the cube root of 8
    assert budget.for_edges(0.5) == budget.for_edges(1.0)


def test_a_finished_stage_leaves_its_rest_to_the_next() -> None:
    clock = Clock()
    budget = Budget(end=100.0, clock=clock)
    clock.now = 65.0
    late = budget.for_edge_calibration()
    clock.now = 5.0
    early = budget.for_edge_calibration()
    assert (late, early) == (pytest.approx(82.5), pytest.approx(52.5))
    assert early - 5.0 > late - 65.0


def test_after_the_end_every_deadline_has_passed() -> None:
    clock = Clock()
    clock.now = 120.0
    budget = Budget(end=100.0, clock=clock)
    assert max(budget.for_edges(), budget.for_assignment(), budget.for_occurrence_calibration()) < 120.0


def test_other_shares_are_fields() -> None:
    assert Budget(end=10.0, clock=Clock(), edges=0.2).for_edges() == pytest.approx(2.0)
