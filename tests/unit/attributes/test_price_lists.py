"""Price lists: each object has one price or a few, and nothing else is drawn for it."""

import json

import numpy as np
import pytest

from assoc_synth.attributes.price_lists import PriceList

ROWS, OBJECTS = 3_000, 40


def column(prices: int, wrong: float = 0.0, by_verb: bool = False) -> tuple[np.ndarray, ...]:
    """Values, subjects, verbs (bought, returned, viewed) and objects; a share of `wrong` prices is unheard of."""
    rng = np.random.default_rng(0)
    subject, verb, object = rng.integers(0, 300, ROWS), rng.integers(0, 3, ROWS), rng.integers(0, OBJECTS, ROWS)
    listed = np.round(rng.uniform(1, 90, (2, OBJECTS, prices)), 2)
    paid = listed[verb % 2 if by_verb else 0, object, rng.integers(0, prices, ROWS)]
    odd = rng.random(ROWS) < wrong
    paid[odd] = rng.uniform(1, 90, odd.sum())
    return np.where(verb == 2, np.nan, np.where(verb == 1, -paid, paid)), subject, verb, object


@pytest.mark.parametrize("wrong", [0.0, 0.03])
@pytest.mark.parametrize("prices", [1, 3])
def test_only_listed_prices_are_drawn_with_the_sign_that_was_drawn(prices: int, wrong: float) -> None:
    values, subject, verb, object = column(prices, wrong)
    found = PriceList.learn(values, subject, verb, object, OBJECTS)
    assert found is not None
    assert not found.by_verb
    real = {thing: set(np.abs(column(prices)[0][(object == thing) & (verb < 2)])) for thing in range(OBJECTS)}
    rng = np.random.default_rng(1)
    drawn = found.listed(np.where(np.isnan(values), np.nan, values + rng.normal(0, 9, ROWS)), verb, object, rng)
    assert np.array_equal(np.isnan(drawn), np.isnan(values))
    known = np.flatnonzero(~np.isnan(drawn))
    assert all(abs(drawn[row]) in real[object[row]] for row in known)
    assert len(set(np.abs(drawn[known]))) > 0.95 * OBJECTS * prices


def test_listed_prices_stay_and_others_are_drawn_by_how_often_they_occur() -> None:
    object = np.zeros(1_000, np.int64)
    found = PriceList(False, 1, np.array([0]), np.array([2]), np.array([5.0, 8.0]), np.array([90, 10]))
    rng = np.random.default_rng(0)
    assert (found.listed(np.full(1_000, 8.0), object, object, rng) == 8).all()
    assert (found.listed(np.full(1_000, -7.0), object, object, rng) == -5).mean() == pytest.approx(0.9, abs=0.03)
    assert (found.only_commonest().listed(np.full(1_000, 8.0), object, object, rng) == 5).all()
    assert found.listed(np.array([7.0]), np.array([0]), np.array([3]), rng).tolist() == [
        7.0
    ]  # an object without a list


def test_prices_may_be_those_of_a_verb_and_an_object() -> None:
    values, subject, verb, object = column(1, by_verb=True)
    values = np.abs(values)
    found = PriceList.learn(values, subject, verb, object, OBJECTS)
    assert found is not None
    drawn = found.only_commonest().listed(values + 1, verb, object, np.random.default_rng(0))
    assert np.array_equal(drawn, values, equal_nan=True)


@pytest.mark.parametrize("kind", ["continuous", "few values of all objects", "missing", "haggled"])
def test_other_numbers_are_no_list(kind: str) -> None:
    values, subject, verb, object = column(1, 0.3 if kind == "haggled" else 0.0)
    rng = np.random.default_rng(2)
    if kind == "continuous":
        values = rng.lognormal(2, 1, ROWS)
    elif kind == "few values of all objects":
        values = rng.integers(1, 6, ROWS).astype(float)
    elif kind == "missing":
        values[:] = np.nan
    assert PriceList.learn(values, subject, verb, object, OBJECTS) is None


def test_a_list_survives_json() -> None:
    values, subject, verb, object = column(3)
    found = PriceList.learn(values, subject, verb, object, OBJECTS)
    assert found is not None
    again = PriceList.from_dict(json.loads(json.dumps(found.to_dict())))
    first, second = (one.listed(values + 1, verb, object, np.random.default_rng(0)) for one in (found, again))
    assert np.array_equal(first, second, equal_nan=True)
    with pytest.raises(ValueError, match="price list"):
        PriceList.from_dict(found.to_dict() | {"ends": [1]})


def test_numbers_out_of_a_distribution_become_the_sizes_of_their_ranks_and_single_ones_stay() -> None:
    zero = np.zeros(10_000, np.int64)
    found = PriceList(False, 1, np.array([0]), np.array([4]), np.array([1.0, 5.0, 8.0, 9.5]), np.array([50, 30, 15, 5]))
    rng = np.random.default_rng(0)
    values = np.where(np.arange(10_000) < 5_000, 1.0, rng.normal(3, 0.5, 10_000))
    drawn = found.listed(values, zero, zero, rng, np.array([1.0, 2.0]))
    assert (drawn[:5_000] == 1).all()
    assert [(drawn == size).mean() for size in (5.0, 8.0, 9.5)] == pytest.approx([0.3, 0.15, 0.05], abs=0.002)
    assert (np.diff(drawn[5_000:][np.argsort(values[5_000:])]) >= 0).all()
    strange = found.listed(np.full(10_000, 2.0), zero, zero, rng, np.array([1.0, 2.0]))
    assert (strange == 1).mean() == pytest.approx(0.5, abs=0.02)


def test_dozens_of_values_for_each_object_are_no_list() -> None:
    """As the weights of groceries: most rows have a size that others have, and what is between them occurs too."""
    rng = np.random.default_rng(3)
    object = rng.integers(0, 200, 60_000)
    size = np.round(1 + object / 7 + rng.gamma(2.0, 0.12, 60_000), 2)
    subject, verb = rng.integers(0, 3_000, 60_000), np.zeros(60_000, np.int64)
    assert PriceList.learn(size, subject, verb, object, 200) is None
    few = np.round(1 + object / 7 + rng.integers(0, 5, 60_000) / 10, 2)
    assert PriceList.learn(few, subject, verb, object, 200) is not None
