"""Copies counted part by part: exact while all histories are kept, by the same factor less afterwards."""

from __future__ import annotations

import numpy as np

from assoc_synth.gate.copies import Copies
from assoc_synth.gate.copy_counter import CopyCounter
from assoc_synth.gate.histories import Histories
from assoc_synth.link_graph.edges import Edges


def drawn(subjects: int, seed: int) -> Edges:
    """Subjects with three of twelve objects: 220 histories."""
    rng = np.random.default_rng(seed)
    objects = np.concatenate([rng.choice(12, 3, replace=False) for _ in range(subjects)])
    sizes = {"num_subjects": subjects, "num_verbs": 1, "num_objects": 12}
    return Edges.from_links(np.repeat(np.arange(subjects), 3), np.zeros(3 * subjects, int), objects, **sizes)


def test_parts_are_counted_as_the_whole_is() -> None:
    whole, counter = drawn(900, 1), CopyCounter()
    for begin in (0, 300, 600):
        counter.add(Histories.of(whole.take(np.arange(begin, begin + 300))))
    assert counter.copies == Copies.of(whole)
    assert counter.share == 1.0
    assert counter.copies.pairs > 1_000


def test_of_many_subjects_some_histories_are_kept_with_all_their_copies() -> None:
    whole, counter = drawn(4_000, 2), CopyCounter(most=2_000)
    for begin in range(0, 4_000, 500):
        counter.add(Histories.of(whole.take(np.arange(begin, begin + 500))))
    exact, found = Copies.of(whole), counter.copies
    assert counter.share < 1.0
    assert found.subjects == exact.subjects
    assert abs(found.pairs / exact.pairs - 1) < 0.3
