"""The registry: built-in tables by name, samples of whole subjects, the same halves every time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from assoc_synth.datasets import NAMES, halves, load, toy_shop, truth
from assoc_synth.errors import InputError
from assoc_synth.transactions.table import TransactionTable

PLANTED = ("ratings", "clickstream", "clinic")


def test_load_knows_its_names() -> None:
    assert list(NAMES) == ["toy-shop", *PLANTED, "random-svo", "journey-baskets", "journey-trips", "journey-households"]
    assert len(load("random-svo", seed=1)) == 20_000
    with pytest.raises(InputError, match=r"unknown data set 'toy'; there are: toy-shop, ratings"):
        load("toy")


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_table_comes_back_from_csv_without_an_option(name: str, tmp_path: Path) -> None:
    table = load(name, sample=60)
    table.to_frame().to_csv(tmp_path / "rows.csv", index=False)
    read = TransactionTable.read(tmp_path / "rows.csv")
    assert read.schema.roles() == table.schema.roles()
    rows, written = table.to_frame(), read.to_frame(typed=True)
    pd.testing.assert_frame_equal(written.fillna(np.nan), rows.fillna(np.nan), check_dtype=False)
    assert not any(truth(name).violations(written).values())


@pytest.mark.parametrize("name", PLANTED)
def test_a_truth_says_what_is_planted_and_what_is_not(name: str) -> None:
    rows = load(name, seed=1).to_frame()
    assert not any(truth(name).violations(rows).values())
    assert {"what", "planted", "observed", "cases"} == set(truth(name).frequencies(rows).columns)


@pytest.mark.parametrize("name", PLANTED)
def test_rows_without_a_column_are_refused(name: str) -> None:
    rows, asked = load(name, sample=5).to_frame(), truth(name)
    for column in rows.columns:
        with pytest.raises(InputError, match=f"the planted truth has a column '{column}', these rows do not"):
            asked.violations(rows.drop(columns=column))
    with pytest.raises(InputError, match="these rows do not"):
        asked.frequencies(toy_shop(subjects=5).to_frame())


def test_a_table_without_a_truth_is_refused() -> None:
    with pytest.raises(InputError, match="no truth is known of 'random-svo'; there is one of: ratings"):
        truth("random-svo")


def test_load_draws_whole_subjects() -> None:
    whole, part = load("toy-shop").to_frame(), load("toy-shop", sample=100)
    assert len(part.subjects) == 100
    expected = whole[whole["customer"].isin(set(part.subjects))].reset_index(drop=True)
    pd.testing.assert_frame_equal(part.to_frame().reset_index(drop=True), expected)
    assert set(load("toy-shop", sample=100).subjects) == set(part.subjects)
    for sample in (0, 2_001):
        with pytest.raises(InputError, match="between 1 and the 2000 subjects"):
            load("toy-shop", sample=sample)


@pytest.mark.parametrize("sample", ["5", 2.5, True])
def test_a_sample_is_a_whole_number(sample: object) -> None:
    with pytest.raises(InputError, match="sample must be a whole number between 1 and the 2000 subjects"):
        load("toy-shop", sample=sample)  # type: ignore[arg-type]


def test_a_seed_is_a_whole_number() -> None:
    with pytest.raises(InputError, match="seed must be a whole number"):
        load("toy-shop", seed=-1)


@pytest.fixture(scope="module")
def shop() -> TransactionTable:
    return toy_shop()


def test_halves_split_the_sorted_subjects(shop: TransactionTable) -> None:
    training, held_out = halves(shop)
    assert len(training.subjects) == len(held_out.subjects) == 1_000
    assert not set(training.subjects) & set(held_out.subjects)
    assert len(training) + len(held_out) == len(shop)
    expected = np.array(sorted(shop.subjects))[np.random.default_rng(0).permutation(2_000) < 1_000]
    assert set(training.subjects) == set(expected)


def test_halves_do_not_depend_on_the_row_order(shop: TransactionTable) -> None:
    roles = {"subject": "customer", "verb": "action", "object": "product", "time": "date", "amount": "price"}
    backwards = TransactionTable.from_frame(shop.to_frame()[::-1], **roles)
    assert set(halves(backwards)[0].subjects) == set(halves(shop)[0].subjects)


def test_halves_part_no_cluster() -> None:
    frame = toy_shop(subjects=60, seed=2).to_frame()
    frame["family"] = [f"family {int(name.rpartition('_')[2]) % 7}" for name in frame["customer"].astype(str)]
    table = TransactionTable.from_frame(frame, subject="customer", cluster="family")
    training, held_out = halves(table)
    assert training.num_subjects + held_out.num_subjects == table.num_subjects
    families = [set(half.extras["family"]) for half in (training, held_out)]
    assert sorted(map(len, families)) == [3, 4]
    assert not families[0] & families[1]
    backwards = TransactionTable.from_frame(frame[::-1], subject="customer", cluster="family")
    assert set(halves(backwards)[0].subjects) == set(training.subjects)
