"""What the clinic's rows are asked: who has what, what follows what, and what never may be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from assoc_synth.datasets.clinic_codes import (
    AGAIN,
    CHECKUP,
    DIAGNOSES,
    INPATIENT,
    MEASUREMENTS,
    PROCEDURES,
    RARE,
    SCREENED,
    SHORT_STAYS,
    STAYS,
    Diagnosis,
    Group,
    actions,
    departments,
    descriptions,
)
from assoc_synth.datasets.truths import Share, check_columns, codes_of, never_before, shares, varying
from assoc_synth.transactions.arrays import Bools, Floats

RECORDS = {"diagnosed": "diagnosis", "measured": "laboratory", "performed": "procedure", "prescribed": "medication"}
"""The kind of record of each verb, in the order of a visit's rows."""
GENDERS = {"F": "female", "M": "male"}
OF_PATIENT = ("sex", "gender", "birth_date", "birth_year", "mrn", "ssn", "insurance_number", "phone", "email")
OF_VISIT = ("patient_id", "visit_time", "admission_date", "discharge_date", "note")
_OF_ROW = (
    "visit_id", "action", "code", "price", "result", "unit", "description", "department", "record_type", "physician",
)  # fmt: skip
IDENTIFIERS = ("mrn", "ssn", "insurance_number", "phone", "email")


@dataclass(frozen=True)
class ClinicTruth:
    """All that the clinic plants.

    Sex and year of birth decide who can have a diagnosis; in the same visit a diagnosis brings its drug, its procedures
    and what is measured; screening comes in an earlier visit and surgery in a later one. Each code has one verb, one
    description, one department; each procedure has one price. A patient has one of each identifier, nobody else has it.

    Attributes:
        diagnoses: see `Diagnosis`.
        prices: of each procedure; nothing else has a price.
        descriptions, departments, actions: of each code.
        rare: codes of one to three patients each.

    Example:
        >>> childbirth = ClinicTruth().diagnoses[0]
        >>> childbirth.groups[0].sex, childbirth.groups[0].born, childbirth.procedures[0].code
        ('F', (1975, 2000), '59400')
    """

    diagnoses: tuple[Diagnosis, ...] = DIAGNOSES
    prices: dict[str, float] = field(default_factory=lambda: {code: price for code, (_, price) in PROCEDURES.items()})
    descriptions: dict[str, str] = field(default_factory=descriptions)
    departments: dict[str, str] = field(default_factory=departments)
    actions: dict[str, str] = field(default_factory=actions)
    rare: tuple[str, ...] = tuple(RARE)

    def frequencies(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Planted shares beside those of the rows: prevalences, what follows a diagnosis, surgery, stays.

        Raises:
            InputError: a column is missing.
        """
        check_columns(rows, (*_OF_ROW, *OF_VISIT, *OF_PATIENT))
        visits = _Visits.of(rows)
        return shares([*self._prevalences(visits), *self._followers(visits), *self._later(visits), *_stays(visits)])

    def violations(self, rows: pd.DataFrame) -> dict[str, int]:
        """Rows that break what is planted: who, in which order, for how much, when, and whose.

        Raises:
            InputError: a code is unknown, or a column is missing.
        """
        check_columns(rows, (*_OF_ROW, *OF_VISIT, *OF_PATIENT))
        codes_of(rows, "code", list(self.descriptions))
        rows = rows.assign(
            code=rows["code"].astype(str),
            visit_time=pd.to_datetime(rows["visit_time"]),
            birth_date=pd.to_datetime(rows["birth_date"]),
            birth_year=rows["birth_year"].astype(float),
        )
        return {
            **self._ruled_out(rows),
            **self._orders(rows),
            **self._functions(rows),
            **_dates(rows),
            **{f"a patient with two values of {name}": varying(rows, "patient_id", name) for name in OF_PATIENT},
            **{f"a visit with two values of {name}": varying(rows, "visit_id", name) for name in OF_VISIT},
            **{f"two patients with one {name}": varying(rows, name, "patient_id") for name in IDENTIFIERS},
        }

    def _prevalences(self, visits: _Visits) -> Iterator[Share]:
        for one in self.diagnoses:
            has = visits.patients_with(one.code)
            for group in one.groups:
                inside = visits.inside(group)
                what = f"{one.code}, given {group.sex} born {group.born[0]}–{group.born[1]}"
                yield Share(what, group.share, int((has & inside).sum()), int(inside.sum()))

    def _followers(self, visits: _Visits) -> Iterator[Share]:
        for one in self.diagnoses:
            at = visits.visits_with(one.code)
            for code, share in (one.drug, *one.procedures):
                held = int((at & visits.visits_with(code)).sum())
                yield Share(f"{code}, given {one.code} in the visit", share, held, int(at.sum()))
            if one.chronic:
                later = visits.visit["number"] > visits.first(one.code)
                yield Share(
                    f"{one.code}, given it in an earlier visit", AGAIN, int((at & later).sum()), int(later.sum())
                )

    def _later(self, visits: _Visits) -> Iterator[Share]:
        for one in self.diagnoses:
            has = visits.patients_with(one.code)
            if one.surgery is not None:
                held = int((has & visits.patients_with(one.surgery.code)).sum())
                yield Share(f"{one.surgery.code}, given {one.code}", one.surgery.share, held, int(has.sum()))
            if one.screening:
                others = ~has & np.logical_or.reduce([visits.inside(group) for group in one.groups])
                held = int((others & visits.patients_with(one.screening)).sum())
                yield Share(f"{one.screening}, given no {one.code}", SCREENED, held, int(others.sum()))

    def _ruled_out(self, rows: pd.DataFrame) -> dict[str, int]:
        """Rows of diagnoses, and of all that needs them, on patients that cannot have them."""
        sex, born = rows["sex"].astype(str).to_numpy(), rows["birth_year"].to_numpy()
        wrong_sex = wrong_year = 0
        for one in self.diagnoses:
            codes = [one.code, one.drug.code, *(code for code, _ in one.procedures), one.screening]
            codes += [one.surgery.code] if one.surgery else []
            at = rows["code"].isin(codes).to_numpy()
            of_sex = np.stack([np.isin(sex, list(group.sex)) for group in one.groups])
            of_year = np.stack([(born >= group.born[0]) & (born <= group.born[1]) for group in one.groups])
            wrong_sex += int((at & ~of_sex.any(axis=0)).sum())
            wrong_year += int((at & of_sex.any(axis=0) & ~(of_sex & of_year).any(axis=0)).sum())
        return {"ruled out by the sex": wrong_sex, "ruled out by the year of birth": wrong_year}

    def _orders(self, rows: pd.DataFrame) -> dict[str, int]:
        code, found = rows["code"].to_numpy(), dict[str, int]()

        def order(what: str, later: str, earlier: str, *, strictly: bool = True) -> None:
            missing = never_before(
                rows, code == later, code == earlier, ["patient_id"], "visit_time", strictly=strictly
            )
            found[what] = found.get(what, 0) + missing

        def beside(what: str, one: str, other: str) -> None:
            missing = (code == one) & ~rows["visit_id"].isin(rows.loc[code == other, "visit_id"].dropna())
            found[what] = found.get(what, 0) + int(missing.sum())

        for one in self.diagnoses:
            order("a drug before its diagnosis", one.drug.code, one.code, strictly=False)
            for follower, share in one.procedures:
                beside("a procedure without its diagnosis in the visit", follower, one.code)
                if share == 1.0:
                    beside("a diagnosis without its procedure in the visit", one.code, follower)
            if one.measured:
                beside("a measurement without its diagnosis in the visit", one.measured, one.code)
                beside("a diagnosis without its measurement in the visit", one.code, one.measured)
            if one.screening:
                order("a diagnosis without screening before", one.code, one.screening)
            if one.surgery is not None:
                order("surgery without its diagnosis before", one.surgery.code, one.code)
        # A row with a missing visit is beside nothing.
        diagnosed, named = rows["action"] == "diagnosed", rows["visit_id"].notna()
        visited, checkup = rows.loc[diagnosed & named, "visit_id"], rows["code"] == CHECKUP[0]
        besides = rows["visit_id"].isin(rows.loc[checkup & named, "visit_id"])
        twice = named & rows.duplicated(["visit_id", "code"])
        found["a visit without a diagnosis"] = int((~rows["visit_id"].isin(visited)).sum())
        found["a check-up beside a diagnosis"] = int((diagnosed & ~checkup & besides).sum())
        found["a code twice in a visit"] = int(twice.sum())
        return found

    def _functions(self, rows: pd.DataFrame) -> dict[str, int]:
        """Columns that another one decides."""
        code, action, described = rows["code"], rows["action"].astype(str), rows["description"]
        expected = code.map(self.descriptions)
        price: Floats = np.asarray(rows["price"].astype(float), np.float64)
        performed, measured = (action == "performed").to_numpy(), (action == "measured").to_numpy()
        unit = code.map({name: measurement.unit for name, measurement in MEASUREMENTS.items()})
        listed = code.map(self.prices).to_numpy(float)
        return {
            "another code's action": int((action != code.map(self.actions)).sum()),
            # One that is withheld, as too few have it, is no other code's.
            "another code's description": int((described.notna() & (described != expected)).sum()),
            "another code's department": int((rows["department"] != code.map(self.departments)).sum()),
            "another code's unit": int((rows["unit"].fillna("") != unit.fillna("")).sum()),
            "another action's record": int((rows["record_type"] != action.map(RECORDS)).sum()),
            "another sex's gender": int((rows["gender"] != rows["sex"].map(GENDERS)).sum()),
            "another department's physician": int(
                (rows["physician"].str[:3] != rows["department"].str[:3].str.upper()).sum()
            ),
            "two physicians of one department in a visit": int(_second_physicians(rows).sum()),
            "a price without a procedure": int((~performed & ~np.isnan(price)).sum()),
            "another price than the procedure's": int((performed & (np.round(price, 2) != listed)).sum()),
            "a result without a measurement": int((~measured & rows["result"].notna().to_numpy()).sum()),
            "a measurement without a result": int((measured & rows["result"].isna().to_numpy()).sum()),
        }


@dataclass(frozen=True)
class _Visits:
    """The rows; a row for each visit (visit_id, patient_id, number, days); a row for each patient."""

    rows: pd.DataFrame
    visit: pd.DataFrame
    patient: pd.DataFrame

    @classmethod
    def of(cls, rows: pd.DataFrame) -> _Visits:
        rows = rows.assign(code=rows["code"].astype(str), visit_time=pd.to_datetime(rows["visit_time"]))
        visit = (
            rows.dropna(subset=["visit_id"])
            .drop_duplicates("visit_id")
            .sort_values(["patient_id", "visit_time"], kind="stable")
        )
        days = (pd.to_datetime(visit["discharge_date"]) - pd.to_datetime(visit["admission_date"])).dt.days
        visit = visit[["visit_id", "patient_id"]].assign(number=visit.groupby("patient_id").cumcount(), days=days)
        patient = rows.drop_duplicates("patient_id")[["patient_id", "sex", "birth_year"]].astype({"birth_year": float})
        return cls(rows, visit.reset_index(drop=True), patient.reset_index(drop=True))

    def visits_with(self, code: str) -> Bools:
        return np.asarray(self.visit["visit_id"].isin(self.rows.loc[self.rows["code"] == code, "visit_id"].dropna()))

    def patients_with(self, code: str) -> Bools:
        return np.asarray(self.patient["patient_id"].isin(self.rows.loc[self.rows["code"] == code, "patient_id"]))

    def first(self, code: str) -> pd.Series:
        """For each visit: the number of the patient's first visit with a code; missing where there is none."""
        numbers = self.visit[self.visits_with(code)].groupby("patient_id")["number"].min()
        return self.visit["patient_id"].map(numbers)

    def inside(self, group: Group) -> Bools:
        """Which patients belong to a group."""
        born = self.patient["birth_year"].between(*group.born)
        return np.asarray(born & self.patient["sex"].isin(list(group.sex)))


def _second_physicians(rows: pd.DataFrame) -> Bools:
    """Which rows have another physician than the first row of their visit and department; a missing visit has none."""
    first = rows.groupby(["visit_id", "department"], dropna=False)["physician"].transform("first")
    return np.asarray(rows["visit_id"].notna() & (rows["physician"] != first))


def _stays(visits: _Visits) -> Iterator[Share]:
    inpatient = np.logical_or.reduce([visits.visits_with(code) for code in INPATIENT])
    for name, at, planted in (("inpatient", inpatient, STAYS), ("other", ~inpatient, SHORT_STAYS)):
        for days, share in enumerate(planted):
            held = int((at & (visits.visit["days"] == days)).sum())
            yield Share(
                f"{days} days, given an {name} visit".replace("an other", "another"), share, held, int(at.sum())
            )


def _dates(rows: pd.DataFrame) -> dict[str, int]:
    admission, discharge = pd.to_datetime(rows["admission_date"]), pd.to_datetime(rows["discharge_date"])
    days = (discharge - admission).dt.days
    codes = rows["code"].astype(str).isin(INPATIENT)
    inpatient = rows["visit_id"].isin(rows.loc[codes & rows["visit_id"].notna(), "visit_id"]) & rows["visit_id"].notna()
    return {
        "an inpatient stay that ends on its day": int((inpatient & (days < 1)).sum()),
        "a stay of more than 2 days without an inpatient procedure": int((~inpatient & (days > 2)).sum()),
        "an admission on another day": int((admission != rows["visit_time"].dt.normalize()).sum()),
        "a discharge before the admission": int((days < 0).sum()),
        "a discharge after more than 6 days": int((~(days <= 6)).sum()),
        "another year of birth than the date's": int((rows["birth_year"] != rows["birth_date"].dt.year).sum()),
        "a visit before birth": int((rows["birth_date"] > rows["visit_time"]).sum()),
    }
