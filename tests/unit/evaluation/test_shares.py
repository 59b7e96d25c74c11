"""Shares counted by hand."""

import numpy as np
import pytest

from assoc_synth.evaluation import repeat_share, verb_shares
from assoc_synth.link_graph.edges import Edges


def test_links_not_edges_are_counted() -> None:
    # Alice buys tea three times and returns it once; Bob buys milk.
    subject, verb, tea_or_milk = [0, 0, 0, 0, 1], [0, 0, 0, 1, 0], [0, 0, 0, 0, 1]
    edges = Edges.from_links(subject, verb, tea_or_milk, num_subjects=2, num_verbs=3, num_objects=2)
    np.testing.assert_allclose(verb_shares(edges), [0.8, 0.2, 0.0])
    assert repeat_share(edges) == pytest.approx(1 - 2 / 5)


def test_no_links() -> None:
    empty = Edges.from_links([], [], [], num_subjects=1, num_verbs=2, num_objects=2)
    np.testing.assert_array_equal(verb_shares(empty), [0.0, 0.0])
    assert repeat_share(empty) == 0.0
