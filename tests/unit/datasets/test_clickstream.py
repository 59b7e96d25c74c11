"""The clickstream's shape: users, sessions, rows in order, and columns of the user, the session and the day."""

from __future__ import annotations

import pandas as pd
import pytest

from assoc_synth.datasets import ClickstreamTruth, clickstream
from assoc_synth.datasets.clickstream_truth import STEPS
from assoc_synth.errors import InputError
from assoc_synth.transactions.table import TransactionTable


@pytest.fixture(scope="module")
def table() -> TransactionTable:
    return clickstream()


@pytest.fixture(scope="module")
def rows(table: TransactionTable) -> pd.DataFrame:
    return table.to_frame()


def test_the_table_has_the_promised_shape(table: TransactionTable, rows: pd.DataFrame) -> None:
    truth = ClickstreamTruth()
    assert table.num_subjects == 1_200
    assert set(table.objects) == set(truth.sections)
    assert set(table.verbs) == {event for event, _ in STEPS.values()}
    assert table.num_verbs == 10
    assert 5.5 <= rows.groupby("user_id")["session_id"].nunique().mean() <= 6.5
    sizes = rows.groupby("session_id").size()
    assert 8 <= sizes.mean() <= 10
    assert (sizes == 1).any()


def test_rows_are_in_the_order_of_time(rows: pd.DataFrame) -> None:
    assert rows["user_id"].is_monotonic_increasing
    assert rows.groupby("user_id")["timestamp"].is_monotonic_increasing.all()


def test_sessions_of_a_user_are_on_different_days(rows: pd.DataFrame) -> None:
    began = rows.groupby(["user_id", "session_id"])["timestamp"].min().dt.normalize().reset_index()
    assert not began.duplicated(["user_id", "timestamp"]).any()
    assert (
        rows.groupby("session_id")["timestamp"].agg(lambda time: time.max() - time.min()) < pd.Timedelta("6h")
    ).all()


def test_gaps_and_durations_are_like_those_of_a_shop(rows: pd.DataFrame) -> None:
    gap = rows.groupby("session_id")["timestamp"].diff().dt.total_seconds().dropna()
    assert 40 <= gap.median() <= 100
    assert 0.005 < (gap == 0).mean() < 0.03


def test_most_columns_of_the_user_differ_between_users(rows: pd.DataFrame) -> None:
    users = rows.drop_duplicates("user_id")
    assert users["device"].value_counts(normalize=True).between(0.04, 0.45).all()
    assert users["country"].nunique() == 6
    assert rows["weekday"].nunique() == 7


def test_it_repeats_itself_for_one_seed_only() -> None:
    one = clickstream(subjects=20, seed=3).to_frame()
    pd.testing.assert_frame_equal(one, clickstream(subjects=20, seed=3).to_frame())
    assert not one.equals(clickstream(subjects=20, seed=4).to_frame())
    assert clickstream(subjects=1).num_subjects == 1


@pytest.mark.parametrize("size", [0, -1, 2.5])
def test_a_size_below_one_is_refused(size: int) -> None:
    with pytest.raises(InputError, match="subjects must be at least 1"):
        clickstream(subjects=size)


def test_a_seed_is_a_whole_number() -> None:
    with pytest.raises(InputError, match="seed must be a whole number"):
        clickstream(subjects=5, seed=-1)
