"""What earlier visits had is known before each visit, and outside of visits nothing is earlier."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from assoc_synth.ctgan.visit_columns import history
from assoc_synth.ctgan.visit_columns.history import ClassHistory, by_rank, earlier_classes

Make = Callable[..., Any]


def test_the_last_and_the_usual_class_are_those_of_the_visits_so_far() -> None:
    seen, both = ClassHistory(2, [3]), np.array([0, 1])
    assert [part.tolist() for part in seen.earlier(both, 0)] == [[-1, -1], [-1, -1], [0, 0]]
    for code in ([2, 0], [2, -1], [1, 0]):
        seen.add(both, 0, np.array(code))
    last, usual, share = seen.earlier(both, 0)
    assert last.tolist() == [1, 0]
    assert usual.tolist() == [2, 0]
    assert share == pytest.approx([2 / 3, 1])


@pytest.mark.parametrize("most", [20_000_000, 12])
def test_every_visit_comes_once_and_after_the_one_before(
    made: Make, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(history, "MOST_CELLS", most)
    groups = made(9).groups
    seen = np.zeros(len(groups), np.int64)
    for _, ranks in by_rank(groups, [3]):
        for rank, (at, subject) in enumerate(ranks):
            seen[at] += 1
            assert (groups.rank[at] == rank).all()
            assert len(np.unique(subject)) == len(subject)
    assert (seen == 1).all()


def test_true_earlier_classes_are_those_of_the_visit_before(made: Make) -> None:
    groups = made(20).groups
    code = np.arange(len(groups)) % 3
    last, usual, share = earlier_classes(groups, [code], [3])
    later = groups.previous >= 0
    assert (last[later, 0] == code[groups.previous[later]]).all()
    assert (last[~later] == -1).all()
    second = groups.rank == 1
    assert (usual[second, 0] == last[second, 0]).all()
    assert share[second].min() == 1
