"""The simultaneous test: it sees what is of training subjects alone, and seldom calls anything else so."""

import numpy as np
import pytest

from assoc_synth.evaluation.labels import Score, adjusted_p


def scores(rng: np.random.Generator, size: int = 60, lift: float = 0.0, clusters: int = 1) -> list[Score]:
    codes = np.arange(size) // clusters, size + np.arange(size) // clusters
    made = []
    for name in ("one", "two", "three"):
        members, others = rng.normal(size=(2, size))
        made.append(Score(name, members + (lift if name == "two" else 0.0), others, *codes))
    rare = np.zeros(size)
    rare[: rng.integers(0, 3)] = 1
    return [*made, Score("rare", rare, rare[::-1].copy(), *codes)]


def test_what_is_higher_of_members_is_found_and_nothing_else() -> None:
    p = adjusted_p(scores(np.random.default_rng(0), lift=1.5), np.random.default_rng(0))
    assert p[1] == 0.001
    assert min(p[0], p[2], p[3]) > 0.05


def test_one_in_twenty_honest_tables_is_called_dishonest_at_the_five_percent_level() -> None:
    smallest = [
        min(adjusted_p(scores(np.random.default_rng(seed)), np.random.default_rng(seed), draws=199))
        for seed in range(100)
    ]
    assert np.sum(np.array(smallest) <= 0.05) <= 11, "more than 11 of 100 at 5 % come once in a hundred times"


def test_what_a_cluster_shares_counts_once() -> None:
    rng = np.random.default_rng(0)
    shared = np.repeat(rng.normal(size=(2, 6)) + np.array([[0.6], [0.0]]), 20, axis=1)
    own = [np.arange(120) // size for size in (1, 20)]
    alone, clustered = (
        adjusted_p([Score("x", *shared, codes, 120 + codes)], np.random.default_rng(1)) for codes in own
    )
    assert alone[0] < 0.01 < clustered[0]


def test_the_same_of_everybody_is_no_evidence() -> None:
    codes = np.arange(30), 30 + np.arange(30)
    flat = Score("flat", np.ones(30), np.ones(30), *codes)
    assert adjusted_p([flat], np.random.default_rng(0)) == (1.0,)
    assert adjusted_p([], np.random.default_rng(0)) == ()


def test_ranks_and_tops() -> None:
    score = Score("x", np.array([5.0, 1.0]), np.array([1.0, 0.0]), np.arange(2), 2 + np.arange(2))
    ranked, top = score.ranked(), score.top(0.25)
    assert (ranked.members.tolist(), ranked.others.tolist()) == ([4.0, 2.5], [2.5, 1.0])
    assert (top.members.tolist(), top.others.tolist()) == ([1.0, 0.0], [0.0, 0.0])
    assert score.top(0.5).others.tolist() == [1.0, 0.0], "ties are in"


@pytest.mark.parametrize("share", [0.2, 0.8])
def test_sides_of_different_sizes(share: float) -> None:
    rng, size = np.random.default_rng(3), 500
    number = int(share * size)
    codes = np.arange(number), number + np.arange(size - number)
    honest = Score("x", rng.normal(size=number), rng.normal(size=size - number), *codes)
    told = Score("y", rng.normal(1, 1, number), rng.normal(size=size - number), *codes)
    p = adjusted_p([honest, told], np.random.default_rng(0))
    assert p[0] > 0.05
    assert p[1] == 0.001
