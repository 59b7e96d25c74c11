"""The number of visits follows what a subject has links to."""

import numpy as np
import pytest
import torch

from assoc_synth.ctgan.occurrences.visit_numbers import LEAST_EDGES, VisitNumbers, number_tokens, ridge
from assoc_synth.link_graph.edges import Edges

SUBJECTS, OBJECTS = 400, 12


@pytest.fixture(scope="module")
def table() -> tuple[Edges, np.ndarray, np.ndarray]:
    """Everybody has ten links; whoever has the first objects comes ten times, whoever has the last ones once."""
    rng = np.random.default_rng(0)
    often = rng.random(SUBJECTS) < 0.5
    subject = np.repeat(np.arange(SUBJECTS), 4)
    object = np.concatenate([np.sort(rng.permutation(6)[:4]) + 6 * (not own) for own in often])
    edges = Edges.from_links(
        subject, np.zeros(len(subject), int), object, num_subjects=SUBJECTS, num_verbs=1, num_objects=OBJECTS
    )
    counts = np.tile([4, 3, 2, 1], SUBJECTS)
    return edges, counts, np.where(often, 10, 1)


def test_the_composition_tells_how_often_one_comes(table: tuple[Edges, np.ndarray, np.ndarray]) -> None:
    edges, counts, visits = table
    numbers = VisitNumbers(len(number_tokens(edges)), 1, OBJECTS)
    everybody = np.arange(SUBJECTS)
    left_out = numbers.learn(edges, counts, everybody, visits)
    assert np.abs(np.log(left_out / visits)).max() < 0.3
    assert np.abs(np.log(numbers.expected(edges, counts, everybody) / visits)).max() < 0.3
    some = np.array([3, 7])
    assert np.allclose(numbers.expected(edges, counts, some), numbers.expected(edges, counts, everybody)[some])
    assert numbers.is_sound()


def test_nobody_is_predicted_by_their_own_number() -> None:
    """With as many features as subjects, and no relation, what is left out is not remembered."""
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(60, 60)), rng.normal(size=60)
    _, left_out = ridge(x, y)
    assert np.corrcoef(left_out, y)[0, 1] < 0.5
    weight, again = ridge(x[1:], y[1:])
    assert len(again) == 59
    assert np.isfinite(weight).all()


def test_rare_tokens_are_no_part_of_it(table: tuple[Edges, np.ndarray, np.ndarray]) -> None:
    edges = table[0]
    few = edges.take(np.arange(LEAST_EDGES - 1))
    assert len(number_tokens(few)) == 0
    assert len(number_tokens(edges)) == OBJECTS


def test_unknown_tokens_are_unsound() -> None:
    numbers = VisitNumbers(2, 1, 3)
    for tokens, sound in (([0, 2], True), ([0, 3], False), ([1, 1], False), ([-1, 1], False)):
        numbers.tokens.copy_(torch.tensor(tokens))
        assert numbers.is_sound() == sound
