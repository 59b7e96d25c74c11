"""Rates at each step that give shares of subjects in the end."""

import numpy as np
import pytest

from assoc_synth.ctgan.edges.following import MOST, Following, after, raised, term_for


def simulated(sizes: np.ndarray, chance: float, *, whole: bool = False) -> float:
    """Of subjects with a token at a random place, those that get another one afterwards."""
    rng = np.random.default_rng(0)
    sizes = sizes if whole else rng.choice(sizes, len(sizes), p=sizes / sizes.sum())
    left = sizes if whole else sizes - 1 - rng.integers(0, sizes)
    return float((rng.random(len(sizes)) < 1 - (1 - chance) ** left).mean())


@pytest.mark.parametrize("whole", [False, True])
def test_rates_are_those_of_a_simulation(whole: bool) -> None:
    sizes = 1 + np.random.default_rng(1).geometric(0.1, 200_000)
    following = Following.of(sizes, whole=whole)
    mean = sizes.mean() if whole else (sizes * (sizes - 1)).sum() / sizes.sum() / 2
    for chance in (0.01, 0.05, 0.2):
        found = following.rate(np.array([simulated(sizes, chance, whole=whole)]))[0]
        assert found == pytest.approx(-np.log1p(-chance) * mean, rel=0.05)


def test_small_shares_are_rates_and_large_ones_are_bounded() -> None:
    following = Following.of(np.array([5, 10, 40]))
    assert following.rate(np.array([1e-5]))[0] == pytest.approx(1e-5, rel=0.01)
    assert np.isfinite(following.rate(np.array([0.0, 1.0, 2.0]))).all()
    assert np.isfinite(Following.of(np.array([1, 1])).rate(np.array([0.5]))).all()
    assert raised(np.array([0.9]), np.array([1e6]))[0] == MOST


def test_half_of_those_with_both_come_in_each_order() -> None:
    assert after(np.array([10.0]), np.array([100.0]))[0] == pytest.approx(5 / 95)


@pytest.mark.parametrize("inside", [0.002, 0.02, 0.4])
def test_a_term_makes_an_object_of_a_cluster_as_likely_as_asked(inside: float) -> None:
    share, of_class = 0.01, 0.03
    aim = np.array([0.0001, 0.2])
    term = term_for(aim, np.full(2, of_class * inside), np.full(2, inside), np.full(2, share))
    grown = of_class * (1 + share * np.expm1(term))
    within = inside * np.exp(term) / (1 + inside * np.expm1(term))
    assert grown / (1 - of_class + grown) * within == pytest.approx(aim, rel=1e-4)
