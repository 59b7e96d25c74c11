"""Moves that break a rule are told from those that break none."""

import numpy as np

from assoc_synth.ctgan.assignment.allowed_moves import allowed_moves
from assoc_synth.ctgan.assignment.model import Assignment, AssignmentModel
from assoc_synth.ctgan.assignment.rule_kernel import NEVER, WITH
from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.interface import Horizon, Visits

CONFIG = CTGANConfig()


def made() -> Assignment:
    """Two subjects of two visits: objects 0 and 1, and 2; objects 0 and 1, and 2 twice."""
    own, object, visit = np.array([[0, 0, 0], [0, 1, 0], [0, 2, 1], [1, 0, 2], [1, 1, 2], [1, 2, 3], [1, 2, 3]]).T
    visits = Visits(np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]), np.zeros(4, int), np.bincount(visit))
    return Assignment.of(visits, Horizon(0, 2), subject=own, verb=np.zeros_like(own), object=object, visit=visit)


def test_what_breaks_a_rule_is_no_move() -> None:
    truth, model = made(), AssignmentModel(1, 3, CONFIG)
    model.rules = model.rules.new_tensor([[WITH, 0, 1], [NEVER, 0, 2]])
    world = model.world(truth)
    link, to = np.array([6, 0, 1, 2, 4]), np.array([2, 1, 1, 0, 3])
    # 2 comes to 0; 0 goes from 1; 1 goes from 0; 2 comes to 0; 1 goes from 0
    assert allowed_moves(world, truth, link, None, to).tolist() == [False] * 5
    first, second = np.array([0, 1, 0]), np.array([2, 2, 2])
    assert allowed_moves(world, truth, first, second, truth.visit[second]).tolist() == [False] * 3


def test_moves_that_break_none_are_kept_in_their_order() -> None:
    truth, model = made(), AssignmentModel(1, 3, CONFIG)
    model.rules = model.rules.new_tensor([[WITH, 0, 1]])
    world = model.world(truth)
    link, to = np.array([6, 4, 2, 1, 0]), np.array([2, 3, 0, 1, 1])
    assert allowed_moves(world, truth, link, None, to).tolist() == [True, False, True, False, False]


def test_without_rules_all_moves_are_kept() -> None:
    truth, model = made(), AssignmentModel(1, 3, CONFIG)
    assert allowed_moves(model.world(truth), truth, np.array([0]), None, np.array([1])).all()
