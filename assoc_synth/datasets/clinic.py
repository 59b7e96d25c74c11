"""Clinic: visits of two thousand patients whose sex and birth decide what they have, and what follows is known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from assoc_synth.datasets.clinic_codes import (
    AGAIN,
    CHECKUP,
    HEART_RATE,
    HEART_RATES,
    INPATIENT,
    MEASUREMENTS,
    RARE,
    REFILLED,
    SCREENED,
    SHORT_STAYS,
    STAYS,
    Diagnosis,
)
from assoc_synth.datasets.clinic_truth import GENDERS, RECORDS, ClinicTruth
from assoc_synth.datasets.draws import choose, runs
from assoc_synth.datasets.sizes import check_size
from assoc_synth.randomness import Seeds
from assoc_synth.transactions.arrays import Bools, Floats, Ints, Values
from assoc_synth.transactions.days import DAY, SECOND
from assoc_synth.transactions.table import TransactionTable

FIRST_NAMES = (
    "Anna", "Bruno", "Clara", "David", "Elif", "Felix", "Greta", "Hannes", "Ines", "Jonas", "Karla", "Lukas", "Marta",
    "Niklas", "Olga", "Paul", "Ronja", "Samir", "Tilda", "Viktor", "Wanda", "Yusuf", "Zoe", "Aaron", "Britta",
    "Carlos", "Doris", "Emil", "Frida", "Georg",
)  # fmt: skip
LAST_NAMES = (
    "Abendroth", "Bergmann", "Castillo", "Dombrowski", "Eichendorff", "Falkenberg", "Grunewald", "Hoffmeister",
    "Ivanov", "Jankowski", "Kaltenbach", "Lindqvist", "Morgenstern", "Nadelmann", "Oberhauser", "Petrovic", "Quandt",
    "Rosenthal", "Sommerfeld", "Trautmann", "Unterberg", "Vogelsang", "Winterfeld", "Yilmaz", "Zimmermann",
    "Achterberg", "Blumenthal", "Drossel", "Engelhardt", "Finkbeiner",
)  # fmt: skip
"""The names in notes and e-mail addresses; all people are made up."""
_NOTES = (
    "seen by Dr {last}", "{first} {last} came along", "called {first} {last}, no answer",
    "papers sent to {first} {last}", "referred by Dr {last}, letter to follow", "asks to inform {first} {last}",
    "no complaints since the last visit", "interpreter {first} {last} present",
)  # fmt: skip
_NOTED = 0.3


class _Patients(NamedTuple):
    """One entry a patient: sex, date of birth in days since 1970, year of birth, number of visits."""

    sex: Values
    birth: Ints
    year: Ints
    visits: Ints


class _Visits(NamedTuple):
    """One entry a visit, sorted by patient and time: patient, number from 0, seconds since 1970."""

    patient: Ints
    number: Ints
    time: Ints


class _Records(NamedTuple):
    """One entry a row: visit and code."""

    visit: Ints
    code: Values


def clinic(*, subjects: int = 2_000, seed: int = 0) -> TransactionTable:
    """Visits to a clinic from 2019 on, with the diagnoses, drugs and procedures that `ClinicTruth` lists.

    All people, numbers and addresses are made up.

    Args:
        subjects: number of patients. Each has about three visits of about three rows.
        seed: of all that is random.

    Returns:
        A table with the columns patient_id, visit_id, action, code, visit_time (one for each visit), price (of
        procedures), result and unit (of measurements), description and department (decided by the code), record_type
        (by the action), physician (by department and visit), admission_date, discharge_date and note (of the visit),
        sex, gender, birth_date, birth_year, mrn, ssn, insurance_number, phone and email (of the patient).

    Raises:
        InputError: `subjects` is not a whole number from 1 on, or `seed` is not one from 0 on.

    Example:
        >>> clinic(subjects=5).schema.roles()["object"]
        'code'
    """
    check_size("subjects", subjects)
    seeds, truth = Seeds.of(seed).child("clinic"), ClinicTruth()
    rng = seeds.child("diagnoses").generator()
    patients = _born(subjects, seeds.child("patients").generator())
    has = [rng.random(subjects) < _shares(one, patients) for one in truth.diagnoses]
    operated = [_operated(one, those, rng) for one, those in zip(truth.diagnoses, has, strict=True)]
    patients, visits = _visits(truth, patients, has, operated, seeds.child("visits").generator())
    parts = []
    for one, those, later in zip(truth.diagnoses, has, operated, strict=True):
        parts += _course(one, patients, visits, those, later, rng)
    # Fewer patients have fewer of them, so that they stay rare.
    rare = list(RARE)[: max(1, subjects * len(RARE) // 2_000)]
    parts += [_of_code(code, _rare_visits(visits, rng)) for code in rare]
    records = _joined(parts)
    diagnosed = np.isin(records.code, [name for name, action in truth.actions.items() if action == "diagnosed"])
    others = np.setdiff1d(np.arange(len(visits.patient)), records.visit[diagnosed])
    measured = np.flatnonzero(rng.random(len(visits.patient)) < HEART_RATES)
    records = _joined([records, _of_code(CHECKUP[0], others), _of_code(HEART_RATE, measured)])
    return _table(truth, patients, visits, _ordered(truth, records), seeds)


def _born(count: int, rng: np.random.Generator) -> _Patients:
    years = np.arange(1935, 2018)
    weight = np.where((years >= 1975) & (years <= 2000), 2.0, 1.0)
    year = rng.choice(years, size=count, p=weight / weight.sum())
    first = (year - 1970).astype("datetime64[Y]").astype("datetime64[D]").astype(np.int64)
    sex = np.where(rng.random(count) < 0.54, "F", "M").astype(object)
    return _Patients(sex, first + rng.integers(365, size=count), year, 1 + rng.poisson(2.2, count))


def _shares(one: Diagnosis, patients: _Patients) -> Floats:
    """The probability of a diagnosis for each patient; 0 where it cannot be."""
    share = np.zeros(len(patients.sex))
    for group in one.groups:
        inside = (patients.year >= group.born[0]) & (patients.year <= group.born[1])
        share[inside & np.isin(patients.sex, list(group.sex))] = group.share
    return share


def _operated(one: Diagnosis, has: Bools, rng: np.random.Generator) -> Bools:
    return np.asarray(has & (rng.random(len(has)) < (one.surgery.share if one.surgery else 0.0)))


def _visits(
    truth: ClinicTruth, patients: _Patients, has: list[Bools], operated: list[Bools], rng: np.random.Generator
) -> tuple[_Patients, _Visits]:
    """As many visits as screening, diagnosis and surgery need, more than a week apart."""
    needed = patients.visits
    for one, those, later in zip(truth.diagnoses, has, operated, strict=True):
        needed = np.maximum(needed, 1 + (those * bool(one.screening)) + later)
    patient = np.repeat(np.arange(len(needed), dtype=np.int64), needed)
    days = np.where(runs(needed) == 0, rng.integers(0, 500, len(patient)), 8 + rng.geometric(1 / 160, len(patient)))
    total = np.cumsum(days)
    day = total - (total - days)[runs(needed) == 0][patient]
    began = np.datetime64("2019-01-01", "s").astype(np.int64)
    minute = 8 * 60 + 5 * rng.integers(0, 12 * 10, len(patient))
    time = began + day * (DAY // SECOND) + minute * 60
    return patients._replace(visits=needed), _Visits(patient, runs(needed), np.asarray(time, np.int64))


def _course(
    one: Diagnosis, patients: _Patients, visits: _Visits, has: Bools, operated: Bools, rng: np.random.Generator
) -> list[_Records]:
    """All that a diagnosis brings."""
    earliest = int(bool(one.screening))
    room = patients.visits - operated - earliest
    first = earliest + rng.integers(np.where(has, room, 1))
    number = visits.number
    later = has[visits.patient] & (number > first[visits.patient]) & one.chronic
    again = later & (rng.random(len(later)) < AGAIN)
    refilled = later & ~again & (rng.random(len(later)) < REFILLED)
    at = np.flatnonzero((has[visits.patient] & (number == first[visits.patient])) | again)
    made = [_of_code(one.code, at), _of_code(one.drug.code, np.flatnonzero(refilled))]
    made += [_of_code(code, at[rng.random(len(at)) < share]) for code, share in (one.drug, *one.procedures)]
    if one.measured:
        made.append(_of_code(one.measured, at))
    begin = np.cumsum(patients.visits) - patients.visits
    if one.surgery is not None:
        after = begin + first + 1 + rng.integers(np.where(operated, patients.visits - first - 1, 1))
        made.append(_of_code(one.surgery.code, after[operated]))
    if one.screening:
        others = (_shares(one, patients) > 0.0) & ~has & (rng.random(len(has)) < SCREENED)
        before = begin + rng.integers(np.where(has, first, patients.visits))
        made.append(_of_code(one.screening, before[has | others]))
    return made


def _rare_visits(visits: _Visits, rng: np.random.Generator) -> Ints:
    """A visit of one to three patients each."""
    number = min(rng.integers(1, 4), int(visits.patient[-1]) + 1)
    chosen = rng.permutation(len(visits.patient))
    _, first = np.unique(visits.patient[chosen], return_index=True)
    return np.asarray(chosen[np.sort(first)[:number]], np.int64)


def _of_code(code: str, visits: Ints) -> _Records:
    return _Records(visits, np.full(len(visits), code, object))


def _joined(parts: list[_Records]) -> _Records:
    return _Records(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def _ordered(truth: ClinicTruth, records: _Records) -> _Records:
    """Each code once in a visit: first diagnoses, then measurements, procedures and drugs, each by code."""
    rank = {code: list(RECORDS).index(action) for code, action in truth.actions.items()}
    frame = pd.DataFrame({"visit": records.visit, "code": records.code}).drop_duplicates()
    frame = frame.assign(rank=frame["code"].map(rank)).sort_values(["visit", "rank", "code"])
    return _Records(frame["visit"].to_numpy(np.int64), frame["code"].to_numpy(object))


def _table(
    truth: ClinicTruth, patients: _Patients, visits: _Visits, records: _Records, seeds: Seeds
) -> TransactionTable:
    rng = seeds.child("results").generator()
    code, visit = pd.Series(records.code), records.visit
    action, department = code.map(truth.actions), code.map(truth.departments)
    mean = code.map({name: measurement.mean for name, measurement in MEASUREMENTS.items()}).to_numpy(np.float64)
    spread = code.map({name: measurement.spread for name, measurement in MEASUREMENTS.items()}).to_numpy(np.float64)
    physician = np.char.add("-", (1 + rng.integers(5, size=len(visits.patient))).astype(str)).astype(object)
    width, digits = max(5, len(str(len(patients.sex)))), max(6, len(str(len(visits.patient))))
    of_visit = _of_visits(visits, records, seeds.child("stays").generator())
    of_patient = _of_patients(patients, seeds.child("identities").generator())
    number = rng.permutation(len(visits.patient)) + 1
    frame = pd.DataFrame(
        {
            "patient_id": [f"P{patient + 1:0{width}d}" for patient in visits.patient[visit]],
            "visit_id": [f"V{one:0{digits}d}" for one in number[visit]],
            "action": action,
            "code": code,
            "visit_time": visits.time[visit].astype("datetime64[s]").astype("datetime64[ns]"),
            "price": code.map(truth.prices).astype(np.float64),
            "result": np.round(rng.normal(mean, spread), 1),
            "unit": code.map({name: measurement.unit for name, measurement in MEASUREMENTS.items()}).astype(object),
            "description": code.map(truth.descriptions),
            "department": department,
            "record_type": action.map(RECORDS),
            "physician": department.str[:3].str.upper() + physician[visit],
        }
    )
    columns = [frame, of_visit.iloc[visit], of_patient.iloc[visits.patient[visit]]]
    whole = pd.concat([part.reset_index(drop=True) for part in columns], axis=1)
    roles = {"subject": "patient_id", "verb": "action", "object": "code", "time": "visit_time", "amount": "price"}
    return TransactionTable.from_frame(whole, **roles, basket="visit_id")  # type: ignore[arg-type]


def _of_visits(visits: _Visits, records: _Records, rng: np.random.Generator) -> pd.DataFrame:
    """Dates and notes, a row for each visit."""
    inpatient = np.zeros(len(visits.patient), np.int64)
    inpatient[records.visit[np.isin(records.code, INPATIENT)]] = 1
    stay = choose(np.array([SHORT_STAYS, STAYS]), inpatient, rng)
    admission = visits.time.astype("datetime64[s]").astype("datetime64[D]")
    notes = np.full(len(stay), None, object)
    noted = np.flatnonzero(rng.random(len(stay)) < _NOTED)
    for at, note, first, last in zip(noted, *_picked(len(noted), rng, _NOTES, FIRST_NAMES, LAST_NAMES), strict=True):
        notes[at] = note.format(first=first, last=last)
    dates = {"admission_date": admission, "discharge_date": admission + stay}
    return pd.DataFrame({**{name: days.astype("datetime64[ns]") for name, days in dates.items()}, "note": notes})


def _of_patients(patients: _Patients, rng: np.random.Generator) -> pd.DataFrame:
    """Sex, birth and identifiers, a row for each patient."""
    count = len(patients.sex)
    # Social security numbers from 900 on are given to nobody.
    ssn = 900_000_000 + rng.choice(99_999_999, size=count, replace=False)
    insured, phone = rng.choice(10**9, size=count, replace=False), rng.choice(10**7, size=count, replace=False)
    letters, areas = _picked(count, rng, "ABCDEFGHJKLMNPQRSTUVWXYZ", ("30", "40", "69", "89", "221"))
    names = zip(*_picked(count, rng, FIRST_NAMES, LAST_NAMES), rng.permutation(count), strict=True)
    return pd.DataFrame(
        {
            "sex": patients.sex,
            "gender": pd.Series(patients.sex).map(GENDERS),
            "birth_date": patients.birth.astype("datetime64[D]").astype("datetime64[ns]"),
            "birth_year": patients.year,
            "mrn": 10_000_000 + rng.choice(90_000_000, size=count, replace=False),
            "ssn": [f"{one // 10**6}-{one // 10**4 % 100:02d}-{one % 10**4:04d}" for one in ssn],
            "insurance_number": [f"{letter}{one:09d}" for letter, one in zip(letters, insured, strict=True)],
            "phone": [f"+49 {area} {one:07d}" for area, one in zip(areas, phone, strict=True)],
            "email": [f"{first}.{last}{one}@mail.example".lower() for first, last, one in names],
        }
    )


def _picked(count: int, rng: np.random.Generator, *lists: Sequence[str]) -> list[list[str]]:
    """As many random entries of each list."""
    return [[names[at] for at in rng.integers(len(names), size=count)] for names in lists]
