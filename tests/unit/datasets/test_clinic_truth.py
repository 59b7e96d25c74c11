"""What the clinic plants is there, and rows without it are told apart."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from assoc_synth.datasets import ClinicTruth, clinic
from assoc_synth.datasets.clinic_truth import IDENTIFIERS
from assoc_synth.errors import InputError

Shuffle = Callable[[pd.DataFrame], pd.DataFrame]
TRUTH = ClinicTruth()


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    return clinic().to_frame()


def test_prevalences_and_followers_are_met(rows: pd.DataFrame, expect_met: Callable[..., None]) -> None:
    expect_met(TRUTH.frequencies(rows), least_cases=25)


def test_nothing_impossible_happens(rows: pd.DataFrame) -> None:
    assert TRUTH.violations(rows) == dict.fromkeys(TRUTH.violations(rows), 0)


def test_shuffled_columns_break_every_rule_but_one(rows: pd.DataFrame, shuffled: Shuffle) -> None:
    broken = TRUTH.violations(shuffled(rows))
    # Everybody is born before the first visit.
    assert [what for what, count in broken.items() if not count] == ["a visit before birth"]


def test_childbirth_is_of_women_born_1975_to_2000_with_its_procedure(rows: pd.DataFrame) -> None:
    births = rows[rows["code"] == "O80"]
    assert set(births["sex"]) == {"F"}
    assert births["birth_date"].between("1975-01-01", "2000-12-31").all()
    assert set(births["visit_id"]) == set(rows.loc[rows["code"] == "59400", "visit_id"])
    assert len(births) > 200


def test_drugs_follow_and_never_precede(rows: pd.DataFrame) -> None:
    first = rows.groupby(["patient_id", "code"])["visit_time"].min().unstack()
    for one in TRUTH.diagnoses:
        drug = first[one.drug.code].dropna()
        assert (first[one.code].loc[drug.index] <= drug).all()
        if one.surgery:
            surgery = first[one.surgery.code].dropna()
            assert (first[one.code].loc[surgery.index] < surgery).all()
        if one.screening:
            diagnosed = first[one.code].dropna()
            assert (first[one.screening].loc[diagnosed.index] < diagnosed).all()


def test_a_diagnosis_on_the_wrong_patient_is_found(rows: pd.DataFrame) -> None:
    patient = rows.loc[rows["code"] == "O80", "patient_id"].iloc[0]
    at = rows["patient_id"] == patient
    man = rows.assign(sex=rows["sex"].mask(at, "M"), gender=rows["gender"].mask(at, "male"))
    old = rows.assign(birth_year=rows["birth_year"].mask(at, 1960))
    assert TRUTH.violations(man)["ruled out by the sex"] >= 2
    assert TRUTH.violations(man)["another sex's gender"] == 0
    assert TRUTH.violations(old)["ruled out by the year of birth"] >= 2
    assert TRUTH.violations(old)["ruled out by the sex"] == 0


@pytest.mark.parametrize(
    ("column", "value", "where", "what"),
    [
        ("price", 5.0, "diagnosed", "a price without a procedure"),
        ("price", 5.0, "performed", "another price than the procedure's"),
        ("price", np.nan, "performed", "another price than the procedure's"),
        ("result", 5.0, "prescribed", "a result without a measurement"),
        ("result", np.nan, "measured", "a measurement without a result"),
        ("unit", "kg", "diagnosed", "another code's unit"),
        ("unit", None, "measured", "another code's unit"),
        ("gender", "other", "diagnosed", "another sex's gender"),
        ("gender", "other", "diagnosed", "a patient with two values of gender"),
        ("action", "performed", "prescribed", "another code's action"),
        ("record_type", None, "prescribed", "another action's record"),
        ("physician", None, "prescribed", "another department's physician"),
        ("birth_date", pd.Timestamp("2050-01-01"), "measured", "a visit before birth"),
        ("birth_date", pd.NaT, "measured", "another year of birth than the date's"),
        ("discharge_date", pd.NaT, "measured", "a discharge after more than 6 days"),
        ("discharge_date", pd.Timestamp("2010-01-01"), "measured", "a discharge before the admission"),
        ("admission_date", pd.NaT, "measured", "an admission on another day"),
    ],
)
def test_one_wrong_cell_is_found(rows: pd.DataFrame, column: str, value: object, where: str, what: str) -> None:
    patient = rows["patient_id"].value_counts().index[0]
    at = rows.index[(rows["action"] == where) & (rows["patient_id"] == patient)][0]
    changed = rows.copy()
    changed.loc[at, column] = value
    assert TRUTH.violations(changed)[what] >= 1


@pytest.mark.parametrize("column", IDENTIFIERS)
def test_a_shared_identifier_is_found(rows: pd.DataFrame, column: str) -> None:
    first, second = rows["patient_id"].unique()[:2]
    value = rows.loc[rows["patient_id"] == first, column].iloc[0]
    changed = rows.assign(**{column: rows[column].mask(rows["patient_id"] == second, value)})
    assert TRUTH.violations(changed)[f"two patients with one {column}"] >= 2


def test_gaps_in_whole_numbers_are_read(rows: pd.DataFrame) -> None:
    nullable = rows.astype({"birth_year": "Int64", "mrn": "Int64"})
    nullable.loc[0, ["birth_year", "mrn"]] = pd.NA
    found = TRUTH.violations(nullable)
    assert found["a patient with two values of birth_year"] > 0
    assert found["ruled out by the sex"] == 0


def test_rows_without_any_visit_are_answered(rows: pd.DataFrame) -> None:
    for nothing in (None, np.nan):
        lost = rows.assign(visit_id=nothing)
        found = TRUTH.frequencies(lost).set_index("what")
        assert found.loc["H01BB02, given O80 in the visit", "cases"] == 0
        assert found.loc["O80, given F born 1975–2000", "cases"] > 0
        broken = TRUTH.violations(lost)
        assert broken["a visit without a diagnosis"] == len(rows)
        assert broken["a diagnosis without its procedure in the visit"] > 200
        assert broken["a code twice in a visit"] == 0


def test_another_table_is_refused(rows: pd.DataFrame) -> None:
    with pytest.raises(InputError, match="'tea' is not among the names that are planted"):
        TRUTH.violations(rows.assign(code="tea"))
