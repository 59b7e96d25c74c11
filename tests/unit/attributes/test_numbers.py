"""Codes of numbers: there and back, frequent values exactly, and the modes that RDT finds."""

import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from assoc_synth.attributes.numbers import LEAST_STD, NumberCode, modes


@pytest.fixture(scope="module")
def prices() -> np.ndarray:
    rng = np.random.default_rng(0)
    values = np.concatenate([rng.normal(5, 1, 900), rng.normal(80, 10, 500), np.full(300, 1.99), np.full(200, np.nan)])
    return np.round(values, 2)


def test_numbers_come_back_within_their_mode(prices: np.ndarray) -> None:
    rng = np.random.default_rng(0)
    code = NumberCode.learn("price", prices, rng)
    back = code.decode(code.encode(prices, rng))
    assert np.array_equal(np.isnan(back), np.isnan(prices))
    known = ~np.isnan(prices)
    assert np.abs(back[known] - prices[known]).max() < 0.02 * (prices[known].max() - prices[known].min())
    assert np.median(np.abs(back[known] - prices[known])) < 0.01


def test_a_frequent_value_is_a_class_of_its_own(prices: np.ndarray) -> None:
    rng = np.random.default_rng(0)
    code = NumberCode.learn("price", prices, rng)
    assert 1.99 in code.atoms
    own = code.encode(np.array([1.99, 1.99]), rng)
    assert (own.value == 0).all()
    assert (code.decode(own) == 1.99).all()


def test_decimals_and_range_hold_for_any_draw(prices: np.ndarray) -> None:
    rng = np.random.default_rng(0)
    code = NumberCode.learn("price", prices, rng)
    column = code.encode(prices, rng)
    wild = type(column)(column.spec, rng.permutation(column.code), rng.uniform(-1, 1, len(column)).astype(np.float32))
    drawn = code.decode(wild)
    drawn = drawn[~np.isnan(drawn)]
    assert drawn.min() >= np.nanmin(prices)
    assert drawn.max() <= np.nanmax(prices)
    assert np.allclose(drawn, np.round(drawn, 2))


@pytest.mark.parametrize(
    "values", [[], [np.nan, np.nan], [3.0], [3.0, 3.0, np.nan], [1.0, 2.0], [-5.0, 0.0, 5.0] * 4, list(range(40))]
)
def test_thin_columns_do_not_trip(values: list[float]) -> None:
    rng = np.random.default_rng(0)
    column = np.array(values, float)
    code = NumberCode.learn("x", column, rng)
    back = code.decode(code.encode(column, rng))
    assert np.array_equal(np.isnan(back), np.isnan(column))
    assert np.nanmax(np.abs(back - column), initial=0) <= 1.0


def test_number_code_survives_json(prices: np.ndarray) -> None:
    rng = np.random.default_rng(0)
    code = NumberCode.learn("price", prices, rng, log=True)
    again = NumberCode.from_dict(json.loads(json.dumps(code.to_dict())))
    column = code.encode(prices, rng)
    assert np.array_equal(code.decode(column), again.decode(column), equal_nan=True)


MIXTURES = {
    "one mode": lambda rng: rng.normal(5, 1, 400),
    "two modes": lambda rng: np.concatenate([rng.normal(5, 1, 300), rng.normal(80, 10, 200)]),
    "prices": lambda rng: np.round(rng.lognormal(1, 1, 600), 2),
    "few": lambda rng: rng.normal(size=12),
    "heavy": lambda rng: rng.standard_cauchy(500),
    "whole": lambda rng: rng.integers(0, 50, 500).astype(float),
}


@pytest.mark.parametrize("name", MIXTURES)
@pytest.mark.filterwarnings("ignore")
def test_modes_are_those_of_rdt(name: str) -> None:
    from rdt.transformers import ClusterBasedNormalizer

    values = MIXTURES[name](np.random.default_rng(0))
    normalizer = ClusterBasedNormalizer(max_clusters=10)
    normalizer.fit(pd.DataFrame({"x": values}), "x")
    mixture, used = normalizer._bgm_transformer, normalizer.valid_component_indicator
    means, stds = modes(values, np.random.default_rng(0))
    assert means.tolist() == mixture.means_.ravel()[used].tolist()
    assert stds.tolist() == np.maximum(np.sqrt(mixture.covariances_.ravel()[used]), LEAST_STD).tolist()


def test_few_distinct_values_are_a_mode_each() -> None:
    means, stds = modes(np.array([3.0, 1, 3, 7]), np.random.default_rng(0))
    assert means.tolist() == [1, 3, 7]
    assert (stds == LEAST_STD).all()


def test_modes_are_learned_without_rdt_and_sdv() -> None:
    """In a process of its own: other tests import both."""
    script = (
        "import sys, numpy as np\n"
        "from assoc_synth.attributes.numbers import NumberCode\n"
        "NumberCode.learn('x', np.arange(50.0) ** 1.5, np.random.default_rng(0))\n"
        "assert 'sklearn.mixture' in sys.modules\n"
        "assert not {'rdt', 'sdv'} & set(sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_missing_values_and_modes_have_classes_after_the_exact_ones() -> None:
    code = NumberCode("x", np.array([1.0]), np.array([10.0, 20.0]), np.array([1.0, 2.0]), 0.0, 30.0, None, True, False)
    assert (code.spec.classes, code.spec.exact, code.spec.missing) == (4, 1, 1)
    assert code.centers.tolist() == [1, 10, 20, 0]
    assert code.widths.tolist() == [0, 4, 8, 0]
    column = code.encode(np.array([1.0, 11, 20, np.nan]), np.random.default_rng(0))
    assert column.code.tolist() == [0, 1, 2, 3]
    assert column.value.tolist() == [0, 0.25, 0, 0]
    assert np.array_equal(code.decode(column), [1, 11, 20, np.nan], equal_nan=True)


def test_numbers_beyond_the_range_are_reflected_and_do_not_pile_up() -> None:
    code = NumberCode("x", np.zeros(0), np.array([1.0]), np.array([1.0]), 0.0, 9.0, 2, False, False)
    column = code.encode(np.ones(2), np.random.default_rng(0))
    beyond = type(column)(column.spec, column.code, np.array([-0.5, -0.25], np.float32))
    assert code.decode(beyond).tolist() == [1.0, 0.0]
    assert code.decode(type(column)(column.spec, column.code, np.array([-1.0, 1.0], np.float32))).tolist() == [3.0, 5.0]
