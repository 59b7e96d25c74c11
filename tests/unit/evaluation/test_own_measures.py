"""Measures of the user's own."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from assoc_synth import datasets
from assoc_synth.errors import InputError
from assoc_synth.evaluation.own_measures import (
    own_distances,
    own_figures,
    register_measure,
    registered_measures,
    unregister_measure,
)
from assoc_synth.transactions.table import TransactionTable

Halves = tuple[TransactionTable, TransactionTable]


@pytest.fixture(scope="module")
def halves() -> Halves:
    return datasets.halves(datasets.toy_shop(subjects=200, seed=1))


@pytest.fixture(autouse=True)
def nothing_stays() -> Iterator[None]:
    yield
    for name in registered_measures():
        unregister_measure(name)


def of_both(table: TransactionTable) -> float:
    """Share of the subjects who bought and viewed one object: an association across verbs."""
    frame = table.to_frame()
    names = frame.groupby(["customer", "product"])["action"].agg(set)
    both = names[[{"bought", "viewed"} <= found for found in names]]
    return both.index.get_level_values(0).nunique() / table.num_subjects


def test_a_measure_has_interval_floor_and_independent_table(halves: Halves) -> None:
    register_measure("viewed_and_bought", lambda real, other: abs(of_both(real) - of_both(other)), aim="low")
    (figure,) = own_figures(*halves, None, np.random.default_rng(0))
    assert (figure.name, figure.aim, figure.why) == ("viewed_and_bought", "low", "")
    assert figure.value is not None
    assert figure.floor is not None
    assert figure.independent is not None
    assert max(figure.value, figure.floor) < figure.independent, "who views a product buys it, unless dealt anew"
    assert figure.low is not None
    assert figure.high is not None
    assert figure.low <= figure.value <= figure.high
    assert set(figure.to_dict()) == {"name", "value", "low", "high", "floor", "independent", "why", "aim"}


def test_the_tables_of_a_measure_have_one_size(halves: Halves) -> None:
    seen = []

    @register_measure("sizes", aim="high")
    def sizes(real: TransactionTable, other: TransactionTable) -> float:
        seen.append((real.num_subjects, other.num_subjects))
        return float(other.num_subjects)

    small = halves[1].take_subjects(np.arange(40))
    own_figures(halves[0], small, halves[1], np.random.default_rng(0))
    assert seen[:3] == [(100, 40)] * 3, "other real subjects, the independent table, the table under test"
    assert registered_measures() == ("sizes",)


def test_what_gives_no_number_says_so(halves: Halves) -> None:
    register_measure("nothing", lambda real, other: float("nan"), aim="half")
    (figure,) = own_figures(*halves, None, np.random.default_rng(0))
    assert (figure.value, figure.low, figure.why) == (None, None, "the function gives no number")


@pytest.mark.parametrize(("value", "words"), [(lambda a, b: "x", "ValueError"), (lambda a: 1.0, "TypeError")])
def test_a_function_that_fails_is_named(halves: Halves, value: object, words: str) -> None:
    register_measure("odd", value, aim="low")  # type: ignore[call-overload]
    with pytest.raises(InputError, match=rf"the measure 'odd' failed: {words}"):
        own_distances(*halves)


def test_without_a_measure_nothing_is_drawn(halves: Halves) -> None:
    rng = np.random.default_rng(0)
    assert own_figures(*halves, None, rng) == ()
    assert rng.integers(1000) == np.random.default_rng(0).integers(1000)


def test_wrong_use_is_refused() -> None:
    def fine(real: TransactionTable, other: TransactionTable) -> float:
        return 0.0

    for name, words in (("pair_l1", "already"), ("a: b", "without a colon"), (" ", "without a colon")):
        with pytest.raises(InputError, match=words):
            register_measure(name, fine, aim="low")
    with pytest.raises(InputError, match="aim must be 'low', 'high' or 'half', not 'up'"):
        register_measure("x", fine, aim="up")  # type: ignore[call-overload]
    with pytest.raises(InputError, match="must be a function of two tables"):
        register_measure("x", 3, aim="low")  # type: ignore[call-overload]
    with pytest.raises(InputError, match="no measure 'x' is registered: there are none"):
        unregister_measure("x")
