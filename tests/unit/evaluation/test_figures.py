"""Intervals on numbers whose answer is known."""

import numpy as np
import pytest

from assoc_synth.evaluation.figures import (
    Figure,
    clopper_pearson,
    interval,
    jackknife,
    known,
    mean_interval,
    upper_bound,
)


def test_jackknife_of_a_difference_of_means() -> None:
    rng = np.random.default_rng(0)
    x, y = rng.normal(0, 1, 4_000), rng.normal(0, 2, 1_000)
    errors = [
        jackknife(lambda i, j: {"d": float(x[i].mean() - y[j].mean())}, 4_000, 1_000, np.random.default_rng(seed))["d"]
        for seed in range(20)
    ]
    # Var = 1/4000 + 4/1000; t of nine degrees of freedom is 2.26.
    assert np.mean([error for error, _ in errors]) == pytest.approx(np.sqrt(0.00425), rel=0.15)
    assert errors[0][1] / errors[0][0] == pytest.approx(2.262, abs=1e-3)


def test_too_few_subjects_have_no_interval() -> None:
    assert jackknife(lambda i, j: {"d": 0.0}, 19, 100, np.random.default_rng(0)) == {}
    assert interval(0.5, None) == (None, None)
    assert interval(float("nan"), 0.1) == (None, None)
    assert interval(0.9, 0.2, 1.0) == (pytest.approx(0.7), 1.0)


def test_clopper_pearson_against_the_textbook() -> None:
    assert clopper_pearson(0, 10) == (0.0, pytest.approx(0.3085, abs=1e-4))
    assert clopper_pearson(5, 10) == (pytest.approx(0.1871, abs=1e-4), pytest.approx(0.8129, abs=1e-4))
    assert clopper_pearson(10, 10) == (pytest.approx(0.6915, abs=1e-4), 1.0)
    assert clopper_pearson(0, 0) == (0.0, 1.0)
    assert upper_bound(0, 100) == pytest.approx(1 - 0.05 ** (1 / 100))
    assert upper_bound(7, 7) == 1.0


def test_values_for_json() -> None:
    assert known(float("nan")) is None
    assert known(None) is None
    assert known(2.0) == 2.0
    assert Figure("pair_l1", 1 / 3).to_dict()["value"] == 0.333333


def test_a_figure_says_which_way_is_better() -> None:
    assert Figure("pair_l1", 0.1).to_dict() == {
        "name": "pair_l1",
        "value": 0.1,
        "low": None,
        "high": None,
        "floor": None,
        "independent": None,
        "why": "",
        "aim": "low",
    }
    assert Figure("near_copies", 0.1, p_value=0.25).to_dict()["p_value"] == 0.25
    assert Figure("closer_to_train", 0.5).aim == "half"
    with pytest.raises(KeyError, match="no_measure"):
        _ = Figure("no_measure", 0.5).aim


def test_clusters_widen_the_interval_of_what_they_share() -> None:
    rng = np.random.default_rng(0)
    household = np.repeat(np.arange(100), 20)
    trips = rng.normal(0, 1, 100)[household] + rng.normal(0, 1, 2_000)
    fresh = rng.normal(0, 1, 2_000)

    def error(clusters: np.ndarray | None) -> float:
        draws = [
            jackknife(
                lambda i, j: {"d": float(trips[i].mean() - fresh[j].mean())},
                2_000,
                2_000,
                np.random.default_rng(seed),
                clusters=(clusters, None),
            )["d"][0]
            for seed in range(20)
        ]
        return float(np.mean(draws))

    # Var = 1/100 + 1/2000 of the trips and 1/2000 of the others; one by one the trips seem to have 2/2000.
    assert error(household) == pytest.approx(np.sqrt(0.011), rel=0.2)
    assert error(None) == pytest.approx(np.sqrt(0.0015), rel=0.2)
    assert jackknife(lambda i, j: {"d": 0.0}, 2_000, 100, rng, clusters=(household // 6, None)) == {}


def test_an_interval_of_a_mean_of_clusters() -> None:
    rng = np.random.default_rng(1)
    hits = {"alone": 0, "together": 0}
    for _ in range(200):
        household = np.repeat(np.arange(60), 10)
        share = np.clip(rng.beta(2, 2, 60)[household] + rng.uniform(-0.1, 0.1, 600), 0, 1)
        for name, clusters in (("alone", None), ("together", household)):
            _, low, high = mean_interval(share, clusters)
            hits[name] += low <= 0.5 <= high
    # Binomial: 95 % of 200 is 190 ± 3.1.
    assert 180 <= hits["together"] <= 199
    assert hits["alone"] < 140
    assert np.isnan(mean_interval(np.zeros(0))).all()
    assert np.isnan(mean_interval(np.array([0.3, 0.4]), np.array([1, 1]))[1:]).all()
