"""Days of the month: where gaps lead, and which tables keep to days."""

import numpy as np
import pytest
import torch

from assoc_synth.ctgan.interface import CodedColumn, ColumnSpec, Horizon, Occurrences, Visits
from assoc_synth.ctgan.occurrences.month_days import (
    DAYS,
    FEATURES,
    NONE,
    LastVisits,
    MonthDays,
    earlier_days,
    has_month_days,
    month_day,
    month_features,
)
from assoc_synth.link_graph.edges import Edges

YEAR = Horizon(first_day=19723, last_day=365)
"""2024, a leap year."""
JANUARY_31, FEBRUARY_29 = 30, 59


def occurrences(visits: Visits, horizon: Horizon = YEAR) -> Occurrences:
    """One link in each visit; gaps of up to 40 days are exact."""
    gap = visits.day[visits.later] - visits.day[visits.later - 1]
    code = np.minimum(gap, 41)
    subjects = int(visits.subject.max()) + 1
    links = np.arange(len(visits))
    zero = np.zeros(len(visits), np.int64)
    edges = Edges.from_links(visits.subject, zero, zero, num_subjects=subjects, num_verbs=1, num_objects=1)
    none = CodedColumn.discrete("repeat", np.zeros(subjects, np.int64), 1)
    step = CodedColumn(ColumnSpec("gap", 42, False, exact=41), code, np.zeros(len(code), np.float32))
    count = CodedColumn.discrete("count", np.zeros(len(edges), np.int64), 1)
    return Occurrences(
        edges=edges,
        repeat=none,
        repeat_level=np.zeros(1, np.float32),
        count=count,
        link_edge=edges.subject[visits.subject].astype(np.int64),
        link=(),
        link_visit=links,
        visits=visits,
        num_visits=none,
        start=(),
        step=(step,),
        horizon=horizon,
    )


def at_days(day: np.ndarray) -> Visits:
    """Visits of subjects, (S, n) days each."""
    day = np.sort(day, axis=1)
    subject = np.repeat(np.arange(len(day)), day.shape[1])
    zero = np.zeros(day.size, np.int64)
    return Visits(subject, day.ravel(), zero, zero + 1)


def payments(own: np.ndarray) -> np.ndarray:
    """A day in each month of 2024 for each subject, (S, 12), by its day of the month from 0 on."""
    months = np.arange("2024-01", "2025-01", dtype="datetime64[M]").astype("datetime64[D]").astype(np.int64)
    return months[None, :] - YEAR.first_day + own[:, None]


def test_days_of_the_month_are_those_of_the_calendar() -> None:
    assert month_day(np.array([0, JANUARY_31, FEBRUARY_29, FEBRUARY_29 + 1]), YEAR).tolist() == [0, 30, 28, 0]


def test_features_tell_the_day_and_how_long_the_month_is() -> None:
    found = month_features(np.array([JANUARY_31, FEBRUARY_29, -1]), YEAR)
    assert found.shape == (3, FEATURES)
    assert found[0].nonzero().flatten().tolist() == [30, DAYS + 3]
    assert found[1].nonzero().flatten().tolist() == [28, DAYS + 1]
    assert not found[2].any()


def test_last_visits_are_those_before_the_later_ones() -> None:
    last = LastVisits.of(at_days(np.array([[0, 31, 60], [5, 7, 9]])), YEAR)
    assert last.day.tolist() == [0, 31, 5, 7]
    assert last.features.shape == (4, FEATURES)
    assert last.take(np.array([1])).earlier[0, 0] == 2


def test_earlier_days_count_each_subjects_own_visits() -> None:
    visits = at_days(np.array([[0, 31, 60], [1, 31, 33]]))  # 1 January, 1 February, 1 March; 2 January, 1, 3 February
    found = earlier_days(visits, np.array([0, 1, 2, 4]), YEAR)
    assert found[:, 0].tolist() == [1, 2, 3, 1]
    assert found[3, :3].tolist() == [1, 1, 0]


def test_a_gap_has_the_logit_of_the_day_that_it_leads_to() -> None:
    logits = MonthDays(3)
    logits.days.copy_(torch.tensor([1, 31, NONE]))
    with torch.no_grad():
        logits.weight.copy_(torch.arange(31.0))
        logits.own.copy_(torch.tensor([0.0, 100.0]))
    last = LastVisits(np.array([0, JANUARY_31, -1]), np.zeros((3, DAYS), np.int64), YEAR)
    last.earlier[0, 0] = 1
    found = logits(last)
    assert found[0].tolist() == [1.0, 100.0, 0.0]  # 2 January; 1 February, a day that it has come on before
    assert found[1].tolist() == [0.0, 1.0, 0.0]  # 1 February; 2 March
    assert found[2].tolist() == [0.0, 0.0, 0.0]


def test_logits_begin_at_how_much_more_there_is_on_a_day() -> None:
    rng = np.random.default_rng(0)
    days = np.concatenate([payments(np.zeros(60, np.int64)), rng.integers(0, 366, (60, 24))], axis=1)
    data = occurrences(at_days(days))
    logits = MonthDays(42)
    logits.start_at(data)
    assert logits.days[:25].tolist() == [*range(25)]
    assert logits.days[41] == NONE
    assert logits.weight.argmax() == 0
    assert logits.weight[0] > 1.5
    assert logits.weight[1:28].abs().max() < 0.5


@pytest.mark.parametrize(
    ("kind", "expected"), [("first", True), ("own", True), ("weekly", False), ("random", False), ("two months", False)]
)
def test_which_tables_keep_to_days_of_the_month(kind: str, expected: bool) -> None:
    rng = np.random.default_rng(1)
    horizon = YEAR
    if kind == "first":
        days = np.concatenate([payments(np.zeros(80, np.int64)), rng.integers(0, 366, (80, 30))], axis=1)
    elif kind == "own":
        days = payments(rng.integers(0, 28, 80))
    elif kind == "weekly":
        days = np.tile(np.arange(0, 364, 7), (40, 1)) + rng.integers(0, 2, (40, 1))
    else:
        days = rng.integers(0, 60 if kind == "two months" else 366, (80, 40))
        horizon = Horizon(YEAR.first_day, 60) if kind == "two months" else YEAR
    assert has_month_days(occurrences(at_days(days), horizon)) == expected


@pytest.mark.parametrize(("days", "expected"), [((0, NONE), True), ((-2, 3), False), ((3, 10**9), False)])
def test_unsound_days_are_seen(days: tuple[int, int], expected: bool) -> None:
    logits = MonthDays(2)
    logits.days.copy_(torch.tensor(days))
    assert logits.is_sound() == expected
