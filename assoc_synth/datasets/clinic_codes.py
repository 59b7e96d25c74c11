"""What the clinic plants about its codes: who can have a diagnosis, what follows it, what a procedure costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple


class Group(NamedTuple):
    """The patients that can have a diagnosis, and which share of them has it.

    Attributes:
        share: the probability that such a patient has the diagnosis at least once.
        born: the first and the last year of birth.
        sex: F, M, or FM for both.
    """

    share: float
    born: tuple[int, int]
    sex: Literal["F", "M", "FM"] = "FM"


class Follower(NamedTuple):
    """A code that follows a diagnosis with this probability, whenever it is diagnosed."""

    code: str
    share: float


class Measurement(NamedTuple):
    """A code whose number is normal with this mean and standard deviation, in this unit."""

    description: str
    unit: str
    mean: float
    spread: float


@dataclass(frozen=True)
class Diagnosis:
    """A planted diagnosis.

    Attributes:
        code, description, department: what the columns say.
        groups: who can have it; nobody else does.
        drug: what is prescribed in the same visit; never before the diagnosis.
        procedures: what is performed in the same visit.
        measured: what is measured in every visit in which it is diagnosed.
        chronic: whether it is diagnosed again in later visits, each with probability `AGAIN`; where it is not, the drug
            may be prescribed again.
        screening: what is performed in an earlier visit of every such patient, and of some others of the groups.
        surgery: what is performed in a later visit of this share of the patients.
    """

    code: str
    description: str
    department: str
    groups: tuple[Group, ...]
    drug: Follower
    procedures: tuple[Follower, ...] = ()
    measured: str = ""
    chronic: bool = False
    screening: str = ""
    surgery: Follower | None = None


AGAIN, REFILLED, SCREENED, HEART_RATES = 0.5, 0.4, 0.35, 0.35
"""The probability that a chronic diagnosis is made again in a later visit, that else its drug is prescribed again, that
others of a diagnosis' groups are screened, and that a visit measures the heart rate."""
STAYS = (0.0, 0.15, 0.30, 0.25, 0.15, 0.10, 0.05)
"""The probability of 0 to 6 days from admission to discharge after an inpatient procedure."""
SHORT_STAYS = (0.85, 0.10, 0.05, 0.0, 0.0, 0.0, 0.0)
"""The same for all other visits."""

_ANYBODY = (1935, 2017)
DIAGNOSES = (
    Diagnosis("O80", "single spontaneous delivery", "obstetrics", (Group(0.55, (1975, 2000), "F"),),
              Follower("H01BB02", 0.90), (Follower("59400", 1.0),)),
    Diagnosis("Z30", "contraceptive management", "gynaecology", (Group(0.28, (1978, 2004), "F"),),
              Follower("G03AA07", 0.95), chronic=True),
    Diagnosis("C50", "malignant neoplasm of breast", "oncology", (Group(0.15, (1938, 1983), "F"),),
              Follower("L02BA01", 0.82), (Follower("19083", 1.0),), screening="77067", surgery=Follower("19301", 0.85)),
    Diagnosis("N40", "benign prostatic hyperplasia", "urology", (Group(0.38, (1935, 1968), "M"),),
              Follower("G04CA02", 0.88), (Follower("51798", 0.50),), "2857-1", chronic=True),
    Diagnosis("C61", "malignant neoplasm of prostate", "oncology", (Group(0.25, (1935, 1963), "M"),),
              Follower("L02AE02", 0.80), (Follower("55700", 1.0),), screening="84153", surgery=Follower("55866", 0.75)),
    Diagnosis("I10", "essential hypertension", "internal medicine",
              (Group(0.60, (1935, 1955)), Group(0.32, (1956, 1980))), Follower("C09AA03", 0.91), (), "8480-6", True),
    Diagnosis("E11", "type 2 diabetes mellitus", "internal medicine",
              (Group(0.26, (1935, 1960)), Group(0.12, (1961, 1985))), Follower("A10BA02", 0.94), (), "4548-4", True),
    Diagnosis("E78", "disorders of lipoprotein metabolism", "internal medicine", (Group(0.24, (1935, 1975)),),
              Follower("C10AA05", 0.89), (), "2089-1", True),
    Diagnosis("J45", "asthma", "pulmonology", (Group(0.16, (1998, 2017)), Group(0.07, (1935, 1997))),
              Follower("R03AC02", 0.93), (Follower("94010", 0.60),), chronic=True),
    Diagnosis("J20", "acute bronchitis", "pulmonology", (Group(0.15, _ANYBODY),), Follower("R05CB06", 0.83)),
    Diagnosis("H66", "otitis media", "paediatrics", (Group(0.50, (2007, 2017)),), Follower("J01CA04", 0.85)),
    Diagnosis("Z23", "encounter for immunisation", "paediatrics", (Group(0.75, (2007, 2017)),),
              Follower("N02BE01", 0.80), (Follower("90707", 1.0),)),
    Diagnosis("F32", "depressive episode", "psychiatry",
              (Group(0.20, (1950, 2000), "F"), Group(0.10, (1950, 2000), "M")), Follower("N06AB06", 0.86),
              (Follower("90834", 0.70),), chronic=True),
    Diagnosis("M54", "dorsalgia", "orthopaedics", (Group(0.24, (1945, 1998)),), Follower("M01AE01", 0.80),
              (Follower("97110", 0.50),)),
    Diagnosis("S52", "fracture of forearm", "orthopaedics", (Group(0.16, (2004, 2015)), Group(0.05, (1935, 1960))),
              Follower("N02AX02", 0.81), (Follower("73090", 1.0), Follower("25600", 0.90))),
    Diagnosis("K21", "gastro-oesophageal reflux disease", "internal medicine", (Group(0.18, (1940, 1995)),),
              Follower("A02BC01", 0.90), (Follower("43235", 0.35),)),
    Diagnosis("N30", "cystitis", "urology", (Group(0.24, (1940, 2004), "F"), Group(0.03, (1940, 2004), "M")),
              Follower("J01XE01", 0.84), (Follower("81001", 0.95),)),
    Diagnosis("D50", "iron deficiency anaemia", "gynaecology", (Group(0.15, (1972, 2004), "F"),),
              Follower("B03AA07", 0.89), (), "718-7"),
    Diagnosis("H25", "age-related cataract", "ophthalmology", (Group(0.30, (1935, 1955)),), Follower("S01XA20", 0.82),
              (Follower("92014", 1.0),), surgery=Follower("66984", 0.75)),
    Diagnosis("L20", "atopic dermatitis", "dermatology", (Group(0.22, (2000, 2017)), Group(0.05, (1950, 1999))),
              Follower("D07AC01", 0.87)),
)  # fmt: skip
CHECKUP = ("Z00", "general examination", "internal medicine")
"""The diagnosis of a visit without any other."""

DRUGS = {
    "H01BB02": "oxytocin", "G03AA07": "levonorgestrel and ethinylestradiol", "L02BA01": "tamoxifen",
    "G04CA02": "tamsulosin", "L02AE02": "leuprorelin", "C09AA03": "lisinopril", "A10BA02": "metformin",
    "C10AA05": "atorvastatin", "R03AC02": "salbutamol", "R05CB06": "ambroxol", "J01CA04": "amoxicillin",
    "N02BE01": "paracetamol", "N06AB06": "sertraline", "M01AE01": "ibuprofen", "N02AX02": "tramadol",
    "A02BC01": "omeprazole", "J01XE01": "nitrofurantoin", "B03AA07": "ferrous sulfate", "S01XA20": "artificial tears",
    "D07AC01": "betamethasone",
}  # fmt: skip
PROCEDURES: dict[str, tuple[str, float]] = {
    "59400": ("routine obstetric care", 2450.00), "19083": ("biopsy of breast", 780.00),
    "77067": ("screening mammography", 145.00), "19301": ("partial mastectomy", 3900.00),
    "51798": ("ultrasound of bladder", 62.00), "55700": ("biopsy of prostate", 640.00),
    "84153": ("prostate antigen test", 38.50), "55866": ("laparoscopic prostatectomy", 6800.00),
    "94010": ("spirometry", 55.00), "90707": ("measles, mumps and rubella vaccine", 89.90),
    "90834": ("psychotherapy, 45 minutes", 110.00), "97110": ("therapeutic exercises", 42.50),
    "73090": ("x-ray of forearm", 58.00), "25600": ("treatment of radius fracture", 410.00),
    "43235": ("endoscopy of upper tract", 520.00), "81001": ("urinalysis", 12.40),
    "92014": ("eye examination", 95.00), "66984": ("cataract surgery", 2150.00),
}  # fmt: skip
"""The description and the fixed price of each procedure."""
MEASUREMENTS = {
    "2857-1": Measurement("prostate specific antigen", "ng/mL", 3.2, 1.1),
    "8480-6": Measurement("systolic blood pressure", "mmHg", 152.0, 14.0),
    "4548-4": Measurement("haemoglobin A1c", "%", 7.8, 0.9),
    "2089-1": Measurement("low density lipoprotein", "mg/dL", 158.0, 24.0),
    "718-7": Measurement("haemoglobin", "g/dL", 10.1, 0.8),
    "8867-4": Measurement("heart rate", "1/min", 74.0, 9.0),
}
HEART_RATE = "8867-4"
"""What is measured in visits whatever the diagnosis."""
INPATIENT = ("59400", "19301", "55866", "66984")
"""Procedures after which a patient stays for 1 to 6 days."""

RARE = {
    "E75": "sphingolipidosis", "E76": "mucopolysaccharidosis", "E84": "cystic fibrosis", "G10": "huntington disease",
    "G12": "spinal muscular atrophy", "G70": "myasthenia gravis", "D57": "sickle-cell disorder", "D66": "haemophilia A",
    "D81": "combined immunodeficiency", "E70": "phenylketonuria", "E83": "wilson disease", "E85": "amyloidosis",
    "G71": "muscular dystrophy", "L10": "pemphigus", "M33": "dermatomyositis", "M34": "systemic sclerosis",
    "Q78": "osteogenesis imperfecta", "Q79": "ehlers-danlos syndrome", "Q85": "neurofibromatosis",
    "H35": "retinal dystrophy", "I78": "hereditary telangiectasia", "K74": "primary biliary cholangitis",
    "A15": "tuberculosis of lung", "A27": "leptospirosis", "A82": "rabies exposure", "B50": "malaria",
    "B65": "schistosomiasis", "C46": "kaposi sarcoma", "C69": "melanoma of choroid", "T56": "toxic effect of lead",
}  # fmt: skip
"""Diagnoses of one to three patients each."""


def descriptions() -> dict[str, str]:
    """The description of each code."""
    found = {one.code: one.description for one in DIAGNOSES} | {CHECKUP[0]: CHECKUP[1]} | RARE | DRUGS
    found |= {code: description for code, (description, _) in PROCEDURES.items()}
    return found | {code: measurement.description for code, measurement in MEASUREMENTS.items()}


def departments() -> dict[str, str]:
    """The department of each code: that of the diagnosis that it follows, and general for the rest."""
    found = dict.fromkeys(descriptions(), "general") | dict.fromkeys(RARE, "rare diseases") | {CHECKUP[0]: CHECKUP[2]}
    for one in DIAGNOSES:
        followers = [one.drug.code, *(follower.code for follower in one.procedures), one.measured, one.screening]
        followers.append(one.surgery.code if one.surgery else "")
        found |= dict.fromkeys([one.code, *filter(None, followers)], one.department)
    return found


def actions() -> dict[str, str]:
    """The only verb of each code."""
    found = dict.fromkeys(descriptions(), "diagnosed") | dict.fromkeys(DRUGS, "prescribed")
    return found | dict.fromkeys(PROCEDURES, "performed") | dict.fromkeys(MEASUREMENTS, "measured")
