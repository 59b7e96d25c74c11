"""Nearest neighbours that can be found by eye."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assoc_synth.errors import InputError
from assoc_synth.evaluation import closer_to_train
from assoc_synth.link_graph.edges import Edges


def graph(baskets: list[str]) -> Edges:
    links = [(subject, ord(letter) - ord("a")) for subject, basket in enumerate(baskets) for letter in basket]
    subjects, objects = zip(*links, strict=True) if links else ((), ())
    return Edges.from_links(
        subjects, np.zeros(len(links), int), objects, num_subjects=len(baskets), num_verbs=1, num_objects=10
    )


def test_a_copy_is_caught() -> None:
    train, heldout = graph(["abc", "def"]), graph(["abd", "efg"])
    assert closer_to_train(train, heldout, train).share == 1.0
    assert closer_to_train(train, heldout, heldout).share == 0.0


def test_ties_count_half_and_small_subjects_not_at_all() -> None:
    train, heldout = graph(["abc", "fgh"]), graph(["abd", "fgh"])
    found = closer_to_train(train, heldout, graph(["abc", "fgh", "abe", "ab", "a"]))
    # abc is a training subject, fgh is on both sides, abe shares ab with both; the last two are too small.
    assert found.num_subjects == 3
    assert found.share == pytest.approx((1 + 0.5 + 0.5) / 3)
    assert found.ties == pytest.approx(2 / 3)
    assert 0.0 <= found.low <= found.share <= found.high <= 1.0


def test_equal_cosines_of_different_sizes_are_ties() -> None:
    # Two of eight objects against one of two: 2/√8 = 1/√2, though not to the last bit.
    found = closer_to_train(graph(["abcdefgh"]), graph(["ij"]), graph(["abi"]))
    assert (found.share, found.ties) == (0.5, 1.0)
    assert closer_to_train(graph(["abcdefgh"]), graph(["ij"]), graph(["abc"])).share == 1.0


def test_the_larger_side_is_cut() -> None:
    heldout = graph(["abc"])
    crowd = graph(["fgh"] * 99 + ["abc"])
    shares = {closer_to_train(crowd, heldout, graph(["abc"]), seed=seed).share for seed in range(5)}
    assert shares <= {0.0, 0.5}
    assert 0.0 in shares, "one of a hundred training subjects is kept, hardly ever the twin"


def test_equal_subjects_are_each_counted() -> None:
    found = closer_to_train(graph(["abc"]), graph(["def"]), graph(["abc", "abc", "abc", "def"]))
    assert (found.share, found.num_subjects) == (0.75, 4)


def test_nobody_to_judge() -> None:
    assert math.isnan(closer_to_train(graph(["abc"]), graph(["def"]), graph(["ab"])).share)
    with pytest.raises(InputError, match="need a subject"):
        closer_to_train(graph([]), graph(["abc"]), graph(["abc"]))


baskets = st.lists(st.text("abcdefgh", max_size=8), min_size=1, max_size=10)


@settings(deadline=None, max_examples=60)
@given(baskets, baskets, baskets)
def test_brute_force_agrees(train: list[str], heldout: list[str], synthetic: list[str]) -> None:
    size = min(len(train), len(heldout))
    train, heldout = train[:size], heldout[:size]

    def nearest(one: set[str], others: list[str]) -> float:
        # The squared cosine up to |one|: a fraction, compared as such.
        return max(len(one & set(other)) ** 2 / max(len(set(other)), 1) for other in others)

    outcomes = []
    for basket in synthetic:
        if len(set(basket)) >= 3:
            near, far = nearest(set(basket), train), nearest(set(basket), heldout)
            outcomes.append(0.5 if math.isclose(near, far) else float(near > far))
    found = closer_to_train(graph(train), graph(heldout), graph(synthetic))
    assert found.num_subjects == len(outcomes)
    assert found.share == pytest.approx(np.mean(outcomes) if outcomes else math.nan, nan_ok=True)


def test_those_with_one_neighbour_stand_or_fall_together() -> None:
    # A hundred synthetic subjects, but only two real ones are near them.
    train, heldout = graph(["abc", "hij"]), graph(["efg", "hij"])
    found = closer_to_train(train, heldout, graph(["abc"] * 90 + ["efg"] * 10))
    assert found.share == 0.9
    assert (found.low, found.high) == (0.0, 1.0)
    alone = closer_to_train(train, heldout, graph(["abc"] * 90))
    assert (alone.share, alone.low, alone.high) == (1.0, 0.0, 1.0)
