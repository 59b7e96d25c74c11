"""Codes of extra columns in the making: each line of a plan leads to one of them."""

import numpy as np
import pandas as pd
import pytest

from assoc_synth.attributes.extra_codes import ExtraCodes
from assoc_synth.attributes.plan import Plan, plan_columns
from assoc_synth.attributes.subject_columns import BinnedNumbers
from assoc_synth.attributes.thresholds import Thresholds
from assoc_synth.link_graph.graph import LinkGraph
from assoc_synth.transactions.table import TransactionTable


def people(subjects: int = 60) -> pd.DataFrame:
    """Two to five rows for each subject."""
    rng = np.random.default_rng(0)
    subject = np.repeat(np.arange(subjects), rng.integers(2, 6, subjects))
    rows = len(subject)
    return pd.DataFrame(
        {
            "who": [f"s{code}" for code in subject],
            "did": "had",
            "what": rng.choice([f"o{number}" for number in range(8)], rows),
            "sex": np.array(["F", "M"])[rng.integers(0, 2, subjects)][subject],
            "born": rng.integers(1930, 2000, subjects)[subject],
            "colour": rng.choice(["red", "blue"], rows),
            "score": rng.normal(size=rows).round(2),
            "number": [f"N-{number:05d}" for number in rng.permutation(rows) + 7],
            "nothing": None,
        }
    )


def made(frame: pd.DataFrame, columns: dict[str, str] | None = None) -> tuple[ExtraCodes, Plan]:
    table = TransactionTable.from_frame(frame, subject="who", verb="did", object="what")
    graph = LinkGraph.from_table(table)
    plan = plan_columns(table, columns=columns, thresholds=Thresholds(1))
    codes = ExtraCodes(graph, table.extras, np.random.default_rng(0))
    for line in plan:
        if line.role == "extra" and not line.source:
            codes.add(line, table.extras[line.name])
    return codes, plan


def test_each_kind_of_column_has_its_code() -> None:
    codes, _ = made(people())
    assert {code.name: type(code) is BinnedNumbers for code in codes.subject} == {"sex": False, "born": True}
    assert [code.name for code in codes.categories] == ["colour"]
    assert [code.name for code in codes.numbers] == ["score"]
    assert [column.name for column in codes.regenerated] == ["number"]
    assert codes.left_out == ["nothing"]
    assert codes.drawn == {"colour", "score"}
    assert codes.missingness == []


def test_what_is_missing_on_some_rows_of_a_subject_has_missingness_of_its_own() -> None:
    frame = people()
    gone = np.random.default_rng(1).random(len(frame)) < 0.3
    frame["sex"] = frame["sex"].where(~gone)
    codes, _ = made(frame)
    assert "sex" in codes.missingness


def test_a_subject_without_a_value_is_a_class() -> None:
    frame = people()
    frame.loc[frame["who"].isin(["s3", "s7"]), ["sex", "born"]] = None
    codes, _ = made(frame)
    assert all(code.missing for code in codes.subject)
    assert codes.missingness == []


@pytest.mark.parametrize("kind", ["category", "number"])
def test_an_overruled_number_of_subjects_stays_theirs(kind: str) -> None:
    codes, plan = made(people(), {"born": kind})
    code = next(code for code in codes.subject if code.name == "born")
    assert isinstance(code, BinnedNumbers) == (kind == "number")
    assert next(line for line in plan if line.name == "born").on == ("subject",)
