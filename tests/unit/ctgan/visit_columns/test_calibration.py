"""Calibration brings the shares of each decisive link to those of the table."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from assoc_synth.ctgan.visit_columns.calibration import calibrate_visit_columns
from assoc_synth.ctgan.visit_columns.sampling import VisitColumnSampler
from assoc_synth.randomness import Seeds

Make = Callable[..., Any]


def test_shares_come_to_those_of_the_table_and_what_is_never_stays_so(made: Make) -> None:
    table = made(300)
    model, columns = table.model(), table.data.visit_columns
    model.start_at(table.groups, columns)
    model.decisive.table(0)[0, 1] += 2.0
    sampler = VisitColumnSampler(model, {}, seeds=Seeds.of(0))

    def shares() -> list[np.ndarray]:
        return sampler.shares(table.groups, table.known)

    errors = calibrate_visit_columns(model, table.groups, columns, shares, rounds=3)
    assert errors[0] > 0.3
    assert errors[2] < 0.03
    [expected] = shares()
    real = np.bincount(columns[0].code[~table.has_it], minlength=3)
    assert expected[0] == pytest.approx(real, abs=0.03 * real.sum())
    assert expected[0, 2] == 0


def test_no_round_begins_after_the_deadline(made: Make) -> None:
    table = made(20)
    model = table.model()
    model.start_at(table.groups, table.data.visit_columns)
    assert calibrate_visit_columns(model, table.groups, table.data.visit_columns, list, rounds=3, deadline=-1.0) == []
