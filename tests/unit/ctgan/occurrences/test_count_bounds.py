"""Bounds: what never occurs more often than something else, and what occurs as often."""

from collections.abc import Callable

import numpy as np

from assoc_synth.ctgan.occurrences.count_bounds import find_bounds, find_ordered_verbs
from assoc_synth.ctgan.occurrences.joint_training import learn_joint_counts
from assoc_synth.link_graph.edges import Edges

SUBJECTS = 300
Make = Callable[..., Edges]


def numbers() -> np.ndarray:
    """Of 0, of 1 that is as many, of 2 that is at most as many, of 3 that is anything, of 4 that is always one."""
    rng = np.random.default_rng(0)
    first = 1 + rng.geometric(0.06, SUBJECTS)
    return np.stack([first, first, 1 + rng.integers(0, first), rng.geometric(0.06, SUBJECTS), first**0], axis=1)


def test_bounds_are_found_where_chance_would_break_them(edges_with: Make) -> None:
    at_most, at_least = find_bounds(edges_with(numbers()), np.arange(5), 4)
    bounds = [sorted(own[own >= 0].tolist()) for own in at_most]
    assert bounds == [[], [0], [0, 1], [], []]
    assert [sorted(own[own >= 0].tolist()) for own in at_least] == [[], [0], [], [], []]


def test_bounds_go_to_what_is_drawn_before(edges_with: Make) -> None:
    order = np.array([2, 0, 1, 3, 4])
    at_most, at_least = find_bounds(edges_with(numbers()), order, 4)
    assert at_most[1].tolist() == [-1] * 4
    assert at_least[1].tolist() == [0, -1, -1, -1]
    assert sorted(at_least[2].tolist()) == [-1, -1, 0, 1]


def test_one_exception_is_enough(edges_with: Make) -> None:
    own = numbers()
    own[7, 1] += 1
    at_most, at_least = find_bounds(edges_with(own), np.arange(5), 4)
    assert 0 not in at_most[1]
    assert 0 in at_least[1]


def test_drawn_numbers_keep_bounds_however_large(world: Callable, edges_with: Make) -> None:
    edges = edges_with(numbers())
    own = world(edges)
    learn_joint_counts(own.model, None, own.learned, np.random.default_rng(0))
    table = own.draw().reshape(SUBJECTS, 5)
    assert table[:, 0].max() > 30
    assert (table[:, 1] == table[:, 0]).all()
    assert (table[:, 2] <= table[:, 0]).all()
    assert (table[:, 3] > table[:, 0]).any()
    assert (table[:, 3] < table[:, 0]).any()


def test_a_verb_never_exceeds_another_on_any_object(world: Callable, edges_with: Make) -> None:
    """Thirty objects, each returned by a few: none says enough by itself."""
    rng = np.random.default_rng(5)
    bought = rng.geometric(0.4, (SUBJECTS, 30)) * (rng.random((SUBJECTS, 30)) < 0.2)
    returned = np.minimum(bought, rng.integers(0, 3, bought.shape))
    edges = edges_with(np.hstack([bought, returned]), verbs=2)
    assert find_ordered_verbs(edges).tolist() == [[False, False], [True, False]]
    own = world(edges)
    learn_joint_counts(own.model, None, own.learned, np.random.default_rng(0))
    table = np.zeros((SUBJECTS, 60), np.int64)
    table[edges.subject, edges.token] = own.draw()
    assert (table[:, 30:] <= table[:, :30]).all()
    assert (table[:, 30:] > 0).any()
