"""Columns with one value for each subject, from the table to the rows of new subjects and conditions on them."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from assoc_synth import AssociativeSynthesizer, TransactionTable
from assoc_synth.cli import run_command
from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.errors import InputError, UndertrainedWarning
from assoc_synth.model.drawing import emit_rows, generate_edges
from assoc_synth.randomness import Seeds
from assoc_synth.scenarios.result import SampleResult

QUICK = CTGANConfig(
    noise_dim=2, context_dim=8, association_dim=8, hidden_dim=16, blocks=1, epochs=1, calibration_rounds=1,
    count_rounds=1, link_rounds=1, order_rounds=1, visit_rounds=1,
)  # fmt: skip
SUBJECTS, ZIPS = 1_200, 560
ROLES = dict(subject="who", verb="did", object="what", time="when")


def people(seed: int = 0) -> pd.DataFrame:
    """Men never have o3 and never the second verb; nobody born before 1970 has o5."""
    rng = np.random.default_rng(seed)
    sex = rng.choice(["F", "M"], SUBJECTS)
    born = rng.integers(1930, 2010, SUBJECTS)
    birth = pd.Series(pd.to_datetime(born.astype(str)) + pd.to_timedelta(rng.integers(0, 365, SUBJECTS), unit="D"))
    code = rng.permutation(np.resize(np.arange(ZIPS), SUBJECTS))
    height, score = rng.normal(170, 9, SUBJECTS).round(1), rng.integers(0, 90, SUBJECTS)
    subject = np.repeat(np.arange(SUBJECTS), rng.integers(2, 6, SUBJECTS))
    rows = len(subject)
    thing = rng.integers(0, 8, rows)
    verb = np.where((sex[subject] == "F") & (rng.random(rows) < 0.3), "gave", "had")
    thing = np.where((sex[subject] == "M") & (thing == 3), 2, thing)
    thing = np.where((born[subject] < 1970) & (thing == 5), 4, thing)
    frame = pd.DataFrame(
        {
            "who": [f"P{number:05d}" for number in subject],
            "did": verb,
            "what": [f"o{number}" for number in thing],
            "when": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 300, rows), unit="D"),
            "sex": sex[subject],
            "born": born[subject],
            "birth": birth.dt.strftime("%d.%m.%Y").to_numpy()[subject],
            "zip": np.array([f"{number:05d}" for number in code])[subject],
            "height": height[subject],
            "score": score[subject],
            "member": (born % 2 == 0)[subject],
            "town": rng.choice(["north", "south"], SUBJECTS)[subject],
        }
    )
    nothing = np.isin(subject, np.flatnonzero(rng.random(SUBJECTS) < 0.2))  # these subjects have none
    frame["height"] = frame["height"].where(~nothing)
    return frame.assign(town=frame["town"].where(rng.random(rows) < 0.7))  # on some rows


REAL = people()
FEW = REAL[REAL["who"] < "P00200"]


def csv(frame: pd.DataFrame) -> pd.DataFrame:
    """A frame as its CSV file's text reads, cell by cell."""
    return pd.read_csv(io.StringIO(frame.to_csv(index=False)), dtype=str, keep_default_na=False)


@pytest.fixture(scope="module")
def fitted() -> AssociativeSynthesizer:
    # Hardly trained: what is exact holds all the same. Postal codes of two subjects each are stored here, so that how
    # columns are coded is seen.
    return AssociativeSynthesizer(random_state=0, config=QUICK, min_subjects=1).fit(REAL, **ROLES)


def drawn(fitted: AssociativeSynthesizer, **options: object) -> SampleResult:
    return fitted.sample(**{"seed": 1, "allow_undertrained": True, "gate": "links"} | options)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def rows(fitted: AssociativeSynthesizer) -> pd.DataFrame:
    """Rows whose form is looked at: of a model that was trained for seconds, no gate is asked."""
    edges = generate_edges(fitted.model_, 800, seeds=Seeds.of(1))
    return emit_rows(fitted.model_, edges, seeds=Seeds.of(1)).to_frame()


def test_the_columns_are_those_of_subjects(fitted: AssociativeSynthesizer) -> None:
    own = fitted.model_.encoder.extras.subject
    assert set(own.names) >= {"sex", "birth", "zip", "height", "score", "town"}
    assert fitted.model_.edge_generator.attributes[: len(own)] == own.sizes


def test_each_subject_has_one_value(rows: pd.DataFrame) -> None:
    for column in ("sex", "born", "birth", "zip", "height", "score", "member"):
        assert (rows.groupby("who")[column].nunique(dropna=False) == 1).all()
    assert (rows.groupby("who")["town"].nunique() <= 1).all()


def test_types_and_spellings_come_back(rows: pd.DataFrame) -> None:
    assert rows.dtypes.to_dict() == REAL.dtypes.to_dict()
    assert rows.columns.tolist() == REAL.columns.tolist()
    text = csv(rows)
    assert text["birth"].str.fullmatch(r"\d\d\.\d\d\.\d{4}").all()
    assert text["zip"].str.fullmatch(r"\d{5}").all()
    assert text["height"].str.fullmatch(r"\d+\.\d|").all()
    assert set(text["member"]) == {"True", "False"}
    years = pd.to_datetime(rows["birth"], format="%d.%m.%Y").dt.year
    assert years.between(1930, 2010).all()
    assert rows["born"].between(1930, 2009).all()
    assert set(rows["zip"]) <= set(REAL["zip"])
    assert rows["zip"].nunique() > 300


def test_missing_values_are_missing_as_they_were(rows: pd.DataFrame) -> None:
    assert rows.groupby("who")["height"].first().isna().mean() == pytest.approx(0.2, abs=0.1)
    gone = rows["town"].isna()
    assert 0.1 < gone.mean() < 0.7
    mixed = rows.assign(gone=gone).groupby("who")["gone"].nunique()
    assert (mixed == 2).mean() > 0.3  # a matter of rows and not of subjects


def test_what_never_comes_together_never_does(rows: pd.DataFrame) -> None:
    assert ((rows["sex"] == "M") & (rows["what"] == "o3")).sum() == 0
    assert ((rows["born"] < 1970) & (rows["what"] == "o5")).sum() == 0
    assert (rows["what"] == "o3").any()
    assert (rows["what"] == "o5").any()


def test_men_never_have_the_verb_of_women(rows: pd.DataFrame) -> None:
    assert set(rows.loc[rows["did"] == "gave", "sex"]) == {"F"}


@pytest.mark.parametrize(
    ("asked", "holds"),
    [
        ({"sex": "F", "born": (1980, 1990)}, lambda r: (r["sex"] == "F") & r["born"].between(1980, 1990)),
        ({"birth": ("1950-01-01", "1959-12-31")}, lambda r: r["birth"].str[-4:].astype(int).between(1950, 1959)),
        ({"zip": "00017"}, lambda r: r["zip"] == "00017"),
        ({"height": (165, 170)}, lambda r: r["height"].between(165, 170)),
    ],
    ids=["sex and born", "birth", "zip", "height"],
)
def test_whole_subjects_with_given_values(fitted: AssociativeSynthesizer, asked: dict[str, object], holds) -> None:  # type: ignore[no-untyped-def]
    result = drawn(fitted, conditions=[asked | {"num_subjects": 20}])
    assert result.rows["who"].nunique() == 20
    assert holds(result.rows).all()
    assert result.rows.groupby("who").size().mean() > 1.5


def test_rows_of_subjects_with_given_values(fitted: AssociativeSynthesizer) -> None:
    result = drawn(fitted, conditions=[{"did": "gave", "born": (1980, 1990), "num_rows": 30}])
    assert len(result.rows) == 30
    assert set(result.rows["did"]) == {"gave"}
    assert result.rows["born"].between(1980, 1990).all()


@pytest.mark.parametrize(
    "asked", [{"sex": "X"}, {"born": (1800, 1850)}, {"birth": ("1800-01-01", "1850-01-01")}, {"zip": "9"}]
)
def test_what_no_subject_has(fitted: AssociativeSynthesizer, asked: dict[str, object]) -> None:
    with pytest.raises(InputError, match=r"never has the value|no row has a|outside of what was observed"):
        drawn(fitted, conditions=[asked | {"num_subjects": 5}])


def test_a_saved_model_draws_the_same_subjects(fitted: AssociativeSynthesizer, tmp_path: Path) -> None:
    fitted.save(tmp_path / "model")
    again = AssociativeSynthesizer.load(tmp_path / "model")
    first, second = (drawn(one, num_subjects=30).rows for one in (fitted, again))
    pd.testing.assert_frame_equal(first, second)


@pytest.mark.parametrize(("name", "kind"), [("score", "category"), ("zip", "number"), ("zip", "category")])
def test_a_column_of_subjects_can_be_overruled(name: str, kind: str) -> None:
    with pytest.warns(UndertrainedWarning):
        fitted = AssociativeSynthesizer(random_state=0, max_minutes=0.02, min_subjects=1).fit(
            FEW, columns={name: kind}, **ROLES
        )
    assert name in fitted.model_.encoder.extras.subject.names
    assert next(line.kind for line in fitted.plan_ if line.name == name) == kind
    rows = drawn(fitted, num_subjects=30).rows
    assert (rows.groupby("who")[name].nunique() == 1).all()
    assert rows[name].dtype == REAL[name].dtype
    if kind == "category":
        assert set(rows[name]) <= set(FEW[name])
    else:
        assert pd.to_numeric(rows[name]).between(0, ZIPS).all()


def test_a_column_of_subjects_can_be_dropped_or_depend_on_nothing() -> None:
    with pytest.warns(UndertrainedWarning):
        fitted = AssociativeSynthesizer(random_state=0, max_minutes=0.02).fit(
            FEW, columns={"sex": "drop"}, dependencies={"member": None}, **ROLES
        )
    assert not {"sex", "member"} & set(fitted.model_.encoder.extras.subject.names)
    rows = drawn(fitted, num_subjects=100).rows
    assert rows["sex"].isna().all()
    assert rows.groupby("who")["member"].nunique().max() == 2


def test_columns_of_a_csv_file_come_back_in_its_spelling(tmp_path: Path) -> None:
    real, made = tmp_path / "people.csv", tmp_path / "made.csv"
    FEW.to_csv(real, index=False)
    with pytest.warns(UndertrainedWarning):
        fitted = AssociativeSynthesizer(random_state=0, max_minutes=0.02).fit(TransactionTable.read(real, **ROLES))
    assert any("'zip' identifies each subject" in note for note in fitted.notes_)  # two subjects have each
    fitted.save(tmp_path / "model")
    arguments = ["sample", str(tmp_path / "model"), "-o", str(made), "--subjects", "30", "--allow-undertrained"]
    assert run_command(arguments) in (0, 3)
    text = pd.read_csv(made, dtype=str, keep_default_na=False)
    assert text["birth"].str.fullmatch(r"\d\d\.\d\d\.\d{4}").all()
    assert text["zip"].str.fullmatch(r"\d{5}").all()
    assert text["born"].str.fullmatch(r"\d{4}").all()
    assert set(text["member"]) <= {"True", "False"}
