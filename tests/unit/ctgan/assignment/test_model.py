"""Places of visits in time, kinds of links, and the terms of two links to one object."""

import numpy as np
import torch

from assoc_synth.ctgan.assignment.kernel import ORDER_BINS, SAME_VISIT, TIME_BINS, UNORDERED
from assoc_synth.ctgan.assignment.model import Assignment, AssignmentModel
from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.interface import Horizon, Visits
from assoc_synth.ctgan.visit_features import FEATURES, SIZE


def test_places_in_time_count_from_each_subjects_first_visit() -> None:
    subject, day = np.array([0, 0, 0, 0, 2, 2]), np.array([0, 3, 3, -1, 5, 6])
    visits = Visits(subject, day, np.zeros(6, np.int64), np.ones(6, np.int64))
    own = np.zeros(6, np.int64)
    assignment = Assignment.of(visits, Horizon(0, 40), subject=subject, verb=own, object=own, visit=np.arange(6))
    assert assignment.rank.tolist() == [0, 1, 1, -1, 0, 1]
    assert np.isnan(assignment.days[3])


def test_links_are_of_kinds() -> None:
    zero = np.zeros(4, np.int64)
    visits = Visits(zero, np.arange(4), zero, zero + 1)
    links = np.array([4, 7, 4, 4])
    assignment = Assignment.of(visits, Horizon(0, 4), subject=zero, verb=zero, object=links, visit=np.arange(4))
    assert assignment.kind.tolist() == [0, 1, 0, 0]
    assert assignment.kinds.tolist() == [[0, 4], [0, 7]]


def test_the_term_of_two_links_is_the_same_from_both_sides() -> None:
    model = AssignmentModel(2, 3, CTGANConfig())
    with torch.no_grad():
        model.between.normal_()
    terms = model.same_object()
    for code in range(TIME_BINS):
        back = code if code == UNORDERED else 2 * SAME_VISIT - code
        assert torch.equal(terms[0, 1, code], terms[1, 0, back])


def test_widths_follow_the_config_and_the_number_of_terms() -> None:
    config = CTGANConfig(assignment_dim=5, assignment_visit_dim=4, assignment_hidden_dim=6)
    model = AssignmentModel(2, 3, config)
    assert model.sizes == [0, 0, 0, 0, 0, 0]
    model.resize(4, 7, 2, 3, 1)
    assert model.sizes == [4, 7, 2, 3, 1, 0]
    assert model.association.object.shape == (3, 5)
    assert model.preference.object.shape == (3, 4)
    assert model.visit[0].out_features == 6
    assert model.terms.weight.shape == (7, ORDER_BINS)
    assert len(model.flat()) == 2 * 2 * TIME_BINS + 7 * ORDER_BINS + 3 + 4


def test_where_links_move_the_size_of_a_visit_is_no_feature() -> None:
    model, features = AssignmentModel(2, 3, CTGANConfig()), np.zeros((2, FEATURES), np.float32)
    features[1, SIZE] = 2.0
    calendar = np.zeros((2, 4), np.int64)
    assert not torch.equal(*model.embed_visits(features, calendar))
    model.resize(0, 0, 0, 3, 1)
    assert torch.equal(*model.embed_visits(features, calendar))
