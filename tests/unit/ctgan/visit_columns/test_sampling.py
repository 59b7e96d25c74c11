"""Drawn columns follow the link that decides, what links allow, and the visits before."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from assoc_synth.ctgan.allowed_classes import AllowedClasses
from assoc_synth.ctgan.interface import Horizon, Visits
from assoc_synth.ctgan.visit_columns.groups import VisitGroups
from assoc_synth.ctgan.visit_columns.model import VisitColumnModel
from assoc_synth.ctgan.visit_columns.sampling import VisitColumnSampler
from assoc_synth.randomness import Seeds

Make = Callable[..., Any]


def drawn(table: Any, model: VisitColumnModel, allowed: dict[str, AllowedClasses] | None = None) -> np.ndarray:
    return VisitColumnSampler(model, allowed or {}, seeds=Seeds.of(0)).draw(table.groups, table.known)[0].code


def started(table: Any) -> VisitColumnModel:
    model: VisitColumnModel = table.model()
    model.start_at(table.groups, table.data.visit_columns)
    return model


@pytest.mark.parametrize("persists", [False, True])
def test_one_link_decides_wherever_it_is_even_before_training(made: Make, persists: bool) -> None:
    table = made(persists=persists)
    code = drawn(table, started(table))
    assert ((code == 2) == table.has_it).all()
    assert (code == 0).mean() == pytest.approx((table.data.visit_columns[0].code == 0).mean(), abs=0.05)


def test_a_column_that_persists_often_keeps_its_class_even_before_training(made: Make) -> None:
    table = made(persists=True)
    code = drawn(table, started(table))
    free = ~table.has_it & (table.groups.previous >= 0)
    free &= ~table.has_it[table.groups.previous]
    assert (code[free] == code[table.groups.previous[free]]).mean() > 0.7


def test_no_visit_has_what_one_of_its_links_does_not_allow(made: Make) -> None:
    table = made()
    own = np.array([[True, False, True], [False, True, True]])
    allowed = AllowedClasses.of(np.ones((1, 3), bool), np.array([3, 5]), own, num_objects=12)
    code = drawn(table, started(table), {"ward": allowed})
    has = {token: np.isin(np.arange(len(code)), table.groups.group[table.groups.token == token]) for token in (3, 5)}
    # Where its links together allow nothing, they do not count.
    assert (code[has[3] & ~has[5]] != 1).all()
    assert (code[has[5] & ~has[3]] != 0).all()
    assert ((code == 2) == table.has_it)[has[3] & has[5]].all()


def test_the_shares_that_are_expected_are_those_that_are_drawn(made: Make) -> None:
    table = made(400)
    model = started(table)
    sampler = VisitColumnSampler(model, {}, seeds=Seeds.of(0))
    [expected] = sampler.shares(table.groups, table.known)
    rows, code = model.decisive.rows(table.groups)[:, 0], drawn(table, model)
    counts = np.bincount(rows * 3 + code, minlength=6).reshape(2, 3)
    assert expected.sum() == pytest.approx(len(code))
    assert np.abs(expected - counts).max() < 15


def test_without_visits_nothing_is_drawn(made: Make) -> None:
    table = made(5)
    model = started(table)
    edges, nothing = table.data.edges, np.zeros(0, np.int64)
    groups = VisitGroups.of(edges, nothing, nothing, Visits(nothing, nothing, nothing, nothing), Horizon())
    assert len(drawn(replace(table, groups=groups), model)) == 0
