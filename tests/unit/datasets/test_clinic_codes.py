"""The clinic's codes fit together."""

from __future__ import annotations

import pytest

from assoc_synth.datasets.clinic_codes import (
    DIAGNOSES,
    DRUGS,
    INPATIENT,
    MEASUREMENTS,
    PROCEDURES,
    RARE,
    SHORT_STAYS,
    STAYS,
    Diagnosis,
    actions,
    departments,
    descriptions,
)


def test_each_code_has_a_description_a_department_and_one_action() -> None:
    assert set(descriptions()) == set(departments()) == set(actions())
    assert len(descriptions()) == len(DIAGNOSES) + 1 + len(RARE) + len(DRUGS) + len(PROCEDURES) + len(MEASUREMENTS)
    assert len(set(descriptions().values())) == len(descriptions())
    # Physicians are named by the first three letters.
    names = set(departments().values())
    assert len({name[:3] for name in names}) == len(names)


@pytest.mark.parametrize("one", DIAGNOSES, ids=lambda one: one.code)
def test_what_follows_a_diagnosis_is_known(one: Diagnosis) -> None:
    assert one.drug.code in DRUGS
    assert 0.8 <= one.drug.share <= 0.95
    assert {code for code, _ in one.procedures} <= set(PROCEDURES)
    assert not one.measured or one.measured in MEASUREMENTS
    assert not one.screening or one.screening in PROCEDURES
    assert one.surgery is None or one.surgery.code in PROCEDURES


def test_nothing_follows_two_diagnoses() -> None:
    followers = [code for one in DIAGNOSES for code in (one.drug.code, *(code for code, _ in one.procedures))]
    followers += [one.measured for one in DIAGNOSES if one.measured]
    followers += [one.screening for one in DIAGNOSES if one.screening]
    followers += [one.surgery.code for one in DIAGNOSES if one.surgery]
    assert len(set(followers)) == len(followers)


def test_groups_of_a_diagnosis_do_not_overlap() -> None:
    for one in DIAGNOSES:
        patients = [
            (sex, year) for _, born, sexes in one.groups for sex in sexes for year in range(born[0], born[1] + 1)
        ]
        assert len(set(patients)) == len(patients), one.code


def test_stays_are_probabilities_of_0_to_6_days() -> None:
    for shares in (STAYS, SHORT_STAYS):
        assert len(shares) == 7
        assert sum(shares) == pytest.approx(1.0)
    assert STAYS[0] == 0.0
    assert set(INPATIENT) <= set(PROCEDURES)
