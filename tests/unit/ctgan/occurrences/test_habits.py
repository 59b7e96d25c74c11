"""Habits: which tables have them, and what they add to the logits."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.interface import CodedColumn, ColumnSpec, Visits
from assoc_synth.ctgan.occurrences.generator import OccurrenceGenerator, OccurrenceSpec
from assoc_synth.ctgan.occurrences.habits import DIRECTIONS, FEWEST_SUBJECTS, Habits, has_habits

ONCE = ColumnSpec("count", 1, False)
COLUMNS = (ColumnSpec("gap", 5, True), ColumnSpec("weekday", 3, False), ColumnSpec("clock", 20, False))


def test_each_column_has_directions_of_its_own() -> None:
    habits = Habits(COLUMNS)
    assert habits.place == {"weekday": slice(0, 3), "clock": slice(3, 23)}
    assert habits.along == {"weekday": slice(0, 2), "clock": slice(2, 2 + DIRECTIONS)}
    assert habits.directions.shape == (23, 2 + DIRECTIONS)


def test_habits_are_drawn_from_their_distribution() -> None:
    habits = Habits(COLUMNS[1:2])
    habits.mean.copy_(torch.tensor([1.0, -1.0]))
    habits.factor.copy_(torch.tensor([[2.0, 0.0], [1.0, 0.5]]))
    drawn = habits.draw(20_000, torch.Generator().manual_seed(0))
    assert drawn.mean(0).tolist() == pytest.approx([1.0, -1.0], abs=0.05)
    assert torch.cov(drawn.T).flatten().tolist() == pytest.approx([4.0, 2.0, 2.0, 1.25], abs=0.1)


def test_what_a_habit_adds_goes_to_the_columns_that_have_habits() -> None:
    habits = Habits(COLUMNS[:2])
    habits.directions[:, 0] = torch.tensor([1.0, 0.0, -1.0])
    logits = habits.add_to([torch.zeros(2, 1), torch.ones(2, 3)], COLUMNS[:2], torch.tensor([[2.0, 5.0], [0.0, 5.0]]))
    assert logits[0].tolist() == [[0.0], [0.0]]
    assert logits[1].tolist() == [[3.0, 1.0, -1.0], [1.0, 1.0, 1.0]]
    habits.offset[2] = 0.5
    again = habits.add_to([torch.zeros(1, 1), torch.ones(1, 3)], COLUMNS[:2], torch.tensor([[2.0, 5.0]]))
    assert again[1].tolist() == [[3.0, 1.0, -0.5]]


@pytest.mark.parametrize(
    ("subjects", "visits", "classes", "expected"),
    [
        (FEWEST_SUBJECTS, 3, 7, True),
        (FEWEST_SUBJECTS - 1, 3, 7, False),
        (FEWEST_SUBJECTS, 2, 7, False),
        (FEWEST_SUBJECTS, 3, 1, False),
    ],
)
def test_only_subjects_that_come_again_show_habits(subjects: int, visits: int, classes: int, expected: bool) -> None:
    owner = np.repeat(np.arange(subjects), visits)
    zeros = np.zeros(len(owner), np.int64)
    known = Visits(owner, zeros, zeros, zeros + 1)
    step = (CodedColumn.discrete("weekday", zeros, classes),)
    assert has_habits(SimpleNamespace(visits=known, step=step)) is expected  # type: ignore[arg-type]
    assert not has_habits(SimpleNamespace(visits=None, step=()))  # type: ignore[arg-type]


def test_the_config_switches_habits_and_levels_off() -> None:
    clock = ColumnSpec("clock", 4, False)
    spec = OccurrenceSpec(ONCE, ONCE, (), (clock,), (clock,), (clock,), levels=2, habits=True)
    generator = OccurrenceGenerator(CTGANConfig(), spec, 1, 3, 0.0)
    assert generator.habits is not None
    assert generator.level_logits is not None
    without = OccurrenceGenerator(CTGANConfig(habits=False, count_levels=False), spec, 1, 3, 0.0)
    assert without.habits is None
    assert without.level_logits is None
