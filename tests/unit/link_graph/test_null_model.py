"""The null keeps degrees and supports, and is the mean of independent draws."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from assoc_synth.link_graph.edges import Edges
from assoc_synth.link_graph.independent import independent_draw
from assoc_synth.link_graph.null_model import degree_bucket, expected_pairs
from assoc_synth.link_graph.pairs import supports

BUY, RETURN = 0, 1
Draw = Callable[..., Edges]


def test_expected_pairs_reproduce_supports_and_degrees(planted_graph: Draw) -> None:
    """All pairs together are as many as the degrees make; an object's pairs across verbs follow from its support."""
    edges = planted_graph(1)
    objects = np.arange(30)
    within = expected_pairs(edges, BUY).at(objects[:, None], objects[None, :])
    degree, other = edges.degrees(BUY), edges.degrees(RETURN)
    assert within.sum() - np.trace(within) == pytest.approx(float((degree * (degree - 1)).sum()), rel=1e-4)
    across = expected_pairs(edges, BUY, RETURN).at(objects[:, None], objects[None, :])
    assert across.sum() == pytest.approx(float((degree * other).sum()), rel=1e-4)
    everyone = Edges.from_links([0, 1, 2, 2], [0] * 4, [0, 0, 0, 1], num_subjects=3, num_verbs=1, num_objects=2)
    assert expected_pairs(everyone, 0).at(0, 1) == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize("across", [False, True])
def test_expected_pairs_are_the_mean_of_independent_draws(across: bool) -> None:
    """Busy and idle subjects, equally popular objects: the plain n·p·p would be 40 % off."""
    rng = np.random.default_rng(0)
    size = np.where(rng.random(600) < 0.3, 24, 2)
    subject = np.repeat(np.arange(600), size)
    place = np.arange(size.sum()) - np.repeat(np.cumsum(size) - size, size)
    objects = (np.repeat(rng.integers(0, 60, 600), size) + place) % 60
    subject, objects = np.tile(subject, 2), np.tile(objects, 2)
    verb = np.repeat([0, 1], len(subject) // 2)
    edges = Edges.from_links(subject, verb, objects, num_subjects=600, num_verbs=2, num_objects=60)
    other = 1 if across else None
    draws = [independent_draw(edges, rng).projection(0, other).toarray() for _ in range(60)]
    mean = np.mean(draws, axis=0)[~np.eye(60, dtype=bool)].mean()
    left, right = np.nonzero(~np.eye(60, dtype=bool))
    expected = expected_pairs(edges, 0, other).at(left, right).mean()
    assert expected == pytest.approx(mean, rel=0.005)
    assert supports(edges, 0).mean() ** 2 / 600 < 0.8 * expected


def test_the_variance_is_what_two_supports_leave_unexplained() -> None:
    """1,500 subjects with three of twelve equal objects: the residual of a pair's count over many independent draws."""
    rng = np.random.default_rng(0)
    objects = np.argsort(rng.random((1_500, 12)), axis=1)[:, :3].ravel()
    subject = np.repeat(range(1_500), 3)
    edges = Edges.from_links(subject, 0 * subject, objects, num_subjects=1_500, num_verbs=1, num_objects=12)
    counts = [independent_draw(edges, rng).projection(0).toarray() for _ in range(300)]
    both = np.array([count[0, 1] for count in counts])
    supports_of = np.array([[1.0, count[0, 0], count[1, 1]] for count in counts])
    residual = both - supports_of @ np.linalg.lstsq(supports_of, both, rcond=None)[0]
    null = expected_pairs(edges, 0)
    assert null.at(0, 1) == pytest.approx(both.mean(), rel=0.05)
    assert null.variance_at(0, 1) == pytest.approx(residual.var(), rel=0.25)


def test_degrees_up_to_24_are_kept_exactly() -> None:
    assert degree_bucket(np.array([0, 7, 24])).tolist() == [0, 7, 24]
    assert degree_bucket(np.array([25, 26, 27, 100])).tolist() == [24, 24, 25, 38]
