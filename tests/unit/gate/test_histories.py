"""Histories: the same numbers for the same links, whatever their order and whoever has them."""

from __future__ import annotations

import numpy as np

from assoc_synth.gate.histories import Histories, count_pairs
from assoc_synth.link_graph.edges import Edges


def test_the_same_links_are_the_same_history_and_short_ones_are_none() -> None:
    links = ([0, 0, 0, 1, 1, 1, 2, 3, 3, 3], [0] * 10, [1, 2, 3, 3, 2, 1, 1, 1, 2, 4])
    found = Histories.of(Edges.from_links(*links, num_subjects=4, num_verbs=1, num_objects=5))
    assert len(found) == 3
    assert found.first[0] == found.first[1] != found.first[2]
    assert found.second[0] == found.second[1] != found.second[2]
    assert count_pairs(found) == (1, 1)
    assert count_pairs(found.joined(found)) == (4 * 3 // 2 + 1, 4)


def test_none() -> None:
    assert len(Histories.none()) == 0
    assert count_pairs(Histories.none()) == (0, 0)


def test_thinning_keeps_those_whose_number_ends_in_zeros() -> None:
    found = Histories(np.arange(16, dtype=np.uint64), np.arange(16, dtype=np.uint64))
    assert found.thinned(0) is found
    assert found.thinned(2).first.tolist() == [0, 4, 8, 12]
