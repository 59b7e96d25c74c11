"""Links are grouped by visit, and what is known of each visit stands beside them."""

import numpy as np
import pytest

from assoc_synth.ctgan.interface import Horizon, Visits
from assoc_synth.ctgan.visit_columns.groups import FEATURES, VisitGroups
from assoc_synth.link_graph.edges import Edges


@pytest.fixture
def groups() -> VisitGroups:
    """Subject 0 has visits of two and of one link, subject 1 one outside of visits and one visit with a link twice."""
    edges = Edges.from_links(
        [0, 0, 0, 1, 1], [0, 0, 1, 0, 0], [0, 2, 1, 0, 1], num_subjects=2, num_verbs=2, num_objects=3
    )
    visits = Visits(np.array([0, 0, 1]), np.array([2, 9, 5]), np.zeros(3, np.int64), np.array([2, 1, 2]))
    link_edge, link_visit = np.array([0, 1, 2, 3, 4, 4]), np.array([0, 1, 0, -1, 2, 2])
    return VisitGroups.of(edges, link_edge, link_visit, visits, Horizon(0, 10))


def test_each_visit_has_its_links_once_and_what_is_outside_is_alone(groups: VisitGroups) -> None:
    assert groups.subject.tolist() == [0, 0, 1, 1]
    assert groups.offsets.tolist() == [0, 2, 3, 4, 5]
    assert groups.token.tolist() == [0, 4, 2, 1, 0]
    assert groups.group.tolist() == [0, 0, 1, 2, 3]


def test_visits_follow_one_another_and_what_is_outside_follows_nothing(groups: VisitGroups) -> None:
    assert groups.rank.tolist() == [0, 1, 0, 0]
    assert groups.previous.tolist() == [-1, 0, -1, -1]


def test_features_tell_size_rank_gap_and_whether_it_is_a_visit(groups: VisitGroups) -> None:
    assert groups.features.shape == (4, FEATURES)
    links, rank, gap, span, dated, first, inside = groups.features[:, -7:].T
    assert np.expm1(links) == pytest.approx([2, 1, 2, 1])
    assert np.expm1(rank) == pytest.approx([0, 1, 0, 0])
    assert np.expm1(gap) == pytest.approx([0, 7, 0, 0])
    assert span == pytest.approx([-0.3, 0.4, 0.0, 0.0])
    assert dated.tolist() == [1, 1, 1, 0]
    assert first.tolist() == [1, 0, 1, 1]
    assert inside.tolist() == [1, 1, 1, 0]


def test_the_links_of_some_visits_are_found(groups: VisitGroups) -> None:
    at, offsets = groups.links_of(np.array([3, 0]))
    assert groups.token[at].tolist() == [0, 0, 4]
    assert offsets.tolist() == [0, 1, 3]
