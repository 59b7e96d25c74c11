"""Copies that can be counted, and privacy figures of a copy and of an honest table."""

import numpy as np
import pytest

from assoc_synth.evaluation.disclosure import exact_copies, privacy_figures
from assoc_synth.link_graph.edges import Edges


def population(size: int, seed: int, *, objects: int = 60) -> Edges:
    rng = np.random.default_rng(seed)
    subject, objects_ = np.nonzero(rng.random((size, objects)) < 0.12)
    return Edges.from_links(subject, subject % 2, objects_, num_subjects=size, num_verbs=2, num_objects=objects)


TRAIN, HELDOUT, FRESH = (population(400, seed) for seed in range(3))


def test_copies_of_four_tokens_count() -> None:
    def graph(baskets: list[str]) -> Edges:
        links = [(subject, ord(letter) - ord("a")) for subject, basket in enumerate(baskets) for letter in basket]
        subjects, objects = zip(*links, strict=True)
        return Edges.from_links(
            subjects, np.zeros(len(links), int), objects, num_subjects=len(baskets), num_verbs=1, num_objects=9
        )

    found = exact_copies(graph(["abcd", "abcde", "fg"]), graph(["abcd", "abce", "fg"]))
    assert (found.count, found.num_subjects, found.share) == (1, 2, 0.5)
    assert found.low == pytest.approx(0.0126, abs=1e-4)
    assert found.high == pytest.approx(0.9874, abs=1e-4)
    assert np.isnan(exact_copies(graph(["abcd"]), graph(["ab"])).share)


def test_figures_of_a_copy_and_of_an_honest_table() -> None:
    copy, honest = (
        {figure.name: figure for figure in privacy_figures(TRAIN, HELDOUT, table, np.random.default_rng(0))}
        for table in (TRAIN, FRESH)
    )
    assert copy["exact_copies"].value == 1.0
    assert copy["closer_to_train"].value > 0.99
    assert honest["exact_copies"].value <= 0.01
    assert honest["exact_copies"].floor <= 0.01
    assert honest["closer_to_train"].value == pytest.approx(0.5, abs=0.1)
    for figure in (*copy.values(), *honest.values()):
        assert figure.independent is not None, figure.name
        assert figure.independent == pytest.approx(figure.floor, abs=0.1), "the independent table copies nobody"
    assert honest["nearest_neighbour_attack"].high < 0.65 < copy["nearest_neighbour_attack"].value


def test_figures_that_nothing_is_known_of_are_left_out() -> None:
    """Five subjects of two tokens: no basket of four, and too few to attack."""
    few = Edges.from_links(np.repeat(range(5), 2), [0] * 10, [0, 1] * 5, num_subjects=5, num_verbs=1, num_objects=60)
    assert privacy_figures(few, few, few, np.random.default_rng(0)) == ()
