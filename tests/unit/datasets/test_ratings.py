"""Ratings: each film once under one verb, tastes that decide which, and viewers who rate everything."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from assoc_synth.datasets import RatingsTruth, ratings
from assoc_synth.errors import InputError
from assoc_synth.transactions.table import TransactionTable

Shuffle = Callable[[pd.DataFrame], pd.DataFrame]
TRUTH = RatingsTruth()


@pytest.fixture(scope="module")
def table() -> TransactionTable:
    return ratings()


@pytest.fixture(scope="module")
def rows(table: TransactionTable) -> pd.DataFrame:
    return table.to_frame()


@pytest.fixture(scope="module")
def tastes(table: TransactionTable) -> pd.Series:
    return pd.Series(TRUTH.tastes_of(), index=table.subjects)


def test_the_table_has_the_promised_shape(table: TransactionTable, rows: pd.DataFrame) -> None:
    assert table.num_subjects == 500
    assert set(table.objects) == set(TRUTH.films)
    assert table.num_objects == 400
    assert set(table.verbs) == {"liked", "seen", "disliked"}
    number = rows.groupby("user_id").size()
    assert 90 <= number.mean() <= 115
    assert number.min() >= 5
    assert 5 <= (number == 400).sum() <= 20


def test_nothing_impossible_happens(rows: pd.DataFrame, shuffled: Shuffle) -> None:
    assert TRUTH.violations(rows) == dict.fromkeys(TRUTH.violations(rows), 0)
    broken = TRUTH.violations(shuffled(rows))
    assert all(broken.values()), broken


def test_tastes_decide_the_verbs(rows: pd.DataFrame, tastes: pd.Series, expect_met: Callable[..., None]) -> None:
    expect_met(TRUTH.frequencies(rows, tastes), least_cases=3_000)


def test_tastes_are_found_in_the_rows_alone(rows: pd.DataFrame, tastes: pd.Series) -> None:
    found = TRUTH.likeliest_tastes(rows)
    assert (found == tastes.loc[found.index]).mean() > 0.95
    guessed, planted = TRUTH.frequencies(rows), TRUTH.frequencies(rows, tastes)
    assert (guessed["observed"] - planted["observed"]).abs().max() < 0.01


def test_a_viewer_without_a_taste_is_named(rows: pd.DataFrame, tastes: pd.Series) -> None:
    with pytest.raises(InputError, match="no taste is given of viewer 'user_0003'"):
        TRUTH.frequencies(rows, tastes.drop("user_0003"))


def test_a_table_without_taste_shows_it(rows: pd.DataFrame, shuffled: Shuffle) -> None:
    dealt = rows.assign(action=shuffled(rows)["action"])
    found = TRUTH.frequencies(dealt).set_index("what")
    assert found.loc["liked, given a favourite genre", "observed"] < 0.6


def test_tastes_decide_which_films(rows: pd.DataFrame, tastes: pd.Series) -> None:
    taste = rows["user_id"].map(tastes).to_numpy()
    films = pd.Index(list(TRUTH.films)).get_indexer(rows["movie"])
    level = TRUTH.levels[taste, films]
    # Two genres of ten are favourites and six are neutral, of equal sizes.
    assert (level == 0).sum() / 2 > 2 * (level == 1).sum() / 6
    assert (level == 2).sum() / 2 < 0.7 * (level == 1).sum() / 6


def test_ratings_come_in_sessions_on_different_days(rows: pd.DataFrame) -> None:
    gap = rows.groupby("user_id")["timestamp"].diff().dt.total_seconds().dropna()
    assert (gap > 0).all()
    inside = gap < 90
    assert inside.mean() == pytest.approx(7 / 8, abs=0.01)
    assert gap[inside].min() >= 5
    day = rows["timestamp"].dt.normalize()
    assert (day.groupby(rows["user_id"]).diff().dropna()[~inside] >= pd.Timedelta(days=1)).all()


def test_it_repeats_itself_for_one_seed_only() -> None:
    pd.testing.assert_frame_equal(ratings(subjects=20, seed=3).to_frame(), ratings(subjects=20, seed=3).to_frame())
    assert not ratings(subjects=20, seed=3).to_frame().equals(ratings(subjects=20, seed=4).to_frame())
    assert ratings(subjects=1).num_subjects == 1


@pytest.mark.parametrize("size", [0, -1, 2.5])
def test_a_size_below_one_is_refused(size: int) -> None:
    with pytest.raises(InputError, match="subjects must be at least 1"):
        ratings(subjects=size)


def test_a_seed_is_a_whole_number() -> None:
    with pytest.raises(InputError, match="seed must be a whole number"):
        ratings(subjects=5, seed=-1)
