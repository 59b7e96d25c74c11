"""The clinic's shape: patients, visits, rows in order, identifiers, rare codes and notes."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from assoc_synth.datasets import ClinicTruth, clinic
from assoc_synth.datasets.clinic import LAST_NAMES
from assoc_synth.datasets.clinic_truth import IDENTIFIERS, RECORDS
from assoc_synth.errors import InputError
from assoc_synth.transactions.table import TransactionTable

TRUTH = ClinicTruth()


@pytest.fixture(scope="module")
def table() -> TransactionTable:
    return clinic()


@pytest.fixture(scope="module")
def rows(table: TransactionTable) -> pd.DataFrame:
    return table.to_frame()


def test_the_table_has_the_promised_shape(table: TransactionTable, rows: pd.DataFrame) -> None:
    assert table.num_subjects == 2_000
    assert set(table.objects) == set(TRUTH.descriptions)
    assert set(table.verbs) == set(RECORDS)
    assert 2.5 <= rows.groupby("patient_id")["visit_id"].nunique().mean() <= 4
    assert 2 <= rows.groupby("visit_id").size().mean() <= 4


def test_rows_of_a_visit_are_in_the_order_of_the_record(rows: pd.DataFrame) -> None:
    assert rows["patient_id"].is_monotonic_increasing
    assert rows.groupby("patient_id")["visit_time"].is_monotonic_increasing.all()
    rank = rows["action"].map(list(RECORDS).index)
    assert rank.groupby(rows["visit_id"]).is_monotonic_increasing.all()


def test_each_patient_has_identifiers_of_one_shape(rows: pd.DataFrame) -> None:
    shapes = {
        "ssn": r"9\d\d-\d\d-\d{4}",
        "insurance_number": r"[A-Z]\d{9}",
        "phone": r"\+49 \d{2,3} \d{7}",
        "email": r"[a-z]+\.[a-z]+\d+@mail\.example",
        "mrn": r"\d{8}",
    }
    assert set(shapes) == set(IDENTIFIERS)
    for column, shape in shapes.items():
        cells = rows[column].astype(str).unique()
        assert len(cells) == 2_000
        assert all(re.fullmatch(shape, cell) for cell in cells)


def test_rare_codes_belong_to_one_to_three_patients(rows: pd.DataFrame) -> None:
    patients = rows[rows["code"].isin(TRUTH.rare)].groupby("code")["patient_id"].nunique()
    assert len(patients) == 30
    assert patients.between(1, 3).all()
    assert (patients == 1).any()


def test_few_patients_have_few_rare_codes() -> None:
    rows = clinic(subjects=20).to_frame()
    assert rows["code"].isin(TRUTH.rare).sum() <= 3


def test_notes_name_people(rows: pd.DataFrame) -> None:
    notes = rows.drop_duplicates("visit_id")["note"]
    assert 0.25 < notes.notna().mean() < 0.35
    named = notes.dropna().map(lambda note: any(name in note for name in LAST_NAMES))
    assert 0.8 < named.mean() < 0.95


def test_it_repeats_itself_for_one_seed_only() -> None:
    pd.testing.assert_frame_equal(clinic(subjects=20, seed=3).to_frame(), clinic(subjects=20, seed=3).to_frame())
    assert not clinic(subjects=20, seed=3).to_frame().equals(clinic(subjects=20, seed=4).to_frame())
    assert clinic(subjects=1).num_subjects == 1


@pytest.mark.parametrize("size", [0, -1, 2.5])
def test_a_size_below_one_is_refused(size: int) -> None:
    with pytest.raises(InputError, match="subjects must be at least 1"):
        clinic(subjects=size)


def test_a_seed_is_a_whole_number() -> None:
    with pytest.raises(InputError, match="seed must be a whole number"):
        clinic(subjects=5, seed=-1)
