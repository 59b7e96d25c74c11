"""What the networks see of visits."""

import numpy as np
import pytest

from assoc_synth.ctgan.interface import Horizon, Visits
from assoc_synth.ctgan.visit_features import (
    FEATURES,
    PHASES,
    STEP_FEATURES,
    step_features,
    visit_features,
    visit_phases,
)
from assoc_synth.transactions.days import DAY

MONDAY = Horizon(first_day=4, last_day=100)


def test_phases_of_a_monday_noon() -> None:
    [phases] = visit_phases(Horizon(0, 10), np.array([4]), np.array([DAY // 2]))
    assert len(phases) == PHASES
    year = 2 * np.pi * 4 / 365.2425
    assert phases[:4] == pytest.approx([np.sin(year), np.cos(year), 0.0, -1.0], abs=1e-9)
    assert phases[4:].tolist() == [1, 0, 0, 0, 0, 0, 0]


def test_an_undated_visit_has_no_phases() -> None:
    assert not visit_phases(MONDAY, np.array([-1]), np.array([0])).any()


def test_visits_have_their_size_and_their_rank() -> None:
    visits = Visits(np.array([0, 0, 0, 5]), np.array([0, 1, -1, 3]), np.zeros(4, np.int64), np.array([1, 2, 3, 1]))
    features = visit_features(visits, MONDAY)
    assert features.shape == (4, FEATURES)
    assert features.dtype == np.float32
    assert features[:, PHASES].tolist() == pytest.approx(np.log1p([1, 2, 3, 1]).tolist())
    assert features[:, PHASES + 1].tolist() == [1, 1, 0, 1]
    assert features[:, PHASES + 2].tolist() == [-0.5, 0.0, 0.5, -0.5]
    assert features[:, PHASES + 3].tolist() == pytest.approx(np.log1p([0, 1, 2, 0]).tolist())
    assert features[:, PHASES + 4].tolist() == pytest.approx(np.log1p([2, 1, 0, 0]).tolist())


def test_what_is_known_before_the_next_visit() -> None:
    """The second of 5 visits is to come, 10 links are left for the 4; the last was on day 20, its first day."""
    one = {
        name: np.array([value])
        for name, value in dict(visits=5, step=1, day=20, before=20, clock=0, size=3, links=10).items()
    }
    [features] = step_features(MONDAY, **one).tolist()
    assert len(features) == STEP_FEATURES
    assert features[:6] == pytest.approx(np.log1p([5, 0, 80, 20, 2.5, 3]).tolist())
    assert features[6:8] == pytest.approx([0.2, 3.2])
    assert features[12:19] == [0, 0, 0, 0, 0, 0, 1]  # 20 days after a Monday
