"""Bins of the time between two links, and the terms of two links to one object."""

import numpy as np
import torch

from assoc_synth.ctgan.assignment.model import BINS, SAME_OBJECT, SAME_VISIT, UNORDERED, Assignment, AssignmentModel
from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.ctgan.interface import Horizon, Visits


def test_bins_are_symmetric() -> None:
    visits = Visits(np.zeros(4, np.int64), np.array([0, 3, 40, -1]), np.zeros(4, np.int64), np.ones(4, np.int64))
    assignment = Assignment.of(
        visits,
        Horizon(0, 40),
        subject=np.zeros(4, np.int64),
        verb=np.zeros(4, np.int64),
        object=np.zeros(4, np.int64),
        visit=np.arange(4),
        rng=np.random.default_rng(0),
    )
    first, second = (part.ravel() for part in np.meshgrid(np.arange(3), np.arange(3)))
    there, back = assignment.bins(first, second), assignment.bins(second, first)
    assert (there + back == 2 * SAME_VISIT).all()
    assert assignment.bins(np.array([1, 2]), np.array([0, 0])).tolist() == [SAME_VISIT + 2, SAME_VISIT + 4]
    assert assignment.bins(np.array([3]), np.array([0])).tolist() == [UNORDERED]


def links_of_one_subject(objects: list[int]) -> Assignment:
    """One visit for each link, all of them by verb 0."""
    links = len(objects)
    zero = np.zeros(links, np.int64)
    visits = Visits(zero, np.arange(links), zero, zero + 1)
    return Assignment.of(
        visits,
        Horizon(0, links),
        subject=zero,
        verb=zero,
        object=np.array(objects),
        visit=np.arange(links),
        rng=np.random.default_rng(0),
    )


def test_each_link_knows_the_other_links_to_its_object() -> None:
    assignment = links_of_one_subject([4, 7, 4, 4])
    assert [set(row.tolist()) - {-1} for row in assignment.others] == [{2, 3}, set(), {0, 3}, {0, 2}]
    assert assignment.kind.tolist() == [0, 1, 0, 0]
    assert assignment.kinds.tolist() == [[0, 4], [0, 7]]
    many = links_of_one_subject([1] * 40)
    assert many.others.shape == (40, SAME_OBJECT)
    assert all(link not in row for link, row in enumerate(many.others))


def test_the_term_of_two_links_is_the_same_from_both_sides() -> None:
    model = AssignmentModel(2, 3, CTGANConfig())
    with torch.no_grad():
        model.between.normal_()
    for code in range(BINS):
        back = code if code == UNORDERED else 2 * SAME_VISIT - code
        zero, one = torch.tensor([0]), torch.tensor([1])
        there = model.same_object(zero, one, torch.tensor([code]))
        assert torch.equal(there, model.same_object(one, zero, torch.tensor([back])))


def test_widths_follow_the_config() -> None:
    model = AssignmentModel(2, 3, CTGANConfig(assignment_dim=5, assignment_visit_dim=4, assignment_hidden_dim=6))
    assert model.association.object.shape == (3, 5)
    assert model.preference.object.shape == (3, 4)
    assert model.visit[0].out_features == 6
