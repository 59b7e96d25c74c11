"""The toy shop: planted associations are there, with the promised shape, gaps, prices and rhythm."""

from __future__ import annotations

import pandas as pd
import pytest

from assoc_synth.datasets import PlantedPair, ToyShopTruth, toy_shop
from assoc_synth.errors import InputError
from assoc_synth.transactions.table import TransactionTable


@pytest.fixture(scope="module")
def shop() -> TransactionTable:
    return toy_shop()


@pytest.fixture(scope="module")
def rows(shop: TransactionTable) -> pd.DataFrame:
    return shop.to_frame()


def audience(rows: pd.DataFrame, verb: str, name: str) -> set[str]:
    return set(rows.loc[(rows["action"] == verb) & (rows["product"] == name), "customer"])


PLANTED = ToyShopTruth().within + ToyShopTruth().across


@pytest.mark.parametrize("pair", PLANTED, ids=lambda pair: f"{pair.object}-{pair.other_object}")
def test_a_planted_pair_is_frequent_and_has_a_high_lift(rows: pd.DataFrame, pair: PlantedPair) -> None:
    first = audience(rows, pair.verb, pair.object)
    second = audience(rows, pair.other_verb, pair.other_object)
    both = len(first & second)
    assert both >= 20
    assert both * 2_000 / (len(first) * len(second)) > 2.5
    assert both / len(first) > 0.75 * pair.probability


def test_the_shop_has_the_promised_shape(shop: TransactionTable, rows: pd.DataFrame) -> None:
    truth = ToyShopTruth()
    assert list(rows.columns) == ["customer", "action", "product", "date", "price"]
    assert len(shop.subjects) == 2_000
    assert set(shop.objects) == set(truth.prices)
    assert 60 <= len(truth.prices) <= 80
    assert set(shop.verbs) == set(truth.verbs)
    degree = rows.groupby("customer").size()
    assert 10 <= degree.mean() <= 14
    assert degree.max() > 8 * degree.median()
    assert (degree == 1).any()


def test_dates_and_prices_are_missing_as_promised(rows: pd.DataFrame) -> None:
    paid = rows["action"].isin(["bought", "returned"])
    assert rows["date"].isna().mean() == pytest.approx(0.05, abs=0.01)
    assert rows.loc[paid, "price"].isna().mean() == pytest.approx(0.08, abs=0.01)
    assert rows.loc[~paid, "price"].isna().all()


def test_prices_follow_the_list_and_returns_are_negative(rows: pd.DataFrame) -> None:
    ratio = rows["price"] / rows["product"].map(ToyShopTruth().prices)
    bought, returned = ratio[rows["action"] == "bought"].dropna(), ratio[rows["action"] == "returned"].dropna()
    assert bought.between(0.69, 1.001).all()
    assert returned.between(-1.001, -0.69).all()
    assert 0.2 < (bought < 0.95).mean() < 0.3


def test_a_return_follows_a_purchase_of_the_same_object(rows: pd.DataFrame) -> None:
    dated = rows.dropna(subset="date")
    first = dated[dated["action"] == "bought"].groupby(["customer", "product"])["date"].min().rename("bought")
    both = dated[dated["action"] == "returned"].merge(first, left_on=["customer", "product"], right_index=True)
    assert len(both) > 200
    # A few first purchases lost their date; the earliest known one may then be a later one.
    assert (both["date"] - both["bought"] >= pd.Timedelta(days=3)).mean() > 0.97


def test_seasons_week_and_hours_have_a_rhythm(rows: pd.DataFrame) -> None:
    bought = rows[rows["action"] == "bought"].dropna(subset="date")
    cold = bought["date"].dt.month.isin([11, 12, 1, 2])
    warm = bought["date"].dt.month.isin([5, 6, 7, 8])
    assert cold[bought["product"] == "winter coat"].mean() > 0.7
    assert warm[bought["product"] == "barbecue"].mean() > 0.6
    by_day = bought["date"].dt.dayofweek.value_counts()
    assert by_day[[5, 6]].mean() > 1.3 * by_day[range(5)].mean()
    assert bought["date"].dt.hour.between(10, 22).mean() > 0.9


def test_baskets_hold_several_objects_at_one_visit(rows: pd.DataFrame) -> None:
    size = rows[rows["action"] == "bought"].dropna(subset="date").groupby(["customer", "date"]).size()
    assert 0.3 < (size > 1).mean() < 0.7


def test_one_customer_is_a_shop_too() -> None:
    assert len(toy_shop(subjects=1).subjects) == 1


def test_it_repeats_itself_for_one_seed_only() -> None:
    pd.testing.assert_frame_equal(toy_shop(subjects=50, seed=3).to_frame(), toy_shop(subjects=50, seed=3).to_frame())
    assert not toy_shop(subjects=50, seed=3).to_frame().equals(toy_shop(subjects=50, seed=4).to_frame())


def test_rows_stay_the_same_from_version_to_version() -> None:
    rows = toy_shop(subjects=10).to_frame()
    assert len(rows) == 121
    assert rows["price"].sum() == pytest.approx(4165.24)
    first = rows.loc[2, ["customer", "action", "product", "date"]].tolist()
    assert first == ["customer_00002", "viewed", "espresso machine", pd.Timestamp("2024-01-23 17:40:32")]
    assert rows["date"].max() == pd.Timestamp("2025-12-30 13:19:24")


@pytest.mark.parametrize("size", [0, -1])
def test_a_size_below_one_is_refused(size: int) -> None:
    with pytest.raises(InputError, match="subjects must be at least 1"):
        toy_shop(subjects=size)


def test_a_seed_is_a_whole_number() -> None:
    with pytest.raises(InputError, match="seed must be a whole number"):
        toy_shop(subjects=5, seed=-1)
