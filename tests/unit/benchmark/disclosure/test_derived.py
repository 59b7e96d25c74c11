"""Numbers of links and visits, and times between them, are kept of enough subjects alone."""

import numpy as np
import pytest

from assoc_synth import TransactionTable
from assoc_synth.benchmark.disclosure.derived import Derived, derived_of, numbers_of, thin_cells


def test_an_end_that_few_reach_is_found_and_a_bound_that_many_reach_is_not() -> None:
    visits = Derived("visits", np.append(np.tile([1.0, 2.0, 3.0], 10), 9.0), np.arange(31), ("here/",))
    kept = {"here/edges": np.array([1.0, 2.0, 3.0, 4.0, 10.0]), "elsewhere/edges": np.array([1.0, 10.0])}
    assert list(visits.of_too_few(kept, 5)) == [("here/edges", 9.0)]
    assert list(visits.of_too_few({"here/edges": np.array([1.0, 2.0, 3.0, 4.0])}, 5)) == []


def test_a_frequent_value_has_to_be_enough_subjects_own() -> None:
    gaps = Derived("gaps", np.array([7.0] * 30 + [8.0] * 30), np.append(np.zeros(30, int), np.arange(30)), ("here/",))
    assert list(gaps.of_too_few({"here/atoms": np.array([7.0, 8.0])}, 5)) == [("here/atoms", 7.0)]
    wide = Derived("gaps", np.arange(40.0), np.arange(40), ("here/",))
    ends = [("here/low", 2.0), ("here/low", 20.0), ("here/high", 39.0)]
    kept = {"here/low": np.array([2.0, 20.0]), "here/high": np.array([39.0]), "here/means": np.array([1.0, 38.0])}
    assert list(wide.of_too_few(kept, 5)) == ends  # somebody is beyond a mean
    assert list(wide.of_too_few({"here/means": np.array([39.0])}, 5)) == [("here/means", 39.0)]


def test_hours_are_compared_whole() -> None:
    hours = Derived("hour", np.array([3.2] + [8.1, 8.7] * 5), np.arange(11), ("here/",), step=1.0)
    kept = {"here/quarters": np.array([3.0, 8.0, 8.25, 8.5, 8.75])}
    assert list(hours.of_too_few(kept, 5)) == [("here/quarters", 3.0)]


@pytest.mark.parametrize(("name", "value"), [("links of a visit", 60.0), ("time of day", 40_063e9)])
def test_what_one_subject_alone_has_is_derived(table: TransactionTable, name: str, value: float) -> None:
    own = {one.name: one for one in derived_of(table)}[name]
    assert own.behind(value)[0] == 3


def test_columns_are_looked_for_in_their_own_code(table: TransactionTable) -> None:
    weight = next(one for one in numbers_of(table) if one.column == "weight")
    kept = {"config.json/attributes/extras/numbers/weight/high": np.array([4_711.123])}
    assert list(weight.of_too_few(kept, 5)) == [(next(iter(kept)), 4_711.123)]
    assert list(weight.of_too_few({"config.json/attributes/amount/price/high": np.array([4_711.123])}, 5)) == []


def test_cells_of_few_subjects_are_thin() -> None:
    total = np.array([[3.0, 10.0], [4.0, 3.0], [9.0, 2.0], [10.0, 2.0], [40.0, 5.0]])
    assert list(thin_cells({"reference.parquet/degrees.total": total}, 5)) == [
        ("reference.parquet/degrees.total", 9.0),
        ("reference.parquet/degrees.total", 10.0),
    ]
    leaves = np.array([[0.0, 5.0, 1.0, 1.0], [0.0, 5.0, 2.0, 4.0], [1.0, 5.0, 1.0, 3.0]])
    assert list(thin_cells({"reference.parquet/degrees.by_leaf": leaves}, 5)) == []  # leaf 1 has no more than three
