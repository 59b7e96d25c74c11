"""Numbers that go together are drawn together, and others are not."""

from collections.abc import Callable

import numpy as np
import pytest

from assoc_synth.ctgan.occurrences.joint_training import learn_joint_counts
from assoc_synth.link_graph.edges import Edges

SUBJECTS = 600
Make = Callable[..., Edges]


def learn(world: Callable[[Edges], object], edges: Edges) -> tuple[object, list[float]]:
    own = world(edges)
    return own, learn_joint_counts(own.model, None, own.learned, np.random.default_rng(0))  # type: ignore[attr-defined]


def correlation(numbers: np.ndarray, edges: Edges, one: int, other: int) -> float:
    table = np.zeros((edges.num_subjects, edges.num_verbs * edges.num_objects))
    table[edges.subject, edges.token] = np.log(numbers)
    both = (table[:, [one, other]] >= 0).all(1)
    return float(np.corrcoef(table[both, one], table[both, other])[0, 1])


def test_numbers_follow_those_that_they_follow_in_training(world: Callable, edges_with: Make) -> None:
    """The first two go together, the third falls as they rise, and the last two have nothing to do with them."""
    rng = np.random.default_rng(1)
    pace = rng.normal(0, 0.7, SUBJECTS)
    rates = np.stack([1 + pace, 1 + pace, 1 - pace, np.ones(SUBJECTS), np.ones(SUBJECTS)], axis=1)
    edges = edges_with(1 + rng.poisson(np.exp(rates)))
    own, gains = learn(world, edges)
    assert gains[0] > 0.1
    drawn = own.draw()
    for one, other in ((0, 1), (0, 2), (1, 2), (0, 3), (3, 4)):
        real = correlation(edges.count, edges, one, other)
        assert correlation(drawn, edges, one, other) == pytest.approx(real, abs=0.15)
    for token in range(5):
        at = edges.token == token
        assert drawn[at].mean() == pytest.approx(edges.count[at].mean(), rel=0.1)
        assert drawn[at].std() == pytest.approx(edges.count[at].std(), rel=0.2)


def test_numbers_follow_which_links_there_are(world: Callable, edges_with: Make) -> None:
    """Those who have the second occur four times as often with the first; its number says nothing."""
    rng = np.random.default_rng(2)
    has = rng.random(SUBJECTS) < 0.5
    first = 1 + rng.poisson(np.where(has, 8.0, 1.0))
    edges = edges_with(
        np.stack([first, has * (1 + rng.poisson(1.0, SUBJECTS)), 1 + rng.poisson(1.0, SUBJECTS)], axis=1)
    )
    own, _ = learn(world, edges)
    drawn, at = own.draw(), edges.token == 0
    for group in (has, ~has):
        assert drawn[at][group].mean() == pytest.approx(first[group].mean(), rel=0.12)


def test_numbers_that_are_independent_stay_so(world: Callable, edges_with: Make) -> None:
    rng = np.random.default_rng(3)
    edges = edges_with(1 + rng.poisson(1.5, (SUBJECTS, 4)))
    drawn = learn(world, edges)[0].draw()
    for one in range(4):
        assert abs(correlation(drawn, edges, one, (one + 1) % 4)) < 0.15
        at = edges.token == one
        assert drawn[at].mean() == pytest.approx(edges.count[at].mean(), rel=0.08)


def test_terms_that_say_nothing_of_others_are_left_out(world: Callable, edges_with: Make) -> None:
    """Of so few subjects nothing can be learned that holds for those that are left out."""
    rng = np.random.default_rng(8)
    edges = edges_with(1 + rng.integers(0, 2, (45, 6)))
    own, gains = learn(world, edges)
    assert bool(gains) == bool(own.model.tilts.any())


def test_the_same_generator_learns_the_same(world: Callable, edges_with: Make) -> None:
    edges = edges_with(1 + np.random.default_rng(4).poisson(1.5, (200, 3)))
    first, second = (learn(world, edges)[0] for _ in range(2))
    assert all((own == other).all() for own, other in zip(first.model.buffers(), second.model.buffers(), strict=True))
