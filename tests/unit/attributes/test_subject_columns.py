"""Subject columns: their values as links and back."""

import json

import numpy as np
import pandas as pd
import pytest

from assoc_synth.attributes.categories import MOST_CLASSES, CategoryCode
from assoc_synth.attributes.subject_columns import (
    IN_A_BIN,
    MOST_BINS,
    MOST_EXACT,
    BinnedNumbers,
    SubjectColumns,
    first_values,
)
from assoc_synth.link_graph.edges import Edges

RNG = np.random.default_rng


def years(subjects: int = 3_000) -> np.ndarray:
    return RNG(0).integers(1920, 2015, subjects).astype(np.float64)


def with_token(has: np.ndarray) -> Edges:
    """Each subject has object 0, and object 1 where `has`."""
    subject = np.concatenate([np.arange(len(has)), np.flatnonzero(has)])
    object = np.concatenate([np.zeros(len(has), int), np.ones(int(has.sum()), int)])
    return Edges.from_links(
        subject, np.zeros(len(subject), int), object, num_subjects=len(has), num_verbs=1, num_objects=2
    )


@pytest.mark.parametrize(
    "values",
    [
        years(),
        RNG(0).normal(170, 12, 2_000),
        RNG(0).normal(170, 12, 2_000).round(1),
        np.repeat([1.0, 2.0, 3.5], 20),
        np.where(RNG(0).random(2_000) < 0.6, 0.0, RNG(1).lognormal(3, 1, 2_000).round(2)),
        np.where(RNG(0).random(2_000) < 0.2, np.nan, years(2_000)),
        np.array([7.0]),
    ],
    ids=["years", "heights", "tenths", "few", "often zero", "missing", "one"],
)
def test_a_drawn_number_has_the_class_that_it_was_drawn_from(values: np.ndarray) -> None:
    code = BinnedNumbers.learn("x", values)
    classes = code.encode(values)
    assert classes.min() >= 0
    assert classes.max() < code.classes
    again = code.decode(classes, RNG(2))
    assert np.array_equal(code.encode(again), classes)
    assert np.array_equal(np.isnan(again), np.isnan(values))
    assert code.missing == np.isnan(values).any()
    known = again[~np.isnan(again)]
    assert known.min() >= np.nanmin(values)
    assert known.max() <= np.nanmax(values)
    if code.decimals is not None:
        assert np.allclose(known, known.round(code.decimals), atol=1e-9)


def test_the_distribution_is_that_of_the_subjects() -> None:
    values = RNG(0).normal(170, 12, 4_000).round(1)
    code = BinnedNumbers.learn("height", values)
    drawn = code.decode(code.encode(values), RNG(1))
    assert np.quantile(drawn, [0.05, 0.25, 0.5, 0.75, 0.95]) == pytest.approx(
        np.quantile(values, [0.05, 0.25, 0.5, 0.75, 0.95]), abs=0.5
    )


def test_bins_hold_enough_subjects_and_are_not_many() -> None:
    for subjects in (60, 400, 5_000):
        values = RNG(0).normal(size=subjects)
        code = BinnedNumbers.learn("x", values)
        size = np.bincount(code.encode(values), minlength=code.classes)
        assert len(code.low) <= MOST_BINS
        assert size.min() >= IN_A_BIN - 1


def test_no_rare_number_of_one_subject_comes_back_by_itself() -> None:
    """Of many numbers only those of many subjects are exact."""
    values = np.concatenate([np.full(300, 5.0), RNG(0).normal(100, 10, 700)])
    code = BinnedNumbers.learn("x", values)
    assert code.atoms.tolist() == [5.0]


def test_decimals_are_those_of_all_numbers() -> None:
    """Most of very many subjects have a whole one."""
    values = np.where(RNG(0).random(120_000) < 0.9, 0.0, RNG(1).lognormal(3, 1, 120_000).round(2))
    assert BinnedNumbers.learn("x", values).decimals == 2


def test_few_numbers_are_all_exact() -> None:
    values = np.repeat(np.arange(MOST_EXACT, dtype=float), 3)
    code = BinnedNumbers.learn("x", values)
    assert code.atoms.tolist() == list(range(MOST_EXACT))
    assert len(code.low) == 0
    assert code.encode(np.array([-3.0, 2.2, 2.7, 99.0])).tolist() == [0, 2, 3, MOST_EXACT - 1]  # the nearest


def test_bins_end_where_links_change() -> None:
    values = years()
    code = BinnedNumbers.learn("born", values, with_token((values >= 1957) & (values <= 1983)))
    plain = BinnedNumbers.learn("born", values)
    assert {1957, 1984} <= set(code.low.tolist())
    assert not {1957, 1984} <= set(plain.low.tolist())
    classes = code.classes_in(1957, 1983)
    assert code.low[classes[0] - len(code.atoms)] == 1957
    assert code.high[classes[-1] - len(code.atoms)] == 1983


def test_classes_of_a_window_are_those_that_have_numbers_in_it() -> None:
    values = np.concatenate([np.full(500, 0.0), years(1_500)])
    code = BinnedNumbers.learn("x", values)
    for low, high in ((0, 0), (1950, 1950), (1930, 1944), (-5, 1_921), (3, 1_900), (2_015, 3_000)):
        expected = set(code.encode(values[(values >= low) & (values <= high)]).tolist())
        assert expected <= set(code.classes_in(low, high).tolist())
        for one in set(code.classes_in(low, high).tolist()) - expected:
            assert code.low[one - len(code.atoms)] <= high
            assert code.high[one - len(code.atoms)] >= low
    assert code.classes_in(3, 1_900).tolist() == []


def test_classes_in_order_of_their_numbers() -> None:
    values = np.concatenate([np.full(500, 1950.0), np.full(400, np.nan), years(1_500)])
    code = BinnedNumbers.learn("x", values)
    assert len(code.order) == code.classes - 1
    drawn = code.decode(code.order, RNG(0))
    assert (np.diff(drawn[drawn != 1950]) > 0).all()


def test_a_column_of_missing_values_alone_is_one_class() -> None:
    code = BinnedNumbers.learn("x", np.full(5, np.nan))
    assert code.classes == 1
    assert np.isnan(code.decode(code.encode(np.full(3, np.nan)), RNG(0))).all()


@pytest.fixture(scope="module")
def values() -> dict[str, pd.Series]:
    subjects = 400
    sex = pd.Series(RNG(0).choice(["F", "M"], subjects), dtype=object)
    town = pd.Series([f"t{code}" for code in RNG(1).integers(0, 6, subjects)], dtype=object).where(
        RNG(2).random(subjects) < 0.8, None
    )
    return {"sex": sex, "born": pd.Series(years(subjects)), "town": town}


@pytest.fixture(scope="module")
def columns(values: dict[str, pd.Series]) -> SubjectColumns:
    born = BinnedNumbers.learn("born", values["born"].to_numpy())
    return SubjectColumns((CategoryCode.learn("sex", values["sex"]), born, CategoryCode.learn("town", values["town"])))


def links(subjects: int) -> Edges:
    rng = RNG(3)
    return Edges.from_links(
        rng.integers(0, subjects, 5 * subjects),
        rng.integers(0, 2, 5 * subjects),
        rng.integers(0, 9, 5 * subjects),
        num_subjects=subjects,
        num_verbs=2,
        num_objects=9,
    )


def test_values_come_back(columns: SubjectColumns, values: dict[str, pd.Series]) -> None:
    classes = columns.encode(values)
    assert classes.shape == (400, 3)
    decoded = columns.decode(classes, RNG(0))
    assert decoded["sex"].tolist() == values["sex"].tolist()
    assert decoded["town"].tolist() == [None if pd.isna(cell) else cell for cell in values["town"]]
    assert (
        np.abs(decoded["born"] - values["born"].to_numpy()).max()
        <= (columns.codes[1].high - columns.codes[1].low).max()
    )


def test_each_subject_has_one_link_of_each_column(columns: SubjectColumns, values: dict[str, pd.Series]) -> None:
    classes, edges = columns.encode(values), links(400)
    whole = columns.add_to(edges, classes)
    assert (whole.num_verbs, whole.num_objects) == (5, 9 + sum(columns.sizes))
    assert (whole.degrees_by_verb()[:, 2:] == 1).all()
    assert np.array_equal(np.lexsort((whole.object, whole.verb, whole.subject)), np.arange(len(whole)))
    sex = whole.object[whole.verb == 2] - 9
    assert np.array(["F", "M"])[sex].tolist() == values["sex"].tolist()
    assert np.array_equal(columns.classes_of(whole, 2, 9), classes)
    plain = whole.within(2, 9)
    for part in ("subject", "verb", "object", "count"):
        assert np.array_equal(getattr(plain, part), getattr(edges, part))


def test_a_column_that_a_subject_has_no_link_of_is_unknown(columns: SubjectColumns) -> None:
    whole = columns.add_to(links(400), np.zeros((400, 3), np.int64))
    few = whole.within(3, 9 + columns.sizes[0])
    found = columns.classes_of(
        Edges(few.subject, few.verb, few.object, few.count, 400, 5, 9 + sum(columns.sizes)), 2, 9
    )
    assert (found[:, 0] == 0).all()
    assert (found[:, 1:] == -1).all()


def test_without_columns_edges_are_as_they_were() -> None:
    edges = links(40)
    nothing = SubjectColumns()
    assert nothing.add_to(edges, nothing.encode({})) is edges
    assert nothing.classes_of(edges, 2, 9).shape == (40, 0)
    assert nothing.decode(np.zeros((40, 0), np.int64), RNG(0)) == {}


def test_orders_are_of_numbers_alone(columns: SubjectColumns) -> None:
    sex, born, town = columns.orders
    assert sex is None
    assert town is None
    assert born is not None
    assert sorted(born.tolist()) == list(range(columns.sizes[1]))


def test_a_column_of_very_many_values_shares_classes() -> None:
    code = pd.Series([f"{number % 900:05d}" for number in range(3_000)], dtype=object)
    columns = SubjectColumns((CategoryCode.learn("zip", code),))
    assert columns.sizes[0] <= MOST_CLASSES
    classes = columns.encode({"zip": code})
    assert (columns.encode({"zip": pd.Series(columns.decode(classes, RNG(0))["zip"])}) == classes).all()


def test_the_columns_survive_json(columns: SubjectColumns, values: dict[str, pd.Series]) -> None:
    state = json.loads(json.dumps(columns.to_dict()))
    again = SubjectColumns.from_dict(state)
    assert again.to_dict() == state
    assert np.array_equal(again.encode(values), columns.encode(values))
    assert again.names == ("sex", "born", "town")


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (np.array([np.nan, 2.0, 3.0, np.nan, 5.0]), np.array([2.0, np.nan, 3.0, np.nan])),
        (np.array([None, "b", "c", None, "e"], object), np.array(["b", None, "c", None], object)),
    ],
    ids=["numbers", "words"],
)
def test_the_first_value_of_each_subject(cells: np.ndarray, expected: np.ndarray) -> None:
    """Subject 1 has a missing value, subject 3 no row."""
    found = first_values(cells, np.array([0, 0, 2, 1, 0]), 4)
    assert pd.Series(found).equals(pd.Series(expected))
